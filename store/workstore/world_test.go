package workstore_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// each runs a test on a database of its own of every kind.
func each(t *testing.T, test func(*testing.T, *world)) {
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, open))
		})
	}
}

// databases make a migrated database of their kind, and tell how to open it again.
var databases = map[string]func(t testing.TB) (open func() (*bunstore.DB, error)){
	"sqlite": func(t testing.TB) func() (*bunstore.DB, error) {
		path := filepath.Join(t.TempDir(), "crm.db")
		db, err := sqlite.Open(t.Context(), path)
		require.NoError(t, err)
		require.NoError(t, db.Migrate(t.Context()))
		require.NoError(t, db.Close())
		return func() (*bunstore.DB, error) { return sqlite.Open(context.Background(), path) }
	},
	"postgres": func(t testing.TB) func() (*bunstore.DB, error) {
		dsn := pgtest.Database(t)
		return func() (*bunstore.DB, error) { return postgres.Open(context.Background(), dsn) }
	},
}

// world is a database, a clock and a company in it.
type world struct {
	t       testing.TB
	open    func() (*bunstore.DB, error)
	db      *bunstore.DB
	company core.CompanyID

	mu  sync.Mutex
	now time.Time
}

func newWorld(t testing.TB, database func(testing.TB) func() (*bunstore.DB, error)) *world {
	w := &world{t: t, now: time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC), company: core.CompanyID{UUID: uuid.New()}}
	w.open = database(t)
	w.db = w.another(core.Env{Now: w.clock})
	require.NoError(t, w.db.EnsureCompany(t.Context(), core.Tenant{ID: w.company, Name: "Ours", ContactPolicy: []string{}}))
	return w
}

// another is the same database, as another process opens it.
func (w *world) another(env core.Env) *bunstore.DB {
	db, err := w.open()
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, db.Close()) })
	db.Env = env
	return db
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// app is a new process over the database.
func (w *world) app() *clientele.Clientele { return clientele.New(w.db) }

// ws is the company's workspace.
func (w *world) ws() *clientele.Workspace {
	return w.app().Workspace(core.Scope{Company: w.company, Actor: core.System()})
}

// step has the app do all that is due.
func (w *world) step(app *clientele.Clientele) {
	w.t.Helper()
	_, err := app.Step(w.t.Context())
	require.NoError(w.t, err)
}

// of is the jobs of a kind.
func (w *world) of(app *clientele.Clientele, kind string) (list []jobs.Job) {
	w.t.Helper()
	for j, err := range app.Jobs.List(w.t.Context(), jobs.Filter{Kind: kind}) {
		require.NoError(w.t, err)
		list = append(list, j)
	}
	return list
}

// letter is the arguments of the jobs of these tests.
type letter struct{ To string }

var letters = jobs.Kind[letter]{Name: "test.letter", Attempts: 3}
