package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
)

// start makes an attempt at a job that has been claimed. The shift's lock is held.
func (s *shift) start(j Job) {
	ctx, cancel := context.WithCancelCause(s.runs)
	r := &running{Job: j, handler: s.handlers[j.Kind], cancel: cancel}
	s.held[r.key()] = r
	go func() {
		defer cancel(nil)
		err := s.attempt(ctx, r)
		s.outcomes <- finished{r, s.outcome(ctx, r, err)}
	}()
}

func (r *running) key() Held { return Held{r.ID, r.Lease} }

// attempt calls the handler. A panic of it is an error.
func (s *shift) attempt(ctx context.Context, r *running) (err error) {
	if r.Attempt > r.handler.attempts { // it was claimed that often, and no worker lived to tell
		return Fail(fmt.Errorf("the worker died in each of %d attempts", r.handler.attempts))
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	deadline := time.Now().Add(r.handler.timeout)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	return r.handler.run(ctx, &r.Job, deadline)
}

// outcome judges an attempt.
func (s *shift) outcome(ctx context.Context, r *running, err error) Outcome {
	now := s.store.Env().Time()
	o := Outcome{Held: r.key(), State: Live, At: now, OrderKey: r.OrderKey}
	var later snooze
	var final failure
	switch {
	case err == nil:
		o.State = Done
	case errors.Is(context.Cause(ctx), ErrStopping): // it might have succeeded, had it had the time
		o.Uncount = true
	case errors.As(err, &later):
		o.At, o.Uncount = now.Add(later.Duration), true
	case errors.As(err, &final), r.Attempt >= r.handler.attempts:
		o.State, o.Error = Dead, errorText(err)
	default:
		o.At, o.Error = now.Add(r.handler.backoff(r.Attempt)), errorText(err)
	}
	return o
}

// maxError bounds the text of an error that is kept, in bytes.
const maxError = 4000

// errorText is what is kept of an error: what no database refuses.
func errorText(err error) string {
	text := strings.ReplaceAll(err.Error(), "\x00", "")
	if len(text) > maxError {
		text = text[:maxError]
	}
	if text = strings.ToValidUTF8(text, ""); text == "" {
		text = fmt.Sprintf("%T", err)
	}
	return text
}
