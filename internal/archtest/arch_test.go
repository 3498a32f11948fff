// Package archtest checks that the house keeps its shape: who imports whom, and what no file
// may say. See docs/architecture.md.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	root   = "../.."
	module = "github.com/clientele-crm/clientele"
)

type pkg struct {
	ImportPath string
	Name       string
	Imports    []string
	Deps       []string // all, direct or not
}

func packages(t *testing.T) []pkg {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Imports,Deps", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []pkg
	for in := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := in.Decode(&p)
		if errors.Is(err, io.EOF) {
			require.NotEmpty(t, all)
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}

// in reports whether the package is one of the folders or below one.
func in(path string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool {
		return path == module+"/"+f || strings.HasPrefix(path, module+"/"+f+"/")
	})
}

func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// domain are the packages of rules, in the order in which they may import each other.
var domain = []string{"core", "identity", "crm", "scheduling", "assessment", "marketing", "messaging"}

// What speaks to the outside in a domain's name, such as core/blobs, is a package below it, and
// linked by those who choose it.
func TestDomainPackagesKnowNoDatabaseAndNoHTTP(t *testing.T) {
	t.Parallel()
	all := packages(t)
	imports := map[string][]string{}
	for _, p := range all {
		imports[p.ImportPath] = p.Imports
	}
	for _, p := range all {
		if !slices.Contains(domain, strings.TrimPrefix(p.ImportPath, module+"/")) {
			continue
		}
		for _, dep := range append(p.Deps, p.ImportPath) {
			require.False(t, strings.HasPrefix(dep, "github.com/uptrace/") || in(dep, "store", "server"), "%s needs %s", p.ImportPath, dep)
			if in(dep, domain...) {
				require.NotContains(t, imports[dep], "database/sql", "%s by way of %s", p.ImportPath, dep)
				require.NotContains(t, imports[dep], "net/http", "%s by way of %s", p.ImportPath, dep)
			}
		}
	}
}

func TestCoreNeedsTheStandardLibraryUUIDAndXOnly(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if !in(p.ImportPath, "core") {
			continue
		}
		for _, i := range p.Imports {
			require.True(t, standard(i) || in(i, "core") || i == "github.com/google/uuid" || strings.HasPrefix(i, "golang.org/x/"), "core imports %s", i)
		}
	}
}

func TestDomainPackagesDoNotImportEachOther(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, own := range domain[1:] {
			if !in(p.ImportPath, own) {
				continue
			}
			for _, i := range p.Imports {
				require.False(t, in(i, domain[1:]...) && !in(i, own), "%s imports %s: it declares what it needs, and clientele.go passes it in", p.ImportPath, i)
			}
		}
	}
}

func TestTheEngineKnowsNoDomain(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if in(p.ImportPath, "store/bunstore", "store/postgres", "store/sqlite") {
			for _, dep := range p.Deps {
				require.False(t, in(dep, domain[1:]...), "%s needs %s", p.ImportPath, dep)
			}
		}
	}
}

// Calendar files are for those who choose them: the server, and who imports scheduling/ical.
func TestWhoImportsNoCalendarFilesLinksNone(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		links := slices.Contains(p.Deps, "github.com/emersion/go-ical")
		chosen := in(p.ImportPath, "scheduling/ical", "server") || slices.Contains(p.Imports, module+"/scheduling/ical")
		require.False(t, links && !chosen, p.ImportPath)
	}
}

func TestAnEmbedderOfContactsLinksNothingElse(t *testing.T) {
	t.Parallel()
	found := false
	for _, p := range packages(t) {
		if !in(p.ImportPath, "examples/contactsonly") {
			continue
		}
		found = true
		for _, dep := range p.Deps {
			require.False(t, dep == module || in(dep, "identity", "server", "store/sqlite", "store/identitystore", "scheduling", "assessment", "marketing", "messaging") ||
				strings.HasPrefix(dep, "modernc.org/") || dep == module+"/store" || strings.HasPrefix(dep, "github.com/jackc/pgx") || dep == "net/http" || dep == "html/template",
				"it links %s", dep)
		}
	}
	require.True(t, found)
}

func TestPackagesAreNamedForWhatTheyDo(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		require.NotContains(t, []string{"util", "utils", "helper", "helpers", "common", "models", "types", "dto", "misc", "base"}, p.Name, p.ImportPath)
	}
}

// said is what no file but those of one folder may say, and why.
var said = []struct {
	what    *regexp.Regexp
	allowed string
	why     string
}{
	{regexp.MustCompile(`\.WherePK\(`), "none", "a partial key changes a whole company: write the condition"},
	{regexp.MustCompile(`\.New(Select|Insert|Update|Delete|Raw|Merge)\(`), "store/bunstore", "queries begin with those of bunstore.Session"},
	{regexp.MustCompile(`"[^"]*\b(?i:now\(\)|CURRENT_TIMESTAMP)`), "none", "time comes from core.Env, never from SQL"},
}

func TestNoFileSaysWhatLeadsToLeaks(t *testing.T) {
	t.Parallel()
	eachFile(t, func(path, text string) {
		for i, line := range strings.Split(text, "\n") {
			for _, rule := range said {
				allowed := strings.HasPrefix(path, rule.allowed+"/")
				require.False(t, !allowed && rule.what.MatchString(line), "%s:%d: %s", path, i+1, rule.why)
			}
		}
	})
}

// An OR beside the company's condition reads other companies' rows.
func TestEveryOrIsInAGroup(t *testing.T) {
	t.Parallel()
	eachFile(t, func(path, text string) {
		file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
		require.NoError(t, err)
		groups := 0
		var visit func(ast.Node) bool
		visit = func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			require.False(t, groups == 0 && method.Sel.Name == "WhereOr", "%s: WhereOr outside WhereGroup", path)
			if method.Sel.Name != "WhereGroup" {
				return true
			}
			ast.Inspect(method.X, visit)
			groups++
			for _, arg := range call.Args {
				ast.Inspect(arg, visit)
			}
			groups--
			return false
		}
		ast.Inspect(file, visit)
	})
}

func TestFilesStayShort(t *testing.T) {
	t.Parallel()
	eachFile(t, func(path, text string) {
		if strings.HasPrefix(text, "// Code generated") {
			return
		}
		require.Less(t, strings.Count(text, "\n"), 400, "%s: one file, one idea", path)
	})
}

// eachFile calls check with every file of the module that is not a test.
func eachFile(t *testing.T, check func(path, text string)) {
	found := 0
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != "." {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		found++
		check(path, string(text))
		return err
	})
	require.NoError(t, err)
	require.Greater(t, found, 20)
}

func TestTheEngineOfDuplicatesKnowsNoStore(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if !in(p.ImportPath, "crm/duplicates") {
			continue
		}
		for _, i := range p.Imports {
			require.True(t, standard(i) || i == module+"/core", "%s imports %s", p.ImportPath, i)
		}
	}
}
