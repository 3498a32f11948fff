package scheduling

import (
	"context"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// Take makes a hold what it was for: scheduled, or pending if the agenda wants approval, with the
// details. A hold that is over is [core.ErrState]; one of a member who is out of the company by now,
// [core.ErrInvalid] with what is free nearby.
func (s *Appointments) Take(ctx context.Context, id core.ID[Appointment], details Details) (Appointment, error) {
	return s.take(ctx, id, details, nil)
}

// TakeFor is [Appointments.Take] for somebody who says who they are: the client who has one of
// their addresses, or a new one. Both are done, or neither.
func (s *Appointments) TakeFor(ctx context.Context, id core.ID[Appointment], p Person, details Details) (Appointment, error) {
	return s.take(ctx, id, details, &p)
}

func (s *Appointments) take(ctx context.Context, id core.ID[Appointment], details Details, p *Person) (now Appointment, err error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return Appointment{}, err
	}
	err = again(ctx, s.work, func(tx Tx) error {
		d, was, err := deskOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if p != nil {
			if details.ClientID, err = receive(ctx, tx, *p); err != nil {
				return err
			}
		}
		now, err = d.take(ctx, was, details)
		return err
	})
	if err != nil {
		return Appointment{}, withNearby(ctx, s.work, err, now.AgendaID, now.StartDate, now.PartySize, id)
	}
	return now, nil
}

func receive(ctx context.Context, tx Tx, p Person) (core.ID[Client], error) {
	if tx.Clients == nil {
		return core.ID[Client]{}, &core.Error{Kind: core.ErrState, Code: "no_clients", Message: "nobody keeps clients here"}
	}
	return tx.Clients.Receive(ctx, p)
}

var errHoldOver = &core.Error{Kind: core.ErrState, Code: "hold_expired", Message: "the hold has expired"}

func (d *desk) take(ctx context.Context, was Appointment, details Details) (Appointment, error) {
	now := was
	switch {
	case was.Status != Held:
		return now, errNotLive(was.Status)
	case over(was.HoldUntil, d.now):
		return now, errHoldOver
	case slices.ContainsFunc(was.Members, func(id core.UserID) bool { return d.gone[id] }):
		return now, errNoSlot
	}
	var f core.Faults
	now.Details = details
	now.Details.check(&f, &d.agenda)
	if err := checkClient(ctx, d.tx, &f, now.ClientID); err != nil {
		return now, err
	}
	if err := f.Err(); err != nil {
		return now, err
	}
	if err := now.to(d.agenda.booked()); err != nil {
		return now, err
	}
	seats, err := d.retake(ctx, &now)
	if err != nil {
		return now, err
	}
	return now, replace(ctx, d.tx, now.Status.entered(), was, &now, seats)
}

// expiryBatch bounds how many holds expire in one transaction.
const expiryBatch = 100

// ExpireHolds makes the holds expired that are over, up to 100 of them, and answers how many there
// were: background work calls it until there are none. Nobody waits for it: the time of a hold that
// is over is free at once.
func (s *Appointments) ExpireHolds(ctx context.Context) (n int, err error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return 0, err
	}
	err = again(ctx, s.work, func(tx Tx) error {
		expired, err := tx.Store.ExpiredHolds(ctx, tx.Env.Time(), expiryBatch)
		if err != nil {
			return err
		}
		for n = 0; n < len(expired); n++ {
			was, now := expired[n], expired[n]
			if err := now.to(Expired); err != nil {
				return err
			}
			if err := replace(ctx, tx, AppointmentExpired, was, &now, nil); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
