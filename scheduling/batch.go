package scheduling

import (
	"context"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// batch is the appointments of a series that are booked at a locked desk. What is taken around all of
// their times is read at once, and they are written at once: however many they are, it takes the same
// few statements.
type batch struct {
	taken     []TakenTime
	counted   []Booked // for the agenda's limits
	elsewhere map[core.UserID][]slots.Busy
	made      []Seated // and not written yet
}

// begin begins a batch of appointments at the starts; where one is zero, there is none.
func (d *desk) begin(ctx context.Context, starts []time.Time) error {
	spans, counted := d.around(starts)
	if len(spans) == 0 {
		return nil
	}
	b, ids := &batch{}, d.agenda.memberIDs()
	taken, err := d.tx.Store.TakenTime(ctx, ids, spans...)
	if err != nil {
		return err
	}
	if b.taken, err = d.release(ctx, taken); err != nil {
		return err
	}
	if counted.Start.Before(counted.End) {
		if b.counted, err = d.tx.Store.BookedIn(ctx, d.agenda.ID, counted.Start, counted.End); err != nil {
			return err
		}
	}
	b.elsewhere, err = d.tx.elsewhere(ctx, ids, spans[0].Start, spans[len(spans)-1].End)
	d.batch = b
	return err
}

// around is the spans of which it matters what is taken, for slots at the starts: in order and apart;
// and the one that limits count.
func (d *desk) around(starts []time.Time) (spans []slots.Interval, counted slots.Interval) {
	for _, start := range starts {
		if !inYears(start) { // zero is none, and the others cannot be booked
			continue
		}
		after := start.Add(time.Microsecond)
		first, last := d.plan.Reach(start, after)
		spans = append(spans, slots.Interval{Start: first, End: last})
		if first, last = d.plan.Counted(start, after); !first.Before(last) {
			continue // there are no limits
		}
		if counted.Start.IsZero() || first.Before(counted.Start) {
			counted.Start = first
		}
		if last.After(counted.End) {
			counted.End = last
		}
	}
	slices.SortFunc(spans, func(a, b slots.Interval) int { return a.Start.Compare(b.Start) })
	apart := spans[:0]
	for _, s := range spans {
		if n := len(apart); n > 0 && !s.Start.After(apart[n-1].End) {
			apart[n-1].End = s.End // they are all of one length
		} else {
			apart = append(apart, s)
		}
	}
	return apart, counted
}

func (b *batch) takenIn(from, until time.Time) (list []TakenTime) {
	for _, t := range b.taken {
		if t.StartDate.Before(until) && t.EndDate.After(from) {
			list = append(list, t)
		}
	}
	return list
}

// add books an appointment in the batch.
func (b *batch) add(a Appointment, seats []int) {
	b.made = append(b.made, Seated{a, seats})
	b.counted = append(b.counted, Booked{ID: a.ID, StartDate: a.StartDate, EndDate: a.EndDate, HoldUntil: a.HoldUntil})
	for _, member := range a.Members {
		for _, seat := range seats {
			b.taken = append(b.taken, a.Taking(member, seat))
		}
	}
}

// Taking is the time that a seat of the appointment takes of a member.
func (a *Appointment) Taking(member core.UserID, seat int) TakenTime {
	return TakenTime{
		MemberID: member, AppointmentID: a.ID, AgendaID: a.AgendaID, SessionID: a.SessionID(), Seat: seat,
		StartDate: a.StartDate, EndDate: a.EndDate, HoldUntil: a.HoldUntil,
		BufferBefore: a.BufferBefore, BufferAfter: a.BufferAfter, Buffers: a.Buffers,
	}
}

// finish writes what of the batch is not written yet, and tells of it.
func (d *desk) finish(ctx context.Context) error {
	if d.batch == nil || len(d.batch.made) == 0 {
		return nil
	}
	made := d.batch.made
	d.batch.made = nil
	return d.write(ctx, made...)
}

// counted are the agenda's appointments that limits count in [from, before).
func (d *desk) counted(ctx context.Context, from, before time.Time) ([]Booked, error) {
	if d.batch != nil {
		return d.batch.counted, nil // the limits pass over what is in other periods
	}
	return d.tx.Store.BookedIn(ctx, d.agenda.ID, from, before)
}

// elsewhere is the time that other calendars take.
func (d *desk) elsewhere(ctx context.Context, members []core.UserID, from, until time.Time) (map[core.UserID][]slots.Busy, error) {
	if d.batch != nil {
		return d.batch.elsewhere, nil
	}
	return d.tx.elsewhere(ctx, members, from, until)
}
