package jobs

import (
	"context"
	"log/slog"
	"time"
)

// finished is an attempt and what became of it.
type finished struct {
	*running
	Outcome
}

// maxBatch is how many outcomes are stored in one transaction.
const maxBatch = 500

// finish stores outcomes, until there are to be no more: while one batch is being stored, the
// next gathers.
func (s *shift) finish() {
	batch := make([]finished, 0, maxBatch)
	for f := range s.outcomes {
		batch = append(batch[:0], f)
	gather:
		for len(batch) < maxBatch {
			select {
			case f, ok := <-s.outcomes:
				if !ok {
					break gather
				}
				batch = append(batch, f)
			default:
				break gather
			}
		}
		s.record(batch)
	}
}

func (s *shift) record(batch []finished) {
	outcomes := make([]Outcome, 0, len(batch))
	for _, f := range batch {
		outcomes = append(outcomes, f.Outcome)
		s.logFailure(f)
	}
	kept, err := s.keepFinishing(outcomes)
	if log := s.store.Env().Logger(); err != nil {
		log.Error("jobs were done, and this could not be stored: they will be done again", "jobs", len(batch), "error", err)
	} else if kept < len(batch) {
		log.Warn("jobs were finished that had another worker by then", "jobs", len(batch)-kept)
	}
	s.counts.add(batch, kept, time.Now())
	s.release(batch)
}

func (s *shift) logFailure(f finished) {
	level, text := slog.LevelWarn, "a job failed, and will be tried again"
	switch {
	case f.Outcome.State == Dead:
		level, text = slog.LevelError, "a job failed for good"
	case f.Outcome.Error == "":
		return
	}
	s.store.Env().Logger().Log(context.Background(), level, text,
		"job", f.Job.ID, "kind", f.Kind, "company", f.CompanyID, "attempt", f.Attempt, "error", f.Outcome.Error)
}

// keepFinishing tries until the leases are over: then the jobs are others'.
func (s *shift) keepFinishing(outcomes []Outcome) (kept int, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.runs), s.Lease)
	defer cancel()
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, s.Poll) {
		if kept, err = s.store.Finish(ctx, outcomes); err == nil {
			return kept, nil
		}
		if pause(ctx, wait); ctx.Err() != nil {
			return 0, err
		}
	}
}

// release frees the slots of what has been finished.
func (s *shift) release(batch []finished) {
	look := s.stepping // what the handlers enqueued is not told to a shift that does not watch
	s.mu.Lock()
	for _, f := range batch {
		delete(s.held, f.key())
		s.inUse[f.Queue]--
		look = look || f.Job.OrderKey != "" // the next in its order can be claimed
	}
	s.mu.Unlock()
	s.wake(look)
}

// beat gives a sign of life for the held jobs, three times per lease.
func (s *shift) beat() {
	ticker := time.NewTicker(s.Lease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-s.over:
			return
		case <-ticker.C:
			s.extend()
		}
	}
}

func (s *shift) extend() {
	var held []Held
	s.mu.Lock()
	for h := range s.held {
		held = append(held, h)
	}
	s.mu.Unlock()
	if len(held) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.runs), s.Lease/3)
	defer cancel()
	lost, err := s.store.Extend(ctx, held, s.store.Env().Time().Add(s.Lease))
	if err != nil {
		s.store.Env().Logger().Warn("leases of jobs were not extended", "jobs", len(held), "error", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range lost {
		if r := s.held[h]; r != nil { // else it has been finished since
			r.cancel(ErrLost)
		}
	}
}

// end waits for the running jobs, for as long as Drain; then it ends their contexts, waits for
// a tenth of that again, and gives back those that have not heard.
func (s *shift) end() {
	if !s.drained(s.Drain) {
		s.stop(ErrStopping)
		if !s.drained(s.Drain / 10) {
			s.giveBack()
		}
	}
	s.mu.Lock()
	deaf := len(s.held)
	s.mu.Unlock()
	close(s.over)
	if deaf == 0 {
		close(s.outcomes) // else somebody may yet send, to nobody: the job is another's by then
	}
	s.stop(ErrStopping)
	s.Worker.mu.Lock()
	delete(s.shifts, s)
	s.Worker.mu.Unlock()
	if deaf == 0 {
		s.duties.Wait()
	}
}

// drained reports whether no job was held any more within d.
func (s *shift) drained(d time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	for {
		s.mu.Lock()
		none := len(s.held) == 0
		s.mu.Unlock()
		if none || ctx.Err() != nil {
			return none
		}
		s.sleep(ctx, d)
	}
}

// giveBack makes the jobs of handlers that do not return anybody's to claim.
func (s *shift) giveBack() {
	var outcomes []Outcome
	s.mu.Lock()
	for h, r := range s.held {
		outcomes = append(outcomes, Outcome{Held: h, State: Live, At: s.store.Env().Time(), Uncount: true, OrderKey: r.OrderKey})
	}
	s.mu.Unlock()
	if _, err := s.keepFinishing(outcomes); err != nil {
		s.store.Env().Logger().Error("jobs could not be given back: they are free when their leases end", "jobs", len(outcomes), "error", err)
	}
}
