package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

var appointmentChangeContracts = []contract{
	{"Appointments/are held for a while", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		held, err := d.Hold(t.Context(), at(a, "09:00"))
		require.NoError(t, err)
		require.Equal(t, d.now.Add(10*time.Minute), *held.HoldUntil)
		require.NotContains(t, d.free(a), "09:00")
		_, err = d.Book(t.Context(), at(a, "09:00"))
		require.ErrorIs(t, err, core.ErrConflict)
		*d.now = d.now.Add(9 * time.Minute)
		taken, err := d.Take(t.Context(), held.ID, scheduling.Details{Title: "Cut"})
		require.NoError(t, err)
		require.Equal(t, scheduling.Scheduled, taken.Status)
		require.Equal(t, "Cut", taken.Title)
		*d.now = d.now.Add(time.Hour)
		require.NotContains(t, d.free(a), "09:00", "it is booked for good")
		require.Equal(t, []string{"appointment.held", "appointment.scheduled"}, w.trail(held.ID.UUID))
	}},
	{"Appointments/that were held too long give way", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		held, err := d.Hold(t.Context(), at(a, "09:00"))
		require.NoError(t, err)
		*d.now = d.now.Add(10 * time.Minute)
		require.Contains(t, d.free(a), "09:00")
		_, err = d.Take(t.Context(), held.ID, scheduling.Details{})
		require.ErrorIs(t, err, core.ErrState)
		_, err = d.Move(t.Context(), held.ID, tuesday("10:00"))
		require.ErrorIs(t, err, core.ErrState)
		d.booked(at(a, "09:00"))
		n, err := d.ExpireHolds(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, n)
		n, err = d.ExpireHolds(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
		got, err := d.Appointments.Get(t.Context(), held.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.Expired, got.Status)
		require.Equal(t, []string{"appointment.held", "appointment.expired"}, w.trail(held.ID.UUID))
	}},
	{"Appointments/move to another slot", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, func(n *scheduling.NewAgenda) { n.Rules.Step = 10 })
		made := d.booked(at(a, "09:00"))
		moved, err := d.Move(t.Context(), made.ID, tuesday("09:10"))
		require.NoError(t, err, "it is not in its own way")
		require.Equal(t, made.ID, moved.ID)
		require.Equal(t, made.UID, moved.UID)
		require.Equal(t, 1, moved.Sequence)
		require.Equal(t, made.Members, moved.Members)
		require.Equal(t, scheduling.KeptMember, moved.AssignedBy)
		got, err := d.Appointments.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, moved, got)
		same, err := d.Move(t.Context(), made.ID, tuesday("09:10"))
		require.NoError(t, err)
		require.Equal(t, moved, same)

		n := at(a, "10:00")
		n.MemberID = made.Members[0]
		d.booked(n)
		moved, err = d.Move(t.Context(), made.ID, tuesday("10:00"))
		require.NoError(t, err)
		require.Equal(t, []core.UserID{a.Members[1].ID}, moved.Members, "the other one, since the first is taken")
		_, err = d.Move(t.Context(), d.booked(at(a, "09:00")).ID, tuesday("10:20"))
		require.ErrorIs(t, err, core.ErrConflict)
		require.NotEmpty(t, nearby(t, err))
		require.Equal(t, []string{"appointment.scheduled", "appointment.moved", "appointment.moved"}, w.trail(made.ID.UUID))
	}},
	{"Appointments/are changed by clients in time only", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.MoveNotice, n.CancelNotice = 24*60, 60 })
		made := d.booked(at(a, "09:00"))
		_, err := d.MoveAsClient(t.Context(), made.ID, tuesday("10:00"))
		require.ErrorIs(t, err, core.ErrState, "21 hours before")
		*d.now = tuesday("08:01")
		_, err = d.CancelAsClient(t.Context(), made.ID, "")
		require.ErrorIs(t, err, core.ErrState)
		_, err = d.Move(t.Context(), made.ID, tuesday("10:00"))
		require.NoError(t, err, "the company's people always may")
		*d.now = tuesday("09:00")
		got, err := d.CancelAsClient(t.Context(), made.ID, " ill ")
		require.NoError(t, err, "an hour before")
		require.Equal(t, "ill", got.CancelReason)
		require.Equal(t, 2, got.Sequence)
		require.Equal(t, []string{"09:00", "09:30", "10:00", "10:30"}, d.free(a))
	}},
	{"Appointments/count for the agenda's limits, but not against themselves", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, func(n *scheduling.NewAgenda) { n.Rules.Limits = []slots.Limit{{Per: slots.PerDay, Count: 2}} })
		first := d.booked(at(a, "09:00"))
		d.booked(at(a, "09:00"))
		require.Empty(t, d.free(a))
		_, err := d.Book(t.Context(), at(a, "10:00"))
		require.ErrorIs(t, err, core.ErrConflict)
		_, err = d.Move(t.Context(), first.ID, tuesday("10:00"))
		require.NoError(t, err)
	}},
	{"Appointments/take and give back members", func(t *testing.T, w *world) {
		d := w.diary()
		a, b := d.agenda(1, nil), d.agenda(1, nil)
		made := d.booked(at(a, "09:00"))
		other := b.Members[0].ID
		got, err := d.AddMember(t.Context(), made.ID, other)
		require.NoError(t, err)
		require.Equal(t, []core.UserID{made.Members[0], other}, got.Members)
		require.NotContains(t, d.free(b), "09:00")
		again, err := d.AddMember(t.Context(), made.ID, other)
		require.NoError(t, err)
		require.Equal(t, got, again)
		busy := d.booked(at(a, "10:00"))
		d.booked(at(b, "10:00"))
		_, err = d.AddMember(t.Context(), busy.ID, other)
		require.ErrorIs(t, err, core.ErrConflict)
		_, err = d.RemoveMember(t.Context(), made.ID, newUser())
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = d.RemoveMember(t.Context(), made.ID, other)
		require.NoError(t, err)
		require.Contains(t, d.free(b), "09:00")
		_, err = d.RemoveMember(t.Context(), made.ID, made.Members[0])
		require.ErrorIs(t, err, core.ErrState)
		require.Equal(t, []string{"appointment.scheduled", "appointment.updated", "appointment.updated"}, w.trail(made.ID.UUID))
	}},
	{"Appointments/keep all of their members where they move, if they are free", func(t *testing.T, w *world) {
		d := w.diary()
		a, b := d.agenda(2, nil), d.agenda(1, nil)
		n := at(a, "09:00")
		n.MemberID = a.Members[1].ID
		made, other := d.booked(n), b.Members[0].ID
		made, err := d.AddMember(t.Context(), made.ID, other)
		require.NoError(t, err)
		moved, err := d.Move(t.Context(), made.ID, tuesday("10:00"))
		require.NoError(t, err)
		require.Equal(t, made.Members, moved.Members)
		require.Equal(t, scheduling.KeptMember, moved.AssignedBy)
		require.NotContains(t, d.free(b), "10:00")
		require.Contains(t, d.free(b), "09:00")
		d.booked(at(b, "10:30"))
		_, err = d.Move(t.Context(), made.ID, tuesday("10:30"))
		require.NoError(t, err, "somebody is free")
	}},
	{"Appointments/are in no year that cannot be written", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Limits = []slots.Limit{{Per: slots.PerMonth, Count: 5}} })
		made := d.booked(at(a, "09:00"))
		for _, start := range []time.Time{instant("0001-01-02 09:00"), instant("9999-12-31 10:30"), instant("9999-01-01 09:00")} {
			n := at(a, "09:00")
			n.StartDate = start
			_, err := d.Book(t.Context(), n)
			require.ErrorIs(t, err, core.ErrInvalid)
			for _, free := range nearbySlots(t, err) {
				require.Less(t, free.End.Year(), 10000)
			}
			_, err = d.Move(t.Context(), made.ID, start)
			require.ErrorIs(t, err, core.ErrInvalid)
			series := weekly(a, "FREQ=WEEKLY;COUNT=3")
			series.StartDate, series.Conflicts = tuesday("10:00"), scheduling.SkipConflict
			series.Instead = []scheduling.Instead{{Occurrence: tuesday("10:00").AddDate(0, 0, 7), StartDate: start}}
			r := d.series(series)
			require.Len(t, r.Appointments, 2)
			require.Len(t, r.Conflicts, 1)
			_, err = d.CancelSeries(t.Context(), r.Series.ID, core.ID[scheduling.Appointment]{}, "")
			require.NoError(t, err)
		}
		list, err := d.Slots(t.Context(), a.ID, scheduling.SlotQuery{From: instant("9998-12-31 00:00"), To: instant("9999-12-31 00:00")})
		require.NoError(t, err)
		require.NotEmpty(t, list)
		require.Equal(t, 9998, list[len(list)-1].Start.Year())
	}},
	{"Appointments/that could not be moved are offered what is free when they are not there", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Step = 15 })
		made, _ := d.booked(at(a, "09:00")), d.booked(at(a, "10:00"))
		_, err := d.Move(t.Context(), made.ID, tuesday("09:45"))
		require.ErrorIs(t, err, core.ErrConflict)
		require.Equal(t, []string{"09:30", "09:15"}, nearby(t, err)[:2], "and its own time is not in the way")
	}},
	{"Appointments/of all keep out whom somebody took out of them, wherever they go", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(3, func(n *scheduling.NewAgenda) { n.Rules.Assignment = slots.Collective })
		made := d.booked(at(a, "09:00"))
		few, err := d.RemoveMember(t.Context(), made.ID, a.Members[1].ID)
		require.NoError(t, err)
		beside := d.agenda(0, func(n *scheduling.NewAgenda) { n.Members = a.Members[1:2] })
		d.booked(at(beside, "10:00")) // which is no matter
		for _, clock := range []string{"10:00", "10:30"} {
			moved, err := d.Move(t.Context(), made.ID, tuesday(clock))
			require.NoError(t, err)
			require.Equal(t, few.Members, moved.Members)
		}
		all := d.booked(at(a, "09:30"))
		moved, err := d.Move(t.Context(), all.ID, tuesday("09:00"))
		require.NoError(t, err)
		require.Len(t, moved.Members, 3)
	}},
	{"Appointments/stay when their agenda changes, and are told", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, nil)
		first, second := d.booked(at(a, "09:00")), d.booked(at(a, "10:30"))
		third := at(a, "09:00")
		third.MemberID = a.Members[1].ID
		out := d.booked(third)
		type reasons map[core.ID[scheduling.Appointment]][]scheduling.Closed
		list := func() reasons {
			found, err := d.OutOfHours(t.Context(), a.ID, tuesday("00:00"), tuesday("23:00"))
			require.NoError(t, err)
			list := reasons{}
			for _, f := range found {
				list[f.ID] = f.Reasons
			}
			return list
		}
		outside := scheduling.Closed{Reason: scheduling.MemberOutside, MemberID: a.Members[1].ID}
		closed, inactive := scheduling.Closed{Reason: scheduling.AgendaClosed}, scheduling.Closed{Reason: scheduling.AgendaInactive}
		change := func(edit func(*scheduling.Agenda)) {
			_, err := d.Agendas.Update(t.Context(), a.ID, func(a *scheduling.Agenda) error { edit(a); return nil })
			require.NoError(t, err)
		}
		require.Empty(t, list())
		change(func(a *scheduling.Agenda) { a.Members = a.Members[:1] })
		require.Equal(t, reasons{out.ID: {outside}}, list(), "whose member was taken out")
		change(func(a *scheduling.Agenda) {
			a.Members[0].Hours = &slots.Hours{Timezone: "UTC", Week: slots.EveryDay("09:30-11:00")}
		})
		hers := scheduling.Closed{Reason: scheduling.MemberClosed, MemberID: a.Members[0].ID}
		require.Equal(t, reasons{out.ID: {outside}, first.ID: {hers}}, list(), "when the member does not work")
		change(func(a *scheduling.Agenda) { a.Rules.Week, a.Members[0].Hours = slots.EveryDay("09:00-10:00"), nil })
		require.Equal(t, reasons{out.ID: {outside}, second.ID: {closed}}, list(), "and that is when it is closed now")
		_, err := d.Deactivate(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, reasons{out.ID: {inactive, outside}, second.ID: {inactive, closed}, first.ID: {inactive}}, list())
		for _, made := range []scheduling.Appointment{first, second, out} {
			got, err := d.Appointments.Get(t.Context(), made.ID)
			require.NoError(t, err)
			require.Equal(t, made, got)
		}
	}},
}
