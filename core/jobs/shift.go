package jobs

import (
	"context"
	"sync"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// shift is a worker at work, from the beginning of Work or Step to its end.
type shift struct {
	*Worker
	queues   []*queue
	names    []string
	outcomes chan finished
	stepping bool            // to return when there is nothing more to do
	runs     context.Context // the handlers'
	stop     context.CancelCauseFunc
	woken    chan struct{}
	duties   sync.WaitGroup // the heartbeat and the finishing
	over     chan struct{}

	// The dispatching goroutine's own.
	due    map[string]time.Time // by queue, when there is something to claim, as far as is known
	newest int64                // event
	looked time.Time            // when the database was asked last, by the real clock

	mu    sync.Mutex
	look  bool // there may be something new
	held  map[Held]*running
	inUse map[string]int // slots by queue
	tried int
}

// running is an attempt that is being made.
type running struct {
	Job
	handler *handler
	cancel  context.CancelCauseFunc
}

func (w *Worker) begin(ctx context.Context, stepping bool) *shift {
	s := &shift{
		Worker: w, stepping: stepping, queues: w.queues(), outcomes: make(chan finished, 64),
		woken: make(chan struct{}, 1), over: make(chan struct{}), look: true,
		due: map[string]time.Time{}, held: map[Held]*running{}, inUse: map[string]int{},
	}
	for _, q := range s.queues {
		s.names = append(s.names, q.name)
	}
	// The handlers are not stopped with ctx, but when the worker has waited for them.
	s.runs, s.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	s.duties.Go(s.finish)
	s.duties.Go(s.beat)
	w.mu.Lock()
	w.shifts[s] = struct{}{}
	w.mu.Unlock()
	return s
}

// wake ends the sleep of the dispatching goroutine: to look into the database, or because
// slots have become free.
func (s *shift) wake(look bool) {
	s.mu.Lock()
	s.look = s.look || look
	s.mu.Unlock()
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// sleep waits until somebody wakes it, but not for longer than that.
func (s *shift) sleep(ctx context.Context, wait time.Duration) {
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-s.woken:
	case <-timer.C:
	}
}

// round does once what there is to do: periodic jobs, sources, claims. It is how long to wait
// unless woken; 0 is not at all.
func (s *shift) round(ctx context.Context) (wait time.Duration, err error) {
	next, err := s.tick(ctx)
	if err != nil {
		return 0, err
	}
	if err := s.lookAround(ctx); err != nil {
		return 0, err
	}
	if wait, err = s.pump(ctx); err != nil {
		return 0, err
	}
	now, claimed := s.store.Env().Time(), false
	for _, q := range s.queues {
		due, some := s.due[q.name]
		switch {
		case !some:
		case due.After(now):
			next = earlier(next, due)
		default:
			n, err := s.claim(ctx, q, now)
			if err != nil {
				return 0, err
			}
			claimed = claimed || n > 0
		}
	}
	if claimed {
		return 0, nil
	}
	if !next.IsZero() {
		wait = min(wait, max(time.Millisecond, next.Sub(now)))
	}
	return wait, nil
}

// pump has the sources make jobs, and is how long to wait for more.
func (s *shift) pump(ctx context.Context) (wait time.Duration, err error) {
	wait = s.Poll
	for _, source := range s.sources {
		again, err := source.Pump(ctx, s.newest)
		if err != nil {
			return 0, err
		}
		if wait = min(wait, again); again == 0 {
			s.wake(true) // what was made is to be seen
		}
	}
	return wait, nil
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// lookAround asks the database what there is to do, if somebody has said that there may be
// something new or nobody has asked for long.
func (s *shift) lookAround(ctx context.Context) error {
	s.mu.Lock()
	look := s.look || time.Since(s.looked) >= s.Poll
	s.look = false
	s.mu.Unlock()
	if !look {
		return nil
	}
	found, err := s.store.Look(ctx, s.names)
	if err != nil {
		s.wake(true) // do not forget to
		return err
	}
	s.due, s.newest, s.looked = found.Due, found.Event, time.Now()
	return nil
}

// claim fills the free slots of a queue. What the queue has beyond that is claimed when a slot
// becomes free, without looking again.
func (s *shift) claim(ctx context.Context, q *queue, now time.Time) (int, error) {
	s.mu.Lock()
	free := q.Concurrency - s.inUse[q.name]
	s.mu.Unlock()
	if free <= 0 {
		return 0, nil
	}
	c := Claim{Lease: core.NewID[Lease](s.store.Env()), Queue: q.name, Kinds: q.kinds, Limit: free, Now: now, Until: now.Add(s.Lease)}
	claimed, err := s.store.Claim(ctx, c)
	if err != nil {
		return 0, err
	}
	if len(claimed) < free {
		delete(s.due, q.name) // nothing more that could be claimed, until somebody says so
	}
	s.mu.Lock()
	s.inUse[q.name] += len(claimed)
	s.tried += len(claimed)
	for i := range claimed {
		s.start(claimed[i])
	}
	s.mu.Unlock()
	return len(claimed), nil
}

func (s *shift) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.held) == 0 && !s.look
}

func (s *shift) attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tried
}
