package events

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
)

// Relay makes jobs of events. It is a [jobs.Source] of the worker that it is made with.
type Relay struct {
	// Keep is how long events stay in the outbox once all subscribers have been given them;
	// DefaultKeep. Set it before the worker works.
	Keep time.Duration

	store       Store
	worker      *jobs.Worker
	subscribers []Subscriber

	mu       sync.Mutex
	prepared bool  // all cursors are there
	reached  int64 // all cursors have, at least
}

// DefaultKeep is how long events can be listed and followed by default.
const DefaultKeep = 30 * 24 * time.Hour

// NewRelay is a relay without subscribers. The worker runs it.
func NewRelay(store Store, worker *jobs.Worker) *Relay {
	r := &Relay{Keep: DefaultKeep, store: store, worker: worker}
	worker.AddSource(r)
	worker.Retain(func(ctx context.Context, limit int) (int, error) {
		return store.SweepEvents(ctx, store.Env().Time().Add(-r.Keep), limit)
	})
	return r
}

// Start is where a new subscriber begins.
type Start int

// The starts. A subscriber that has a cursor goes on from there.
const (
	FromNow       Start = iota // the events that are committed after its relay has first worked
	FromBeginning              // all that the outbox still has
)

// Subscriber is somebody who waits for events. What is not set has the default of a job.
type Subscriber struct {
	Name     string   // stable and unique: the cursor is kept under it
	Events   []string // their names; empty: all
	From     Start
	Queue    string // of its jobs; its own by default, "events.<name>"
	Attempts int
	Timeout  time.Duration
	Backoff  func(attempt int) time.Duration

	// Unordered has the events of one subject handled side by side too, as far as the
	// subscriber need not know which came first.
	Unordered bool
}

func (s *Subscriber) kind() jobs.Kind[core.StoredEvent] {
	k := jobs.Kind[core.StoredEvent]{Name: "events." + s.Name, Queue: s.Queue, Attempts: s.Attempts, Timeout: s.Timeout, Backoff: s.Backoff}
	if k.Queue == "" {
		k.Queue = k.Name
	}
	return k
}

// Subscribe has handle called for each event that s asks for, as a job: see [jobs.Handle]. An
// event that fails for good becomes a dead job, and the next of its subject has its turn.
func (r *Relay) Subscribe(s Subscriber, handle func(ctx context.Context, run jobs.Run[core.StoredEvent]) error) {
	if s.Name == "" {
		panic("events: a subscriber without a name")
	}
	jobs.Handle(r.worker, s.kind(), handle)
	r.subscribers = append(r.subscribers, s)
}

// forwardLimit is how many events are brought to a subscriber in one transaction.
const forwardLimit = 500

// Pump implements [jobs.Source].
func (r *Relay) Pump(ctx context.Context, newest int64) (again time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.subscribers) == 0 || r.prepared && newest <= r.reached {
		return jobs.Never, nil
	}
	// Asked before any transaction of the cursors: what has settled by now, they see.
	settled, err := r.store.Settled(ctx)
	if err != nil {
		return 0, err
	}
	if err := r.prepare(ctx, settled); err != nil {
		return 0, err
	}
	moved, busy := false, false
	for i := range r.subscribers {
		n, err := r.forward(ctx, &r.subscribers[i], settled)
		switch {
		case errors.Is(err, core.ErrConflict):
			busy = true
		case err != nil:
			return 0, err
		}
		moved = moved || n > 0
		busy = busy || n == forwardLimit
	}
	switch {
	case moved:
		again = 0
	case busy: // the other one may have read the outbox before our newest event
		again = 50 * time.Millisecond
	default:
		again = jobs.Never
	}
	if !busy {
		r.reached = settled
	}
	return again, nil
}

// prepare makes the cursors of subscribers that are new.
func (r *Relay) prepare(ctx context.Context, settled int64) error {
	if r.prepared {
		return nil
	}
	for _, s := range r.subscribers {
		start := settled
		if s.From == FromBeginning {
			start = 0
		}
		if err := r.store.MakeCursor(ctx, s.Name, start); err != nil {
			return err
		}
	}
	r.prepared = true
	return nil
}

func (r *Relay) forward(ctx context.Context, s *Subscriber, settled int64) (int, error) {
	kind := s.kind()
	n, err := r.store.Forward(ctx, Forward{Cursor: s.Name, Names: s.Events, Settled: settled, Limit: forwardLimit,
		Job: func(e core.StoredEvent) jobs.New {
			job := kind.Of(e).At(e.At)
			if !s.Unordered {
				job = job.InOrder(e.Subject.Kind + "/" + e.Subject.ID.String())
			}
			return job
		}})
	if errors.Is(err, core.ErrNotFound) { // an operator has made the relay forget it
		r.prepared = false
		return 0, nil
	}
	return n, err
}

// Cursors is how far all subscribers are, those of other programs and of the past too.
func (r *Relay) Cursors(ctx context.Context) ([]Cursor, error) { return r.store.Cursors(ctx) }

// Forget deletes the cursor of a subscriber that there is no more: until then, the events
// that it has not been given are kept for it. [core.ErrNotFound]: there is none.
func (r *Relay) Forget(ctx context.Context, name string) error { return r.store.Forget(ctx, name) }

// Change is an event of a T, for a subscriber.
type Change[T any] struct {
	core.StoredEvent
	Before, After *T // nil before the row was made, and after it was erased

	Attempt  int // from 1
	Deadline time.Time
}

// Scope is the event's company, and the system as the actor.
func (c Change[T]) Scope() core.Scope {
	return core.Scope{Company: c.CompanyID, Actor: core.System()}
}

// On subscribes to one type of events, from now on and with all defaults; [Relay.Subscribe] has
// the choices.
func On[T any](r *Relay, name string, t core.EventType[T], handle func(ctx context.Context, c Change[T]) error) {
	r.Subscribe(Subscriber{Name: name, Events: []string{t.Name}}, func(ctx context.Context, run jobs.Run[core.StoredEvent]) error {
		before, after, err := t.Decode(run.Args)
		if err != nil {
			return jobs.Fail(err)
		}
		return handle(ctx, Change[T]{StoredEvent: run.Args, Before: before, After: after, Attempt: run.Attempt, Deadline: run.Deadline})
	})
}
