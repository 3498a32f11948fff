package store_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/blobs"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/internal/mailtest"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// between is one thing that somebody else does between two questions of a call, which is to answer what was so
// at one instant all the same.
type between struct {
	name string
	test func(*testing.T, *meantime)
}

func TestWhatSomebodyElseDoesBetweenTwoQuestions(t *testing.T) {
	t.Parallel()
	lite, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "crm.db"))
	require.NoError(t, err)
	pg, err := postgres.Open(t.Context(), pgtest.Database(t), postgres.MaxConns(100)) // two for each test, of as many as there are processors
	require.NoError(t, err)
	for name, db := range map[string]*bunstore.DB{"sqlite": lite, "postgres": pg} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			require.NoError(t, db.Migrate(t.Context()))
			others := &others{}
			db.Hook(others)
			for _, tests := range [][]between{ofContacts, ofPrivacy, ofImports, ofLeads, ofForms, ofCalendars, ofAccounts} {
				for _, b := range tests {
					t.Run(b.name, func(t *testing.T) {
						t.Parallel()
						b.test(t, newMeantime(t, db, others))
					})
				}
			}
		})
	}
}

// meantime is a company of its own, in which others do something in the meantime.
type meantime struct {
	t      *testing.T
	db     *bunstore.DB
	others *others
	app    *clientele.Clientele
	mails  *mailtest.Box
	scope  core.Scope
	ws     *clientele.Workspace
}

func newMeantime(t *testing.T, db *bunstore.DB, others *others) *meantime {
	dir, err := blobs.OpenDir(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, dir.Close()) })
	m := &meantime{t: t, db: db, others: others, mails: &mailtest.Box{}, scope: core.Scope{Company: core.CompanyID{UUID: uuid.New()}, Actor: core.System()}}
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: m.scope.Company, Name: "Company", ContactPolicy: []string{}}))
	m.app = clientele.New(db, clientele.WithBlobs(dir), clientele.WithIdentity(identity.Config{
		PasswordCost: identity.PasswordCost{Memory: 8, Passes: 1, Threads: 1}, Mailer: m.mails,
	}))
	m.ws = m.app.Workspace(m.scope)
	return m
}

// before has something done, once, before the next query that has all of the texts.
func (m *meantime) before(do func(), texts ...string) { m.put(&errand{do: do, texts: texts}) }

// after has it done after the query.
func (m *meantime) after(do func(), texts ...string) {
	m.put(&errand{do: do, texts: texts, after: true})
}

func (m *meantime) put(e *errand) {
	m.others.put(e)
	m.t.Cleanup(func() { require.False(m.t, m.others.waits(e), "nobody asked %q", e.texts) })
}

// within is before a query of a transaction. In SQLite nobody else writes then: it is done at once.
func (m *meantime) within(do func(), texts ...string) {
	if m.db.Dialect() == "sqlite" {
		do()
		return
	}
	m.before(do, texts...)
}

func (m *meantime) contact(n crm.NewContact) crm.Contact {
	c, err := m.ws.Contacts.Create(m.t.Context(), n)
	require.NoError(m.t, err)
	return c
}

// merges merges the loser into the survivor.
func (m *meantime) merges(survivor, loser crm.Contact) func() {
	return func() { m.merge(survivor, loser) }
}

func (m *meantime) merge(survivor, loser crm.Contact) crm.Merge {
	merged, err := m.ws.Contacts.Merge(m.t.Context(), survivor.ID, crm.NewMerge{LoserID: loser.ID})
	require.NoError(m.t, err)
	return merged
}

// changes changes a contact.
func (m *meantime) changes(c crm.Contact, edit func(*crm.Contact)) {
	_, err := m.ws.Contacts.Update(m.t.Context(), c.ID, func(c *crm.Contact) error { edit(c); return nil })
	require.NoError(m.t, err)
}

// others are a [bun.QueryHook] that does errands.
type others struct {
	mu   sync.Mutex
	todo []*errand
}

// errand is something to do at a query with all of the texts.
type errand struct {
	do    func()
	texts []string
	after bool
}

func (o *others) put(e *errand) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.todo = append(o.todo, e)
}

// meet does what is to be done at a query.
func (o *others) meet(query string, after bool) {
	if e := o.take(query, after); e != nil {
		e.do()
	}
}

func (o *others) take(query string, after bool) *errand {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, e := range o.todo {
		if e.after == after && e.meets(query) {
			o.todo = append(o.todo[:i:i], o.todo[i+1:]...)
			return e
		}
	}
	return nil
}

// waits reports whether an errand is still to be done.
func (o *others) waits(e *errand) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Contains(o.todo, e)
}

func (e *errand) meets(query string) bool {
	for _, text := range e.texts {
		if !strings.Contains(query, text) {
			return false
		}
	}
	return true
}

func (o *others) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	o.meet(e.Query, false)
	return ctx
}

func (o *others) AfterQuery(_ context.Context, e *bun.QueryEvent) { o.meet(e.Query, true) }
