package bunstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// engines are the databases and drivers that everything here holds for. Each opens a
// database: a new and empty one, or one with Clientele's tables.
var engines = []struct {
	name string
	open func(t *testing.T, empty bool) *bunstore.DB
}{
	{"sqlite in memory", func(t *testing.T, _ bool) *bunstore.DB {
		db, err := sqlite.Memory(t.Context())
		return opened(t, db, err)
	}},
	{"sqlite in a file", func(t *testing.T, _ bool) *bunstore.DB {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "crm.db"))
		return opened(t, db, err)
	}},
	{"sqlite of the embedder", func(t *testing.T, _ bool) *bunstore.DB {
		query := url.Values{"_pragma": {"foreign_keys(1)", "journal_mode(WAL)", "busy_timeout(10000)"}, "_txlock": {"immediate"}}
		pool := pool(t, "sqlite", "file:"+filepath.Join(t.TempDir(), "app.db")+"?"+query.Encode())
		db, err := sqlite.New(t.Context(), pool)
		return opened(t, db, err)
	}},
	{"postgres", func(t *testing.T, empty bool) *bunstore.DB {
		db, err := postgres.Open(t.Context(), pgDSN(t, empty), postgres.MaxConns(8))
		return opened(t, db, err)
	}},
	{"postgres by pgx", func(t *testing.T, empty bool) *bunstore.DB {
		pool := pool(t, "pgx", pgDSN(t, empty)+"&default_query_exec_mode=simple_protocol")
		return opened(t, postgres.New(pool), nil)
	}},
}

func pgDSN(t *testing.T, empty bool) string {
	if empty {
		return pgtest.Empty(t)
	}
	return pgtest.Shared(t)
}

func pool(t *testing.T, driver, dsn string) *sql.DB {
	pool, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	pool.SetMaxOpenConns(8)
	t.Cleanup(func() { require.NoError(t, pool.Close()) })
	return pool
}

func opened(t *testing.T, db *bunstore.DB, err error) *bunstore.DB {
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// everywhere runs a test on each engine, in a world of its own.
func everywhere(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			db := engine.open(t, false)
			require.NoError(t, db.Migrate(t.Context()))
			test(t, newWorld(t, db))
		})
	}
}

// world is an embedder's: a table of its own beside Clientele's, and a company.
type world struct {
	*bunstore.DB
	t     *testing.T
	app   *clientele.Clientele
	table string
	scope core.Scope
}

func newWorld(t *testing.T, db *bunstore.DB) *world {
	w := &world{DB: db, t: t, app: clientele.New(db), table: "app_" + strings.ReplaceAll(uuid.NewString(), "-", "")}
	w.scope = core.Scope{Company: w.company(), Actor: core.System()}
	w.exec("CREATE TABLE " + w.table + " (id TEXT PRIMARY KEY)")
	return w
}

func (w *world) company() core.CompanyID {
	id := core.CompanyID{UUID: uuid.New()}
	require.NoError(w.t, w.EnsureCompany(w.t.Context(), core.Tenant{ID: id, Name: "Ours", ContactPolicy: []string{}}))
	return id
}

// ws is outside any transaction.
func (w *world) ws() *clientele.Workspace { return w.app.Workspace(w.scope) }

// begin is a transaction of the embedder's, and a workspace in it.
func (w *world) begin() (*sql.Tx, *clientele.Workspace) {
	pool, _ := w.Pools()
	tx, err := pool.BeginTx(w.t.Context(), nil)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = tx.Rollback() }) // of a test that has failed
	return tx, w.app.WorkspaceIn(w.Join(w.scope, tx))
}

func (w *world) exec(statement string) {
	pool, _ := w.Pools()
	_, err := pool.ExecContext(w.t.Context(), statement)
	require.NoError(w.t, err)
}

// order writes a row of the embedder's.
func (w *world) order(by interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}, id string,
) error {
	_, err := by.ExecContext(w.t.Context(), fmt.Sprintf("INSERT INTO %s (id) VALUES ('%s')", w.table, id))
	return err
}

func (w *world) count(from string) (n int) {
	pool, _ := w.Pools()
	require.NoError(w.t, pool.QueryRowContext(w.t.Context(), "SELECT count(*) FROM "+from).Scan(&n))
	return n
}

// kept is how many rows there are: the embedder's, contacts, events and entries of the audit.
func (w *world) kept() [4]int {
	of := func(table string) int {
		return w.count(table + " WHERE company_id = '" + w.scope.Company.String() + "'")
	}
	return [4]int{w.count(w.table), of("crm_contacts"), of("core_outbox"), of("core_audit")}
}

func ada(email core.Email) crm.NewContact { return crm.NewContact{Name: "Ada Lovelace", Email: email} }
