package clientele

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store"
)

// staff is what identity works with where members go: what they leave behind in other packages ends in
// the same transaction, whoever may see it.
type staff struct{ session store.Session }

func (w staff) Plain() identity.Tx {
	tx := w.session.Identity().Plain()
	scope := tx.Scope
	scope.Actor = core.Actor{ID: scope.Actor.ID, Permissions: core.AllPermissions()}
	all := booking{session: w.session.In(scope)}
	tx.Out = func(ctx context.Context, user core.UserID) error { return scheduling.EndFeeds(ctx, all.Plain(), user) }
	return tx
}

func (w staff) Atomic(ctx context.Context, fn func(identity.Tx) error) error {
	return w.session.Atomic(ctx, func(s store.Session) error { return fn(staff{s}.Plain()) })
}

func (w staff) Snapshot(ctx context.Context, fn func(identity.Tx) error) error {
	return w.session.Snapshot(ctx, func(s store.Session) error { return fn(staff{s}.Plain()) })
}
