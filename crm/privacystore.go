package crm

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// ConsentStore keeps what contacts have agreed to.
type ConsentStore interface {
	InsertConsents(ctx context.Context, cs ...Consent) error

	// ListConsents lists those of a contact, the newest first by when they were said.
	ListConsents(ctx context.Context, contact core.ID[Contact], p core.Page) (core.List[Consent], error)

	// NewestConsents are, of each channel and purpose, the newest of a contact's; of those said at
	// the same time the withdrawal.
	NewestConsents(ctx context.Context, contact core.ID[Contact]) ([]Consent, error)
}

// PrivacyStore erases people, and knows what is left of them.
type PrivacyStore interface {
	// LockContact reads a contact, a deleted one too, and keeps all others from changing it and
	// from adding to it until the transaction ends.
	LockContact(ctx context.Context, id core.ID[Contact]) (Contact, error)

	// RelatedRows are the rows of this package that belong to a person and on which others hang that
	// do not name the person: leads, those too that were deleted.
	RelatedRows(ctx context.Context, p Person) ([]uuid.UUID, error)

	// EraseContacts removes contacts and all of this package that hangs on them, and is the
	// keys of the files that were attached. Those that are gone already are no error.
	EraseContacts(ctx context.Context, ids []core.ID[Contact]) (files []string, err error)

	// ForgetTraces empties the audit entries about a person, and removes the events, jobs and
	// kept answers to requests in which the person is named by an id.
	ForgetTraces(ctx context.Context, p Person) error

	// ListTraces lists the audit entries about a person, the oldest first.
	ListTraces(ctx context.Context, p Person, page core.Page) (core.List[core.AuditEntry], error)

	InsertErasure(ctx context.Context, e Erasure) error
	Erasure(ctx context.Context, id core.ID[Erasure]) (Erasure, error)

	// ReplaceErasure writes the files, UpdatedAt and FinishedAt of one.
	ReplaceErasure(ctx context.Context, e Erasure) error

	// ListErasures lists them, the newest first.
	ListErasures(ctx context.Context, p core.Page) (core.List[Erasure], error)

	// DeletedBefore lists up to limit contacts that were deleted before then and not merged into
	// another, the first first, after the one given; the zero id is none.
	DeletedBefore(ctx context.Context, before time.Time, after Purged, limit int) ([]Purged, error)
}
