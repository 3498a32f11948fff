// Package throttle limits how often each of many callers may do something.
package throttle

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxCallers bounds the memory of a limiter: twice as many callers are known at most.
const maxCallers = 20_000

// Limiter limits the rate of each of many callers. Those who have not called for longest are
// forgotten, a generation at a time, which costs nothing until then. It is safe for concurrent use.
type Limiter struct {
	limit rate.Limit
	burst int

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

// New is a limiter at which each may call so many times a second over time, and so many at once.
func New(perSecond float64, burst int) *Limiter {
	return &Limiter{limit: rate.Limit(perSecond), burst: burst, young: map[string]*rate.Limiter{}}
}

// Take takes a call of the caller, if they may call now; else it says in how long they may.
// GiveBack is for a call that is not to count after all.
func (l *Limiter) Take(caller string, now time.Time) (giveBack func(), wait time.Duration) {
	r := l.of(caller).ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return nil, wait
	}
	return func() { r.CancelAt(now) }, 0
}

func (l *Limiter) of(caller string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found := l.young[caller]; found != nil {
		return found
	}
	found := l.old[caller]
	if found == nil {
		found = rate.NewLimiter(l.limit, l.burst)
	}
	if len(l.young) >= maxCallers {
		l.old, l.young = l.young, map[string]*rate.Limiter{}
	}
	l.young[caller] = found
	return found
}
