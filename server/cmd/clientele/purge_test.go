package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// people is a database with a company, and Ada and Bea in it, of whom Bea was deleted long ago.
func people(t *testing.T) (path string, bea crm.Contact) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "crm.db")
	db, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.Migrate(t.Context()))
	company := core.CompanyID{UUID: uuid.New()}
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Ours", ContactPolicy: []string{}}))
	ws := clientele.New(db).Workspace(core.Scope{Company: company, Actor: core.System()})
	_, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Email: "ada@example.org"})
	require.NoError(t, err)
	bea, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Bea"})
	require.NoError(t, err)
	require.NoError(t, ws.Contacts.Delete(t.Context(), bea.ID))
	longAgo(t, db, bea)
	return path, bea
}

func longAgo(t *testing.T, db *bunstore.DB, c crm.Contact) {
	t.Helper()
	pool, _ := db.Pools()
	_, err := pool.ExecContext(t.Context(), "UPDATE crm_contacts SET deleted_at = '2020-01-01 00:00:00+00:00' WHERE id = ?", c.ID.String())
	require.NoError(t, err)
}

func runProgram(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, env: func(string) (string, bool) { return "", false }}
	code = p.run(t.Context(), args)
	return code, stdout.String(), stderr.String()
}

func TestPurge(t *testing.T) {
	t.Parallel()
	path, bea := people(t)
	run := func(args ...string) (int, string, string) {
		return runProgram(t, append([]string{"purge", "--database-url", path}, args...)...)
	}
	for _, args := range [][]string{{}, {"--deleted-for", "0"}, {"--deleted-for", "a week"}, {"--deleted-for", "30", "more"}} {
		code, _, _ := run(args...)
		require.Equal(t, 2, code, args)
	}
	code, out, errs := run("--deleted-for", "30", "--dry-run")
	require.Zero(t, code, errs)
	require.Contains(t, out, bea.ID.String())
	require.Contains(t, out, "1 contacts would be erased")
	require.NotContains(t, out, "Bea")
	for _, want := range []string{"1 contacts erased", "0 contacts erased"} {
		code, out, errs = run("--deleted-for", "30")
		require.Zero(t, code, errs)
		require.Contains(t, out, want)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	path, _ := people(t)
	file := filepath.Join(t.TempDir(), "people.csv")
	code, _, errs := runProgram(t, "export", "--database-url", path, file)
	require.Zero(t, code, errs)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), ",Ada,,ada@example.org,")
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Zero(t, info.Mode()&0o077, "nobody else may read it")
	code, out, errs := runProgram(t, "import", "--database-url", path, file)
	require.Zero(t, code, errs)
	require.Contains(t, out, "0 created, 0 updated, 1 unchanged, 0 refused")
	code, out, _ = runProgram(t, "export", "--database-url", path, "--format", "vcard", "--deleted", "-")
	require.Zero(t, code)
	require.Contains(t, out, "FN:Bea\r\n")
	code, _, errs = runProgram(t, "export", "--database-url", path, "--format", "xlsx", "-")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "has to be csv, vcard, vcard3 or jsonl")
	code, _, _ = runProgram(t, "export", "--database-url", path)
	require.Equal(t, 2, code)
}
