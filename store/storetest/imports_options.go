package storetest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// importOptionContracts are about what options make of the rows, and about files of other kinds.
var importOptionContracts = []contract{
	{"Imports/find categories by their names, and make them only where told to", func(t *testing.T, w *world) {
		vip, err := w.ws().Categories.Create(t.Context(), crm.NewCategory{Name: "Écoles"})
		require.NoError(t, err)
		old, err := w.ws().Categories.Create(t.Context(), crm.NewCategory{Name: "Old"})
		require.NoError(t, err)
		_, err = w.ws().Categories.Update(t.Context(), old.ID, func(c *crm.Category) error { c.Active = false; return nil })
		require.NoError(t, err)
		file := "name,email,category\nAda,ada@example.org,ecoles\nBob,bob@example.org,Fairs\nCyd,cyd@example.org,FAIRS\nEve,eve@example.org,old\n"
		_, plan := w.imports(w.ws(), file, crm.ImportOptions{})
		require.Equal(t, []crm.ImportAction{crm.ImportCreate, crm.ImportError, crm.ImportError, crm.ImportError}, actions(plan))
		require.Equal(t, "exists", plan[1].Problems[0].Rule)
		require.Equal(t, "category", plan[1].Problems[0].Column)
		require.Equal(t, "active", plan[3].Problems[0].Rule)
		for _, dry := range []bool{true, false} {
			_, plan = w.imports(w.ws(), file, crm.ImportOptions{CreateCategories: true, DryRun: dry})
			require.Equal(t, []crm.ImportAction{crm.ImportSkip, crm.ImportCreate, crm.ImportCreate, crm.ImportError}, actions(plan))
		}
		fairs := w.find("bob@example.org").CategoryID
		require.False(t, fairs.IsZero())
		require.Equal(t, fairs, w.find("cyd@example.org").CategoryID)
		require.Equal(t, vip.ID, w.find("ada@example.org").CategoryID)
		_, plan = w.imports(w.ws(), "email,category\nada@example.org,fairs\n", crm.ImportOptions{})
		require.Equal(t, []string{"categoryId"}, plan[0].Changes)
		_, err = w.as(person(core.ContactsImport, core.ContactsWrite)).Contacts.Import(t.Context(), strings.NewReader(file), crm.ImportOptions{CreateCategories: true})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, plan = w.imports(w.ws(), "name\nFay\n", crm.ImportOptions{Defaults: map[string]string{"category": "FAIRS"}})
		require.Equal(t, crm.ImportCreate, plan[0].Action)
		_, err = w.ws().Contacts.Import(t.Context(), strings.NewReader(file), crm.ImportOptions{Defaults: map[string]string{"category": "none"}})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"Imports/make a bounded number of categories", func(t *testing.T, w *world) {
		var b strings.Builder
		b.WriteString("name,category\n")
		for i := range 1100 {
			fmt.Fprintf(&b, "P%d,C%d\n", i, i)
		}
		rehearsed, _ := w.imports(w.ws(), b.String(), crm.ImportOptions{CreateCategories: true, DryRun: true})
		done, plan := w.imports(w.ws(), b.String(), crm.ImportOptions{CreateCategories: true})
		require.Equal(t, 1000, done.Created)
		require.Equal(t, 1000, rehearsed.Created)
		require.Equal(t, "max_items", plan[1000].Problems[0].Rule)
	}},
	{"Imports/match by what they are told to", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org", Phone: "+5511912345678"})
		file := "name,email,phone\nAda L,ada@example.org,\nAda P,,+5511912345678\n"
		_, plan := w.imports(w.ws(), file, crm.ImportOptions{MatchBy: []string{"email"}})
		require.Equal(t, []crm.ImportAction{crm.ImportUpdate, crm.ImportError}, actions(plan))
		require.Equal(t, "unique", plan[1].Problems[0].Rule)
		_, plan = w.imports(w.ws(), "id,name,email\n"+ada.ID.String()+",Eve,eve@example.org\n", crm.ImportOptions{MatchBy: []string{"email"}, DryRun: true})
		require.Equal(t, crm.ImportCreate, plan[0].Action, "the id is passed over")
		_, plan = w.imports(w.ws(), "id,name,email\n"+ada.ID.String()+",Eve,eve@example.org\n", crm.ImportOptions{MatchBy: []string{"id"}, DryRun: true})
		require.Equal(t, crm.ImportUpdate, plan[0].Action)
		for _, o := range []crm.ImportOptions{{MatchBy: []string{"name"}}, {OnNew: "never"}, {ClearBlanks: []string{"name"}}} {
			_, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(file), o)
			require.ErrorIs(t, err, core.ErrInvalid)
		}
	}},
	{"Imports/make nobody where only contacts there are shall change", func(t *testing.T, w *world) {
		w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		result, plan := w.imports(w.ws(), "name,email\nAda L,ada@example.org\nEve,eve@example.org\n", crm.ImportOptions{OnNew: crm.SkipNew})
		require.Equal(t, []crm.ImportAction{crm.ImportUpdate, crm.ImportSkip}, actions(plan))
		require.Zero(t, result.Created)
		require.Len(t, w.all(), 1)
	}},
	{"Imports/clear what a blank cell is of, and only where told to", func(t *testing.T, w *world) {
		w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org", Location: "London", Notes: "x", Tags: []string{"a"}})
		file := "email,location,notes,tags\nada@example.org,,,\n"
		_, plan := w.imports(w.ws(), file, crm.ImportOptions{})
		require.Equal(t, crm.ImportSkip, plan[0].Action)
		_, plan = w.imports(w.ws(), file, crm.ImportOptions{ClearBlanks: []string{"notes", "company"}})
		require.Equal(t, []string{"notes"}, plan[0].Changes)
		_, plan = w.imports(w.ws(), file, crm.ImportOptions{ClearBlanks: []string{"*"}})
		require.ElementsMatch(t, []string{"location", "tags"}, plan[0].Changes)
		got := w.find("ada@example.org")
		require.Empty(t, got.Location+got.Notes)
		require.Empty(t, got.Tags)
		w.policy("location")
		w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org", Location: "London"})
		_, plan = w.imports(w.ws(), file, crm.ImportOptions{ClearBlanks: []string{"*"}})
		require.Equal(t, "required", plan[0].Problems[0].Rule, "the policy holds")
	}},
	{"Imports/read vCards, and what is exported as vCards changes nothing", func(t *testing.T, w *world) {
		file := "BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nUID:urn:uuid:0198c0de-0000-7000-8000-000000000000\nTEL;TYPE=home:(11) 91234-5678\nEMAIL:ada@example.org\nCATEGORIES:a,b\nEND:VCARD\n" +
			"BEGIN:VCARD\nFN:Cut off\nBEGIN:VCARD\nVERSION:4.0\nFN:Eve\nNOTE:two\\nlines\nEND:VCARD\nBEGIN:VCARD\nFN:Bad\nEMAIL:bad@\nEND:VCARD\n"
		var rejected bytes.Buffer
		for _, dry := range []bool{true, false} {
			rejected.Reset()
			result, plan := w.imports(w.ws(), file, crm.ImportOptions{DryRun: dry, Rejected: &rejected})
			require.Equal(t, []crm.ImportAction{crm.ImportCreate, crm.ImportError, crm.ImportCreate, crm.ImportError}, actions(plan))
			require.Equal(t, 9, plan[1].Line)
			require.Equal(t, 2, result.Failed)
		}
		require.Contains(t, rejected.String(), "bad@")
		require.Equal(t, []string{"a", "b"}, w.find("ada@example.org").Tags)
		result, _ := w.imports(w.ws(), file, crm.ImportOptions{})
		require.Equal(t, 2, result.Skipped, "a second run changes nothing")

		category, err := w.ws().Categories.Create(t.Context(), crm.NewCategory{Name: "Fair, of 2026"})
		require.NoError(t, err)
		w.contact(crm.NewContact{
			Name: "Zoë; \"Z\" Löw", Phone: "+5511912345679", Email: "zoe@example.org", Location: "São Paulo, SP", Type: crm.Employee, Company: "A; B",
			Traits: "two\nlines", Tags: []string{"x, y"}, CategoryID: category.ID, Timezone: "America/Sao_Paulo", Locale: "pt-BR", Website: "https://example.org",
			OtherAddresses: []crm.Address{{Kind: crm.EmailAddress, Value: "z@example.org", Label: "work"}, {Kind: crm.PhoneAddress, Value: "+5511912345670", Label: "my boat"}},
		})
		before := w.all()
		for _, format := range []crm.ExportFormat{crm.ExportVCard, crm.ExportVCard3, crm.ExportCSV} {
			var out bytes.Buffer
			export, err := w.ws().Contacts.Export(t.Context(), crm.ContactFilter{}, format)
			require.NoError(t, err)
			require.NoError(t, export.Write(t.Context(), &out))
			result, plan := w.imports(w.ws(), out.String(), crm.ImportOptions{})
			require.Equal(t, len(before), result.Skipped, "%s: %+v\n%s", format, plan, out.String())
			require.Equal(t, before, w.all())
		}
	}},
	{"Imports/keep the good rows of a hostile file", func(t *testing.T, w *world) {
		file := "name,email,notes\nAda,ada@example.org,=cmd|'/c calc'!A0\nBob,\"bob@example.org,open\nCyd,cyd@example.org,\"x\"y\nDan,dan@example.org," +
			strings.Repeat("a", 2<<20) + "\nE\xebe,eve@example.org,x\nFay,fay@example.org,ok\nGus,gus@example.org,a,b,c\nHal,hal@example.org,\x00\n"
		var rejected bytes.Buffer
		result, plan := w.imports(w.ws(), "\ufeff"+file, crm.ImportOptions{Rejected: &rejected})
		require.Equal(t, []crm.ImportAction{
			crm.ImportCreate, crm.ImportError, crm.ImportError, crm.ImportError, crm.ImportError, crm.ImportCreate, crm.ImportError, crm.ImportError,
		}, actions(plan))
		require.Equal(t, 6, result.Failed)
		require.Equal(t, "=cmd|'/c calc'!A0", w.find("ada@example.org").Notes, "it is data, and an export makes it harmless")
		require.Contains(t, rejected.String(), "bob@example.org")
		for i, row := range plan {
			require.Equal(t, i+2, row.Line)
		}
		for _, file := range []string{"PK\x03\x04\x14\x00\x06", strings.Repeat("a,", 10_000) + "a\nx\n", "name\x00,email\n"} {
			_, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(file), crm.ImportOptions{})
			require.ErrorIs(t, err, core.ErrInvalid)
		}
	}},
}

// find is the live contact of an e-mail address.
func (w *world) find(email core.Email) crm.Contact {
	list, err := w.ws().Contacts.List(w.t.Context(), crm.ContactFilter{Email: email}, core.Page{})
	require.NoError(w.t, err)
	require.Len(w.t, list.Items, 1)
	return list.Items[0]
}
