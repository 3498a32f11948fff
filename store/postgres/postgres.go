// Package postgres keeps Clientele's rows in PostgreSQL 14 or newer, by Bun's pgdriver or by
// any driver of database/sql that the embedder has.
package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/schema"

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

// Option changes how a database is opened.
type Option func(*options)

type options struct {
	conns            int
	statement, lock  time.Duration
	withoutReadLimit bool // for migrations, which may take long
}

// MaxConns is how many connections there are at most; 20 otherwise.
func MaxConns(n int) Option { return func(o *options) { o.conns = n } }

// StatementTimeout is how long a statement may take before the server gives it up, which is
// [core.ErrUnavailable]; 30 seconds otherwise, and 0 is without end. It does not hold for
// migrations. The parameter statement_timeout of a DSN is stronger.
func StatementTimeout(d time.Duration) Option { return func(o *options) { o.statement = d } }

// LockTimeout is how long a statement may wait for a row that another transaction has
// changed; 10 seconds otherwise, and 0 is without end. The parameter lock_timeout of a DSN
// is stronger.
func LockTimeout(d time.Duration) Option { return func(o *options) { o.lock = d } }

// Open connects to a database: "postgres://user:password@host:5432/name?sslmode=verify-full".
//
// The host may be the folder of a unix socket, as in "postgres://user@/name?host=/run/postgresql".
// sslmode is disable, require, verify-ca or verify-full, as libpq has them, with sslrootcert,
// sslcert and sslkey. Without it, a unix socket and the loopback are not encrypted, and any
// other server has to prove itself, as by verify-full. Other parameters are settings of the
// session, such as search_path.
func Open(ctx context.Context, dsn string, opts ...Option) (*bunstore.DB, error) {
	pool, err := Pool(dsn, opts...)
	if err != nil {
		return nil, err
	}
	d := dialectOf(pool)
	d.Patient = func() (*sql.DB, error) {
		return Pool(dsn, append(opts[:len(opts):len(opts)], func(o *options) { o.withoutReadLimit = true })...)
	}
	db := bunstore.New(d, pool, pool, pool.Close)
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Pool is the connections that [Open] makes, for an embedder who wants to use them as well
// and gives them to [New]. It does not connect yet; the DSN is as for Open.
func Pool(dsn string, opts ...Option) (*sql.DB, error) {
	o := options{conns: 20, statement: 30 * time.Second, lock: 10 * time.Second}
	for _, opt := range opts {
		opt(&o)
	}
	c, err := newConnector(dsn, o)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(o.conns)
	pool.SetMaxIdleConns(o.conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return pool, nil
}

// New keeps the rows in a database that the embedder has opened, with whatever driver, and
// leaves it open. With pgx, set default_query_exec_mode=simple_protocol: Bun writes its
// arguments into the text, and preparing every text takes three times as long.
func New(db *sql.DB) *bunstore.DB { return bunstore.New(dialectOf(db), db, db) }

// Dialect is what is particular to this database, for a [bunstore.New] of pools of one's own making.
func Dialect() bunstore.Dialect {
	return bunstore.Dialect{
		Name:       "postgres",
		Bun:        func() schema.Dialect { return pgdialect.New() },
		Migrations: Migrations(),
		Failure:    failure,
		Lock:       lock,
		ForUpdate:  "NO KEY UPDATE",
		Analyze:    true,
		SkipLocked: "FOR UPDATE SKIP LOCKED",
		Settled:    "SELECT core_outbox_settled()",
		News:       bunstore.News{Notify: "NOTIFY clientele", Listen: listen},
	}
}
