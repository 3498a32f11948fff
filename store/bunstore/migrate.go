package bunstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/core"
)

const migrationsTable = `CREATE TABLE IF NOT EXISTS core_migrations (
    name       TEXT NOT NULL PRIMARY KEY,
    checksum   TEXT NOT NULL,
    applied_at TEXT NOT NULL
)`

type migration struct{ name, text, checksum string }

// Migrate makes the tables, or brings them up to date. Any number of processes may call
// it at once: one migrates, the others wait and find it done. Each file is a transaction;
// after a failure, what was done stays and the rest can be tried again. A database that a newer
// program has brought further is logged and no error: programs are replaced one by one.
func (db *DB) Migrate(ctx context.Context) error {
	files, err := db.migrations()
	if err != nil {
		return err
	}
	pool := db.write.DB
	if db.dialect.Patient != nil {
		if pool, err = db.dialect.Patient(); err != nil {
			return err
		}
		defer pool.Close()
	}
	var applied map[string]string
	err = db.alone(ctx, pool, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, migrationsTable); err != nil {
			return err
		}
		applied, err = appliedMigrations(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("migrate: %w", db.fail(err))
	}
	for _, m := range files {
		if err := db.apply(ctx, pool, m, applied); err != nil {
			return fmt.Errorf("migrate: %s: %w", m.name, db.fail(err))
		}
		delete(applied, m.name)
	}
	if len(applied) > 0 {
		db.Env.Logger().WarnContext(ctx, "the database is newer than this program", "migrations", slices.Sorted(maps.Keys(applied)))
	}
	return nil
}

// apply runs one file unless it has been run, in one transaction with the note that it has.
func (db *DB) apply(ctx context.Context, pool *sql.DB, m migration, applied map[string]string) error {
	if checksum, done := applied[m.name]; done {
		return m.verify(checksum)
	}
	return db.alone(ctx, pool, func(tx *sql.Tx) error {
		applied, err := appliedMigrations(ctx, tx) // another process may have run it meanwhile
		if err != nil {
			return err
		}
		if checksum, done := applied[m.name]; done {
			return m.verify(checksum)
		}
		if _, err := tx.ExecContext(ctx, m.text); err != nil {
			return err
		}
		note := fmt.Sprintf("INSERT INTO core_migrations (name, checksum, applied_at) VALUES ('%s', '%s', '%s')",
			m.name, m.checksum, db.Env.Time().Format("2006-01-02T15:04:05Z"))
		_, err = tx.ExecContext(ctx, note)
		return err
	})
}

// alone runs fn in a transaction, while no other process is in one of these.
func (db *DB) alone(ctx context.Context, pool *sql.DB, fn func(*sql.Tx) error) error {
	const every = 50 * time.Millisecond
	for tries := 0; ; tries++ {
		done, err := db.tryAlone(ctx, pool, fn)
		if done || err != nil {
			return err
		}
		if tries == 20 {
			db.Env.Logger().InfoContext(ctx, "waiting for another process that migrates the database")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
}

func (db *DB) tryAlone(ctx context.Context, pool *sql.DB, fn func(*sql.Tx) error) (done bool, err error) {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if db.dialect.Lock != nil {
		if got, err := db.dialect.Lock(ctx, tx); !got || err != nil {
			return false, err
		}
	}
	if err := fn(tx); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

// Check is nil if Migrate has run every migration, [core.ErrState] naming those that it has not. Of
// files that a tool of the embedder's has run it knows nothing.
func (db *DB) Check(ctx context.Context) error {
	files, err := db.migrations()
	if err != nil {
		return err
	}
	applied, unread := appliedMigrations(ctx, db.read.DB)
	if unread != nil { // there is no table, or no database: all are missing, unless it does not answer
		if err := db.Ping(ctx); err != nil {
			return err
		}
	}
	var missing []string
	for _, m := range files {
		checksum, done := applied[m.name]
		if !done {
			missing = append(missing, m.name)
		} else if err := m.verify(checksum); err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return &core.Error{Kind: core.ErrState, Code: "migrations_missing", Message: "migrations have not been run: " + strings.Join(missing, ", "), Err: unread}
	}
	return nil
}

func (m migration) verify(checksum string) error {
	if checksum != m.checksum {
		return &core.Error{Kind: core.ErrState, Code: "migration_changed", Message: m.name + " was changed after it had been run"}
	}
	return nil
}

// migrations are the files in order.
func (d Dialect) migrations() ([]migration, error) {
	names, err := fs.Glob(d.Migrations, "*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	files := make([]migration, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(d.Migrations, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		files[i] = migration{name, string(text), hex.EncodeToString(sum[:])}
	}
	return files, nil
}

func appliedMigrations(ctx context.Context, db interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT name, checksum FROM core_migrations")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	applied := map[string]string{}
	for rows.Next() {
		var name, checksum string
		if err := rows.Scan(&name, &checksum); err != nil {
			return nil, err
		}
		applied[name] = checksum
	}
	return applied, rows.Err()
}
