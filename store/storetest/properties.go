package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// slotProperties are what holds of any agenda, whatever happened in it.
var slotProperties = []contract{
	{"Slots/that are listed can be booked, and no others, and nothing overlaps", func(t *testing.T, w *world) {
		d := w.diary()
		rapid.Check(t, func(r *rapid.T) {
			a, other := d.drawAgendas(r)
			for range rapid.IntRange(0, 6).Draw(r, "bookings") {
				d.drawBooking(r, []scheduling.Agenda{a, other}[rapid.IntRange(0, 1).Draw(r, "agenda")])
			}
			minute := rapid.IntRange(8*60, 12*60).Draw(r, "minute")
			start := tuesday("00:00").Add(time.Duration(minute) * time.Minute)
			list, err := d.Slots(t.Context(), a.ID, scheduling.SlotQuery{From: tuesday("00:00"), To: tuesday("23:00")})
			require.NoError(r, err)
			if len(list) > 0 && rapid.Bool().Draw(r, "listed") {
				start = rapid.SampledFrom(list).Draw(r, "slot").Start
			}
			made, err := d.Book(t.Context(), scheduling.NewAppointment{AgendaID: a.ID, StartDate: start})
			if slices.ContainsFunc(list, func(s slots.Slot) bool { return s.Start.Equal(start) }) {
				require.NoError(r, err, "%s is listed", start)
				_, err = d.Cancel(t.Context(), made.ID, "")
				require.NoError(r, err)
			} else {
				require.True(r, errors.Is(err, core.ErrConflict) || errors.Is(err, core.ErrInvalid), "%s is not listed: %v", start, err)
			}
			d.requireApart(r, a, other)
		})
	}},
}

// drawAgendas are two agendas of any rules with a member in common.
func (d *diary) drawAgendas(r *rapid.T) (a, b scheduling.Agenda) {
	draw := func(n *scheduling.NewAgenda) {
		n.Rules.Duration = slots.Minutes(rapid.SampledFrom([]int{15, 30, 50}).Draw(r, "duration"))
		n.Rules.Step = slots.Minutes(rapid.SampledFrom([]int{0, 10, 15}).Draw(r, "step"))
		n.Rules.Anchor = rapid.SampledFrom([]slots.Anchor{slots.AtWindow, slots.AtHour, slots.Packed}).Draw(r, "anchor")
		n.Rules.Before = slots.Minutes(rapid.SampledFrom([]int{0, 5, 20}).Draw(r, "before"))
		n.Rules.After = slots.Minutes(rapid.SampledFrom([]int{0, 5, 20}).Draw(r, "after"))
		n.Rules.Buffers = rapid.SampledFrom([]slots.Policy{slots.Sum, slots.Max}).Draw(r, "buffers")
		n.Rules.Capacity = rapid.IntRange(1, 2).Draw(r, "capacity")
		if rapid.IntRange(0, 3).Draw(r, "limited") == 0 {
			n.Rules.Limits = []slots.Limit{{Per: slots.PerDay, Count: 2}}
		}
	}
	a = d.agenda(rapid.IntRange(1, 2).Draw(r, "members"), draw)
	return a, d.agenda(0, func(n *scheduling.NewAgenda) { draw(n); n.Members = a.Members[:1] })
}

// drawBooking books or holds a slot of an agenda, or moves or cancels what there is of it.
func (d *diary) drawBooking(r *rapid.T, a scheduling.Agenda) {
	ctx := d.w.t.Context()
	list, err := d.Slots(ctx, a.ID, scheduling.SlotQuery{From: tuesday("00:00"), To: tuesday("23:00")})
	require.NoError(r, err)
	if len(list) == 0 {
		return
	}
	start := rapid.SampledFrom(list).Draw(r, "start").Start
	n := scheduling.NewAppointment{AgendaID: a.ID, StartDate: start}
	made, err := d.Book(ctx, n)
	require.NoError(r, err, "%s is listed", start)
	switch rapid.IntRange(0, 4).Draw(r, "then") {
	case 0:
		_, err = d.Cancel(ctx, made.ID, "")
		require.NoError(r, err)
	case 1:
		to := rapid.SampledFrom(list).Draw(r, "to").Start
		if _, err = d.Move(ctx, made.ID, to); err != nil { // it may be none any more
			require.True(r, errors.Is(err, core.ErrConflict) || errors.Is(err, core.ErrInvalid), "%v", err)
		}
	}
}

// requireApart checks that no two live appointments of a member are nearer to each other than their
// buffers let them, but for those of one session.
func (d *diary) requireApart(r *rapid.T, agendas ...scheduling.Agenda) {
	var live []scheduling.Appointment
	for _, a := range agendas {
		for found, err := range d.Appointments.All(d.w.t.Context(), scheduling.AppointmentFilter{Agenda: a.ID}) {
			require.NoError(r, err)
			if found.TakesTime() {
				live = append(live, found)
			}
		}
	}
	slices.SortFunc(live, func(a, b scheduling.Appointment) int { return a.StartDate.Compare(b.StartDate) })
	for i, a := range live {
		for _, b := range live[i+1:] {
			if a.Members[0] != b.Members[0] || a.SessionID() == b.SessionID() {
				continue
			}
			gap := a.BufferAfter + b.BufferBefore
			if a.Buffers == slots.Max && b.Buffers == slots.Max {
				gap = max(a.BufferAfter, b.BufferBefore)
			}
			require.False(r, b.StartDate.Before(a.EndDate.Add(gap.Duration())), "%s and %s", a.StartDate, b.StartDate)
		}
	}
}
