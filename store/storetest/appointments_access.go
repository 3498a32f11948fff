package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

var appointmentAccessContracts = []contract{
	{"Appointments/are filtered and listed by their start", func(t *testing.T, w *world) {
		d := w.diary()
		a, b := d.agenda(1, nil), d.agenda(1, nil)
		client := core.ID[scheduling.Client]{UUID: uuid.New()}
		third, first := d.booked(at(a, "10:00")), d.booked(at(a, "09:00"))
		n := at(b, "09:30")
		n.ClientID = client
		second := d.booked(n)
		_, err := d.Cancel(t.Context(), third.ID, "")
		require.NoError(t, err)
		all := []core.ID[scheduling.Appointment]{first.ID, second.ID, third.ID}
		for name, c := range map[string]struct {
			filter scheduling.AppointmentFilter
			want   []core.ID[scheduling.Appointment]
		}{
			"all":      {scheduling.AppointmentFilter{}, all},
			"the last": {scheduling.AppointmentFilter{Sort: scheduling.ByStartDesc}, []core.ID[scheduling.Appointment]{third.ID, second.ID, first.ID}},
			"agenda":   {scheduling.AppointmentFilter{Agenda: b.ID}, all[1:2]},
			"client":   {scheduling.AppointmentFilter{Client: client}, all[1:2]},
			"member":   {scheduling.AppointmentFilter{Member: a.Members[0].ID}, []core.ID[scheduling.Appointment]{first.ID, third.ID}},
			"status":   {scheduling.AppointmentFilter{Status: scheduling.Cancelled}, all[2:]},
			"range":    {scheduling.AppointmentFilter{From: tuesday("09:30"), Before: tuesday("10:00")}, all[1:2]},
			"series":   {scheduling.AppointmentFilter{Series: core.ID[scheduling.Series]{UUID: uuid.New()}}, nil},
		} {
			var got []core.ID[scheduling.Appointment]
			for p := (core.Page{Limit: 1}); ; {
				l, err := d.Appointments.List(t.Context(), c.filter, p)
				require.NoError(t, err)
				for _, a := range l.Items {
					got = append(got, a.ID)
				}
				if p.Cursor = l.Next; p.Cursor == "" {
					break
				}
			}
			require.Equal(t, c.want, got, name)
		}
		_, err = d.Appointments.List(t.Context(), scheduling.AppointmentFilter{Status: "lost"}, core.Page{})
		require.ErrorIs(t, err, core.ErrInvalid)
		_, err = d.Appointments.List(t.Context(), scheduling.AppointmentFilter{Sort: "mood"}, core.Page{})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"Appointments/are of clients that there are", func(t *testing.T, w *world) {
		a := w.diary().agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Week = slots.EveryDay("00:00-24:00") })
		n := scheduling.NewAppointment{AgendaID: a.ID, StartDate: time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 7)}
		ada := w.contact(crm.NewContact{Name: "Ada"})
		n.ClientID = core.ID[scheduling.Client]{UUID: ada.ID.UUID}
		made, err := w.ws().Appointments.Book(t.Context(), n)
		require.NoError(t, err)
		n.StartDate = made.EndDate
		n.ClientID.UUID = uuid.New()
		_, err = w.ws().Appointments.Book(t.Context(), n)
		require.Equal(t, []string{"/clientId exists"}, faults(t, err))
		_, err = w.ws().Appointments.Update(t.Context(), made.ID, func(a *scheduling.Appointment) error { a.ClientID = n.ClientID; return nil })
		require.Equal(t, []string{"/clientId exists"}, faults(t, err))
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), ada.ID))
		got, err := w.ws().Appointments.Update(t.Context(), made.ID, func(a *scheduling.Appointment) error { a.Title, a.Status = "Cut", scheduling.Completed; return nil })
		require.NoError(t, err, "what did not change is not judged again")
		require.Equal(t, "Cut", got.Title)
		require.Equal(t, scheduling.Scheduled, got.Status)
	}},
	{"Appointments/are seen by those who made them or take them", func(t *testing.T, w *world) {
		maker := own(core.AgendasRead, core.AgendasWrite, core.AppointmentsRead, core.AppointmentsWrite)
		d := w.diary().by(maker)
		a := d.agenda(1, nil)
		made := d.booked(at(a, "09:00"))
		member := core.Actor{ID: made.Members[0], OwnRows: true, Permissions: core.AllPermissions()}
		for _, actor := range []core.Actor{maker, member, person(core.AppointmentsRead)} {
			_, err := d.by(actor).Appointments.Get(t.Context(), made.ID)
			require.NoError(t, err)
		}
		stranger := d.by(own(core.AppointmentsRead, core.AppointmentsWrite, core.AgendasRead))
		_, err := stranger.Appointments.Get(t.Context(), made.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = stranger.Cancel(t.Context(), made.ID, "")
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = stranger.Book(t.Context(), at(a, "09:30"))
		require.ErrorIs(t, err, core.ErrNotFound, "an agenda that they do not see")

		held, err := d.Hold(t.Context(), at(a, "10:00"))
		require.NoError(t, err)
		*d.now = d.now.Add(time.Hour)
		theirs := d.by(member)
		*theirs.now = *d.now
		taken, err := theirs.Book(t.Context(), at(a, "10:00"))
		require.NoError(t, err, "though the hold %s was somebody else's", held.ID)
		_, err = d.Appointments.Get(t.Context(), taken.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Appointments/need permissions, and belong to a company", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		made := d.booked(at(a, "09:00"))
		for p, list := range map[core.Permission][]func(*diary) error{
			core.AppointmentsRead: {
				func(d *diary) error { _, err := d.Appointments.Get(t.Context(), made.ID); return err },
				func(d *diary) error {
					_, err := d.OutOfHours(t.Context(), a.ID, tuesday("00:00"), tuesday("01:00"))
					return err
				},
			},
			core.AppointmentsWrite: {
				func(d *diary) error { _, err := d.Book(t.Context(), at(a, "10:00")); return err },
				func(d *diary) error { _, err := d.Hold(t.Context(), at(a, "10:00")); return err },
				func(d *diary) error { _, err := d.Take(t.Context(), made.ID, scheduling.Details{}); return err },
				func(d *diary) error { _, err := d.Move(t.Context(), made.ID, tuesday("10:00")); return err },
				func(d *diary) error { _, err := d.Cancel(t.Context(), made.ID, ""); return err },
				func(d *diary) error { _, err := d.Complete(t.Context(), made.ID); return err },
				func(d *diary) error { _, err := d.AddMember(t.Context(), made.ID, newUser()); return err },
				func(d *diary) error { _, err := d.RemoveMember(t.Context(), made.ID, made.Members[0]); return err },
				func(d *diary) error {
					_, err := d.Appointments.Update(t.Context(), made.ID, func(a *scheduling.Appointment) error { a.Title = "x"; return nil })
					return err
				},
			},
		} {
			for _, call := range list {
				require.ErrorIs(t, call(d.by(without(p))), core.ErrForbidden)
				require.ErrorIs(t, call(w.diaryOf(w.foreign, core.System())), core.ErrNotFound)
			}
		}
		got, err := d.Appointments.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, got)
		_, err = d.by(without(core.AppointmentsRead)).Appointments.List(t.Context(), scheduling.AppointmentFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		l, err := w.diaryOf(w.foreign, core.System()).Appointments.List(t.Context(), scheduling.AppointmentFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, l.Items)
		_, err = d.by(without(core.AppointmentsWrite)).ExpireHolds(t.Context())
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
	{"Appointments/are undone with the transaction that they are in", func(t *testing.T, w *world) {
		a := w.diary().agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Week = slots.EveryDay("00:00-24:00") })
		n := scheduling.NewAppointment{AgendaID: a.ID, StartDate: time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 7)}
		stop := errors.New("stop")
		var undone scheduling.Appointment
		err := w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) (err error) {
			undone, err = ws.Appointments.Book(t.Context(), n)
			require.NoError(t, err)
			_, err = ws.Appointments.Book(t.Context(), n)
			require.ErrorIs(t, err, core.ErrConflict)
			return stop
		})
		require.ErrorIs(t, err, stop)
		require.Empty(t, w.trail(undone.ID.UUID))
		_, err = w.ws().Appointments.Book(t.Context(), n)
		require.NoError(t, err)
	}},
}
