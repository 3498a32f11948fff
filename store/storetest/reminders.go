package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
)

func reminded(n *scheduling.NewAgenda) {
	n.Reminders = []scheduling.Reminder{{Before: 60, Channel: "email"}, {Before: 24 * 60, Channel: "email"}, {Before: 30, Channel: "sms"}}
}

// planned are the reminders of an appointment: by when they are due, with their state.
func (d *diary) planned(id core.ID[scheduling.Appointment]) (list []string) {
	found, err := d.Reminders(d.w.t.Context(), id)
	require.NoError(d.w.t, err)
	for _, r := range found {
		list = append(list, r.DueAt.Format("2 15:04 ")+r.Channel+" "+string(r.State))
	}
	return list
}

var reminderContracts = []contract{
	{"Reminders/are planned with their appointment, but for those that would be late", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, reminded)
		made := d.booked(at(a, "10:00"))
		require.Equal(t, []string{"8 09:00 email planned", "8 09:30 sms planned"}, d.planned(made.ID), "it is noon on the day before")
		list, err := d.Reminders(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made.StartDate, list[0].StartDate)
		require.Nil(t, list[0].SentAt)
	}},
	{"Reminders/are of what is scheduled only", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { reminded(n); n.Approval = true })
		held, err := d.Hold(t.Context(), at(a, "10:00"))
		require.NoError(t, err)
		require.Empty(t, d.planned(held.ID))
		_, err = d.Take(t.Context(), held.ID, scheduling.Details{})
		require.NoError(t, err)
		require.Empty(t, d.planned(held.ID), "it is pending")
		_, err = d.Confirm(t.Context(), held.ID)
		require.NoError(t, err)
		require.Len(t, d.planned(held.ID), 2)
	}},
	{"Reminders/move and go with their appointment", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, reminded)
		made := d.booked(at(a, "09:00"))
		_, err := d.Move(t.Context(), made.ID, tuesday("10:30"))
		require.NoError(t, err)
		require.Equal(t, []string{"8 09:30 email planned", "8 10:00 sms planned"}, d.planned(made.ID))
		_, err = d.Appointments.Update(t.Context(), made.ID, func(a *scheduling.Appointment) error { a.Description = "short"; return nil })
		require.NoError(t, err)
		require.Len(t, d.planned(made.ID), 2)
		_, err = d.Cancel(t.Context(), made.ID, "")
		require.NoError(t, err)
		require.Empty(t, d.planned(made.ID))
	}},
	{"Reminders/are sent once, with links as long as they are good", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { reminded(n); n.MoveNotice, n.CancelNotice = 12*60, 30 })
		n := at(a, "10:00")
		n.ClientID = newClient()
		made := d.booked(n)
		b.send(made.ID)
		require.Empty(t, b.sent, "none is due")
		*d.now = tuesday("09:00")
		b.send(made.ID)
		b.send(made.ID)
		require.Len(t, b.sent, 1)
		require.Equal(t, n.ClientID.String()+"@example.org", b.sent[0].To.Email)
		require.Equal(t, made.ID, b.sent[0].Appointment.ID)
		require.Empty(t, b.sent[0].MoveURL, "it is too late to move it")
		links := scheduling.NewLinks([]byte("key"), "https://crm.example.org")
		require.Equal(t, links.URL(scheduling.ToCancel, w.company, made.ID.UUID), b.sent[0].CancelURL)
		*d.now = tuesday("09:30")
		b.send(made.ID)
		require.Equal(t, []string{"8 09:00 email sent", "8 09:30 sms skipped"}, d.planned(made.ID), "nobody sends by sms")
		list, err := d.Reminders(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, tuesday("09:00"), *list[0].SentAt)
		require.Contains(t, list[1].Reason, "sms")
		require.Equal(t, []string{"reminder.sent"}, w.trail(list[0].ID.UUID))
	}},
	{"Reminders/that could not be sent are sent again, by the same key", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		made := d.booked(at(d.agenda(1, reminded), "10:00"))
		*d.now = tuesday("09:00")
		list, err := d.Reminders(t.Context(), made.ID)
		require.NoError(t, err)
		b.broken = errors.New("the mail server is down")
		require.ErrorIs(t, b.SendReminder(t.Context(), w.company, list[0].ID), b.broken)
		require.Equal(t, scheduling.ReminderPlanned, list[0].State)
		b.broken = scheduling.ErrNoAddress
		require.NoError(t, b.SendReminder(t.Context(), w.company, list[0].ID), "which will not be otherwise")
		require.Equal(t, "8 09:00 email skipped", d.planned(made.ID)[0])

		again := d.booked(at(d.agenda(1, reminded), "10:30"))
		list, err = d.Reminders(t.Context(), again.ID)
		require.NoError(t, err)
		*d.now = tuesday("09:40")
		b.broken = nil
		require.NoError(t, b.SendReminder(t.Context(), w.company, list[0].ID))
		require.Len(t, b.sent, 1)
		require.Equal(t, list[0].ID.String(), b.sent[0].Key)
	}},
	{"Reminders/that were sent stay, and are not sent again where the appointment comes back", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		made := d.booked(at(d.agenda(1, reminded), "10:00"))
		*d.now = tuesday("09:00")
		b.send(made.ID)
		for _, clock := range []string{"10:30", "10:00"} {
			_, err := d.Move(t.Context(), made.ID, tuesday(clock))
			require.NoError(t, err)
		}
		b.send(made.ID)
		require.Len(t, b.sent, 1)
		require.Equal(t, []string{"8 09:00 email sent", "8 09:30 sms planned"}, d.planned(made.ID))
	}},
	{"Reminders/are not sent of what has begun, or is not as it was", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		made := d.booked(at(d.agenda(1, reminded), "10:00"))
		list, err := d.Reminders(t.Context(), made.ID)
		require.NoError(t, err)
		*d.now = tuesday("10:00")
		b.send(made.ID)
		require.Empty(t, b.sent)
		require.Equal(t, []string{"8 09:00 email skipped", "8 09:30 sms skipped"}, d.planned(made.ID))
		require.NoError(t, b.SendReminder(t.Context(), w.foreign, list[0].ID), "which has no such reminder")
		require.NoError(t, b.SendReminder(t.Context(), w.company, core.ID[scheduling.PlannedReminder]{UUID: newUser().UUID}))
		_, err = d.by(without(core.AppointmentsRead)).Reminders(t.Context(), made.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.diaryOf(w.foreign, core.System()).Reminders(t.Context(), made.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Holds/that are over are ended in all companies", func(t *testing.T, w *world) {
		d, theirs := w.diary(), w.diaryOf(w.foreign, core.System())
		b := d.backOffice()
		a, other := d.agenda(1, nil), theirs.agenda(1, nil)
		first, err := d.Hold(t.Context(), at(a, "09:00"))
		require.NoError(t, err)
		second, err := theirs.Hold(t.Context(), at(other, "09:00"))
		require.NoError(t, err)
		*d.now = d.now.Add(5 * time.Minute)
		third, err := d.Hold(t.Context(), at(a, "10:00"))
		require.NoError(t, err)
		*d.now = d.now.Add(5 * time.Minute)
		require.NoError(t, b.ExpireHolds(t.Context()))
		for _, c := range []struct {
			d    *diary
			id   core.ID[scheduling.Appointment]
			want scheduling.Status
		}{{d, first.ID, scheduling.Expired}, {theirs, second.ID, scheduling.Expired}, {d, third.ID, scheduling.Held}} {
			got, err := c.d.Appointments.Get(t.Context(), c.id)
			require.NoError(t, err)
			require.Equal(t, c.want, got.Status)
		}
	}},
}
