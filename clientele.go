package clientele

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// Clientele is all packages over one database. It is safe for concurrent use.
type Clientele struct {
	// Accounts are the users, of all companies.
	Accounts *identity.Accounts

	backend store.Backend
}

// Option changes how Clientele works.
type Option func(*options)

type options struct{ identity identity.Config }

// WithIdentity says how users log in and by whom mail is sent.
func WithIdentity(cfg identity.Config) Option { return func(o *options) { o.identity = cfg } }

// New is Clientele in a database of sqlite.Open, postgres.Open or their like. Its tables
// are made by the database's Migrate.
func New(db *bunstore.DB, opts ...Option) *Clientele { return NewOn(store.Bun(db), opts...) }

// NewOn is Clientele on a backend of one's own making, which store/storetest checks.
func NewOn(backend store.Backend, opts ...Option) *Clientele {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return &Clientele{
		Accounts: identity.NewAccounts(backend.Platform(), o.identity),
		backend:  backend,
	}
}

// Workspace is the packages in one company and for one actor. It costs a few small
// allocations: make one per request, and keep none.
func (c *Clientele) Workspace(scope core.Scope) *Workspace {
	return newWorkspace(c.backend.Session(scope))
}

// WorkspaceIn is a workspace in a session that the caller has, such as the database's Join
// gives for a transaction of the embedder's own.
func (c *Clientele) WorkspaceIn(s *bunstore.Session) *Workspace {
	return newWorkspace(store.BunSession(s))
}

// Workspace is what a company's people work with.
type Workspace struct {
	Contacts *crm.Contacts

	session store.Session
}

func newWorkspace(s store.Session) *Workspace {
	people := s.CRM()
	return &Workspace{
		Contacts: crm.NewContacts(people),
		session:  s,
	}
}

// Scope is the company and the actor that the workspace is bound to.
func (w *Workspace) Scope() core.Scope { return w.session.Scope() }

// Atomic calls fn with a workspace inside one transaction: what fn does through it, in
// whichever packages, is kept if fn returns nil, and undone otherwise.
func (w *Workspace) Atomic(ctx context.Context, fn func(*Workspace) error) error {
	return w.session.Atomic(ctx, func(s store.Session) error { return fn(newWorkspace(s)) })
}
