package jobs

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"sync"
	"time"
)

// Worker runs jobs. Its handlers, schedules and settings are put in before it works, and stay
// as they are; from then on it is safe for concurrent use. Any number of workers may work
// on one database, in one process or in many.
type Worker struct {
	// Queues are the limits of queues that need others than DefaultLimit.
	Queues map[string]Limit

	// Lease is how long a claimed job stays this worker's without a sign of life; it gives
	// one three times in that time. It has to be longer than the clocks of the machines are
	// apart, by far. DefaultLease.
	Lease time.Duration

	// Poll is how often an idle worker asks the database, beside being told. DefaultPoll.
	Poll time.Duration

	// Drain is how long a worker that stops waits for the jobs that are running before it ends
	// their contexts and gives them back. DefaultDrain.
	Drain time.Duration

	// Keep is how long jobs are kept once they have finished.
	Keep Retention

	store     Store
	handlers  map[string]*handler
	schedules []*schedule
	sources   []Source
	sweeps    []sweep

	mu     sync.Mutex
	shifts map[*shift]struct{} // those who are working
	counts counts

	ticking sync.Mutex
}

// Limit is a queue's share of a worker.
type Limit struct {
	Priority    int // the jobs of a queue of higher priority are claimed first
	Concurrency int // how many of its jobs this worker runs at once
}

// The settings of a worker that sets none.
const (
	DefaultConcurrency = 10
	DefaultLease       = time.Minute
	DefaultPoll        = time.Second
	DefaultDrain       = 10 * time.Second
)

// Source makes jobs of what happens elsewhere, as the relay does of events.
type Source interface {
	// Pump makes jobs. Newest is the position of the newest event. It is how long to wait
	// before it is to be asked again though nothing has happened: 0 is not at all, and Never.
	Pump(ctx context.Context, newest int64) (again time.Duration, err error)
}

// Never is longer than any worker waits.
const Never time.Duration = math.MaxInt64

// NewWorker is a worker without handlers.
func NewWorker(store Store) *Worker {
	w := &Worker{
		store:  store,
		Queues: map[string]Limit{}, Lease: DefaultLease, Poll: DefaultPoll, Drain: DefaultDrain, Keep: DefaultRetention,
		handlers: map[string]*handler{}, shifts: map[*shift]struct{}{},
	}
	w.retain()
	return w
}

// AddSource has the worker pump s.
func (w *Worker) AddSource(s Source) { w.sources = append(w.sources, s) }

// handler is a kind of job without its type.
type handler struct {
	kind, queue string
	attempts    int
	timeout     time.Duration
	backoff     func(int) time.Duration
	run         func(ctx context.Context, j *Job, deadline time.Time) error
}

func (h *handler) setDefaults() {
	h.attempts = cmp.Or(h.attempts, DefaultAttempts)
	h.timeout = cmp.Or(h.timeout, DefaultTimeout)
	if h.backoff == nil {
		h.backoff = Backoff
	}
}

func (w *Worker) add(h *handler) {
	if h.kind == "" {
		panic("jobs: a kind without a name")
	}
	if _, twice := w.handlers[h.kind]; twice {
		panic("jobs: " + h.kind + " is handled twice")
	}
	w.handlers[h.kind] = h
}

// queue is what a worker does of one.
type queue struct {
	name  string
	kinds []string
	Limit
}

// queues are those that the handlers' kinds are in, the most urgent first.
func (w *Worker) queues() []*queue {
	byName := map[string]*queue{}
	for _, kind := range slices.Sorted(maps.Keys(w.handlers)) {
		h := w.handlers[kind]
		q := byName[h.queue]
		if q == nil {
			q = &queue{name: h.queue, Limit: w.Queues[h.queue]}
			q.Concurrency = cmp.Or(q.Concurrency, DefaultConcurrency)
			byName[h.queue] = q
		}
		q.kinds = append(q.kinds, kind)
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b *queue) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.name, b.name))
	})
}

// Nudge says that there may be something to do. Nobody has to: a worker is told of what is
// committed through Clientele, and polls for the rest.
func (w *Worker) Nudge() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for s := range w.shifts {
		s.wake(true)
	}
}

// Work runs what is due, and what will be, until ctx is over. Then it lets the running jobs
// finish for as long as Drain, gives back the rest, and returns nil. While the database does not
// answer, it goes on trying.
func (w *Worker) Work(ctx context.Context) error {
	s := w.begin(ctx, false)
	watch, unwatch := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { w.store.Watch(watch, func() { s.wake(true) }) })
	for ctx.Err() == nil {
		wait, err := s.round(ctx)
		if err != nil && ctx.Err() == nil {
			w.store.Env().Logger().ErrorContext(ctx, "background work", "error", err)
			pause(ctx, w.Poll)
			continue
		}
		s.sleep(ctx, wait)
	}
	unwatch()
	watching.Wait()
	s.end()
	return nil
}

// Step does what is due and returns: for those who have a scheduler of their own, and for
// tests. It is how many attempts were made at jobs; those that failed are due again later. An
// error is of the database. When ctx is over, Step stops as Work does.
func (w *Worker) Step(ctx context.Context) (attempts int, err error) {
	s := w.begin(ctx, true)
	for ctx.Err() == nil {
		var wait time.Duration
		if wait, err = s.round(ctx); err != nil {
			break
		}
		if wait > 0 && s.idle() {
			break
		}
		s.sleep(ctx, wait)
	}
	s.end()
	if err == nil {
		err = context.Cause(ctx)
	}
	return s.attempts(), err
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
