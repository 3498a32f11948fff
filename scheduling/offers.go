package scheduling

import (
	"context"
	"errors"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// linePage is how much of a line is read at once.
const linePage = 100

// Offer holds what is free of an agenda in [from, until) for those who wait for it, the first in line
// first, and answers the entries that have an offer now. Background work calls it when something
// has become free. Until then it is anybody's: who books in the meantime has it.
//
// It looks without a lock, and holds what it found by the steps of [Appointments.Hold]; where
// somebody else was faster, it looks again.
func (s *Waitlist) Offer(ctx context.Context, agenda core.ID[Agenda], from, until time.Time) (offered []WaitlistEntry, err error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return nil, err
	}
	absent := map[core.ID[WaitlistEntry]]bool{}
	for overtaken := 0; ; {
		e, start, err := s.next(ctx, agenda, from, until, absent)
		if err != nil || start.IsZero() {
			return offered, err
		}
		made, err := s.offer(ctx, e.ID, e.AgendaID, start)
		switch {
		case err == nil:
			offered, overtaken = append(offered, made), 0
		case errors.Is(err, errAbsent):
			absent[e.ID] = true
		case !errors.Is(err, core.ErrConflict) || overtaken == core.Attempts:
			return offered, err
		default:
			overtaken++
		}
	}
}

// next is the first in line whom something free suits, of those who are not absent, and when that is. The zero
// time: nobody.
func (s *Waitlist) next(ctx context.Context, agenda core.ID[Agenda], from, until time.Time, absent map[core.ID[WaitlistEntry]]bool) (e WaitlistEntry, start time.Time, err error) {
	tx := s.work.Plain()
	line := Line{Agenda: agenda, From: from, Until: until, Now: tx.Env.Time(), Limit: linePage}
	var d *desk
	for {
		entries, err := tx.Store.Line(ctx, line)
		if err != nil || len(entries) == 0 {
			return e, start, err
		}
		if d == nil {
			a, err := tx.Store.OpenAgenda(ctx, agenda)
			if err != nil || !a.Active {
				return e, start, err
			}
			if d, err = openDesk(ctx, tx, a); err != nil {
				return e, start, err
			}
		}
		for _, e := range entries {
			if absent[e.ID] {
				continue
			}
			if start, err := d.suits(ctx, &e, from, until); err != nil || !start.IsZero() {
				return e, start, err
			}
		}
		if len(entries) < line.Limit {
			return e, start, nil
		}
		line.After = &entries[len(entries)-1]
	}
}

// shortestOffer is how long before its start a time is offered at the latest: who is told has to have time to take it.
const shortestOffer = 5 * time.Minute

// suits is the first free time in [from, until) that suits an entry and can be held for them, or the zero time.
func (d *desk) suits(ctx context.Context, e *WaitlistEntry, from, until time.Time) (start time.Time, err error) {
	if soon := d.now.Add(shortestOffer); soon.After(from) {
		from = soon
	}
	if e.FromDate.After(from) {
		from = e.FromDate
	}
	if e.UntilDate.Before(until) {
		until = e.UntilDate
	}
	if !from.Before(until) {
		return start, nil
	}
	q, err := d.query(ctx, from, until, e.PartySize)
	if err != nil {
		return start, err
	}
	for slot := range d.plan.All(q) {
		return slot.Start, nil
	}
	return start, nil
}

// offer holds a time for an entry.
func (s *Waitlist) offer(ctx context.Context, id core.ID[WaitlistEntry], agenda core.ID[Agenda], start time.Time) (e WaitlistEntry, err error) {
	err = s.work.Atomic(ctx, func(tx Tx) error {
		d, err := lockDesk(ctx, tx, agenda)
		if err != nil {
			return err
		}
		if e, err = waiting(ctx, tx, id); err != nil {
			return err
		}
		d.agenda.HoldMinutes = min(d.agenda.OfferMinutes, slots.Minutes(start.Sub(d.now)/time.Minute))
		held, err := d.draft(ctx, &core.Faults{}, NewAppointment{
			AgendaID: e.AgendaID, StartDate: start, PartySize: e.PartySize,
			Details: Details{ClientID: e.ClientID, Timezone: e.Timezone, Source: FromWaitlist},
		}, Held)
		if err != nil {
			return err
		}
		held.CreatedByID = e.CreatedByID // who sees the entry sees what is held, and can let it go
		if err := d.place(ctx, &held, core.UserID{}); err != nil {
			return err
		}
		if err := d.insert(ctx, held); err != nil {
			return err
		}
		e.AppointmentID, e.OfferedUntil = held.ID, held.HoldUntil
		return settle(ctx, tx, &e, OfferMade)
	})
	return e, err
}

// errAbsent is of an entry whose client was deleted: they are passed over, and may be restored.
var errAbsent = errors.New("the client was deleted")

// waiting reads an entry that waits still, and holds its client.
func waiting(ctx context.Context, tx Tx, id core.ID[WaitlistEntry]) (WaitlistEntry, error) {
	e, err := tx.Store.Entry(ctx, id)
	if errors.Is(err, core.ErrNotFound) || err == nil && e.State != Waiting {
		return e, core.Stale("waitlist_entry")
	}
	if err != nil || tx.Clients == nil {
		return e, err
	}
	if err := tx.Clients.Check(ctx, e.ClientID); !errors.Is(err, core.ErrNotFound) {
		return e, err
	}
	now, err := tx.Store.Entry(ctx, id)
	switch {
	case err != nil && !errors.Is(err, core.ErrNotFound):
		return e, err
	case err != nil || now.ClientID != e.ClientID: // they were erased, or merged into another
		return e, core.Stale("waitlist_entry")
	}
	return e, errAbsent
}
