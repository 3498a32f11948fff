package jobs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Job is a stored job.
type Job struct {
	ID         int64           `json:"id"` // grows in the order of enqueueing
	CompanyID  core.CompanyID  `json:"companyId,omitzero"`
	ActorID    core.UserID     `json:"actorId,omitzero"`
	Kind       string          `json:"kind"`
	Queue      string          `json:"queue"`
	Args       json.RawMessage `json:"args"`
	State      State           `json:"state"`
	DueAt      time.Time       `json:"dueAt"` // while it is claimed: when its lease ends
	Lease      core.ID[Lease]  `json:"-"`     // of the claim that holds it; zero: nobody does
	Attempt    int             `json:"attempt"`
	UniqueKey  string          `json:"-"`
	OrderKey   string          `json:"-"`
	Error      string          `json:"error"` // of the last attempt that failed
	CreatedAt  time.Time       `json:"createdAt"`
	FinishedAt *time.Time      `json:"finishedAt,omitzero"`
}

// State is how far a job is.
type State string

// The states of jobs.
const (
	Live State = "live" // waits, or runs
	Done State = "done" // has been handled, and is kept for a while to be seen
	Dead State = "dead" // has failed for good; an operator may retry it or drop it
)

// Lease is one claim of jobs. Only whoever has the lease may finish them.
type Lease struct{}

// Store keeps jobs for the workers. It crosses companies. Times come from the callers.
// Package store/storetest checks an implementation.
type Store interface {
	Claims
	Schedules
	Operations
	Enqueuer // of jobs of no company

	// Env has the clock and the log of the workers.
	Env() core.Env

	// Watch calls woke whenever there may be new events or jobs, until ctx is over. It may
	// call it for nothing, and may miss some.
	Watch(ctx context.Context, woke func())
}

// Claims is how workers share the jobs.
type Claims interface {
	// Look finds out in one query what there is to do.
	Look(ctx context.Context, queues []string) (Look, error)

	// Claim gives jobs that are live and due, the earliest first, to a new lease: their DueAt
	// becomes its end, and their Attempt grows. No two claims get the same job. Of jobs with
	// an OrderKey, only the first that lives can be claimed.
	Claim(ctx context.Context, c Claim) ([]Job, error)

	// Finish stores what became of jobs, if they are live and still under the lease that they
	// were claimed with, and tells of how many that was: all of it in one transaction.
	// A job that goes on living makes those that wait for it by OrderKey wait as long.
	Finish(ctx context.Context, outcomes []Outcome) (kept int, err error)

	// Extend moves the end of leases, and is the jobs that are no longer under theirs.
	Extend(ctx context.Context, held []Held, until time.Time) (lost []Held, err error)
}

// Look is what there is to do.
type Look struct {
	Due   map[string]time.Time // by queue, when its first live job is due; those without one are not in it
	Event int64                // the position of the newest event that is visible; 0: none
}

// Claim asks for jobs.
type Claim struct {
	Lease core.ID[Lease]
	Queue string
	Kinds []string // not empty
	Limit int
	Now   time.Time
	Until time.Time // when the lease ends
}

// Held is a job under a lease.
type Held struct {
	ID    int64
	Lease core.ID[Lease]
}

// Outcome is what became of a job.
type Outcome struct {
	Held
	State    State
	At       time.Time // Live: when it is due again; otherwise when it finished
	Error    string    // kept as it was if empty
	Uncount  bool      // Live: as if the attempt had not been
	OrderKey string    // the job's
}

// Schedules keeps what periodic jobs were made.
type Schedules interface {
	// Schedule is the newest instant of the schedule for which a job was made. A schedule
	// that is new begins at now.
	Schedule(ctx context.Context, name string, now time.Time) (last time.Time, err error)

	// Tick enqueues the job and notes the instant, unless an instant as late has been noted.
	// One that is later than now by more than an hour is the mistake of a clock, and ignored.
	Tick(ctx context.Context, name string, instant, now time.Time, job New) (made bool, err error)
}

// Operations is what an operator and the retention need.
type Operations interface {
	// Job is one, or [core.ErrNotFound].
	Job(ctx context.Context, id int64) (Job, error)

	// List is up to limit jobs in the order of their ids, after the one given.
	List(ctx context.Context, f Filter, after int64, limit int) ([]Job, error)

	// Retry makes a dead job live again and due, its attempts not counted. [core.ErrState]: it
	// is not dead. [core.ErrExists]: another one with its key is live.
	Retry(ctx context.Context, id int64, now time.Time) error

	// Drop deletes a dead job, or one that waits. [core.ErrState]: it is claimed, or done.
	Drop(ctx context.Context, id int64) error

	// Sweep deletes up to limit jobs of the state that finished before then.
	Sweep(ctx context.Context, s State, before time.Time, limit int) (deleted int, err error)

	// Depth measures a queue; counting ends at limit.
	Depth(ctx context.Context, queue string, now time.Time, limit int) (Depth, error)
}

// Filter chooses jobs; what is zero chooses all.
type Filter struct {
	Company core.CompanyID
	Kind    string
	Queue   string
	State   State
}

// Depth is how much is in a queue.
type Depth struct {
	Live   int           `json:"live"`   // jobs that wait or run, counted up to a limit
	Dead   int           `json:"dead"`   // jobs that have failed for good, likewise
	Oldest time.Duration `json:"oldest"` // for how long the first has been due, in nanoseconds; 0: none is
}
