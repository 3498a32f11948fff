package crm

import (
	"context"
	"reflect"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Stamp is what the services themselves note on what they keep: nobody else may write it.
type Stamp struct {
	CreatedByID core.UserID `json:"createdById,omitzero"` // the user or the API key; absent: the program itself
	Version     int64       `json:"version"`              // counts the changes, from 1
	CreatedAt   time.Time   `json:"createdAt"`            // when it was made
	UpdatedAt   time.Time   `json:"updatedAt"`            // when it was changed last
}

func newStamp(tx Tx) Stamp {
	now := tx.Env.Time()
	return Stamp{CreatedByID: tx.Scope.Actor.ID, Version: 1, CreatedAt: now, UpdatedAt: now}
}

func (s *Stamp) stamp() *Stamp { return s }

// stamped is a pointer to an entity with a Stamp in it.
type stamped[T any] interface {
	*T
	stamp() *Stamp
}

// keeper is how a store reads, replaces and removes one T, by methods of [Store].
type keeper[T any] struct {
	read    func(Store, context.Context, core.ID[T]) (T, error)
	replace func(store Store, ctx context.Context, was, now T) error
	remove  func(Store, context.Context, core.ID[T], int64) error // nil where nothing is removed so
}

// byVersion has a store write all of a T if the row's version is still that of what it was.
func byVersion[T any, P stamped[T]](replace func(Store, context.Context, T, int64) error) func(Store, context.Context, T, T) error {
	return func(store Store, ctx context.Context, was, now T) error {
		return replace(store, ctx, now, P(&was).stamp().Version)
	}
}

// change reads a T, lets edit make it of what it was, and writes it if nobody else did
// meanwhile; else it begins anew. An edit that changes nothing writes nothing and emits
// no event.
func change[T any, P stamped[T]](ctx context.Context, work core.Work[Tx], k keeper[T], id core.ID[T], event core.EventType[T], edit func(tx Tx, was, now *T) error) (now T, err error) {
	once := func(tx Tx) error {
		was, err := k.read(tx.Store, ctx, id)
		if err != nil {
			return err
		}
		now = was
		if err := edit(tx, &was, &now); err != nil {
			return err
		}
		stamp := P(&now).stamp()
		*stamp = *P(&was).stamp()
		if reflect.DeepEqual(was, now) {
			return nil
		}
		stamp.Version++
		stamp.UpdatedAt = tx.Env.Time()
		if err := k.replace(tx.Store, ctx, was, now); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, event.Of(id, &was, &now))
	}
	err = core.Retry(ctx, work, once)
	return now, err
}

// erase removes a T for good, if check lets it. If somebody else changes it meanwhile, it
// begins anew.
func erase[T any, P stamped[T]](ctx context.Context, work core.Work[Tx], k keeper[T], id core.ID[T], event core.EventType[T], check func(Tx, *T) error) (was T, err error) {
	err = core.Retry(ctx, work, func(tx Tx) error {
		var err error
		if was, err = k.read(tx.Store, ctx, id); err != nil {
			return err
		}
		if err := check(tx, &was); err != nil {
			return err
		}
		if err := k.remove(tx.Store, ctx, id, P(&was).stamp().Version); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, event.Of(id, &was, nil))
	})
	return was, err
}

// Check may refuse a change of a T, which is given to it as it is before: an error of it is returned
// as it is, and nothing changes. It is asked again where somebody else changes the T meanwhile. Over HTTP
// it is a condition such as If-Match.
type Check[T any] func(T) error

// allow is the first error of the checks.
func allow[T any](was T, checks []Check[T]) error {
	for _, check := range checks {
		if err := check(was); err != nil {
			return err
		}
	}
	return nil
}

// permit is [core.ErrForbidden] unless the actor has the permission.
func permit(work core.Work[Tx], p core.Permission) error {
	return work.Plain().Scope.Actor.Require(p)
}

var errDeleted = &core.Error{Kind: core.ErrState, Code: "contact_deleted", Message: "the contact is deleted: restore it first"}

// live is nil if there is such a contact and it is not deleted, nor will be before the
// transaction ends: only then may what hangs on it change.
func live(ctx context.Context, tx Tx, id core.ID[Contact]) error {
	c, err := tx.Store.HoldContact(ctx, id)
	if err != nil {
		return err
	}
	return standing(&c)
}

// liveStill is live of the contact of something that was read before: where a merge has given that to another
// contact since, it is read anew.
func liveStill(ctx context.Context, tx Tx, id core.ID[Contact]) error {
	c, err := tx.Store.HoldContact(ctx, id)
	if err == nil && isMerged(&c) {
		err = core.Stale("contact")
	}
	if err != nil {
		return err
	}
	return standing(&c)
}
