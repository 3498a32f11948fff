package sqlite

import (
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// failure reads SQLite's extended result codes (sqlite.org/rescode.html).
func failure(err error) bunstore.Failure {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return bunstore.Failure{}
	}
	switch code := e.Code(); code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_TRIGGER, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return bunstore.Failure{Kind: core.ErrExists}
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, sqlite3.SQLITE_CONSTRAINT_CHECK, sqlite3.SQLITE_CONSTRAINT_NOTNULL, sqlite3.SQLITE_TOOBIG:
		return bunstore.Failure{Kind: core.ErrInvalid}
	case sqlite3.SQLITE_BUSY_SNAPSHOT:
		return bunstore.Failure{Kind: core.ErrConflict}
	default:
		switch code & 0xff { // the primary code
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN:
			return bunstore.Failure{Kind: core.ErrUnavailable}
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT:
			return bunstore.Failure{Kind: core.ErrUnavailable, Ended: true} // sqlite.org/lang_transaction.html, 3
		}
	}
	return bunstore.Failure{}
}

// busy reports whether another had what a statement needed, for longer than it could wait.
func busy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY
}
