package core

import (
	"context"
	"errors"
)

// Work is what a service does its work with: a T, which is a package's store and outbox,
// bound to one scope.
type Work[T any] interface {
	// Plain is the T for reads that need no transaction of their own.
	Plain() T

	// Atomic calls fn with a T inside a transaction, commits if fn returns nil, and rolls
	// back otherwise and when fn panics. Inside a transaction already, it is a savepoint:
	// what fn did is undone alone.
	Atomic(ctx context.Context, fn func(T) error) error

	// Snapshot calls fn with a T that only reads, and sees in all its questions what there was at one
	// instant: an Atomic in it is an error. Inside a transaction already, it is that, and sees what it does.
	// Others may write meanwhile, but a snapshot has a connection until it ends: it should not wait for anybody else.
	Snapshot(ctx context.Context, fn func(T) error) error
}

// Attempts is how often a change is tried that somebody else overtakes. Each time, one of
// those who compete has won: as many as this can change one row at once, and none fails.
const Attempts = 20

// Retry calls fn in a transaction, and anew in another while it is [ErrConflict], since
// somebody else was faster: [Attempts] times at most. fn reads again what it changes.
func Retry[T any](ctx context.Context, work Work[T], fn func(T) error) (err error) {
	for range Attempts {
		if err = work.Atomic(ctx, fn); !errors.Is(err, ErrConflict) {
			break
		}
	}
	return err
}
