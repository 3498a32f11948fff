package storetest

import (
	"context"
	"encoding/json"
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
		result, err := w.ws().Contacts.Import(ctx, strings.NewReader(people(1300)), crm.ImportOptions{BatchRows: 500, OnRow: func(r crm.ImportRow) error {
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
			if rapid.Bool().Draw(rt, "category") {
				_, err := w.ws().Categories.Create(t.Context(), crm.NewCategory{Name: "Fairs"})
				require.NoError(rt, err)
			}
			file, opts := drawFile(rt), drawOptions(rt)
			before := w.all()
			opts.DryRun = true
			rehearsed, dry := w.imports(w.ws(), file, opts)
			require.Equal(rt, before, w.all(), "a dry run stores nothing")
			opts.DryRun = false
			done, plan := w.imports(w.ws(), file, opts)
			rehearsed.DryRun, rehearsed.ID = false, done.ID
			require.Equal(rt, rehearsed, done)
			require.Equal(rt, dry, withoutFresh(plan, dry))
			require.Len(rt, w.all(), len(before)+done.Created)
			if opts.OnDuplicate == crm.SkipDuplicate || opts.OnDuplicate == crm.UpdateDuplicate {
				return // whom a row was taken for may be another by now
			}
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
			rehearsed, _ := w.imports(w.ws(), file, crm.ImportOptions{BatchRows: 500, DryRun: true})
			require.Empty(t, w.all())
			done, _ := w.imports(w.ws(), file, crm.ImportOptions{BatchRows: 500})
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

// drawOptions are all options that decide what becomes of a row.
func drawOptions(t *rapid.T) crm.ImportOptions {
	o := crm.ImportOptions{
		Relax: rapid.Bool().Draw(t, "relax"), KeepPhones: rapid.Bool().Draw(t, "keep"), CreateCategories: rapid.Bool().Draw(t, "make categories"),
		OnMatch:     rapid.SampledFrom([]crm.OnMatch{"", crm.UpdateMatch, crm.SkipMatch}).Draw(t, "match"),
		OnNew:       rapid.SampledFrom([]crm.OnNew{"", "", "", crm.SkipNew}).Draw(t, "new"),
		OnDuplicate: rapid.SampledFrom([]crm.OnDuplicate{"", crm.CreateDuplicate, crm.SkipDuplicate, crm.UpdateDuplicate}).Draw(t, "duplicate"),
		MatchBy:     rapid.SampledFrom([][]string{nil, nil, {"email"}, {"phone", "id"}, {}}).Draw(t, "by"),
		ClearBlanks: rapid.SampledFrom([][]string{nil, nil, {"location"}, {"*"}}).Draw(t, "clear"),
		BatchRows:   rapid.SampledFrom([]int{0, 1, 2, 3, 5}).Draw(t, "batch"),
	}
	if rapid.Bool().Draw(t, "defaults") {
		o.Defaults = map[string]string{"location": "there", "tags": "new"}
	}
	return o
}

// drawFile is a small file that meets itself, and what is stored, in every way.
func drawFile(t *rapid.T) string {
	cell := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	write := rapid.SampledFrom([]func([][2]string) string{csvRow, cardRow, lineRow}).Draw(t, "format")
	var b strings.Builder
	for i := range rapid.IntRange(1, 12).Draw(t, "rows") {
		row := [][2]string{
			{"name", cell("name", "", "A", "B", "C", "Ada Lovelace", "Ada Lovelase")},
			{"email", cell("email", "", "a@example.org", "A@example.org", "b@example.org", "c@example.org", "lovelace@example.org", "bad@")},
			{"email_work", cell("work", "", "a@example.org", "d@example.org", "e@example.org", "lovelace@example.com")},
			{"phone", cell("phone", "", "11 91234 5678", "+5511912345678", "12")},
			{"phone_home", cell("home", "", "11 91234 5679", "+5511912345678")},
			{"location", cell("location", "", "here", "there", "Rua das Flores 1200, 01310-100")},
			{"tags", cell("tags", "", "x", "x,y", "Y")},
			{"category", cell("category", "", "", "Fairs", "fairs", "Talks")},
		}
		if i == 0 {
			b.WriteString(header(write(nil), row))
		}
		b.WriteString(write(row))
	}
	return b.String()
}

// header is the first line of CSV; other formats, which write something for no row, have none.
func header(ofNone string, row [][2]string) string {
	if ofNone != "" {
		return ""
	}
	var names []string
	for _, cell := range row {
		names = append(names, cell[0])
	}
	return strings.Join(names, ",") + "\n"
}

func csvRow(row [][2]string) string {
	if row == nil {
		return ""
	}
	var cells []string
	for _, cell := range row {
		cells = append(cells, `"`+cell[1]+`"`)
	}
	return strings.Join(cells, ",") + "\n"
}

// cardRow writes a row as a vCard.
func cardRow(row [][2]string) string {
	names := map[string]string{
		"name": "FN", "email": "EMAIL", "email_work": "EMAIL;TYPE=work", "phone": "TEL", "phone_home": "TEL;TYPE=home", "tags": "CATEGORIES",
		"location": "X-CLIENTELE-LOCATION", "category": "X-CLIENTELE-CATEGORY",
	}
	text := "BEGIN:VCARD\r\nVERSION:4.0\r\n"
	for _, cell := range row {
		if cell[1] != "" {
			text += names[cell[0]] + ":" + cell[1] + "\r\n"
		}
	}
	return text + "END:VCARD\r\n"
}

// lineRow writes a row as a line of JSON.
func lineRow(row [][2]string) string {
	line := map[string]any{}
	var others []crm.Address
	for _, cell := range row {
		kind, label, more := strings.Cut(cell[0], "_")
		switch {
		case cell[1] == "":
		case more:
			others = append(others, crm.Address{Kind: crm.AddressKind(kind), Value: cell[1], Label: label})
		case kind == "tags":
			line[kind] = strings.Split(cell[1], ",")
		default:
			line[kind] = cell[1]
		}
	}
	if others != nil {
		line["otherAddresses"] = others
	}
	text, err := json.Marshal(line)
	if err != nil { // texts and lists of them
		panic(err)
	}
	return string(text) + "\n"
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
