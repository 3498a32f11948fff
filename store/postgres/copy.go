package postgres

import (
	"context"
	"database/sql"
	"io"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/driver/pgdriver"

	"github.com/clientele-crm/clientele/store/bunstore"
)

// dialectOf is the dialect of a pool: with COPY, where its driver is pgdriver itself.
func dialectOf(pool *sql.DB) bunstore.Dialect {
	d := Dialect()
	if _, ours := pool.Driver().(pgdriver.Driver); ours {
		d.Copy = copyIn
	}
	return d
}

// copyIn is the [bunstore.Copy] of pgdriver.
func copyIn(ctx context.Context, conn *sql.Conn, query string, rows io.Reader) error {
	_, err := pgdriver.CopyFrom(ctx, bun.Conn{Conn: conn}, rows, query)
	return err
}
