package storetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// exportMoveContracts are about contacts that an export carries into another company.
var exportMoveContracts = []contract{
	{"Exports/make the same contacts of an empty company, but for what crm.ExportFormat says is lost", func(t *testing.T, w *world) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			w.company = w.newCompany(fmt.Sprint("From ", n))
			w.drawCompany(rt, fmt.Sprint(n))
			w.drawKept(rt)
			files := map[crm.ExportFormat]string{}
			for _, format := range importable {
				files[format] = w.export(w.ws(), crm.ContactFilter{}, format).String()
			}
			from := w.moved(rt)
			for format, file := range files {
				w.company = w.newCompany(fmt.Sprint("To ", n))
				result, plan := w.imports(w.ws(), file, movingOptions)
				require.Equal(rt, len(from), result.Created, "%s: %+v\n%s", format, plan, file)
				require.Equal(rt, asKeptBy(format, from), w.moved(rt), "%s\n%s", format, file)

				again, _ := w.imports(w.ws(), w.export(w.ws(), crm.ContactFilter{}, format).String(), crm.ImportOptions{KeepPhones: true})
				require.Equal(rt, len(from), again.Skipped, "%s: a second time it changes nothing", format)
			}
		})
	}},
}

// movingOptions are those by which an export fills another company; see [crm.ExportFormat].
var movingOptions = crm.ImportOptions{
	MatchBy: []string{"phone", "email"}, ClearBlanks: []string{"*"}, CreateCategories: true, KeepPhones: true, OnDuplicate: crm.CreateDuplicate,
}

// drawCompany makes categories and some contacts, of whom no two are alike in all.
func (w *world) drawCompany(rt *rapid.T, unique string) {
	var categories []core.ID[crm.Category]
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"VIPs", "=1+1", "São Paulo", "a,b", "Zoë's"}), 0, 3, rapid.ID[string]).Draw(rt, "categories") {
		c, err := w.ws().Categories.Create(w.t.Context(), crm.NewCategory{Name: name})
		require.NoError(rt, err)
		categories = append(categories, c.ID)
	}
	for i := range rapid.IntRange(1, 4).Draw(rt, "contacts") {
		n := drawContact(rt, fmt.Sprintf("%s-%d", unique, i), "moved")
		drawPhones(rt, i, &n)
		if rapid.Bool().Draw(rt, "no source") {
			n.Source, n.Industry = "", fmt.Sprintf("trade %d", i)
		}
		if len(categories) > 0 && rapid.Bool().Draw(rt, "categorised") {
			n.CategoryID = rapid.SampledFrom(categories).Draw(rt, "category")
		}
		c, err := w.ws().Contacts.Create(w.t.Context(), n)
		require.NoError(rt, err)
		if rapid.Bool().Draw(rt, "inactive") {
			_, err = w.ws().Contacts.Update(w.t.Context(), c.ID, func(c *crm.Contact) error { c.Active = false; return nil })
			require.NoError(rt, err)
		}
	}
}

// drawKept makes a contact with a phone of no telephone plan, which only an import keeps.
func (w *world) drawKept(rt *rapid.T) {
	if rapid.Bool().Draw(rt, "kept") {
		file := "name,phone,otherAddresses\nKept,+1 000 x7," + `"[{""kind"":""phone"",""value"":""front desk 12"",""label"":""work""}]"` + "\n"
		result, _ := w.imports(w.ws(), file, crm.ImportOptions{KeepPhones: true})
		require.Equal(rt, 1, result.Created)
	}
}

// drawPhones gives the i-th contact of a company phones that nobody else of it has, some with an extension.
func drawPhones(rt *rapid.T, i int, n *crm.NewContact) {
	phone := func(k int) string {
		return fmt.Sprintf("(11) 9%d%d00-%04d", i+1, k, i) + rapid.SampledFrom([]string{"", " ext. 12", " x007"}).Draw(rt, "extension")
	}
	if rapid.Bool().Draw(rt, "phone") {
		n.Phone = crm.Phone(phone(0))
	}
	for k := range rapid.IntRange(0, 2).Draw(rt, "other phones") {
		n.OtherAddresses = append(n.OtherAddresses, crm.Address{
			Kind: crm.PhoneAddress, Value: phone(k + 1), Label: rapid.SampledFrom([]string{"", "home", "fax, old"}).Draw(rt, "phone label"),
		})
	}
}

// moved are the contacts of the company as they are exported, in an order of their own, without ids and times.
func (w *world) moved(rt *rapid.T) []crm.ExportedContact {
	list := exportedLines(rt, w.export(w.ws(), crm.ContactFilter{}, crm.ExportJSONLines))
	for i := range list {
		c := &list[i]
		c.ID, c.CategoryID, c.Stamp = core.ID[crm.Contact]{}, core.ID[crm.Category]{}, crm.Stamp{}
	}
	return inOrder(list)
}

// inOrder sorts contacts by all that they are.
func inOrder(list []crm.ExportedContact) []crm.ExportedContact {
	slices.SortFunc(list, func(a, b crm.ExportedContact) int {
		return strings.Compare(fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b))
	})
	return list
}

// asKeptBy is what a format keeps of contacts.
func asKeptBy(format crm.ExportFormat, list []crm.ExportedContact) []crm.ExportedContact {
	kept := make([]crm.ExportedContact, len(list))
	for i, c := range list {
		c.PhoneTyped, c.OtherAddresses = "", slices.Clone(c.OtherAddresses)
		for j := range c.OtherAddresses {
			c.OtherAddresses[j].Typed = ""
		}
		if format == crm.ExportVCard || format == crm.ExportVCard3 {
			slices.SortStableFunc(c.OtherAddresses, func(a, b crm.Address) int { return -strings.Compare(string(a.Kind), string(b.Kind)) }) // phones first
			labelFirst(&c, crm.PhoneAddress, c.Phone == "")
			labelFirst(&c, crm.EmailAddress, c.Email == "")
		}
		kept[i] = c
	}
	return inOrder(kept)
}

// labelFirst gives the first of a kind a label, where the contact has none of its own before it.
func labelFirst(c *crm.ExportedContact, kind crm.AddressKind, missing bool) {
	i := slices.IndexFunc(c.OtherAddresses, func(a crm.Address) bool { return a.Kind == kind })
	if missing && i >= 0 && c.OtherAddresses[i].Label == "" {
		c.OtherAddresses[i].Label = "other"
	}
}

func exportedLines(rt *rapid.T, file *bytes.Buffer) (list []crm.ExportedContact) {
	for in := json.NewDecoder(file); ; {
		var c crm.ExportedContact
		err := in.Decode(&c)
		if errors.Is(err, io.EOF) {
			return list
		}
		require.NoError(rt, err)
		list = append(list, c)
	}
}
