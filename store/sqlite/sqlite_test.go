package sqlite_test

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/sqlitetest"
	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/sqlite"
	"github.com/clientele-crm/clientele/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Backend { return store.Bun(sqlitetest.Memory(t)) })
}

func TestConformanceOfAFile(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "crm.db"))
	require.NoError(t, err)
	migrated(t, db)
	storetest.Run(t, func(*testing.T) store.Backend { return store.Bun(db) })
}

func TestConformanceOfTheEmbeddersPool(t *testing.T) {
	t.Parallel()
	db, err := sqlite.New(t.Context(), embedders(t, filepath.Join(t.TempDir(), "app.db")))
	require.NoError(t, err)
	migrated(t, db)
	storetest.Run(t, func(*testing.T) store.Backend { return store.Bun(db) })
}

// embedders is a pool that the embedder has opened by itself: several connections that read
// and write, and times that it reads as it pleases. They wait long for each other: under the race
// detector hundreds of contracts write through it at once.
func embedders(t *testing.T, path string) *sql.DB {
	query := url.Values{"_pragma": {"foreign_keys(1)", "journal_mode(WAL)", "busy_timeout(60000)"}, "_txlock": {"immediate"}}
	pool, err := sql.Open("sqlite", "file:"+path+"?"+query.Encode())
	require.NoError(t, err)
	pool.SetMaxOpenConns(4)
	t.Cleanup(func() { require.NoError(t, pool.Close()) })
	return pool
}

func migrated(t *testing.T, db *bunstore.DB) *bunstore.DB {
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	return db
}

func TestOpenTakesAnyPath(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.db", "with space.db", "a?b=c.db", "a#b.db", "a%20b.db", "é ü.db", "a&mode=ro.db", "it's.db", "C:x.db"} {
		path := filepath.Join(t.TempDir(), name)
		db, err := sqlite.Open(t.Context(), path)
		require.NoError(t, err, name)
		require.FileExists(t, path)
		migrated(t, db)
		require.NoError(t, db.Check(t.Context()), "the readers see the same file: %s", name)
	}
}

func TestOpenTakesARelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	db, err := sqlite.Open(t.Context(), "crm.db")
	require.NoError(t, err)
	migrated(t, db)
	require.FileExists(t, "crm.db")
}

func TestOpenRefusesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", ":memory:", t.TempDir(), filepath.Join(t.TempDir(), "absent", "crm.db")} {
		db, err := sqlite.Open(t.Context(), path)
		require.Error(t, err, path)
		require.Nil(t, db)
		require.NotContains(t, err.Error(), "\n", "it is said once")
		if filepath.IsAbs(path) {
			require.ErrorContains(t, err, path)
		}
	}
}

func TestNewRefusesAPoolWithoutForeignKeys(t *testing.T) {
	t.Parallel()
	pool, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "app.db"))
	require.NoError(t, err)
	defer pool.Close()
	_, err = sqlite.New(t.Context(), pool)
	require.ErrorContains(t, err, "foreign_keys")
}

func TestConnectionsHaveTheirPragmas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		opts        []sqlite.Option
		synchronous string
	}{
		{"by default", nil, "1"},
		{"with every commit on the disk", []sqlite.Option{sqlite.SyncFull()}, "2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "crm.db"), c.opts...)
			require.NoError(t, err)
			migrated(t, db)
			write, read := db.Pools()
			require.Equal(t, "foreign_keys=1 journal_mode=wal synchronous="+c.synchronous+" busy_timeout=5000 query_only=0",
				pragmas(t, write, "foreign_keys", "journal_mode", "synchronous", "busy_timeout", "query_only"))
			require.Equal(t, "journal_mode=wal busy_timeout=5000 query_only=1", pragmas(t, read, "journal_mode", "busy_timeout", "query_only"))
			require.Equal(t, 1, write.Stats().MaxOpenConnections)
			_, err = read.ExecContext(t.Context(), "DELETE FROM crm_contacts")
			require.Error(t, err, "readers do not write")
		})
	}
}

func pragmas(t *testing.T, db *sql.DB, names ...string) string {
	var got []string
	for _, name := range names {
		var value string
		require.NoError(t, db.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value))
		got = append(got, name+"="+value)
	}
	return strings.Join(got, " ")
}
