package core

import "context"

// Work is what a service does its work with: a T, which is a package's store and outbox,
// bound to one scope.
type Work[T any] interface {
	// Plain is the T for reads that need no transaction of their own.
	Plain() T

	// Atomic calls fn with a T inside a transaction, commits if fn returns nil, and rolls
	// back otherwise and when fn panics. Inside a transaction already, it is a savepoint:
	// what fn did is undone alone.
	Atomic(ctx context.Context, fn func(T) error) error
}
