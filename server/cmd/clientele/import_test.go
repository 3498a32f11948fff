package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/sqlite"
)

func TestImport(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, company := filepath.Join(folder, "crm.db"), uuid.New()
	db, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, db.Migrate(t.Context()))
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: core.CompanyID{UUID: company}, Name: "Ours", Country: "BR"}))
	require.NoError(t, db.Close())

	file, rejected := filepath.Join(folder, "people.csv"), filepath.Join(folder, "rejected.csv")
	require.NoError(t, os.WriteFile(file, []byte("name,email,phone\nAda,ada@example.org,11 91234 5678\nGrace,nowhere,\n"), 0o600))

	of := company.String()
	run := func(args ...string) (code int, out, errs string) {
		var stdout, stderr bytes.Buffer
		p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, env: func(string) (string, bool) { return "", false }}
		code = p.run(t.Context(), append([]string{"import", "--database-url", path, "--company", of}, args...))
		return code, stdout.String(), stderr.String()
	}
	code, out, errs := run(file)
	require.Equal(t, 3, code)
	require.Contains(t, out, "2 rows: 0 created, 0 updated, 0 unchanged, 2 refused", "the policy asks for more")
	require.Contains(t, errs, "clientele import: 2 of 2 rows are refused: --rejected writes them to a file, with the reasons\n")
	_, out, errs = run("--problems", "1", file)
	require.NotContains(t, errs, "line 3")
	require.Contains(t, out, "1 of the refused are not told of above")

	relaxed := []string{"--relax", "--default", "type=employee", "--rejected", rejected}
	code, out, _ = run(append(relaxed, "--dry-run", file)...)
	require.Equal(t, 3, code)
	require.Contains(t, out, "1 would be created")
	code, out, errs = run(append(relaxed, file)...)
	require.Equal(t, 3, code)
	require.Contains(t, errs, "1 of 2 rows are refused: those of this run are in "+rejected+", with the reasons\n")
	require.Contains(t, out, "1 created, 0 updated, 0 unchanged, 1 refused")
	require.Contains(t, errs, "line 3: email: ")
	text, err := os.ReadFile(rejected)
	require.NoError(t, err)
	require.Contains(t, string(text), "Grace,nowhere")
	_, out, _ = run(append(relaxed, file)...)
	require.Contains(t, out, "0 created, 0 updated, 1 unchanged, 1 refused")

	second := filepath.Join(folder, "second.csv")
	require.NoError(t, os.WriteFile(second, []byte("name,email\nBea,bea@example.org\nAda L.,ada@example.org\n"), 0o600))
	code, out, errs = run(append(relaxed, second)...)
	require.Zero(t, code)
	require.NotContains(t, errs, "refused")
	require.Contains(t, out, "1 created, 1 updated")
	id, _, _ := strings.Cut(strings.TrimPrefix(out[strings.Index(out, "import "):], "import "), ":")
	code, _, errs = run("--resume", id, second)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "the options are others")
	_, out, _ = run(append(relaxed, "--resume", id, second)...)
	require.Contains(t, out, "1 created, 1 updated", "it was at its end")
	code, out, errs = run("--revert", id)
	require.Zero(t, code, errs)
	require.Contains(t, out, "2 contacts are as they were before, 0 have changed since and were left, 0 had been erased")
	_, out, _ = run(append(relaxed, "--dry-run", second)...)
	require.Contains(t, out, "1 would be created, 1 would be updated")
	for _, args := range [][]string{{"--revert", id, second}, {"--revert", "nonsense"}, {"--resume", id, "--dry-run", second}, {"--resume", "nonsense", second}} {
		code, _, _ = run(args...)
		require.Equal(t, 2, code, "%v", args)
	}
	code, _, _ = run("--revert", uuid.NewString())
	require.Equal(t, 1, code)

	of = "" // the only one there is
	code, out, errs = run(file, "--relax", "--dry-run", "--on-match", "skip")
	require.Equal(t, 3, code, errs)
	require.Contains(t, out, "0 would be updated, 1 unchanged, 1 refused", "options stand behind the file too")
	db, err = sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: core.CompanyID{UUID: uuid.New()}, Name: "Another"}))
	pool, _ := db.Pools()
	_, err = pool.ExecContext(t.Context(), "UPDATE id_companies SET slug = 'ours' WHERE name = 'Ours'")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	code, _, errs = run(file)
	require.Equal(t, 2, code)
	require.Contains(t, errs, "there are 2 companies")
	of = "ours"
	code, out, _ = run(file, "--dry-run")
	require.Equal(t, 3, code)
	require.Contains(t, out, "1 unchanged")
	of = "theirs"
	code, _, errs = run(file)
	require.Equal(t, 2, code)
	require.Contains(t, errs, "there is no company theirs")

	of = company.String()
	code, _, errs = run("--default", "nonsense", file)
	require.Equal(t, 2, code)
	require.Contains(t, errs, "has to have a =")
	code, _, errs = run()
	require.Equal(t, 2, code)
	require.Contains(t, errs, "FILE")
}
