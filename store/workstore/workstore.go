// Package workstore keeps the rows of background work in a database of package bunstore:
// those of core/jobs, and the events that core/events reads from the outbox.
package workstore

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// Jobs is what workers work with.
func Jobs(db *bunstore.DB) jobs.Store {
	return jobStore{db.Session(core.Scope{Actor: core.System()}), db}
}

// Enqueuer takes jobs in the session's scope and transaction.
func Enqueuer(s *bunstore.Session) jobs.Enqueuer { return enqueuer{s} }

// Events is what a relay works with.
func Events(db *bunstore.DB) events.Store {
	return eventStore{db.Session(core.Scope{Actor: core.System()}), db}
}

// EventLog is what a company's log of events works with, in the session's scope.
func EventLog(s *bunstore.Session) core.Work[events.Tx] {
	return bunstore.WorkOf(s, func(s *bunstore.Session) events.Tx {
		return events.Tx{Reader: eventReader{s}, Scope: s.Scope()}
	})
}

// jobStore is a jobs.Store.
type jobStore struct {
	*bunstore.Session
	db *bunstore.DB
}

func (s jobStore) Enqueue(ctx context.Context, news ...jobs.New) error {
	return enqueuer{s.Session}.Enqueue(ctx, news...)
}

func (s jobStore) Watch(ctx context.Context, woke func()) { s.db.Watch(ctx, woke) }

// atomic is the store inside a transaction.
func (s jobStore) atomic(ctx context.Context, fn func(jobStore) error) error {
	return s.Atomic(ctx, func(tx *bunstore.Session) error { return fn(jobStore{tx, s.db}) })
}
