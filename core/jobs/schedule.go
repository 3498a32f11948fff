package jobs

import (
	"context"
	"time"
)

// Schedule says when a periodic job is due. The schedules of cron libraries are such.
type Schedule interface {
	// Next is the first instant after t. It depends on nothing but t, so that all workers
	// agree on it.
	Next(t time.Time) time.Time
}

// Every is the instants that are a multiple of d after the beginning of 1970 in UTC: with
// time.Hour, every full hour. It panics unless d is a second or more.
func Every(d time.Duration) Schedule {
	if d < time.Second {
		panic("jobs: a schedule of less than a second")
	}
	return every(d)
}

type every time.Duration

func (d every) Next(t time.Time) time.Time {
	// Truncate counts from the year 1, from which 1970 is a whole number of seconds only.
	since := t.Sub(time.Unix(0, 0))
	past := since % time.Duration(d)
	if past < 0 {
		past += time.Duration(d)
	}
	return t.Add(time.Duration(d) - past).UTC()
}

// Daily is every day at this time of the clock in loc; where the clocks are put forward over
// it, as much later.
func Daily(hour, minute int, loc *time.Location) Schedule { return daily{hour, minute, loc} }

type daily struct {
	hour, minute int
	loc          *time.Location
}

func (d daily) Next(t time.Time) time.Time {
	local := t.In(d.loc)
	for day := local.Day(); ; day++ {
		if next := time.Date(local.Year(), local.Month(), day, d.hour, d.minute, 0, 0, d.loc); next.After(t) {
			return next.UTC()
		}
	}
}

// CatchUp is how late an instant of a schedule may be noticed and still have its job. Of
// those that were missed for longer, because no worker ran, only the last has one.
const CatchUp = time.Minute

// schedule is a periodic job of a worker.
type schedule struct {
	name string
	Schedule
	job  New
	last time.Time // zero: not known yet
}

// Periodic has one of all workers enqueue the job at each instant of the schedule. The name is
// stable and unique: the instants that had their job are kept under it. A schedule that is
// seen for the first time begins at its next instant.
func (w *Worker) Periodic(name string, when Schedule, job New) {
	for _, s := range w.schedules {
		if s.name == name {
			panic("jobs: there are two schedules " + name)
		}
	}
	w.schedules = append(w.schedules, &schedule{name: name, Schedule: when, job: job})
}

// tick enqueues the periodic jobs that are due, and is when the next will be; zero is never.
// The database decides which worker does, by the instant: nobody is a leader.
func (s *shift) tick(ctx context.Context) (next time.Time, err error) {
	if len(s.schedules) == 0 {
		return next, nil
	}
	s.ticking.Lock() // Work and Step may be called at once
	defer s.ticking.Unlock()
	now := s.store.Env().Time()
	for _, p := range s.schedules {
		if p.last.IsZero() {
			if p.last, err = s.store.Schedule(ctx, p.name, now); err != nil {
				return next, err
			}
			if p.last.After(now.Add(clockFault)) {
				p.last = now
			}
		}
		instant := p.Next(p.last)
		for ; !instant.After(now); instant = p.Next(p.last) {
			if now.Sub(instant) <= CatchUp || p.Next(instant).After(now) {
				job := p.job.At(instant).Once(p.name + "@" + instant.Format(time.RFC3339))
				made, err := s.store.Tick(ctx, p.name, instant, now, job)
				if err != nil {
					return next, err
				}
				if made {
					s.wake(true)
				}
			}
			p.last = instant
		}
		next = earlier(next, instant)
	}
	return next, nil
}

// clockFault is how far ahead of this worker's clock the newest instant may be: one that is
// later was noted by a worker whose clock was wrong, and would hold up the schedule.
const clockFault = time.Hour
