// Package postgres keeps Clientele's rows in PostgreSQL 14 or newer, by Bun's pgdriver or by
// any driver of database/sql that the embedder has.
package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/driver/pgdriver"
	"github.com/uptrace/bun/schema"

	"github.com/clientele-crm/clientele/store/bunstore"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the files that [bunstore.DB.Migrate] runs, for an embedder's own tool.
func Migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil { // the folder is embedded above
		panic(err)
	}
	return sub
}

// Open connects to a database: "postgres://user:password@host/name?sslmode=verify-full".
func Open(ctx context.Context, dsn string) (*bunstore.DB, error) {
	connector, err := connector(dsn)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(20)
	pool.SetMaxIdleConns(20)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db := bunstore.New(dialect(), pool, pool, pool.Close)
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// New keeps the rows in a database that the embedder has opened, with whatever driver, and
// leaves it open. With pgx, set default_query_exec_mode=simple_protocol: Bun writes its
// arguments into the text, and preparing every text takes three times as long.
func New(db *sql.DB) *bunstore.DB { return bunstore.New(dialect(), db, db) }

func connector(dsn string) (c *pgdriver.Connector, err error) {
	defer func() { // WithDSN panics on what it cannot read
		if r := recover(); r != nil {
			err = fmt.Errorf("postgres: the DSN is not understood: %v", r)
		}
	}()
	return pgdriver.NewConnector(pgdriver.WithDSN(dsn)), nil
}

func dialect() bunstore.Dialect {
	return bunstore.Dialect{
		Name:       "postgres",
		Bun:        func() schema.Dialect { return pgdialect.New() },
		Migrations: Migrations(),
		Failure:    failure,
		Locked:     locked,
	}
}
