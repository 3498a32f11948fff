package assessment

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Store keeps the rows of this package for one company, and shows an actor with OwnRows only the
// responses that they recorded or that are of contacts of theirs; forms are everybody's.
// Package store/storetest checks an implementation.
//
// A row of another company, or one that the actor may not see, is [core.ErrNotFound]
// wherever a method names a row.
type Store interface {
	FormStore
	VersionStore
	AttemptStore
	ResponseStore
	ResultStore
	SettingsStore
}

// FormStore keeps forms.
type FormStore interface {
	InsertForm(ctx context.Context, f Form) error

	// Form reads one of the kind.
	Form(ctx context.Context, kind Kind, id core.ID[Form]) (Form, error)

	// ReplaceForm writes all of f if the row's version is still was, else [core.ErrConflict].
	ReplaceForm(ctx context.Context, f Form, was int64) error

	// DeleteForm removes a form with its versions, links and attempts. [core.ErrState]: it has
	// responses.
	DeleteForm(ctx context.Context, id core.ID[Form]) error

	// Titles are those of the forms that there are, whatever their kind.
	Titles(ctx context.Context, ids []core.ID[Form]) (map[core.ID[Form]]string, error)

	// ListForms lists what the filter lets through, by title.
	ListForms(ctx context.Context, kind Kind, f FormFilter, p core.Page) (core.List[Form], error)
}

// VersionStore keeps versions and links.
type VersionStore interface {
	// InsertVersion adds one. [core.ErrConflict]: the number is taken.
	InsertVersion(ctx context.Context, v Version) error

	// Version reads one, and NumberedVersion one of a form.
	Version(ctx context.Context, id core.ID[Version]) (Version, error)
	NumberedVersion(ctx context.Context, form core.ID[Form], number int64) (Version, error)

	// LatestVersion is the id of the one with the highest number.
	LatestVersion(ctx context.Context, form core.ID[Form]) (core.ID[Version], error)

	// ListVersions lists those of a form, the newest first.
	ListVersions(ctx context.Context, form core.ID[Form], p core.Page) (core.List[Version], error)

	// InsertLink adds a link. [core.ErrConflict]: the form has one that is not revoked.
	InsertLink(ctx context.Context, l Link, hash string) error

	// LiveLink is a form's link that is not revoked, or [core.ErrNotFound].
	LiveLink(ctx context.Context, form core.ID[Form]) (Link, error)

	// ReplaceLink writes a link's RevokedAt.
	ReplaceLink(ctx context.Context, l Link) error
}

// AttemptStore keeps attempts.
type AttemptStore interface {
	InsertAttempt(ctx context.Context, a Attempt, hash string) error
	Attempt(ctx context.Context, id core.ID[Attempt]) (Attempt, error)

	// ReplaceAttempt writes all of a if the row's version is still was, else [core.ErrConflict].
	ReplaceAttempt(ctx context.Context, a Attempt, was int64) error

	// AttemptsOf reads those of a contact, and those of nobody in particular that have one of
	// the addresses, the oldest first; DeleteAttemptsOf removes them.
	AttemptsOf(ctx context.Context, who ContactID, emails []core.Email) ([]Attempt, error)
	DeleteAttemptsOf(ctx context.Context, who ContactID, emails []core.Email) error
}

// ResponseStore keeps responses.
type ResponseStore interface {
	// InsertResponse adds one. [core.ErrConflict]: its ordinal or its attempt is taken.
	InsertResponse(ctx context.Context, r Sheet) error

	// Response reads one of the kind.
	Response(ctx context.Context, kind Kind, id core.ID[Response]) (Sheet, error)

	// ReplaceResponse writes all of r if the row's version is still was, else [core.ErrConflict].
	ReplaceResponse(ctx context.Context, r Sheet, was int64) error

	// DeleteResponse removes one and its outcomes.
	DeleteResponse(ctx context.Context, id core.ID[Response]) error

	// ListResponses lists those that the filter lets through, by the time of submitting.
	ListResponses(ctx context.Context, kind Kind, f ResponseFilter, p core.Page) (core.List[Sheet], error)

	// LastOrdinal is the highest ordinal of the contact's responses to the form, those too that
	// the actor does not see; 0: there are none.
	LastOrdinal(ctx context.Context, form core.ID[Form], who ContactID) (int64, error)

	// LaterOutcomes are the current outcomes of the final responses of the kind that the contact of a
	// response has handed in after it, to whichever form, in no order: those too that the actor does not see.
	LaterOutcomes(ctx context.Context, r Sheet) ([]Outcome, error)
}

// ResultStore keeps what was chosen in responses, and what they came to.
type ResultStore interface {
	// InsertResult adds the tally of a response and, unless it is nil, its first outcome.
	InsertResult(ctx context.Context, t Tally, o *Outcome) error

	// ReplaceOutcomes makes outcomes the current ones of their responses, with the tallies of
	// the same places, which are in the order of the responses' ids and were locked. Those before are
	// kept, but for one that says what another kept one does.
	ReplaceOutcomes(ctx context.Context, ts []Tally, os []Outcome) error

	// CurrentOutcomes reads the current outcomes of responses, in no order.
	CurrentOutcomes(ctx context.Context, of []core.ID[Response]) ([]Outcome, error)

	// OutcomesOf reads all outcomes of a response, the oldest first.
	OutcomesOf(ctx context.Context, id core.ID[Response]) ([]Outcome, error)

	// Cohort compares the units with those of the other ranked tallies of the version and the key,
	// those too that the actor does not see.
	Cohort(ctx context.Context, t Tally) (Cohort, error)

	// LockTally reads the tally of a response, and keeps all others from changing it until the
	// transaction ends. LockTallies does so with the next tallies of a version by the ids of
	// responses, at most limit, and reads the marks too if marked is true.
	LockTally(ctx context.Context, id core.ID[Response]) (Tally, error)
	LockTallies(ctx context.Context, version core.ID[Version], after core.ID[Response], limit int, marked bool) ([]Tally, error)

	// Distribution counts the final outcomes of a version by their percentages, in ten steps of 10
	// of which the last has 100 too; those too that the actor does not see.
	Distribution(ctx context.Context, version core.ID[Version]) ([]int, error)

	// EachTally reads all tallies of a version that the actor may see, in batches, with their
	// Choices, KeyID, Percentage, Pending and Points. A tally is good until each returns.
	EachTally(ctx context.Context, version core.ID[Version], each func(*Tally) error) error
}

// SettingsStore keeps what a company has decided.
type SettingsStore interface {
	// Settings are the company's; the defaults with Version 0 if it has decided nothing.
	Settings(ctx context.Context) (Settings, error)

	// ReplaceSettings writes them if the version is still was, else [core.ErrConflict].
	ReplaceSettings(ctx context.Context, s Settings, was int64) error
}

// Links finds the company of a token, across companies: the token is the permission. It is also
// where what nobody comes back to is deleted.
type Links interface {
	// ByToken is what the token with the hash opens: a link that is not revoked, or an attempt;
	// else [core.ErrNotFound].
	ByToken(ctx context.Context, hash string) (Opened, error)

	// SweepAttempts deletes up to limit attempts of all companies that are not submitted and were
	// not touched since before, the oldest first.
	SweepAttempts(ctx context.Context, before time.Time, limit int) (deleted int, err error)
}

// Opened is what a token opens.
type Opened struct {
	Company core.CompanyID
	Kind    Kind
	Form    core.ID[Form]
	Attempt core.ID[Attempt] // zero: the token is a form's link
}
