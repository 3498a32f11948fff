package postgres

import (
	"context"
	"database/sql"
	"time"
)

// migrationLock is this module's number among the advisory locks of a database.
const migrationLock = 0x636c69656e74 // "client"

// locked polls for the lock rather than wait in the server for it: a waiting statement
// would meet the statement timeout. The lock goes with the connection, whatever happens.
func locked(ctx context.Context, db *sql.DB, fn func(*sql.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for {
		var got bool
		if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock(109309093965428)").Scan(&got); err != nil {
			return err
		}
		if got {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(109309093965428)") //nolint:errcheck
	return fn(conn)
}
