package core

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Event is a change that happened to one row. It is stored in the transaction of the
// change, and so is its entry in the audit.
type Event struct {
	Name    string // stable: "contact.updated"
	Subject Ref    // the row; the events of one subject are kept in order

	// The row before and after: nil before it was made, and after it was erased. Both are
	// encoded as JSON, so neither may hold a secret that encodes. A json.RawMessage has to be valid.
	Before, After any
}

// Encode replaces Before and After by their JSON, as emitting would: for whoever has the time before a
// transaction in which others wait.
func (e *Event) Encode() error {
	for _, v := range []*any{&e.Before, &e.After} {
		if _, done := (*v).(json.RawMessage); done || *v == nil {
			continue
		}
		data, err := json.Marshal(*v)
		if err != nil {
			return fmt.Errorf("event of %T: %w", *v, err)
		}
		*v = json.RawMessage(data)
	}
	return nil
}

// EventType declares an event of a T: its name, and the kind of its subject.
type EventType[T any] struct{ Name, Kind string }

// Of is the event that the T with this id changed from before to after; either may be nil.
func (t EventType[T]) Of(id ID[T], before, after *T) Event {
	e := Event{Name: t.Name, Subject: Ref{Kind: t.Kind, ID: id.UUID}}
	if before != nil { // a nil *T in an interface would not be nil
		e.Before = before
	}
	if after != nil {
		e.After = after
	}
	return e
}

// Decode reads the T before and after from a stored event of this type.
func (t EventType[T]) Decode(e StoredEvent) (before, after *T, err error) {
	if e.Name != t.Name {
		return nil, nil, &Error{Kind: ErrInvalid, Message: "the event is " + e.Name + ", not " + t.Name}
	}
	var change struct{ Before, After *T }
	err = json.Unmarshal(e.Data, &change)
	return change.Before, change.After, err
}

// Outbox takes the events of a transaction.
type Outbox interface {
	// Emit stores events and their audit entries. They exist when the transaction
	// commits, and only then.
	Emit(ctx context.Context, events ...Event) error
}

// StoredEvent is an event as the outbox holds it.
type StoredEvent struct {
	ID        uuid.UUID       `json:"id"`
	Position  int64           `json:"position"`         // grows with each event of the database; not every number is one
	CompanyID CompanyID       `json:"companyId"`        // whose row it is
	Name      string          `json:"name"`             // such as "contact.updated"
	Subject   Ref             `json:"subject"`          // the row
	ActorID   UserID          `json:"actorId,omitzero"` // who did it; absent: the system
	At        time.Time       `json:"at"`               // when
	Data      json.RawMessage `json:"data"`             // {"before": …, "after": …}
}

// AuditEntry says who did what to which row. Entries are only ever added.
type AuditEntry struct {
	ID          ID[AuditEntry]         `json:"id"`
	Action      string                 `json:"action"`           // the event's name
	SubjectKind string                 `json:"subjectKind"`      // what kind of row it was done to
	SubjectID   uuid.UUID              `json:"subjectId"`        // the row
	ActorID     UserID                 `json:"actorId,omitzero"` // who did it
	Changes     map[string]AuditChange `json:"changes"`          // by field of the row's JSON
	CreatedAt   time.Time              `json:"createdAt"`
}

// AuditChange is a field's value before and after, as JSON; absent where there was none.
type AuditChange struct {
	Old json.RawMessage `json:"old,omitempty"` // what it was
	New json.RawMessage `json:"new,omitempty"` // what it is now
}
