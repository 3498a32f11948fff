package core

import (
	"database/sql/driver"

	"github.com/google/uuid"
)

// ID identifies a T. It is a UUID (RFC 9562; version 7 unless the embedder's [Env]
// says otherwise) whose type keeps the id of one entity from being passed for another's.
//
// The zero ID means "none": it is stored as NULL, and read back from NULL.
type ID[T any] struct{ uuid.UUID }

// ParseID reads an id in one of the forms that [uuid.Parse] takes. The error is [ErrInvalid].
func ParseID[T any](s string) (ID[T], error) {
	id, err := uuid.Parse(s)
	if err != nil {
		return ID[T]{}, &Error{Kind: ErrInvalid, Message: "not an id: it has to be a UUID"}
	}
	return ID[T]{id}, nil
}

// IsZero reports whether the id means "none".
func (id ID[T]) IsZero() bool { return id.UUID == uuid.Nil }

// Value implements [driver.Valuer].
func (id ID[T]) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id.String(), nil
}

// Scan implements [database/sql.Scanner].
func (id *ID[T]) Scan(src any) error {
	if src == nil {
		*id = ID[T]{}
		return nil
	}
	return id.UUID.Scan(src)
}

type (
	company struct{}
	user    struct{}
)

// CompanyID names the company that a row belongs to. Package identity has the companies;
// an embedder with tenants of its own uses their ids.
type CompanyID = ID[company]

// UserID names who acts: a user of package identity, an API key, or a user of the
// embedder's. To the other packages it is opaque.
type UserID = ID[user]
