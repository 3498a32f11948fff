package scheduling

import (
	"context"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// SlotQuery asks for the slots of an agenda that begin in [From, To): of at most 366 days.
type SlotQuery struct {
	From, To  time.Time
	Member    core.UserID // only those of this member; zero: of any
	PartySize int         // 0 is one

	// Except is an appointment that is not in the way: it is to be moved.
	Except core.ID[Appointment]

	// Taken has those too that could be booked if they, and what limits count, were not taken:
	// with no seats.
	Taken bool
}

// maxRange is how much can be looked at at once.
const maxRange = 366 * 24 * time.Hour

// Slots lists the slots of an agenda that can be booked now. One that is not active has none. It
// needs [core.AgendasRead].
func (s *Agendas) Slots(ctx context.Context, id core.ID[Agenda], query SlotQuery) ([]slots.Slot, error) {
	if err := permit(s.work, core.AgendasRead); err != nil {
		return nil, err
	}
	if err := checkRange(query.From, query.To); err != nil {
		return nil, err
	}
	tx := s.work.Plain()
	a, err := tx.Store.OpenAgenda(ctx, id)
	if err != nil || !a.Active {
		return []slots.Slot{}, err
	}
	if !query.Member.IsZero() && a.Rules.Assignment != slots.Collective {
		a.Members = onlyMember(a.Members, query.Member)
	}
	d, err := openDesk(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	if !query.Except.IsZero() {
		d.lift(query.Except)
	}
	q, err := d.query(ctx, query.From, query.To, query.PartySize)
	if err != nil {
		return nil, err
	}
	free := append([]slots.Slot{}, d.plan.Slots(q)...)
	if query.Taken {
		free = d.withTaken(q, free)
	}
	return free, nil
}

// withTaken adds to what is free what would be if nothing were taken.
func (d *desk) withTaken(q slots.Query, free []slots.Slot) []slots.Slot {
	byStart := func(a, b slots.Slot) int { return a.Start.Compare(b.Start) }
	all := free
	for slot := range d.plan.All(unbooked(q)) {
		if _, found := slices.BinarySearchFunc(free, slot, byStart); !found {
			slot.Seats = 0
			all = append(all, slot)
		}
	}
	slices.SortFunc(all, byStart)
	return all
}

// unbooked is the query as if nothing were taken.
func unbooked(q slots.Query) slots.Query {
	q.Taken = nil
	q.Members = slices.Clone(q.Members)
	for i := range q.Members {
		q.Members[i].Busy = nil
	}
	return q
}

func onlyMember(list []AgendaMember, id core.UserID) []AgendaMember {
	for _, m := range list {
		if m.ID == id {
			return []AgendaMember{m}
		}
	}
	return nil
}

func checkRange(from, to time.Time) error {
	var f core.Faults
	switch {
	case from.IsZero():
		f.Add("/from", "required", "has to be given")
	case to.IsZero():
		f.Add("/to", "required", "has to be given")
	case to.Before(from):
		f.Add("/to", "order", "is before from")
	case to.Sub(from) > maxRange:
		f.Add("/to", "range", "is more than 366 days after from")
	}
	return f.Err()
}
