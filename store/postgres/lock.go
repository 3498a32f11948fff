package postgres

import (
	"context"
	"database/sql"
	"strconv"
)

// migrationLock is this module's number among the advisory locks of a database.
const migrationLock int64 = 0x636c69656e74 // "client"

// lock asks for the lock rather than wait in the server for it, where a driver may break off a
// statement that takes long. Lock and setting are the transaction's: a pooler between, such as
// PgBouncer, may give each transaction another session.
func lock(ctx context.Context, tx *sql.Tx) (got bool, err error) {
	if _, err := tx.ExecContext(ctx, "SET LOCAL statement_timeout = 0"); err != nil { // a migration may take long
		return false, err
	}
	err = tx.QueryRowContext(ctx, "SELECT pg_try_advisory_xact_lock("+strconv.FormatInt(migrationLock, 10)+")").Scan(&got)
	return got, err
}
