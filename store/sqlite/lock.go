package sqlite

import (
	"context"
	"database/sql"
)

// locked needs no lock of its own: each migration is a transaction that begins immediate
// and looks again whether it is still to be done.
func locked(ctx context.Context, db *sql.DB, fn func(*sql.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return fn(conn)
}
