package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// ran is what a command did.
type ran struct {
	code           int
	stdout, stderr string
}

// clienteleIn runs a command with these variables, and its data in the folder.
func clienteleIn(t *testing.T, dir string, variables map[string]string, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, env: func(name string) (string, bool) {
		if v, ok := variables[name]; ok {
			return v, true
		}
		switch name {
		case "CLIENTELE_DATABASE_URL":
			_, fromFile := variables[name+"_FILE"]
			return filepath.Join(dir, "crm.db"), !fromFile
		case "CLIENTELE_FILES":
			return filepath.Join(dir, "files"), true
		}
		return "", false
	}}
	code := p.run(t.Context(), args)
	return ran{code, stdout.String(), stderr.String()}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range commands() {
		help := clienteleIn(t, dir, nil, append(strings.Fields(c.name), "--help")...)
		require.Equal(t, 0, help.code, c.name)
		require.Contains(t, help.stdout, "Usage: clientele "+c.name)
		require.Equal(t, help, clienteleIn(t, dir, nil, append([]string{"help"}, strings.Fields(c.name)...)...))
		require.Contains(t, clienteleIn(t, dir, nil, "--help").stdout, c.name)
	}
	require.Contains(t, clienteleIn(t, dir, nil, "user").stdout, "user create")
	require.Equal(t, 2, clienteleIn(t, dir, nil).code)
	require.Equal(t, 2, clienteleIn(t, dir, nil, "nothing").code)
	require.Equal(t, 2, clienteleIn(t, dir, nil, "migrate", "--nothing").code)
	require.Equal(t, 2, clienteleIn(t, dir, nil, "migrate", "crm.db").code, "an argument that nobody reads")
	require.NotContains(t, clienteleIn(t, dir, nil, "user", "create", "--help").stdout, "--webhook-networks", "of no use there")
	require.Equal(t, 2, clienteleIn(t, dir, map[string]string{"CLIENTELE_LOG_LEVEL": "loud"}, "migrate").code)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, files, "help touches no data")
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Equal(t, 1, clienteleIn(t, dir, nil, "migrate", "--check").code)
	require.Equal(t, 0, clienteleIn(t, dir, nil, "migrate").code)
	require.Equal(t, 0, clienteleIn(t, dir, nil, "migrate", "--check").code)
	info, err := os.Stat(filepath.Join(dir, "crm.db"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), "nobody else reads it")
}

func TestSecretsFromFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "url")
	require.NoError(t, os.WriteFile(path, []byte(filepath.Join(dir, "named-by-a-file.db")+"\n"), 0o600))
	done := clienteleIn(t, dir, map[string]string{"CLIENTELE_DATABASE_URL_FILE": path}, "migrate")
	require.Equal(t, 0, done.code, done.stderr)
	require.FileExists(t, filepath.Join(dir, "named-by-a-file.db"))
	both := clienteleIn(t, dir, map[string]string{"CLIENTELE_DATABASE_URL_FILE": path, "CLIENTELE_DATABASE_URL": "x.db"}, "migrate")
	require.Equal(t, 2, both.code)
}

func TestUsers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	made := clienteleIn(t, dir, nil, "user", "create", "ada@example.org", "--admin", "--first-name", "Ada")
	require.Equal(t, 0, made.code, made.stderr)
	require.Contains(t, made.stdout, "password: ")
	require.Equal(t, 1, clienteleIn(t, dir, nil, "user", "create", "ADA@example.org").code)
	require.Equal(t, 1, clienteleIn(t, dir, nil, "user", "set-admin", "--revoke", "ada@example.org").code, "the last one stays")
	require.Equal(t, 0, clienteleIn(t, dir, map[string]string{"CLIENTELE_PASSWORD": "correct horse battery"}, "user", "create", "grace@example.org").code)
	require.Equal(t, 0, clienteleIn(t, dir, nil, "user", "set-admin", "grace@example.org").code)
	require.Equal(t, 0, clienteleIn(t, dir, nil, "user", "set-admin", "ada@example.org", "--revoke").code)
	require.Equal(t, 1, clienteleIn(t, dir, nil, "user", "set-admin", "nobody@example.org").code)
	reset := clienteleIn(t, dir, nil, "user", "reset-password", "ada@example.org")
	require.Equal(t, 0, reset.code)
	require.Contains(t, reset.stderr, "/auth/reset-password?token=")
}

func TestDemo(t *testing.T) {
	t.Parallel()
	contacts := func(dir string) (names []string) {
		demo := clienteleIn(t, dir, nil, "demo", "--contacts", "120")
		require.Equal(t, 0, demo.code, demo.stderr)
		db, err := sqlite.Open(t.Context(), filepath.Join(dir, "crm.db"))
		require.NoError(t, err)
		defer db.Close()
		var company core.CompanyID
		_, id, _ := strings.Cut(strings.TrimSpace(demo.stdout), "company ")
		require.NoError(t, company.UnmarshalText([]byte(id)))
		ws := clientele.New(db).Workspace(core.Scope{Company: company, Actor: core.System()})
		for c, err := range ws.Contacts.All(t.Context(), crm.ContactFilter{}) {
			require.NoError(t, err)
			names = append(names, c.Name+" "+string(c.Phone)+" "+c.Company+" "+strings.Join(c.Tags, ","))
		}
		return names
	}
	first := contacts(t.TempDir())
	require.Len(t, first, 120)
	require.Equal(t, first, contacts(t.TempDir()), "the same every time")
	dir := t.TempDir()
	contacts(dir)
	require.Equal(t, 1, clienteleIn(t, dir, nil, "demo").code, "one is enough")

	dir = t.TempDir()
	half := clienteleIn(t, dir, nil, "user", "create", "demo@example.org", "--first-name", "Ada")
	require.Equal(t, 0, half.code, half.stderr)
	require.Len(t, contacts(dir), 120, "what an earlier one left half made is finished")
}
