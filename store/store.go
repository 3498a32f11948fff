// Package store is the contract that a backend of all of Clientele fulfils. What each
// package needs of one is in the package itself: crm.Store and its like. Package
// store/storetest checks a backend against both.
package store

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/core/webhooks"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store/assessmentstore"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/identitystore"
	"github.com/clientele-crm/clientele/store/schedulingstore"
	"github.com/clientele-crm/clientele/store/webhookstore"
	"github.com/clientele-crm/clientele/store/workstore"
)

// Backend is a database that has the rows of every package. It is safe for concurrent use.
type Backend interface {
	// Session is the database in one scope, outside any transaction.
	Session(core.Scope) Session

	// Platform is what crosses companies: accounts, and the companies themselves.
	Platform() core.Work[identity.PlatformTx]

	// Links finds the company of a token of a public form.
	Links() assessment.Links
	// Jobs is what workers work with, and Events what the relay does. They cross companies.
	Jobs() jobs.Store
	Events() events.Store

	// Webhooks is what their dispatcher works with.
	Webhooks() webhooks.Across

	// PublicAgenda finds the agenda that has the slug, in whichever company, or is
	// [core.ErrNotFound].
	PublicAgenda(ctx context.Context, slug string) (core.CompanyID, core.ID[scheduling.Agenda], error)

	// HoldsOver are up to limit of the companies that have holds which are over at now; WaitsOver, of
	// those in which somebody waits for what is past.
	HoldsOver(ctx context.Context, now time.Time, limit int) ([]core.CompanyID, error)
	WaitsOver(ctx context.Context, now time.Time, limit int) ([]core.CompanyID, error)

	// KeyContacts makes the keys of up to limit contacts, of all companies, that have none:
	// those that were here before there were keys. It says of how many it did.
	KeyContacts(ctx context.Context, limit int) (n int, err error)

	// FilesNamed are those of the keys that a row of any company or user names: as an attachment
	// or a picture.
	FilesNamed(ctx context.Context, keys []string) ([]string, error)

	// FeedWith finds the feed whose token has the hash, in whichever company, or is
	// [core.ErrNotFound].
	FeedWith(ctx context.Context, hash string) (core.CompanyID, scheduling.Feed, error)

	// EnsureCompany registers a tenant, so that rows may belong to it. One that exists is
	// left as it is.
	EnsureCompany(context.Context, core.Tenant) error
}

// Session is what each package works with, in one scope and perhaps one transaction.
type Session interface {
	Scope() core.Scope
	Identity() core.Work[identity.Tx]
	CRM() core.Work[crm.Tx]
	Scheduling() core.Work[scheduling.Tx] // without clients

	// Relations are what the packages other than crm keep of contacts.
	Relations() []crm.Relation

	// Assessment is without the contacts, which are another package's.
	Assessment() core.Work[assessment.Tx]

	// In is a session of another scope, in the same transaction if there is one.
	In(core.Scope) Session
	Jobs() jobs.Enqueuer
	Events() core.Work[events.Tx]
	Webhooks() core.Work[webhooks.Tx]

	// Atomic calls fn with a session inside a transaction; see [core.Work].
	Atomic(ctx context.Context, fn func(Session) error) error

	// Snapshot calls fn with a session that only reads, all at one instant; see [core.Work].
	Snapshot(ctx context.Context, fn func(Session) error) error
}

// Bun is the backend in a database of store/sqlite or store/postgres.
func Bun(db *bunstore.DB) Backend { return backend{db} }

// BunSession is the same for one session of such a database.
func BunSession(s *bunstore.Session) Session { return session{s} }

type backend struct{ *bunstore.DB }

func (b backend) Session(scope core.Scope) Session { return session{b.DB.Session(scope)} }

func (b backend) Platform() core.Work[identity.PlatformTx] { return identitystore.Platform(b.DB) }

func (b backend) Links() assessment.Links { return assessmentstore.Links(b.DB) }
func (b backend) Jobs() jobs.Store        { return workstore.Jobs(b.DB) }

func (b backend) Events() events.Store { return workstore.Events(b.DB) }

func (b backend) Webhooks() webhooks.Across { return webhookstore.Across(b.DB) }

func (b backend) PublicAgenda(ctx context.Context, slug string) (core.CompanyID, core.ID[scheduling.Agenda], error) {
	return schedulingstore.PublicAgenda(ctx, b.DB.Session(core.Scope{}), slug)
}

func (b backend) HoldsOver(ctx context.Context, now time.Time, limit int) ([]core.CompanyID, error) {
	return schedulingstore.HoldsOver(ctx, b.DB.Session(core.Scope{}), now, limit)
}

func (b backend) WaitsOver(ctx context.Context, now time.Time, limit int) ([]core.CompanyID, error) {
	return schedulingstore.WaitsOver(ctx, b.DB.Session(core.Scope{}), now, limit)
}

func (b backend) KeyContacts(ctx context.Context, limit int) (int, error) {
	return crmstore.KeyContacts(ctx, b.DB, limit)
}

func (b backend) FilesNamed(ctx context.Context, keys []string) ([]string, error) {
	attached, err := crmstore.FilesNamed(ctx, b.DB, keys)
	if err != nil {
		return nil, err
	}
	pictures, err := identitystore.FilesNamed(ctx, b.DB, keys)
	return append(attached, pictures...), err
}

func (b backend) FeedWith(ctx context.Context, hash string) (core.CompanyID, scheduling.Feed, error) {
	return schedulingstore.FeedWith(ctx, b.DB.Session(core.Scope{}), hash)
}

type session struct{ *bunstore.Session }

func (s session) Identity() core.Work[identity.Tx] { return identitystore.Work(s.Session) }

func (s session) CRM() core.Work[crm.Tx] { return crmstore.Work(s.Session) }

func (s session) Assessment() core.Work[assessment.Tx] { return assessmentstore.Work(s.Session) }

func (s session) In(scope core.Scope) Session { return session{s.Session.In(scope)} }

func (s session) Scheduling() core.Work[scheduling.Tx] { return schedulingstore.Work(s.Session) }
func (s session) Jobs() jobs.Enqueuer                  { return workstore.Enqueuer(s.Session) }

func (s session) Events() core.Work[events.Tx] { return workstore.EventLog(s.Session) }

func (s session) Webhooks() core.Work[webhooks.Tx] { return webhookstore.Work(s.Session) }

func (s session) Atomic(ctx context.Context, fn func(Session) error) error {
	return s.Session.Atomic(ctx, func(s *bunstore.Session) error { return fn(session{s}) })
}

func (s session) Snapshot(ctx context.Context, fn func(Session) error) error {
	return s.Session.Snapshot(ctx, func(s *bunstore.Session) error { return fn(session{s}) })
}
