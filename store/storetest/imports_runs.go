package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// importRunContracts are about whole runs: cut short, undone, raced, rehearsed, repeated.
var importRunContracts = []contract{
	{"Imports/keep whole batches when they are cancelled, and say how far they came", func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		told := 0
		result, err := w.ws().Contacts.Import(ctx, strings.NewReader(people(1300)), crm.ImportOptions{OnRow: func(r crm.ImportRow) error {
			if told++; told == 700 {
				cancel()
			}
			return nil
		}})
		require.Error(t, err)
		require.Equal(t, 1000, result.Rows)
		require.Equal(t, 1001, result.LastLine)
		n, err := w.ws().Contacts.Count(t.Context(), crm.ContactFilter{}, 0)
		require.NoError(t, err)
		require.Equal(t, 1000, n)

		result, _ = w.imports(w.ws(), people(1300), crm.ImportOptions{})
		require.Equal(t, 1000, result.Skipped)
		require.Equal(t, 300, result.Created)
	}},
	{"Imports/end with the error of OnRow", func(t *testing.T, w *world) {
		stop := errors.New("stop")
		_, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(people(3)), crm.ImportOptions{OnRow: func(crm.ImportRow) error { return stop }})
		require.ErrorIs(t, err, stop)
	}},
	{"Imports/are undone with the transaction that they are in", func(t *testing.T, w *world) {
		undo := errors.New("undo")
		err := w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
			result, err := ws.Contacts.Import(t.Context(), strings.NewReader(people(3)), crm.ImportOptions{})
			require.NoError(t, err)
			require.Equal(t, 3, result.Created)
			return undo
		})
		require.ErrorIs(t, err, undo)
		require.Empty(t, w.all())
	}},
	{"Imports/lose no good row to those that somebody else writes meanwhile", func(t *testing.T, w *world) {
		var second crm.ImportResult
		done := make(chan error, 1)
		go func() {
			var err error
			second, err = w.ws().Contacts.Import(t.Context(), strings.NewReader(people(900)), crm.ImportOptions{})
			done <- err
		}()
		first, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(people(900)), crm.ImportOptions{})
		require.NoError(t, err)
		require.NoError(t, <-done)
		require.Equal(t, 900, first.Created+second.Created)
		require.Equal(t, 900, first.Skipped+second.Skipped)
		require.Zero(t, first.Failed+second.Failed)
	}},
	{"Imports/plan in a dry run what they do in earnest", func(t *testing.T, w *world) {
		rapid.Check(t, func(rt *rapid.T) {
			w.company = w.newCompany("Drawn")
			for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3).Draw(rt, "stored") {
				_, _ = w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: name, Email: core.Email(name + "@example.org")})
			}
			for _, location := range rapid.SliceOfN(rapid.SampledFrom([]string{"", "here"}), 0, 2).Draw(rt, "nameless") {
				w.contact(crm.NewContact{Name: "A", Location: location})
			}
			file := drawFile(rt)
			opts := crm.ImportOptions{Relax: rapid.Bool().Draw(rt, "relax"), KeepPhones: rapid.Bool().Draw(rt, "keep")}
			if rapid.Bool().Draw(rt, "skip") {
				opts.OnMatch = crm.SkipMatch
			}
			before := w.all()
			opts.DryRun = true
			rehearsed, dry := w.imports(w.ws(), file, opts)
			require.Equal(rt, before, w.all(), "a dry run stores nothing")
			opts.DryRun = false
			done, plan := w.imports(w.ws(), file, opts)
			rehearsed.DryRun, rehearsed.ID = false, done.ID
			require.Equal(rt, rehearsed, done)
			for i := range plan {
				if dry[i].ContactID.IsZero() {
					plan[i].ContactID = core.ID[crm.Contact]{}
				}
			}
			require.Equal(rt, dry, plan)
			require.Len(rt, w.all(), len(before)+done.Created)
			again, _ := w.imports(w.ws(), file, opts)
			require.Zero(rt, again.Created, "a second run makes nobody")
		})
	}},
	{"Imports/plan the same over many batches", func(t *testing.T, w *world) {
		for header, address := range map[string]string{"name,email\n": "@example.org", "name,location\n": ""} {
			w.company = w.newCompany("Large")
			rows := func(n int) string {
				return strings.ReplaceAll(strings.TrimPrefix(people(n), "name,email\n"), "@example.org", address)
			}
			file := header + rows(700) + rows(1200)
			rehearsed, _ := w.imports(w.ws(), file, crm.ImportOptions{DryRun: true})
			require.Empty(t, w.all())
			done, _ := w.imports(w.ws(), file, crm.ImportOptions{})
			rehearsed.DryRun, rehearsed.ID = false, done.ID
			require.Equal(t, rehearsed, done)
			require.Equal(t, 1200, done.Created)
			require.Equal(t, 700, done.Skipped)
		}
	}},
	{"Imports/read a real file in one call", func(t *testing.T, w *world) {
		file := publicFile(t, "contacts-500.csv")
		w.policy("phone", "email", "location", "type")
		result, plan := w.imports(w.ws(), file, crm.ImportOptions{})
		require.Equal(t, 500, result.Failed, "no row has what the policy asks for")
		require.NotEmpty(t, plan[0].Problems)
		require.Contains(t, result.Ignored(), "linkedin_url")

		relaxed := crm.ImportOptions{Relax: true, KeepPhones: true, Country: "US"}
		result, _ = w.imports(w.ws(), file, relaxed)
		require.Equal(t, 500, result.Created)
		result, _ = w.imports(w.ws(), file, relaxed)
		require.Equal(t, 500, result.Skipped)
	}},
}

// people is a file of n contacts.
func people(n int) string {
	var b strings.Builder
	b.WriteString("name,email\n")
	for i := range n {
		fmt.Fprintf(&b, "Person %d,person%d@example.org\n", i, i)
	}
	return b.String()
}

// drawFile is a small file that meets itself, and what is stored, in every way.
func drawFile(t *rapid.T) string {
	cell := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	var b strings.Builder
	b.WriteString("name,email,email_work,phone,phone_home,location,tags\n")
	for range rapid.IntRange(0, 12).Draw(t, "rows") {
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,%s\n",
			cell("name", "", "A", "B", "C"),
			cell("email", "", "a@example.org", "A@example.org", "b@example.org", "c@example.org", "bad@"),
			cell("work", "", "a@example.org", "d@example.org", "e@example.org"),
			cell("phone", "", "11 91234 5678", "+5511912345678", "12"),
			cell("home", "", "11 91234 5679", "+5511912345678"),
			cell("location", "", "here", "there"),
			cell("tags", "", "x", "\"x,y\"", "Y"))
	}
	return b.String()
}

// publicFile reads a file of the public test data, which is no part of this project.
func publicFile(t *testing.T, name string) string {
	folder := os.Getenv("CLIENTELE_TEST_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Skip("the public test data is not here: set CLIENTELE_TEST_DATA")
	}
	return string(text)
}
