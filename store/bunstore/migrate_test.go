package bunstore_test

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// opener opens the same database again and again, as every replica of a program does.
type opener func(ctx context.Context) (*bunstore.DB, error)

// empty is a new database that any number may open.
func empty(t *testing.T) map[string]opener {
	dsn, path := pgtest.Empty(t), filepath.Join(t.TempDir(), "crm.db")
	return map[string]opener{
		"postgres": func(ctx context.Context) (*bunstore.DB, error) { return postgres.Open(ctx, dsn) },
		"sqlite":   func(ctx context.Context) (*bunstore.DB, error) { return sqlite.Open(ctx, path) },
	}
}

func TestTenMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for name, open := range empty(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					db, err := open(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					defer db.Close()
					if err := db.Migrate(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			db, err := open(t.Context())
			opened(t, db, err)
			require.NoError(t, db.Check(t.Context()))
		})
	}
}

func TestTenProcessesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	dsn, path := pgtest.Empty(t), filepath.Join(t.TempDir(), "crm.db")
	for name, where := range map[string]string{"postgres": dsn, "sqlite": path} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					if out, err := child(t.Context(), "migrate", where).CombinedOutput(); err != nil {
						t.Errorf("%v: %s", err, out)
					}
				})
			}
			wg.Wait()
			db, err := openAt(t.Context(), where)
			opened(t, db, err)
			require.NoError(t, db.Check(t.Context()))
		})
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, open := range empty(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := open(t.Context())
			opened(t, db, err)
			err = db.Check(t.Context())
			require.ErrorIs(t, err, core.ErrState)
			require.ErrorContains(t, err, "0001_identity.sql")
			require.NoError(t, db.Migrate(t.Context()))
			require.NoError(t, db.Check(t.Context()))
			require.NoError(t, db.Migrate(t.Context()), "there is nothing left to do")
		})
	}
}

// steps is a database whose migrations are the given files.
func steps(t *testing.T, engine string, pool *sql.DB, files map[string]string) *bunstore.DB {
	migrations := fstest.MapFS{}
	for name, text := range files {
		migrations[name] = &fstest.MapFile{Data: []byte(text)}
	}
	dialect := map[string]func() bunstore.Dialect{"postgres": postgres.Dialect, "sqlite": sqlite.Dialect}[engine]()
	dialect.Migrations = fs.FS(migrations)
	return bunstore.New(dialect, pool, pool)
}

func TestAFailingMigrationLeavesTheEarlierOnesAndIsRunAgain(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			db := engine.open(t, true)
			pool, _ := db.Pools()
			files := map[string]string{
				"1.sql": "CREATE TABLE one (id TEXT); CREATE TABLE two (id TEXT); INSERT INTO one VALUES ('a;b'); -- done",
				"2.sql": "CREATE TABLE three (id TEXT); INSERT INTO nowhere VALUES (1);",
			}
			err := steps(t, db.Dialect(), pool, files).Migrate(t.Context())
			require.ErrorContains(t, err, "2.sql")
			exists := func(table string) bool {
				_, err := pool.ExecContext(t.Context(), "SELECT 1 FROM "+table)
				return err == nil
			}
			require.True(t, exists("one") && exists("two"))
			require.False(t, exists("three"), "what the failing file began is undone")
			err = steps(t, db.Dialect(), pool, files).Check(t.Context())
			require.ErrorIs(t, err, core.ErrState)
			require.ErrorContains(t, err, "2.sql")
			require.NotContains(t, err.Error(), "1.sql")

			files["2.sql"] = "CREATE TABLE three (id TEXT);"
			require.NoError(t, steps(t, db.Dialect(), pool, files).Migrate(t.Context()))
			require.True(t, exists("three"))
		})
	}
}

func TestAChangedMigrationIsAnError(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			db := engine.open(t, true)
			pool, _ := db.Pools()
			require.NoError(t, steps(t, db.Dialect(), pool, map[string]string{"1.sql": "CREATE TABLE one (id TEXT)"}).Migrate(t.Context()))
			changed := steps(t, db.Dialect(), pool, map[string]string{"1.sql": "CREATE TABLE one (id INT)"})
			for _, err := range []error{changed.Migrate(t.Context()), changed.Check(t.Context())} {
				require.ErrorIs(t, err, core.ErrState)
				require.ErrorContains(t, err, "1.sql")
			}
		})
	}
}

// Where servers are replaced one by one, the old ones go on in what the first new one has made.
func TestADatabaseOfANewerProgramIsTakenAndTold(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			db := engine.open(t, true)
			pool, _ := db.Pools()
			files := map[string]string{"1.sql": "CREATE TABLE one (id TEXT)", "2.sql": "CREATE TABLE two (id TEXT)"}
			require.NoError(t, steps(t, db.Dialect(), pool, files).Migrate(t.Context()))
			delete(files, "2.sql")
			older, log := steps(t, db.Dialect(), pool, files), &bytes.Buffer{}
			older.Env.Log = slog.New(slog.NewTextHandler(log, nil))
			require.NoError(t, older.Migrate(t.Context()))
			require.NoError(t, older.Check(t.Context()))
			require.Contains(t, log.String(), "newer than this program")
			require.Contains(t, log.String(), "[2.sql]")
		})
	}
}

// child is this test binary in another role: see TestMain.
func child(ctx context.Context, role, where string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), "CLIENTELE_TEST_ROLE="+role, "CLIENTELE_TEST_WHERE="+where)
	return cmd
}

// readOnce counts how often a file is opened.
type readOnce struct {
	fs.FS
	opened *int
}

func (f readOnce) Open(name string) (fs.File, error) {
	if name != "." {
		*f.opened++
	}
	return f.FS.Open(name)
}

func TestMigrationsAreReadOnce(t *testing.T) {
	t.Parallel()
	plain, err := sqlite.Memory(t.Context())
	opened(t, plain, err)
	pool, _ := plain.Pools()
	dialect, count := sqlite.Dialect(), 0
	dialect.Migrations = readOnce{fstest.MapFS{"1.sql": {Data: []byte("CREATE TABLE one (id TEXT)")}}, &count}
	db := bunstore.New(dialect, pool, pool)
	require.NoError(t, db.Migrate(t.Context()))
	for range 3 {
		require.NoError(t, db.Check(t.Context()))
	}
	require.Equal(t, 1, count)
}
