package clientele

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store"
)

// selling is what crm works with where it needs other packages in the same transaction: the members
// whom leads are given to, and what is moved when contacts are merged.
type selling struct{ session store.Session }

func (w selling) Plain() crm.Tx {
	tx := w.session.CRM().Plain()
	tx.Members = colleagues(w)
	own := tx.Relations
	tx.Relations = func() []crm.Relation { return append(own(), w.session.Relations()...) }
	return tx
}

func (w selling) Atomic(ctx context.Context, fn func(crm.Tx) error) error {
	return w.session.Atomic(ctx, func(s store.Session) error { return fn(selling{s}.Plain()) })
}

func (w selling) Snapshot(ctx context.Context, fn func(crm.Tx) error) error {
	return w.session.Snapshot(ctx, func(s store.Session) error { return fn(selling{s}.Plain()) })
}

// colleagues are the members of the company. An embedder's company, whose users are its own, has
// none: there anybody may be given leads and take appointments.
type colleagues struct{ session store.Session }

// Active implements [crm.Members] and [scheduling.Members].
func (c colleagues) Active(ctx context.Context, users []core.UserID) ([]core.UserID, error) {
	return c.session.Identity().Plain().Store.ActiveAmong(ctx, users)
}
