package core

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// The kinds of errors. Every error that a service returns is one of these to [errors.Is],
// or comes from the embedder (a callback, a cancelled context).
var (
	ErrNotFound        = errors.New("not found")               // absent, or not visible to the caller
	ErrExists          = errors.New("already exists")          // a unique value is taken
	ErrConflict        = errors.New("conflict")                // somebody else changed it meanwhile
	ErrInvalid         = errors.New("invalid")                 // the input breaks a rule
	ErrState           = errors.New("not in this state")       // the thing is not in a state that allows it
	ErrForbidden       = errors.New("forbidden")               // the actor lacks a permission
	ErrUnauthenticated = errors.New("not authenticated")       // nobody knows who is calling
	ErrLimit           = errors.New("limit reached")           // a plan's or a rate's limit
	ErrUnavailable     = errors.New("temporarily unavailable") // try again later
)

// Error is an error of a kind, with what a program and a person need to act on it.
type Error struct {
	Kind    error        // one of the kinds above
	Code    string       // stable and snake_case, such as "contact_exists"; may be empty
	Message string       // one sentence for a person
	Fields  []FieldError // for ErrInvalid, and for ErrExists: what is wrong where
	Holder  Ref          // for ErrExists: the row that has the value, if the caller may see it
	Err     error        // the cause, for a log; never shown to a caller over a network
}

// FieldError is what is wrong with one value.
type FieldError struct {
	Field   string `json:"pointer"` // a JSON pointer (RFC 6901) into the input, such as "/email"
	Rule    string `json:"rule"`    // stable and snake_case, such as "required"
	Message string `json:"message"` // one sentence for a person
}

// Ref names a row of any entity.
type Ref struct {
	Kind string    `json:"kind"` // such as "contact"
	ID   uuid.UUID `json:"id"`   // of the row
}

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.Error())
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	for i, f := range e.Fields {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		fmt.Fprintf(&b, "%s%s: %s", sep, f.Field, f.Message)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, " (%v)", e.Err)
	}
	return b.String()
}

// Unwrap lets errors.Is find the kind and errors.As the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// NotFound is the error for an entity that is absent or belongs to another company.
func NotFound(entity string) error {
	return &Error{Kind: ErrNotFound, Code: entity + "_not_found", Message: "no such " + strings.ReplaceAll(entity, "_", " ")}
}

// Stale is the error for an entity that was changed since it was read.
func Stale(entity string) error {
	return &Error{Kind: ErrConflict, Code: entity + "_changed", Message: "the " + strings.ReplaceAll(entity, "_", " ") + " was changed by somebody else since it was read"}
}

// Faults gathers what is wrong with an input, so that a caller hears of all of it at once.
type Faults []FieldError

// Add notes that the value at field (a JSON pointer) breaks rule.
func (f *Faults) Add(field, rule, message string) {
	*f = append(*f, FieldError{Field: field, Rule: rule, Message: message})
}

// Err is nil if nothing was added, else one [ErrInvalid] with all of it.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: ErrInvalid, Code: "invalid", Fields: f}
}
