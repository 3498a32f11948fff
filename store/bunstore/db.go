// Package bunstore is what the Bun stores of all packages and both databases share: the
// sessions with their transactions, the one place where a query of a company begins, the
// outbox, the mapping of errors and the migrations.
//
// Packages store/postgres and store/sqlite open a [DB]; store/crmstore and its like keep a
// package's rows in it.
package bunstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"github.com/clientele-crm/clientele/core"
)

// DB is a database with Clientele's tables in it. It is safe for concurrent use.
type DB struct {
	// Env is the clock, the ids and the log of everything done in this database. Set it
	// before the first use.
	Env core.Env

	write, read *bun.DB
	dialect     Dialect
	migrations  func() ([]migration, error) // the dialect's, read once
	closers     []func() error
	news        news
	tracer      *queryTracer // nil: queries are not traced
}

// Dialect is what the databases do differently.
type Dialect struct {
	Name       string
	Bun        func() schema.Dialect
	Migrations fs.FS                                               // *.sql, in the order of their names
	Failure    func(error) Failure                                 // reads the driver's error code
	Lock       func(ctx context.Context, tx *sql.Tx) (bool, error) // whether no other process migrates until tx ends; nil where writers are alone anyhow
	Patient    func() (*sql.DB, error)                             // a pool to migrate by, in which a statement may take long; nil where it may in all
	ForUpdate  string                                              // ends a SELECT whose rows nobody else may change; empty where writers are alone anyhow
	Analyze    bool                                                // plans go by statistics, which a table that grows fast has to be asked to renew
	SkipLocked string                                              // ends a SELECT; see Session.SkipLocked
	Settled    string                                              // a query; see DB.Settled
	News       News
	Committed  func() // hears of each commit of a transaction of ours, not of single statements, and must not hold it up; may be nil
	Copy       Copy   // adds many rows at once; nil where the driver has no such thing
}

// Failure is what a database's error means.
type Failure struct {
	Kind       error  // a kind of package core; nil: not known
	Constraint string // the constraint or the columns that were broken
	Ended      bool   // the database has rolled back the whole transaction
}

// New is a DB over pools of the given dialect. The read pool may be the write pool.
func New(dialect Dialect, write, read *sql.DB, closers ...func() error) *DB {
	db := &DB{dialect: dialect, migrations: sync.OnceValues(dialect.migrations), closers: closers}
	db.write = bun.NewDB(write, inUTC(dialect.Bun()))
	db.read = db.write
	if read != write {
		db.read = bun.NewDB(read, inUTC(dialect.Bun()))
	}
	return db
}

// Close closes the pools, unless they are the embedder's.
func (db *DB) Close() error {
	var errs []error
	for _, c := range db.closers {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.read.PingContext(ctx); err != nil {
		return db.fail(err)
	}
	return nil
}

// Pools are the connections that write and those that read, which may be the same ones: for
// statements of the embedder's own, and for transactions to [DB.Join].
func (db *DB) Pools() (write, read *sql.DB) { return db.write.DB, db.read.DB }

// Dialect is the name of the database: "postgres" or "sqlite".
func (db *DB) Dialect() string { return db.dialect.Name }

// Session is a session in the scope, outside any transaction. It costs one small
// allocation: make one per request.
func (db *DB) Session(scope core.Scope) *Session {
	return &Session{db: db, scope: scope}
}

// Join is a session in the scope and inside the embedder's transaction, which has to be of
// this database. Nothing is committed or rolled back but by the embedder; what fails in
// here is undone to a savepoint, and leaves the transaction usable.
func (db *DB) Join(scope core.Scope, tx *sql.Tx) *Session {
	return &Session{db: db, scope: scope, tx: &transaction{of: tx, db: db}}
}

// EnsureCompany registers a tenant of the embedder's, so that rows may belong to it. One
// that exists is left as it is.
func (db *DB) EnsureCompany(ctx context.Context, t core.Tenant) error {
	return db.Session(core.Scope{Company: t.ID}).EnsureCompany(ctx, t)
}

// fail gives a driver's error its kind. Nil stays nil, and what has a kind keeps it.
func (db *DB) fail(err error) error {
	var known *core.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return &core.Error{Kind: core.ErrNotFound, Err: err}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &core.Error{Kind: core.ErrUnavailable, Message: "the call was given up", Err: err}
	case errors.Is(err, sql.ErrTxDone), errors.Is(err, sql.ErrConnDone):
		return &core.Error{Kind: core.ErrUnavailable, Message: "the transaction is over", Err: err}
	}
	if f := db.dialect.Failure(err); f.Kind != nil {
		return &core.Error{Kind: f.Kind, Err: err}
	}
	return fmt.Errorf("database: %w", err)
}
