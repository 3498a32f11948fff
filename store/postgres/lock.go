package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"time"
)

// migrationLock is this module's number among the advisory locks of a database.
const migrationLock int64 = 0x636c69656e74 // "client"

// locked polls for the lock rather than wait in the server for it: a waiting statement
// would meet the statement timeout. That is off for fn, since a migration may take long.
// The connection is thrown away afterwards, and the lock and the setting go with it.
func locked(ctx context.Context, db *sql.DB, fn func(*sql.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // it says what it is told
	if _, err := conn.ExecContext(ctx, "SET statement_timeout = 0"); err != nil {
		return err
	}
	for {
		var got bool
		if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", migrationLock).Scan(&got); err != nil {
			return err
		}
		if got {
			return fn(conn)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
