package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
)

// confirm tells clients what they have not been told, and is of what: each event comes once and, as after
// a crash, once more.
func (b *backOffice) confirm() (kinds []scheduling.NoticeKind) {
	t := b.d.w.t
	b.sent = nil
	for e, some := b.d.heard.next(); some; e, some = b.d.heard.next() {
		before := len(b.sent)
		require.NoError(t, b.Confirm(t.Context(), e))
		if once := len(b.sent); once > before {
			require.NoError(t, b.Confirm(t.Context(), e))
			require.Len(t, b.sent, once+1)
			require.Equal(t, e.ID.String(), b.sent[once].Key)
			require.Equal(t, b.sent[before].Key, b.sent[once].Key, "by which one of the two can be left out")
			b.sent = b.sent[:once]
			kinds = append(kinds, b.sent[before].Kind)
		}
	}
	return kinds
}

// online is a request of a client at the public page.
func online(a scheduling.Agenda, clock string) scheduling.NewAppointment {
	n := at(a, clock)
	n.ClientID, n.Source = newClient(), scheduling.FromPublic
	return n
}

var confirmationContracts = []contract{
	{"Confirmations/tell of what is booked, moved and cancelled, with the links that are good", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.CancelNotice = 24 * 60 })
		made := d.booked(online(a, "10:00"))
		require.Equal(t, []scheduling.NoticeKind{scheduling.Confirms}, b.confirm())
		require.Equal(t, made.ClientID.String()+"@example.org", b.sent[0].To.Email)
		require.Equal(t, made, b.sent[0].Appointment)
		require.Equal(t, scheduling.NewLinks([]byte("key"), "https://crm.example.org").URL(scheduling.ToMove, w.company, made.ID.UUID), b.sent[0].MoveURL)
		require.Empty(t, b.sent[0].CancelURL, "it is too late for that")
		moved, err := d.Move(t.Context(), made.ID, tuesday("10:30"))
		require.NoError(t, err)
		require.Equal(t, []scheduling.NoticeKind{scheduling.TellsMove}, b.confirm())
		require.Equal(t, moved.StartDate, b.sent[0].Appointment.StartDate)
		_, err = d.Appointments.Update(t.Context(), made.ID, func(a *scheduling.Appointment) error { a.Description = "short"; return nil })
		require.NoError(t, err)
		require.Empty(t, b.confirm())
		_, err = d.Cancel(t.Context(), made.ID, "")
		require.NoError(t, err)
		require.Equal(t, []scheduling.NoticeKind{scheduling.TellsCancel}, b.confirm())
		require.Empty(t, b.sent[0].MoveURL)
	}},
	{"Confirmations/are as the agenda wants them", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		for _, c := range []struct {
			confirms             scheduling.Confirmations
			office, page, waited int
		}{{"", 0, 1, 1}, {scheduling.ConfirmAll, 1, 1, 1}, {scheduling.ConfirmNone, 0, 0, 0}} {
			a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Confirmations = c.confirms })
			for source, want := range map[string]int{"": c.office, "phone": c.office, scheduling.FromPublic: c.page, scheduling.FromWaitlist: c.waited} {
				n := online(a, "10:00")
				n.Source = source
				made := d.booked(n)
				require.Len(t, b.confirm(), want, "%s %s", c.confirms, source)
				_, err := d.Cancel(t.Context(), made.ID, "")
				require.NoError(t, err)
				require.Len(t, b.confirm(), want, "%s %s", c.confirms, source)
			}
		}
	}},
	{"Confirmations/of what is to be confirmed say so, and then that it is or is not", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Approval = true })
		held, err := d.Hold(t.Context(), online(a, "10:00"))
		require.NoError(t, err)
		require.Empty(t, b.confirm(), "nothing is booked yet")
		_, err = d.Take(t.Context(), held.ID, held.Details)
		require.NoError(t, err)
		other := d.booked(online(a, "10:30"))
		require.Equal(t, []scheduling.NoticeKind{scheduling.Acknowledges, scheduling.Acknowledges}, b.confirm())
		_, err = d.Confirm(t.Context(), held.ID)
		require.NoError(t, err)
		_, err = d.Reject(t.Context(), other.ID)
		require.NoError(t, err)
		require.Equal(t, []scheduling.NoticeKind{scheduling.Confirms, scheduling.TellsReject}, b.confirm())
		gone, err := d.Hold(t.Context(), online(a, "09:00"))
		require.NoError(t, err)
		_, err = d.Cancel(t.Context(), gone.ID, "")
		require.NoError(t, err)
		require.Empty(t, b.confirm(), "nothing was booked")
	}},
	{"Confirmations/tell what is so when they are sent, and nothing of what has begun", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a := d.agenda(1, nil)
		made := d.booked(online(a, "09:00"))
		for _, clock := range []string{"09:30", "10:00"} {
			_, err := d.Move(t.Context(), made.ID, tuesday(clock))
			require.NoError(t, err)
		}
		require.Equal(t, []scheduling.NoticeKind{scheduling.TellsMove}, b.confirm(), "the last word")
		require.Equal(t, tuesday("10:00"), b.sent[0].Appointment.StartDate)
		_, err := d.Cancel(t.Context(), made.ID, "")
		require.NoError(t, err)
		*d.now = tuesday("10:00")
		require.Empty(t, b.confirm())
	}},
	{"Confirmations/that could not be sent are sent again, but not to nobody", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		d.booked(online(d.agenda(1, nil), "10:00"))
		e, some := d.heard.next()
		for ; some && e.Name != scheduling.AppointmentScheduled.Name; e, some = d.heard.next() {
		}
		require.True(t, some)
		b.broken = errors.New("the mail server is down")
		require.ErrorIs(t, b.Confirm(t.Context(), e), b.broken)
		b.broken = scheduling.ErrNoAddress
		require.NoError(t, b.Confirm(t.Context(), e))
		b.broken = nil
		require.NoError(t, b.Confirm(t.Context(), e))
		require.Len(t, b.sent, 1)
		e.CompanyID = w.foreign
		require.NoError(t, b.Confirm(t.Context(), e), "which has no such appointment")
		require.Len(t, b.sent, 1)
	}},
	{"Confirmations/are of one appointment of a series, but not of each when all change", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Confirmations = scheduling.ConfirmAll })
		n := scheduling.NewSeries{AgendaID: a.ID, SeriesPlan: scheduling.SeriesPlan{StartDate: tuesday("10:00"), Rule: "FREQ=DAILY;COUNT=4"}}
		n.ClientID = newClient()
		made, err := d.BookSeries(t.Context(), n)
		require.NoError(t, err)
		require.Empty(t, b.confirm())
		*d.now = d.now.Add(time.Second)
		_, err = d.Move(t.Context(), made.Appointments[1].ID, made.Appointments[1].StartDate.Add(30*time.Minute))
		require.NoError(t, err)
		require.Equal(t, []scheduling.NoticeKind{scheduling.TellsMove}, b.confirm())
		require.Equal(t, made.Series.ID, b.sent[0].Series.ID)
		*d.now = d.now.Add(time.Second)
		_, err = d.CancelSeries(t.Context(), made.Series.ID, core.ID[scheduling.Appointment]{}, "")
		require.NoError(t, err)
		require.Empty(t, b.confirm())
	}},
}
