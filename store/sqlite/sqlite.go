// Package sqlite keeps Clientele's rows in SQLite, by modernc.org/sqlite, which needs no C.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"
	_ "modernc.org/sqlite" // the driver

	"github.com/clientele-crm/clientele/store/bunstore"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the files that [bunstore.DB.Migrate] runs, for an embedder's own tool.
func Migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil { // the folder is embedded above
		panic(err)
	}
	return sub
}

// Option changes how a file is opened.
type Option func(*options)

type options struct{ synchronous string }

// SyncFull makes every commit wait until the disk has it. Without it a power loss may take
// back the last commits, though a crash of the program cannot, and the file stays whole.
func SyncFull() Option { return func(o *options) { o.synchronous = "FULL" } }

// Open opens the file at path, or makes it. One connection writes and several read, so
// that a long write does not hold up reading; one more makes checkpoints. The tables are made by [bunstore.DB.Migrate].
func Open(ctx context.Context, path string, opts ...Option) (*bunstore.DB, error) {
	o := options{synchronous: "NORMAL"}
	for _, opt := range opts {
		opt(&o)
	}
	file, err := absolute(path)
	if err != nil {
		return nil, err
	}
	write, err := open(file, url.Values{
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(" + o.synchronous + ")", "foreign_keys(1)", "cache_size(-32000)",
			fmt.Sprintf("wal_autocheckpoint(%d)", logPages), fmt.Sprintf("journal_size_limit(%d)", logBytes)},
		"_txlock": {"immediate"},
	}, 1)
	if err != nil {
		return nil, err
	}
	if err := begin(ctx, write); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s", err, path), write.Close())
	}
	read, err := open(file, url.Values{
		"mode":    {"ro"},
		"_pragma": {"busy_timeout(5000)", "query_only(1)", "cache_size(-16000)"}, // 16 MB each
	}, max(2, min(4, runtime.NumCPU())))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	beside, err := besideWriter(file, o)
	if err != nil {
		return nil, errors.Join(err, read.Close(), write.Close())
	}
	dialect := Dialect()
	dialect.Committed = beside.committed
	return bunstore.New(dialect, write, read, beside.close, read.Close, write.Close), nil
}

// begin makes the first connection, and the file, so that the readers find it. Several that open a
// new file at once all want to change it to WAL, for which SQLite does not always wait: one may be
// told that the file is busy, and asks again as long as it would wait otherwise.
func begin(ctx context.Context, write *sql.DB) error {
	for end := time.Now().Add(5 * time.Second); ; {
		err := check(ctx, write, "foreign_keys", "1")
		if err == nil {
			err = check(ctx, write, "journal_mode", "wal")
		}
		if !busy(err) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// absolute is the path as a URI of SQLite has it, where "//name" would be a host and "C:" a
// scheme of its own.
func absolute(path string) (string, error) {
	if path == "" || path == ":memory:" {
		return "", errors.New("sqlite: Open needs the path of a file; Memory needs none")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	if path = filepath.ToSlash(path); !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	return path, nil
}

// Memory opens a database of its own in memory, which is gone when it is closed. It has one
// connection: inside a transaction, use the session that the transaction gives, since any
// other waits for the transaction to end.
func Memory(ctx context.Context) (*bunstore.DB, error) {
	name := "/" + uuid.NewString()
	params := url.Values{"vfs": {"memdb"}, "_pragma": {"busy_timeout(5000)", "foreign_keys(1)"}, "_txlock": {"immediate"}}
	// The memory lives as long as a connection to it: one that is never used for work
	// outlasts those that a cancelled call breaks.
	anchor, err := open(name, params, 1)
	if err != nil {
		return nil, err
	}
	if err := anchor.PingContext(ctx); err != nil {
		return nil, errors.Join(err, anchor.Close())
	}
	pool, err := open(name, params, 1)
	if err != nil {
		return nil, errors.Join(err, anchor.Close())
	}
	return bunstore.New(Dialect(), pool, pool, pool.Close, anchor.Close), nil
}

// New keeps the rows in a database that the embedder has opened by modernc.org/sqlite, and
// leaves it open:
//
//	shop, err := sql.Open("sqlite", "file:shop.db?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_txlock=immediate")
//	db, err := sqlite.New(ctx, shop)
//
// Statements may have a few megabytes, so leave SQLITE_LIMIT_SQL_LENGTH and SQLITE_LIMIT_LENGTH at SQLite's defaults.
// Its connections have to enforce foreign keys: New refuses it otherwise. Transactions should
// begin immediate: one that reads before it writes fails otherwise when another has written
// meanwhile.
func New(ctx context.Context, db *sql.DB) (*bunstore.DB, error) {
	if err := check(ctx, db, "foreign_keys", "1"); err != nil {
		return nil, fmt.Errorf("%w: open it with _pragma=foreign_keys(1)", err)
	}
	return bunstore.New(Dialect(), db, db), nil
}

func open(path string, params url.Values, conns int) (*sql.DB, error) {
	params.Set("_time_format", "sqlite")
	params.Set("_timezone", "UTC")
	escaped := (&url.URL{Path: path}).EscapedPath()
	db, err := sql.Open("sqlite", "file:"+escaped+"?"+params.Encode())
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// check reads a pragma back: a misspelt one is accepted in silence.
func check(ctx context.Context, db *sql.DB, pragma, want string) error {
	var got string
	if err := db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	if !strings.EqualFold(got, want) {
		return fmt.Errorf("sqlite: the database has %s=%s, and needs %s", pragma, got, want)
	}
	return nil
}

// Dialect is what is particular to this database, for a [bunstore.New] of pools of one's own making.
func Dialect() bunstore.Dialect {
	return bunstore.Dialect{
		Name:       "sqlite",
		Bun:        func() schema.Dialect { return sqlitedialect.New() },
		Migrations: Migrations(),
		Failure:    failure,
		// One writes at a time: positions appear in their order.
		Settled: "SELECT coalesce(max(position), 0) FROM core_outbox",
	}
}
