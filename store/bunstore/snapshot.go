package bunstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/clientele-crm/clientele/core/words"
)

// Snapshot calls fn with a session that only reads, and sees in all its questions what there was when the
// first was asked: what would write is refused. See [core.Work].
func (s *Session) Snapshot(ctx context.Context, fn func(*Session) error) error {
	if s.tx != nil {
		return fn(s)
	}
	tx, err := s.db.beginReading(ctx)
	if err != nil {
		return s.Fail(err)
	}
	defer func() {
		_ = tx.of.Rollback() // there is nothing to keep
		if tx.conn != nil {
			_ = tx.conn.Close()
		}
	}()
	return fn(&Session{db: s.db, scope: s.scope, tx: tx})
}

// errReads is of what would write in a snapshot, a transaction in it too. Not every database refuses that itself,
// and all of it would be rolled back.
var errReads = errors.New("a snapshot only reads")

// beginReading opens a transaction of ours that only reads.
func (db *DB) beginReading(ctx context.Context) (*transaction, error) {
	if db.dialect.Copy != nil {
		conn, err := db.write.DB.Conn(ctx)
		if err != nil {
			return nil, err
		}
		of := &messages{Conn: conn, begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "}
		return &transaction{of: of, db: db, conn: of, ours: true, reads: true}, nil
	}
	opts := &sql.TxOptions{ReadOnly: true}
	if db.dialect.Name == "postgres" { // SQLite has no other
		opts.Isolation = sql.LevelRepeatableRead
	}
	begun, err := db.read.DB.BeginTx(ctx, opts)
	return &transaction{of: begun, db: db, ours: true, reads: true}, err
}

// Searching calls fn with a session in which what a search finds by one question is still so in the next, as
// SQLite needs it. To Postgres a search is one question.
func (s *Session) Searching(ctx context.Context, search words.Query, fn func(*Session) error) error {
	if len(search) == 0 || s.db.dialect.Name == "postgres" {
		return fn(s)
	}
	return s.Snapshot(ctx, fn)
}
