package identity

import (
	"context"
	"log/slog"
	"time"

	"github.com/clientele-crm/clientele/core"
)

const (
	maxInBackground   = 64              // how much runs at once
	backgroundTimeout = 1 * time.Minute // for each
)

// background does what the caller must not wait for: mail, whose server may be slow, and
// the requests whose duration would tell whether somebody has an account.
type background struct {
	log   *slog.Logger
	slots chan struct{} // one token for each that runs
	drain chan struct{} // one token for who waits for all of them
}

func newBackground(log *slog.Logger) *background {
	return &background{log: log, slots: make(chan struct{}, maxInBackground), drain: make(chan struct{}, 1)}
}

// run starts fn, whose error is logged. [core.ErrUnavailable]: too much is running already,
// and fn is not called.
func (b *background) run(ctx context.Context, what string, fn func(context.Context) error) error {
	select {
	case b.slots <- struct{}{}:
	default:
		return &core.Error{Kind: core.ErrUnavailable, Code: "busy", Message: "too much is going on: try again later"}
	}
	go func() {
		defer func() { <-b.slots }()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), backgroundTimeout)
		defer cancel()
		if err := fn(ctx); err != nil {
			b.log.ErrorContext(ctx, what+" failed", "error", err)
		}
	}()
	return nil
}

// wait returns when all that was started has ended, or with the error of ctx. What starts
// meanwhile is refused or waited for.
func (b *background) wait(ctx context.Context) error {
	select {
	case b.drain <- struct{}{}: // two who each held half of the slots would wait for each other
		defer func() { <-b.drain }()
	case <-ctx.Done():
		return ctx.Err()
	}
	held := 0
	defer func() {
		for range held {
			<-b.slots
		}
	}()
	for range maxInBackground {
		select {
		case b.slots <- struct{}{}:
			held++
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
