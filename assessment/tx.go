package assessment

import (
	"context"
	"reflect"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Tx is what this package's services work with: its store, the outbox and the contacts, in one
// scope and perhaps in one transaction.
type Tx struct {
	Store   Store
	Events  core.Outbox
	Scope   core.Scope
	Env     core.Env
	People  People   // nil: answers belong to no contact
	Scorers *Scorers // nil: every use compiles anew
}

// contact is a contact of package crm.
type contact struct{}

// ContactID names a contact. It is the id that package crm has.
type ContactID = core.ID[contact]

// People is what this package needs of contacts, in the same scope and transaction.
type People interface {
	// Find is nil if there is such a contact, it is not deleted and the actor may see it.
	Find(ctx context.Context, id ContactID) error

	// Receive is the live contact that has the e-mail address, or a new one of this name.
	Receive(ctx context.Context, name string, email core.Email) (ContactID, error)

	// Hold keeps others from writing the contact's profile until the transaction ends. It is nil where there is
	// nothing to hold.
	Hold(ctx context.Context, id ContactID) error

	// WriteProfile changes the contact's personality fields; nil fields are left as they are.
	WriteProfile(ctx context.Context, id ContactID, change ProfileChange) error
}

// Stamp is what the services themselves note on what they keep: nobody else may write it.
type Stamp struct {
	CreatedByID core.UserID `json:"createdById,omitzero"`
	Version     int64       `json:"version"` // counts the changes, from 1
	CreatedAt   time.Time   `json:"createdAt"`
	UpdatedAt   time.Time   `json:"updatedAt"`
}

func newStamp(tx Tx) Stamp {
	now := tx.Env.Time()
	return Stamp{CreatedByID: tx.Scope.Actor.ID, Version: 1, CreatedAt: now, UpdatedAt: now}
}

func (s *Stamp) stamp() *Stamp { return s }

// stamped is a pointer to an entity with a Stamp in it.
type stamped[T any] interface {
	*T
	stamp() *Stamp
}

// edited stamps now, which was made of was; false if nothing differs.
func edited[T any, P stamped[T]](tx Tx, was, now *T) bool {
	stamp := P(now).stamp()
	*stamp = *P(was).stamp()
	if reflect.DeepEqual(was, now) {
		return false
	}
	stamp.Version++
	stamp.UpdatedAt = tx.Env.Time()
	return true
}
