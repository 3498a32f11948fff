package crm

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// Store keeps the rows of this package for one company, and shows an actor with OwnRows
// only their own. Package store/storetest checks an implementation.
//
// A row of another company, or one that the actor may not see, is [core.ErrNotFound]
// wherever a method names a row.
type Store interface {
	ContactStore
	ImportStore

	// Tenant is the company itself, or [core.ErrNotFound].
	Tenant(ctx context.Context) (core.Tenant, error)
}

// ContactStore keeps contacts with their addresses and tags.
type ContactStore interface {
	// InsertContacts adds contacts, all or none. [core.ErrExists]: an address is taken by a live
	// contact, or twice among these.
	InsertContacts(ctx context.Context, cs ...Contact) error

	// Contact reads one, a deleted one too.
	Contact(ctx context.Context, id core.ID[Contact]) (Contact, error)

	// ReplaceContact writes all of c if the row's version is still was. [core.ErrConflict]: it is not.
	// [core.ErrExists]: an address is taken. A contact with DeletedAt holds no addresses.
	ReplaceContact(ctx context.Context, c Contact, was int64) error

	// ListContacts lists what the filter lets through, in its order.
	ListContacts(ctx context.Context, f ContactFilter, p core.Page) (core.List[Contact], error)

	// CountContacts counts what the filter lets through, but no further than limit; 0 is
	// no limit.
	CountContacts(ctx context.Context, f ContactFilter, limit int) (int, error)

	// ContactsAt finds the live contacts that have any of the addresses, in no order.
	ContactsAt(ctx context.Context, keys []AddressKey) ([]Contact, error)
}

// ImportStore is what an import looks up beside, for many rows at once.
type ImportStore interface {
	// ContactsByID reads those of the contacts that there are, deleted ones too, in no order.
	ContactsByID(ctx context.Context, ids []core.ID[Contact]) ([]Contact, error)

	// HeldAddresses are those of the addresses that any live contact has, those too that the
	// actor may not see.
	HeldAddresses(ctx context.Context, keys []AddressKey) ([]AddressKey, error)
}

// Tx is what this package's services work with: its store and the outbox, in one scope and
// perhaps in one transaction.
type Tx struct {
	Store  Store
	Events core.Outbox
	Scope  core.Scope
	Env    core.Env
}
