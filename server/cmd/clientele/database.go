package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/clientele-crm/clientele/core/blobs"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// database is where the rows are, and the log of what is done with them.
type database struct {
	url       *string
	logLevel  slog.Level
	logFormat *string
}

func databaseOptions(o *options) *database {
	d := &database{
		url: o.secret("database-url", "`where` the data is: postgres://user:password@host/name, or the path of a SQLite file (default clientele.db)"),
	}
	o.TextVar(&d.logLevel, "log-level", slog.LevelInfo, "the least important `level` that is logged: debug, info, warn or error")
	o.Lookup("log-level").DefValue = "info"
	d.logFormat = o.String("log-format", "text", "the `format` of the log: text or json")
	return d
}

// isPostgres tells a URL of a server from a path.
func (d *database) isPostgres() bool {
	return strings.HasPrefix(*d.url, "postgres://") || strings.HasPrefix(*d.url, "postgresql://")
}

// path is SQLite's file.
func (d *database) path() string {
	if *d.url == "" {
		return "clientele.db"
	}
	return strings.TrimPrefix(*d.url, "sqlite:")
}

// name is what the database is called in messages: without its password.
func (d *database) name() string {
	if d.isPostgres() {
		return "Postgres"
	}
	return d.path()
}

// open opens the database; its tables may be missing.
func (d *database) open(ctx context.Context, p *program) (*bunstore.DB, error) {
	log, err := d.log(p)
	if err != nil {
		return nil, err
	}
	var db *bunstore.DB
	if d.isPostgres() {
		db, err = postgres.Open(ctx, *d.url)
	} else {
		if err := private(d.path()); err != nil {
			return nil, err
		}
		db, err = sqlite.Open(ctx, d.path())
	}
	if err != nil {
		return nil, err
	}
	db.Env.Log = log
	return db, nil
}

// opened is the database with its tables up to date.
func (d *database) opened(ctx context.Context, p *program) (*bunstore.DB, error) {
	db, err := d.open(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := upToDate(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// upToDate makes the tables, and what is found by them of rows that are older.
func upToDate(ctx context.Context, db *bunstore.DB) error {
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	return crmstore.Index(ctx, db)
}

func (d *database) log(p *program) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: d.logLevel}
	switch *d.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(p.stderr, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(p.stderr, options)), nil
	}
	return nil, errUsage{"--log-format has to be text or json"}
}

// private makes the file, if there is none, so that only its owner can read it.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // whoever starts the program names the file
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// keySize is that of the encryption key, in bytes.
const keySize = 32

// key reads the encryption key from its file, or makes one. Without a path the file is
// beside the SQLite database, or in the current folder.
func (d *database) key(path string) ([]byte, error) {
	if path == "" {
		path = "clientele.key"
		if !d.isPostgres() {
			path = strings.TrimSuffix(d.path(), filepath.Ext(d.path())) + ".key"
		}
	}
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = newKey(path); err == nil || errors.Is(err, fs.ErrExist) { // another server was faster
			return readKey(path)
		}
	}
	return key, err
}

func readKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path) //nolint:gosec // whoever starts the program names the file
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("%s is no encryption key: it has to be %d bytes in hexadecimal", path, keySize)
	}
	return key, nil
}

// newKey makes the file whole or not at all, and never instead of another: servers that start
// at once agree on one key.
func newKey(path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".clientele-key-*") // readable by its owner alone
	if err != nil {
		return fmt.Errorf("the encryption key: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails
	_, err = fmt.Fprintln(f, hex.EncodeToString(key))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("the encryption key: %w", err)
	}
	return os.Link(f.Name(), path)
}

// files is the folder of attached files and pictures: the one that was named, or beside the
// database. It is of this database alone, since files that it does not name are swept.
func (d *database) files(ctx context.Context, db *bunstore.DB, path string) (*blobs.Dir, error) {
	if path == "" {
		path = "clientele-files"
		if !d.isPostgres() {
			path = strings.TrimSuffix(d.path(), filepath.Ext(d.path())) + "-files"
		}
	}
	id, err := db.ID(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := blobs.OpenDir(path)
	if err != nil {
		return nil, err
	}
	if err := dir.Claim(id); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return dir, nil
}
