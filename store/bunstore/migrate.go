package bunstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"

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
// after a failure, what was done stays and the rest can be tried again.
func (db *DB) Migrate(ctx context.Context) error {
	files, err := db.migrations()
	if err != nil {
		return err
	}
	return db.dialect.Locked(ctx, db.write.DB, func(conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, migrationsTable); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		for _, m := range files {
			if err := db.apply(ctx, conn, m); err != nil {
				return fmt.Errorf("migrate: %s: %w", m.name, err)
			}
		}
		return nil
	})
}

// apply runs one file unless it has been run, in one transaction with the note that it has.
func (db *DB) apply(ctx context.Context, conn *sql.Conn, m migration) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	applied, err := appliedMigrations(ctx, tx)
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
	if _, err := tx.ExecContext(ctx, note); err != nil {
		return err
	}
	return tx.Commit()
}

// Check is nil if every migration has been run, [core.ErrState] naming those that have not.
func (db *DB) Check(ctx context.Context) error {
	files, err := db.migrations()
	if err != nil {
		return err
	}
	applied, err := appliedMigrations(ctx, db.read.DB)
	if err != nil {
		applied = nil // there is no table, or no database: say what is missing
		if ping := db.Ping(ctx); ping != nil {
			return ping
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
		return &core.Error{Kind: core.ErrState, Code: "migrations_missing", Message: "migrations have not been run: " + strings.Join(missing, ", ")}
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
