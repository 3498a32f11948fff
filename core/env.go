package core

import (
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// Env is what the services take from the outside world. The zero value works: the
// system's clock, UUIDs of version 7, no log. Tests put in their own.
type Env struct {
	Now   func() time.Time
	NewID func() uuid.UUID
	Log   *slog.Logger
}

// Time is the present, in UTC and cut to the microsecond: what both databases keep, so
// that a value read back equals the one that was written.
func (e Env) Time() time.Time {
	now := time.Now
	if e.Now != nil {
		now = e.Now
	}
	return now().UTC().Truncate(time.Microsecond)
}

// UUID is a new identifier.
func (e Env) UUID() uuid.UUID {
	if e.NewID != nil {
		return e.NewID()
	}
	return uuid.Must(uuid.NewV7())
}

// Logger never is nil.
func (e Env) Logger() *slog.Logger {
	if e.Log != nil {
		return e.Log
	}
	return slog.New(slog.DiscardHandler)
}

// NewID is a new id of a T.
func NewID[T any](e Env) ID[T] { return ID[T]{e.UUID()} }
