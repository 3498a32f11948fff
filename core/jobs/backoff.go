package jobs

import (
	"errors"
	"math/rand/v2"
	"time"
)

// maxBackoff is the longest that Backoff waits, but for the jitter.
const maxBackoff = time.Hour

// Backoff is how long to wait after the attempt of this number: a second, doubled with each
// attempt, an hour at most, and up to a quarter more or less by chance, so that what failed
// together does not come back together.
func Backoff(attempt int) time.Duration {
	wait := maxBackoff
	if attempt < 13 { // 2^12 seconds are more than an hour
		wait = min(wait, time.Second<<max(0, attempt-1))
	}
	return wait*3/4 + rand.N(wait/2)
}

type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// Fail is err as the error of a handler that knows that trying again is no use: the job is
// dead at once.
func Fail(err error) error { return failure{err} }

type snooze struct{ time.Duration }

func (snooze) Error() string { return "snoozed" }

// Snooze is the error of a handler that cannot do its work yet: the job is due again after
// wait, and the attempt is not counted.
func Snooze(wait time.Duration) error { return snooze{wait} }

// The causes for which the context of a handler ends before its deadline.
var (
	ErrStopping = errors.New("jobs: the worker stops")
	ErrLost     = errors.New("jobs: the lease was lost: another worker has the job")
)
