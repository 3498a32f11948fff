package bunstore

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"
)

// transaction is one in which no statement is broken off: a context that ends keeps the next statement
// from starting. A statement that is broken off takes the whole transaction with it (SQLite rolls it
// back, pgdriver and pgx lose the connection), and the transaction may be the embedder's.
type transaction struct {
	of   statements // the transaction of database/sql, or a connection that has been told BEGIN
	db   *DB
	conn *messages // the connection of one of ours, where several statements may be one message

	ours   bool  // not the embedder's
	reads  bool  // it is a snapshot, which nothing is lost with: a statement of it may be broken off
	left   bool  // behind it there is work to do, such as events
	failed bool  // a statement failed, and it may be that nothing can be kept
	ended  error // why the database has rolled back already; what came now would be kept by itself
}

// statements are what [sql.Tx] and messages have in common.
type statements interface {
	bun.IConn
	Commit() error
	Rollback() error
}

// ExecContext implements [bun.IConn].
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if t.reads {
		return nil, errReads
	}
	if err := t.usable(ctx); err != nil {
		return nil, err
	}
	res, err := t.of.ExecContext(t.lasting(ctx), query, args...)
	return res, t.note(err)
}

// QueryContext implements [bun.IConn].
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := t.usable(ctx); err != nil {
		return nil, err
	}
	rows, err := t.of.QueryContext(t.lasting(ctx), query, args...)
	return rows, t.note(err)
}

// QueryRowContext implements [bun.IConn].
func (t *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := t.usable(ctx); err != nil { // which no row can be made of but by a context that is over
		over, end := context.WithCancel(ctx)
		end()
		return t.of.QueryRowContext(over, query, args...)
	}
	row := t.of.QueryRowContext(t.lasting(ctx), query, args...)
	_ = t.note(row.Err()) // the row tells it itself
	return row
}

func (t *transaction) lasting(ctx context.Context) context.Context {
	if t.reads {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

func (t *transaction) usable(ctx context.Context) error {
	if t.ended != nil {
		return t.ended
	}
	return ctx.Err()
}

func (t *transaction) note(err error) error {
	if err != nil {
		t.failed = true
		if t.ended == nil && (t.db.dialect.Failure(err).Ended || t.conn != nil && t.conn.refused) {
			t.ended = err
		}
	}
	return err
}

// commit asks first, where something has failed: Postgres answers the COMMIT of an aborted
// transaction by rolling back, and pgdriver does not tell.
func (t *transaction) commit(ctx context.Context) error {
	if t.failed {
		if _, err := t.ExecContext(ctx, "SELECT 1"); err != nil {
			return err
		}
	}
	if err := t.usable(ctx); err != nil {
		return err
	}
	return t.of.Commit()
}

// begin opens a transaction of ours.
func (db *DB) begin(ctx context.Context) (*transaction, error) {
	if db.dialect.Copy == nil {
		begun, err := db.write.DB.BeginTx(ctx, nil)
		return &transaction{of: begun, db: db, ours: true}, err
	}
	conn, err := db.write.DB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	of := &messages{Conn: conn, begin: "BEGIN; "}
	return &transaction{of: of, db: db, conn: of, ours: true}, nil
}

// Atomic calls fn with a session inside a transaction, or inside a savepoint of the one
// that this session is in. See [core.Work].
func (s *Session) Atomic(ctx context.Context, fn func(*Session) error) error {
	if s.tx != nil {
		return s.savepoint(ctx, fn)
	}
	tx, err := s.db.begin(ctx)
	if err != nil {
		return s.Fail(err)
	}
	done := false
	defer func() {
		if !done { // fn failed or panicked, or ctx is over
			_ = tx.of.Rollback()
		}
		if tx.conn != nil {
			_ = tx.conn.Close() // gives it back to the pool
		}
	}()
	if err := fn(&Session{db: s.db, scope: s.scope, tx: tx}); err != nil {
		return err
	}
	if err := tx.commit(ctx); err != nil {
		return s.Fail(err)
	}
	done = true
	if s.db.dialect.Committed != nil {
		s.db.dialect.Committed()
	}
	if tx.left {
		s.db.tell()
	}
	return nil
}

// savepoint needs no name of its own for each level: the innermost of a name counts.
func (s *Session) savepoint(ctx context.Context, fn func(*Session) error) error {
	if _, err := s.tx.ExecContext(ctx, "SAVEPOINT clientele"); err != nil {
		return s.Fail(err)
	}
	done := false
	defer func() {
		if !done {
			// The savepoint has to go even when ctx is over: the transaction may live on.
			ctx := context.WithoutCancel(ctx)
			if s.tx.conn != nil {
				s.tx.conn.waiting = s.tx.conn.waiting[:0] // all of it is of after the savepoint
			}
			_, _ = s.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT clientele")
			_, _ = s.tx.ExecContext(ctx, "RELEASE SAVEPOINT clientele")
		}
	}()
	if err := fn(s); err != nil {
		return err
	}
	if _, err := s.tx.ExecContext(ctx, "RELEASE SAVEPOINT clientele"); err != nil {
		return s.Fail(err)
	}
	done = true
	return nil
}
