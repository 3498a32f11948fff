package events

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
)

// Store is the outbox and its cursors, across companies.
type Store interface {
	// Env has the clock.
	Env() core.Env

	// Settled is the position up to which every event that there will ever be can be read.
	Settled(ctx context.Context) (int64, error)

	// MakeCursor makes a cursor at the position, unless there is one of the name.
	MakeCursor(ctx context.Context, name string, position int64) error

	// Forward enqueues a job for each event that comes after the cursor, in their order and in
	// the name of their companies and actors, and moves the cursor, in one transaction.
	// [core.ErrConflict]: another relay is at it. [core.ErrNotFound]: there is no such cursor.
	Forward(ctx context.Context, f Forward) (forwarded int, err error)

	// Cursors is how far the subscribers are.
	Cursors(ctx context.Context) ([]Cursor, error)

	// Forget deletes a cursor, or answers [core.ErrNotFound].
	Forget(ctx context.Context, name string) error

	// SweepEvents deletes up to limit events from before then that all cursors have passed, out of the first 10*limit
	// by position: an event with a time in the future holds up nothing, and so many would.
	SweepEvents(ctx context.Context, before time.Time, limit int) (deleted int, err error)
}

// Forward asks to bring events to a subscriber.
type Forward struct {
	Cursor  string
	Names   []string // of events; empty: all
	Settled int64    // read no further, as Store.Settled said
	Limit   int
	Job     func(core.StoredEvent) jobs.New
}

// Cursor is how far a subscriber is.
type Cursor struct {
	Name      string    `json:"name"`
	Position  int64     `json:"position"`
	Behind    int64     `json:"behind"` // positions after it, some of which may be of no event
	UpdatedAt time.Time `json:"updatedAt"`
}

// Reader is the outbox of one company.
type Reader interface {
	// ListEvents lists what the filter lets through, in the order of positions, up to the
	// one that is settled.
	ListEvents(ctx context.Context, f Filter, p core.Page) (core.List[core.StoredEvent], error)

	// EventsAfter is up to limit events after the position, likewise.
	EventsAfter(ctx context.Context, f Filter, position int64, limit int) ([]core.StoredEvent, error)

	// Newest is the position that is settled.
	Newest(ctx context.Context) (int64, error)

	// Watch calls woke whenever there may be new events, until ctx is over.
	Watch(ctx context.Context, woke func())
}

// Tx is what a Log works with.
type Tx struct {
	Reader Reader
	Scope  core.Scope
}
