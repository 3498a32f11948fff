package webhooks

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Webhooks is the service of a company's endpoints and their deliveries. It needs
// [core.WebhooksRead] of the actor to read and [core.WebhooksWrite] to do anything else; one
// who sees only own rows may do neither, since events tell of all rows.
type Webhooks struct{ work core.Work[Tx] }

// New is the service in the scope of work.
func New(work core.Work[Tx]) *Webhooks { return &Webhooks{work} }

// Create adds an endpoint, which is sent what happens from now on, and is its secret.
func (s *Webhooks) Create(ctx context.Context, n NewEndpoint) (Endpoint, Secret, error) {
	if err := s.permit(core.WebhooksWrite); err != nil {
		return Endpoint{}, "", err
	}
	if err := n.check(); err != nil {
		return Endpoint{}, "", err
	}
	var e Endpoint
	secret := newSecret()
	err := s.work.Atomic(ctx, func(tx Tx) error {
		now := tx.Env.Time()
		e = Endpoint{ID: core.NewID[Endpoint](tx.Env), NewEndpoint: n, Active: true, CreatedByID: tx.Scope.Actor.ID, Version: 1, CreatedAt: now, UpdatedAt: now}
		if err := tx.Store.InsertEndpoint(ctx, e); err != nil {
			return err
		}
		if err := tx.Store.RotateSecret(ctx, e.ID, secret, now); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, Created.Of(e.ID, nil, &e))
	})
	if err != nil {
		return Endpoint{}, "", err
	}
	return e, secret, nil
}

// Get reads an endpoint.
func (s *Webhooks) Get(ctx context.Context, id core.ID[Endpoint]) (Endpoint, error) {
	if err := s.permit(core.WebhooksRead); err != nil {
		return Endpoint{}, err
	}
	return s.work.Plain().Store.Endpoint(ctx, id)
}

// List reads a page of the endpoints, the oldest first.
func (s *Webhooks) List(ctx context.Context, p core.Page) (core.List[Endpoint], error) {
	if err := s.permit(core.WebhooksRead); err != nil {
		return core.List[Endpoint]{}, err
	}
	return s.work.Plain().Store.ListEndpoints(ctx, p)
}

// Update changes what a person may say of an endpoint, and whether it is active: edit is given
// it as it is. Activating it forgets that it was failing; what it missed can be replayed.
func (s *Webhooks) Update(ctx context.Context, id core.ID[Endpoint], edit func(*Endpoint) error) (Endpoint, error) {
	if err := s.permit(core.WebhooksWrite); err != nil {
		return Endpoint{}, err
	}
	return change(ctx, s.work, id, Updated, func(was, e *Endpoint) error {
		if err := edit(e); err != nil {
			return err
		}
		if e.Active && !was.Active {
			e.DisabledReason, e.FailingSince = "", nil
		}
		return e.check()
	})
}

// Delete deletes an endpoint with its deliveries.
func (s *Webhooks) Delete(ctx context.Context, id core.ID[Endpoint]) error {
	if err := s.permit(core.WebhooksWrite); err != nil {
		return err
	}
	return s.work.Atomic(ctx, func(tx Tx) error {
		e, err := tx.Store.Endpoint(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.Store.DeleteEndpoint(ctx, id); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, Deleted.Of(id, &e, nil))
	})
}

// MaxOverlap is how long the secret before may be signed with beside a new one.
const MaxOverlap = 7 * 24 * time.Hour

// Rotate gives an endpoint a new secret, and signs with those before it too until overlap is
// over: 0 to MaxOverlap.
func (s *Webhooks) Rotate(ctx context.Context, id core.ID[Endpoint], overlap time.Duration) (Secret, error) {
	if err := s.permit(core.WebhooksWrite); err != nil {
		return "", err
	}
	if overlap < 0 || overlap > MaxOverlap {
		return "", core.Faults{{Field: "/overlapHours", Rule: "range", Message: "has to be from 0 to 168 hours"}}.Err()
	}
	secret := newSecret()
	err := s.work.Atomic(ctx, func(tx Tx) error {
		e, err := tx.Store.Endpoint(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.Store.RotateSecret(ctx, id, secret, tx.Env.Time().Add(overlap)); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, Updated.Of(id, &e, &e)) // who did it is in the audit, the secret is not
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Deliveries reads a page of the log, the newest first.
func (s *Webhooks) Deliveries(ctx context.Context, f DeliveryFilter, p core.Page) (core.List[Delivery], error) {
	if err := s.permit(core.WebhooksRead); err != nil {
		return core.List[Delivery]{}, err
	}
	return s.work.Plain().Store.ListDeliveries(ctx, f, p)
}

// AllDeliveries runs through the log, page by page.
func (s *Webhooks) AllDeliveries(ctx context.Context, f DeliveryFilter) iter.Seq2[Delivery, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Delivery], error) {
		return s.Deliveries(ctx, f, p)
	})
}

// Delivery reads one with all its attempts.
func (s *Webhooks) Delivery(ctx context.Context, id core.ID[Delivery]) (Delivery, []Attempt, error) {
	if err := s.permit(core.WebhooksRead); err != nil {
		return Delivery{}, nil, err
	}
	store := s.work.Plain().Store
	d, err := store.Delivery(ctx, id)
	if err != nil {
		return Delivery{}, nil, err
	}
	attempts, err := store.Attempts(ctx, id)
	return d, attempts, err
}

// Replay posts a delivery again, whatever became of it, with all its attempts before it.
func (s *Webhooks) Replay(ctx context.Context, id core.ID[Delivery]) error {
	if err := s.permit(core.WebhooksWrite); err != nil {
		return err
	}
	return s.work.Atomic(ctx, func(tx Tx) error {
		d, err := tx.Store.Delivery(ctx, id)
		if err != nil {
			return err
		}
		return tx.replay(ctx, d)
	})
}

// ReplayAll posts again what the filter lets through, and is how many deliveries that was.
// Each is a transaction of its own: after an error, those before it are on their way.
func (s *Webhooks) ReplayAll(ctx context.Context, f DeliveryFilter) (replayed int, err error) {
	if err := s.permit(core.WebhooksWrite); err != nil {
		return 0, err
	}
	for d, err := range s.AllDeliveries(ctx, f) {
		if err != nil {
			return replayed, err
		}
		err := s.work.Atomic(ctx, func(tx Tx) error { return tx.replay(ctx, d) })
		if err != nil && !errors.Is(err, core.ErrNotFound) { // it may have been swept meanwhile
			return replayed, err
		}
		replayed++
	}
	return replayed, nil
}

func (tx Tx) replay(ctx context.Context, d Delivery) error {
	d.State, d.UpdatedAt = Pending, tx.Env.Time()
	if err := tx.Store.SetDelivery(ctx, d); err != nil {
		return err
	}
	return tx.Jobs.Enqueue(ctx, post(d.ID))
}

func (s *Webhooks) permit(p core.Permission) error {
	actor := s.work.Plain().Scope.Actor
	if err := actor.Require(p); err != nil {
		return err
	}
	if actor.OwnRows {
		return &core.Error{Kind: core.ErrForbidden, Code: "own_rows", Message: "webhooks are for those who see all rows"}
	}
	return nil
}

// change reads an endpoint, edits it and writes it, again if somebody else was quicker.
func change(ctx context.Context, work core.Work[Tx], id core.ID[Endpoint], event core.EventType[Endpoint], edit func(was, e *Endpoint) error) (e Endpoint, err error) {
	err = core.Retry(ctx, work, func(tx Tx) error {
		was, err := tx.Store.Endpoint(ctx, id)
		if err != nil {
			return err
		}
		e = was
		if err := edit(&was, &e); err != nil {
			return err
		}
		e.ID, e.CreatedByID, e.CreatedAt = was.ID, was.CreatedByID, was.CreatedAt
		e.Version, e.UpdatedAt = was.Version+1, tx.Env.Time()
		if err := tx.Store.ReplaceEndpoint(ctx, e, was.Version); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, event.Of(id, &was, &e))
	})
	return e, err
}
