// Package sqlitetest gives tests databases of SQLite that are migrated already: copies of one
// that the first test of a binary makes. To migrate takes a quarter of a second of a
// processor, and to copy a few milliseconds.
package sqlitetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"

	driver "modernc.org/sqlite"

	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// Memory is a database in memory with Clientele's tables, for this test alone.
func Memory(t testing.TB) *bunstore.DB {
	t.Helper()
	db, err := sqlite.Memory(t.Context())
	if err != nil {
		t.Fatalf("sqlitetest: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("sqlitetest: %v", err)
		}
	})
	from, err := template()
	if err != nil {
		t.Fatalf("sqlitetest: %v", err)
	}
	write, _ := db.Pools()
	if err := restore(t.Context(), write, from); err != nil {
		t.Fatalf("sqlitetest: %v", err)
	}
	return db
}

// template is the URI of the database that the others are copied from. It stays in memory as
// long as the test binary runs, since its pool is never closed and keeps a connection.
var template = sync.OnceValues(func() (uri string, err error) {
	const name = "file:/clientele-template?vfs=memdb"
	ctx := context.Background()
	pool, err := sql.Open("sqlite", name+"&_pragma=foreign_keys(1)&_txlock=immediate")
	if err != nil {
		return "", err
	}
	pool.SetMaxOpenConns(1)
	db, err := sqlite.New(ctx, pool)
	if err != nil {
		return "", err
	}
	return name, db.Migrate(ctx)
})

// restore replaces all that the pool's database has in it by what the one at the URI has.
func restore(ctx context.Context, pool *sql.DB, uri string) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	copied := conn.Raw(func(c any) error {
		to, ok := c.(interface {
			NewRestore(uri string) (*driver.Backup, error)
		})
		if !ok {
			return fmt.Errorf("%T cannot restore", c)
		}
		backup, err := to.NewRestore(uri)
		if err != nil {
			return err
		}
		_, err = backup.Step(-1) // all pages
		return errors.Join(err, backup.Finish())
	})
	return errors.Join(copied, conn.Close())
}
