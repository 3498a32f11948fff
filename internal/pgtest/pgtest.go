// Package pgtest gives tests a PostgreSQL: the one that CLIENTELE_TEST_POSTGRES names, or a
// throwaway cluster of the binaries on this machine, started by the first test that asks
// and gone with the test binary, however that ends.
//
// Where there is none, a test is skipped with one line; with CLIENTELE_REQUIRE_POSTGRES=1
// it fails.
package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/store/postgres"
)

// Shared is the DSN of a database with Clientele's tables that all tests of the binary have
// in common. It costs nothing: prefer it, with companies of the test's own.
func Shared(t testing.TB) string {
	t.Helper()
	s := server(t)
	if s.external { // there it has to be dropped again, so it is the test's
		return Database(t)
	}
	dsn, err := s.shared()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return dsn
}

// Database is the DSN of a new database with Clientele's tables, for this test alone.
func Database(t testing.TB) string {
	t.Helper()
	s := server(t)
	if s.external {
		dsn := s.database(t, "")
		if err := migrate(t.Context(), dsn); err != nil {
			t.Fatalf("pgtest: %v", err)
		}
		return dsn
	}
	if _, err := s.template(); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return s.database(t, "clientele_template")
}

// Empty is the DSN of a new database with nothing in it, for this test alone.
func Empty(t testing.TB) string {
	t.Helper()
	return server(t).database(t, "")
}

// cluster is a server in which the tests make their databases.
type cluster struct {
	dsn      string // of the database to connect to in order to make others
	external bool   // not ours: what we make has to be dropped
	admin    *sql.DB

	template func() (string, error) // makes the migrated database that others are copied from, once
	shared   func() (string, error)
}

// running starts at the first call; the error is why there is none.
var running = sync.OnceValues(func() (*cluster, error) {
	s := &cluster{dsn: os.Getenv("CLIENTELE_TEST_POSTGRES"), external: true}
	if s.dsn == "" {
		dsn, err := start()
		if err != nil {
			return nil, err
		}
		s.dsn, s.external = dsn, false
	}
	var err error
	if s.admin, err = postgres.Pool(s.dsn); err != nil {
		return nil, err
	}
	s.admin.SetMaxOpenConns(2)
	s.template = sync.OnceValues(func() (string, error) { return s.migrated("clientele_template") })
	s.shared = sync.OnceValues(func() (string, error) { return s.migrated("clientele_shared") })
	return s, await(s.admin)
})

// errNone says that the machine has no PostgreSQL, which is no fault of the test.
var errNone = errors.New("no PostgreSQL: neither CLIENTELE_TEST_POSTGRES nor its binaries are here")

func server(t testing.TB) *cluster {
	t.Helper()
	s, err := running()
	switch {
	case errors.Is(err, errNone) && os.Getenv("CLIENTELE_REQUIRE_POSTGRES") != "1":
		t.Skip(err)
	case err != nil:
		t.Fatalf("pgtest: %v", err)
	}
	return s
}

// await waits until the server answers; it may still be starting.
func await(db *sql.DB) (err error) {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if err = db.Ping(); err == nil {
			return nil
		}
	}
	return fmt.Errorf("the server does not answer: %w", err)
}

// database makes one for the test. Our own cluster keeps it until the end: that is sooner
// than the time that dropping takes.
func (s *cluster) database(t testing.TB, template string) string {
	t.Helper()
	name := "clientele_test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	dsn, err := s.create(name, template)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	if s.external {
		t.Cleanup(func() {
			if _, err := s.admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
				t.Errorf("pgtest: %v", err)
			}
		})
	}
	return dsn
}

func (s *cluster) create(name, template string) (dsn string, err error) {
	statement := "CREATE DATABASE " + name
	if template != "" {
		statement += " TEMPLATE " + template
		var version int
		if err := s.admin.QueryRow("SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
			return "", err
		}
		if version >= 150000 { // before, it is the only strategy
			statement += " STRATEGY file_copy"
		}
	}
	if _, err := s.admin.Exec(statement); err != nil {
		return "", err
	}
	u, err := url.Parse(s.dsn)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func (s *cluster) migrated(name string) (dsn string, err error) {
	dsn, err = s.create(name, "")
	if err != nil {
		return "", err
	}
	return dsn, migrate(context.Background(), dsn)
}

func migrate(ctx context.Context, dsn string) error {
	db, err := postgres.Open(ctx, dsn)
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(ctx), db.Close())
}
