package jobs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Default is the queue of a kind that names none.
const Default = "default"

// Kind is a kind of job whose arguments are an A, which has to encode as JSON. What is not
// set here has a default.
type Kind[A any] struct {
	Name     string        // stable, such as "letters.welcome": stored jobs are found by it
	Queue    string        // jobs of a queue share its priority and its limit; Default
	Attempts int           // how often a job is tried before it is dead; DefaultAttempts
	Timeout  time.Duration // how long an attempt may take; DefaultTimeout

	// Backoff is how long to wait after an attempt failed, the first being 1; [Backoff].
	Backoff func(attempt int) time.Duration
}

// The limits of a kind that sets none.
const (
	DefaultAttempts = 15 // about five hours by Backoff
	DefaultTimeout  = 5 * time.Minute
)

// Of is a job of this kind with the arguments, to be enqueued.
func (k Kind[A]) Of(args A) New {
	return New{Kind: k.Name, Queue: orDefault(k.Queue), Args: args}
}

func orDefault(queue string) string {
	if queue == "" {
		return Default
	}
	return queue
}

// New is a job that is not stored yet.
type New struct {
	Kind  string
	Queue string
	Args  any       // encoded as JSON
	DueAt time.Time // not before then; zero: at once

	// Key, unless empty, makes the job unique: while a job of the same kind, company and key
	// waits or runs, another is not made.
	Key string

	// Order, unless empty, makes jobs of the same kind, company and order run one by one, as
	// they were enqueued: the next is not claimed before the last is done or dead.
	Order string
}

// At is the job, but not run before t.
func (n New) At(t time.Time) New { n.DueAt = t; return n }

// Once is the job, but made only while there is none of its kind, company and key that
// waits or runs.
func (n New) Once(key string) New { n.Key = key; return n }

// InOrder is the job, but run after all jobs of its kind, company and order that were
// enqueued before it.
func (n New) InOrder(order string) New { n.Order = order; return n }

// Enqueuer takes the jobs of a transaction.
type Enqueuer interface {
	// Enqueue stores jobs, of the company of its scope and for its actor. They exist when
	// the transaction commits, and only then. [core.ErrInvalid]: a job has no kind, or
	// arguments that do not encode.
	Enqueue(ctx context.Context, jobs ...New) error
}

// Run is one attempt at a job.
type Run[A any] struct {
	ID        int64          // of the job: the same in every attempt
	CompanyID core.CompanyID // zero: of no company
	ActorID   core.UserID    // who enqueued it; zero: the system
	Args      A

	Attempt   int       // from 1
	Attempts  int       // the last one's number
	Deadline  time.Time // when ctx ends, by the clock of this machine
	CreatedAt time.Time
}

// Scope is the job's company, and the system as the actor.
func (r Run[A]) Scope() core.Scope { return core.Scope{Company: r.CompanyID, Actor: core.System()} }

// Last reports whether the job is dead if this attempt fails.
func (r Run[A]) Last() bool { return r.Attempt >= r.Attempts }

// Handle has w run the jobs of kind k by handle. An error of handle, and a panic, is a failed
// attempt; [Fail] and [Snooze] say more. Ctx is over at the deadline, when the worker stops
// and waits no longer, and when the job's lease is lost, which [context.Cause] tells apart.
//
// A kind is handled once in a worker, before it works.
func Handle[A any](w *Worker, k Kind[A], handle func(ctx context.Context, r Run[A]) error) {
	h := &handler{kind: k.Name, queue: orDefault(k.Queue), attempts: k.Attempts, timeout: k.Timeout, backoff: k.Backoff}
	h.setDefaults()
	h.run = func(ctx context.Context, j *Job, deadline time.Time) error {
		r := Run[A]{
			ID: j.ID, CompanyID: j.CompanyID, ActorID: j.ActorID,
			Attempt: j.Attempt, Attempts: h.attempts, Deadline: deadline, CreatedAt: j.CreatedAt,
		}
		if err := json.Unmarshal(j.Args, &r.Args); err != nil {
			return Fail(err)
		}
		return handle(ctx, r)
	}
	w.add(h)
}

// UniqueKey is what the job's Key is stored as: of its kind and company alone.
func (n New) UniqueKey(company core.CompanyID) string { return n.scoped(n.Key, company) }

// OrderKey is what the job's Order is stored as: of its kind and company alone.
func (n New) OrderKey(company core.CompanyID) string { return n.scoped(n.Order, company) }

func (n New) scoped(key string, company core.CompanyID) string {
	if key == "" {
		return ""
	}
	return n.Kind + "/" + company.String() + "/" + key
}
