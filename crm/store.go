package crm

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
)

// Store keeps the rows of this package for one company, and shows an actor with OwnRows
// only their own. Package store/storetest checks an implementation.
//
// A row of another company, or one that the actor may not see, is [core.ErrNotFound]
// wherever a method names a row.
type Store interface {
	ContactStore
	ContactHolder
	ImportRecordStore
	CategoryStore
	NoteStore
	ActivityStore
	SocialLinkStore
	ImportStore
	ViewStore
	TrackerStore
	LeadStore
	AffectedStore
	LeadNoteStore
	DuplicateStore
	ConsentStore
	PrivacyStore
	LeadSumStore
	MergeStore

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

	// ReplaceContacts writes what changes of each contact, if the row's version is still that of Was.
	// [core.ErrConflict]: it is not. [core.ErrExists]: an address is taken. A contact with DeletedAt
	// holds no addresses.
	ReplaceContacts(ctx context.Context, changes ...ContactChange) error

	// ListContacts lists what the filter lets through, in its order.
	ListContacts(ctx context.Context, f ContactFilter, p core.Page) (core.List[Contact], error)

	// ContactBatch is ListContacts for an export: by the time of their creation, which never
	// changes, with as many of them as the page asks for. The sort of f does not count.
	ContactBatch(ctx context.Context, f ContactFilter, p core.Page) (core.List[Contact], error)

	// CountContacts counts what the filter lets through, but no further than limit; 0 is
	// no limit.
	CountContacts(ctx context.Context, f ContactFilter, limit int) (int, error)

	// ContactsAt finds the live contacts that have any of the addresses, in no order.
	ContactsAt(ctx context.Context, keys []AddressKey) ([]Contact, error)

	// Tags counts the tags of live contacts whose folded name begins with prefix, in its
	// order, up to limit of them.
	Tags(ctx context.Context, prefix string, limit int) ([]Tag, error)
}

// ContactHolder keeps contacts from changing while something is hung on them.
type ContactHolder interface {
	// HoldContact is Contact, and nobody can change the contact until the transaction ends.
	// Others may hold it as well.
	HoldContact(ctx context.Context, id core.ID[Contact]) (Contact, error)
}

// CategoryStore keeps categories. An actor with OwnRows sees them all.
type CategoryStore interface {
	// InsertCategory adds a category. [core.ErrExists]: its folded name is taken.
	InsertCategory(ctx context.Context, c Category) error

	// Category reads one.
	Category(ctx context.Context, id core.ID[Category]) (Category, error)

	// CategoryNamed reads the one whose name folds to the same, or is [core.ErrNotFound].
	CategoryNamed(ctx context.Context, name string) (Category, error)

	// ReplaceCategory writes all of c if the row's version is still was. [core.ErrConflict]: it
	// is not. [core.ErrExists]: its folded name is taken.
	ReplaceCategory(ctx context.Context, c Category, was int64) error

	// DeleteCategory removes one if its version is still was, else [core.ErrConflict]. [core.ErrState]: a
	// contact has it.
	DeleteCategory(ctx context.Context, id core.ID[Category], was int64) error

	// ListCategories lists them by their folded names.
	ListCategories(ctx context.Context, f CategoryFilter, p core.Page) (core.List[Category], error)

	// MoveContacts puts up to limit of the contacts in from, deleted and unseen ones too,
	// into to, as a change at the time at, and answers them as they are now.
	MoveContacts(ctx context.Context, from, to core.ID[Category], at time.Time, limit int) ([]Contact, error)
}

// NoteStore keeps the notes on contacts.
type NoteStore interface {
	InsertNote(ctx context.Context, n Note) error
	Note(ctx context.Context, id core.ID[Note]) (Note, error)

	// ReplaceNote writes all of n if the row's version is still was, else [core.ErrConflict].
	ReplaceNote(ctx context.Context, n Note, was int64) error

	// DeleteNote removes one if its version is still was, else [core.ErrConflict].
	DeleteNote(ctx context.Context, id core.ID[Note], was int64) error

	// ListNotes lists those of a contact, the newest first.
	ListNotes(ctx context.Context, contact core.ID[Contact], p core.Page) (core.List[Note], error)
}

// ActivityStore keeps the activities with contacts.
type ActivityStore interface {
	InsertActivity(ctx context.Context, a Activity) error
	Activity(ctx context.Context, id core.ID[Activity]) (Activity, error)

	// ReplaceActivity writes all of a if the row's version is still was, else [core.ErrConflict].
	ReplaceActivity(ctx context.Context, a Activity, was int64) error

	// DeleteActivity removes one if its version is still was, else [core.ErrConflict].
	DeleteActivity(ctx context.Context, id core.ID[Activity], was int64) error

	// ListActivities lists those of a contact that the filter lets through, the newest first.
	ListActivities(ctx context.Context, contact core.ID[Contact], f ActivityFilter, p core.Page) (core.List[Activity], error)

	// OpenActivities lists those of all live contacts that are not completed and scheduled
	// in the half-open range, in the order of their time. A zero from is no bound.
	OpenActivities(ctx context.Context, from, before time.Time, p core.Page) (core.List[Activity], error)
}

// SocialLinkStore keeps contacts' social links.
type SocialLinkStore interface {
	InsertSocialLink(ctx context.Context, l SocialLink) error
	SocialLink(ctx context.Context, id core.ID[SocialLink]) (SocialLink, error)

	// ReplaceSocialLink writes all of l if the row's version is still was, else [core.ErrConflict].
	ReplaceSocialLink(ctx context.Context, l SocialLink, was int64) error

	// DeleteSocialLink removes one if its version is still was, else [core.ErrConflict].
	DeleteSocialLink(ctx context.Context, id core.ID[SocialLink], was int64) error

	// ListSocialLinks lists those of a contact, the oldest first.
	ListSocialLinks(ctx context.Context, contact core.ID[Contact], p core.Page) (core.List[SocialLink], error)
}

// ImportStore is what an import looks up beside, for many rows at once.
type ImportStore interface {
	// ContactsByID reads those of the contacts that there are, deleted ones too, in no order.
	ContactsByID(ctx context.Context, ids []core.ID[Contact]) ([]Contact, error)

	// ContactsNamed finds the live contacts without addresses that have any of the folded
	// names, in no order.
	ContactsNamed(ctx context.Context, folded []string) ([]Contact, error)

	// CategoriesNamed reads those of the categories that have any of the folded names.
	CategoriesNamed(ctx context.Context, folded []string) ([]Category, error)

	// ContactsGrown tells the database that contacts have become many more, where its plans
	// would go on as if they were few. It may do nothing.
	ContactsGrown(ctx context.Context) error

	// HeldAddresses are those of the addresses that any live contact has, those too that the
	// actor may not see.
	HeldAddresses(ctx context.Context, keys []AddressKey) ([]AddressKey, error)

	// Abreast is how many transactions an import may have under way at once, with reads beside
	// them; 0 where all goes one after another, as inside a transaction.
	Abreast() int
}

// ViewStore keeps saved filters. An actor sees their own and those that are shared, with OwnRows
// only their own, and the program itself all.
type ViewStore interface {
	InsertView(ctx context.Context, v View) error
	View(ctx context.Context, of ViewOf, id core.ID[View]) (View, error)
	// ReplaceView writes all of v if the row's version is still was, else [core.ErrConflict].
	ReplaceView(ctx context.Context, v View, was int64) error
	// DeleteView removes one if its version is still was, else [core.ErrConflict].
	DeleteView(ctx context.Context, id core.ID[View], was int64) error
	// ListViews lists those of a kind by their folded names.
	ListViews(ctx context.Context, of ViewOf, p core.Page) (core.List[View], error)

	// EveryView is up to limit views of every kind and owner, by their ids, after one; the zero id is none.
	EveryView(ctx context.Context, after core.ID[View], limit int) ([]View, error)
	// ViewsThatSaid are the views, those too that are gone, of which the audit has a change that said lets
	// through as JSON, and when the first of those changes was.
	ViewsThatSaid(ctx context.Context, said func(changes string) bool) (ids []uuid.UUID, since time.Time, err error)
}

// DuplicateStore finds the contacts that may be the same person.
type DuplicateStore interface {
	// Candidates finds the live contacts that have any of the keys, in the order of their ids: of
	// each key the oldest [duplicates.MaxBlock], and 20,000 in all. Of a key that more than ten times as many
	// have, they may be the oldest of those that were stored first.
	Candidates(ctx context.Context, keys MatchKeys) ([]Candidate, error)

	// LiveContacts reads the first live contacts whose id is not less than from, by their ids.
	LiveContacts(ctx context.Context, from core.ID[Contact], limit int) ([]Contact, error)

	// InsertDistinct notes that two contacts are two people. [core.ErrExists]: it is noted already.
	InsertDistinct(ctx context.Context, p DistinctPair) error

	// DeleteDistinct takes that back. [core.ErrNotFound]: it is not noted.
	DeleteDistinct(ctx context.Context, p DistinctPair) error

	// DistinctPairs reads what is noted of any of the contacts, in no order.
	DistinctPairs(ctx context.Context, ids []core.ID[Contact]) ([]DistinctPair, error)
}

// MergeStore keeps the merges. An actor with OwnRows sees those whose survivor they see.
type MergeStore interface {
	// MergedInto are the contacts that were merged into one of those directly, by their ids,
	// whoever may see them.
	MergedInto(ctx context.Context, ids ...core.ID[Contact]) ([]Contact, error)

	InsertMerge(ctx context.Context, m Merge) error
	Merge(ctx context.Context, id core.ID[Merge]) (Merge, error)

	// ReplaceMerge writes all of m if the row's version is still was, else [core.ErrConflict].
	ReplaceMerge(ctx context.Context, m Merge, was int64) error

	// ListMerges lists what the filter lets through, the newest first.
	ListMerges(ctx context.Context, f MergeFilter, p core.Page) (core.List[Merge], error)

	// MergesOf lists those that a contact survived or, if it says so, lost, the newest first,
	// without their records.
	MergesOf(ctx context.Context, contact core.ID[Contact], lost bool, p core.Page) (core.List[NamedMerge], error)
}

// NamedMerge is a merge in short: the other contact of it, and what they are called now.
type NamedMerge struct {
	ID      core.ID[Merge]
	OtherID core.ID[Contact]
	Name    string
	Undone  bool
	Stamp
}

// ImportRecordStore keeps what became of imports. Who sees own rows sees the imports that they ran.
type ImportRecordStore interface {
	InsertImport(ctx context.Context, r ImportRecord) error
	Import(ctx context.Context, id core.ID[ImportRecord]) (ImportRecord, error)

	// ReplaceImport writes all of r if the row's version is still was, else [core.ErrConflict].
	ReplaceImport(ctx context.Context, r ImportRecord, was int64) error

	// ListImports lists them, the newest first.
	ListImports(ctx context.Context, p core.Page) (core.List[ImportRecord], error)

	InsertImportBatch(ctx context.Context, b ImportBatch) error

	// ImportBatches reads the last batches of an import that are reverted, or are not.
	ImportBatches(ctx context.Context, of core.ID[ImportRecord], reverted bool, limit int) ([]ImportBatch, error)

	// ReplaceImportBatch writes a batch that was reverted. One that left nobody may be removed.
	ReplaceImportBatch(ctx context.Context, b ImportBatch) error

	// ContactChanges reads the newest 500 entries of the audit about a contact, the newest first.
	ContactChanges(ctx context.Context, id core.ID[Contact]) ([]map[string]core.AuditChange, error)
}

// ContactChange is a contact as the store has it, and as it is to be.
type ContactChange struct{ Was, Now Contact }

// Tx is what this package's services work with: its store and the outbox, in one scope and
// perhaps in one transaction.
type Tx struct {
	Store  Store
	Events core.Outbox
	Jobs   jobs.Enqueuer
	Scope  core.Scope
	Env    core.Env
	Joined bool // inside a transaction

	Members  Members        // nil: anybody may be given leads
	Personal []PersonalData // what other packages keep of people

	// Everyones is the same store as it is to one who sees every row.
	Everyones func() Store

	// Relations are what belongs to contacts, in the order in which a merge moves it. A backend
	// says so; it is asked by those alone who merge.
	Relations func() []Relation
}
