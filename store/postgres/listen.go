package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/driver/pgdriver"
)

// errOtherDriver is why an embedder's pool of pgx or pq is polled.
var errOtherDriver = errors.New("only pgdriver can listen")

// listen keeps a connection of its own to hear of NOTIFY clientele on.
func listen(ctx context.Context, db *sql.DB, woke func()) (err error) {
	if _, ok := db.Driver().(pgdriver.Driver); !ok {
		<-ctx.Done()
		return errOtherDriver
	}
	defer func() { // the driver of sql.Open("pg", …) has no connector to copy
		if r := recover(); r != nil {
			err = fmt.Errorf("%w, opened by sql.OpenDB: %v", errOtherDriver, r)
		}
	}()
	l := pgdriver.NewListener(bun.NewDB(db, pgdialect.New()))
	stop := context.AfterFunc(ctx, func() { _ = l.Close() }) // receiving knows no context
	defer func() {
		if stop() {
			_ = l.Close()
		}
	}()
	if err := l.Listen(ctx, "clientele"); err != nil {
		return err
	}
	woke() // for what happened before
	for {
		// A connection that died without a word is found out by the next one's timeout: the
		// keep-alive of TCP breaks it within minutes, and polling goes on meanwhile.
		_, _, err := l.ReceiveTimeout(ctx, 0)
		if err != nil {
			return err
		}
		woke()
	}
}
