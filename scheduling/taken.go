package scheduling

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Taken is the cause of a [core.ErrConflict] with a slot that somebody else has, and of a
// [core.ErrInvalid] with a time that is none: what is free nearby.
type Taken struct {
	Free []slots.Slot `json:"free"` // up to five, the nearest first
}

func (t *Taken) Error() string { return "the slot is not free" }

const (
	nearby      = 5
	nearbyRange = 7 * 24 * time.Hour
)

var (
	errTaken    = &core.Error{Kind: core.ErrConflict, Code: "slot_taken", Message: "the slot is taken", Err: &Taken{}}
	errNoSlot   = &core.Error{Kind: core.ErrInvalid, Code: "not_a_slot", Fields: core.Faults{{Field: "/startDate", Rule: "slot", Message: "is not a time that the agenda can be booked at"}}, Err: &Taken{}}
	errInactive = &core.Error{Kind: core.ErrState, Code: "agenda_inactive", Message: "the agenda is not active: nothing can be booked"}
)

// refusal is why nobody can take an appointment at the start: the time is taken, or it is none
// that the agenda has.
func (d *desk) refusal(q slots.Query, start time.Time) error {
	if d.agenda.Rules.Anchor != slots.Packed && len(d.plan.FreeAt(unbooked(q), start)) == 0 {
		return errNoSlot
	}
	return errTaken
}

// asRefused is err if it is that a time cannot be booked.
func asRefused(err error) (*core.Error, bool) {
	var refused *core.Error
	return refused, errors.As(err, &refused) && (refused == errTaken || refused == errNoSlot)
}

// withNearby adds to a refusal what is free near the start, which is looked up outside the
// transaction: those who lose do not keep others waiting. An appointment that is to be moved is not in its
// own way.
func withNearby(ctx context.Context, work core.Work[Tx], err error, agenda core.ID[Agenda], start time.Time, party int, moving core.ID[Appointment]) error {
	refused, ok := asRefused(err)
	if !ok {
		return err
	}
	d, readErr := lookAt(ctx, work.Plain(), agenda)
	if readErr != nil {
		return err
	}
	if !moving.IsZero() {
		d.lift(moving)
	}
	free, readErr := d.near(ctx, start, party)
	if readErr != nil {
		return err
	}
	told := *refused
	told.Err = &Taken{Free: free}
	return &told
}

// lookAt is the desk of an agenda that others may book meanwhile.
func lookAt(ctx context.Context, tx Tx, id core.ID[Agenda]) (*desk, error) {
	a, err := tx.Store.OpenAgenda(ctx, id)
	if err != nil {
		return nil, err
	}
	return openDesk(ctx, tx, a)
}

// near is what is free near a start, the nearest first.
func (d *desk) near(ctx context.Context, start time.Time, party int) ([]slots.Slot, error) {
	q, err := d.query(ctx, start.Add(-nearbyRange), start.Add(nearbyRange), party)
	if err != nil {
		return nil, err
	}
	free := d.plan.Slots(q)
	slices.SortStableFunc(free, func(a, b slots.Slot) int {
		return cmp.Compare(a.Start.Sub(start).Abs(), b.Start.Sub(start).Abs())
	})
	return append([]slots.Slot{}, free[:min(nearby, len(free))]...), nil
}
