package storetest

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var exportContracts = []contract{
	{"Exports/tell of what the filter lets through, in every format", func(t *testing.T, w *world) {
		vips, err := w.ws().Categories.Create(t.Context(), crm.NewCategory{Name: "VIPs"})
		require.NoError(t, err)
		ada := w.contact(crm.NewContact{
			Name: "=Ada", Email: "ada@example.org", Phone: "11 91234-5678", Tags: []string{"vip", "maths, pure"}, CategoryID: vips.ID, Location: "São Paulo",
			OtherAddresses: []crm.Address{{Kind: crm.EmailAddress, Value: "countess@example.org", Label: "home"}},
		})
		w.contact(crm.NewContact{Name: "Eve"})
		f := crm.ContactFilter{Tag: "vip", Sort: crm.ByNameDesc}

		rows, err := csv.NewReader(w.export(w.ws(), f, crm.ExportCSV)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2)
		cells := map[string]string{}
		for i, name := range rows[0] {
			cells[name] = rows[1][i]
		}
		require.Equal(t, ada.ID.String(), cells["id"])
		require.Equal(t, "'=Ada", cells["name"], "no spreadsheet runs it")
		require.Equal(t, "+5511912345678", cells["phone"])
		require.Equal(t, `vip,"maths, pure"`, cells["tags"])
		require.Equal(t, "VIPs", cells["category"])
		require.Equal(t, `[{"kind":"email","value":"countess@example.org","label":"home"}]`, cells["otherAddresses"])
		require.Equal(t, "true", cells["active"])

		var line crm.ExportedContact
		require.NoError(t, json.NewDecoder(w.export(w.ws(), f, crm.ExportJSONLines)).Decode(&line))
		require.Equal(t, crm.ExportedContact{Contact: ada, Category: "VIPs"}, line)

		card := w.export(w.ws(), f, crm.ExportVCard).String()
		for _, want := range []string{"VERSION:4.0", "UID:urn:uuid:" + ada.ID.String(), "FN:=Ada", "TEL;PREF=1:+5511912345678", "EMAIL;TYPE=home:countess@example.org", "X-CLIENTELE-CATEGORY:VIPs"} {
			require.Contains(t, card, "\r\n"+want+"\r\n")
		}
		require.Contains(t, w.export(w.ws(), f, crm.ExportVCard3).String(), "\r\nVERSION:3.0\r\n")
	}},
	{"Exports/of nobody are a header, or nothing", func(t *testing.T, w *world) {
		require.True(t, strings.HasPrefix(w.export(w.ws(), crm.ContactFilter{}, crm.ExportCSV).String(), "id,name,phone,email,"))
		require.Empty(t, w.export(w.ws(), crm.ContactFilter{}, crm.ExportVCard).String())
		_, err := w.ws().Contacts.Export(t.Context(), crm.ContactFilter{}, "xlsx")
		require.Equal(t, []string{"/format enum"}, faults(t, err))
	}},
	{"Exports/need their permission, and have own rows only for those who see no others", func(t *testing.T, w *world) {
		for _, missing := range []core.Permission{core.ContactsExport, core.ContactsRead} {
			_, err := w.as(without(missing)).Contacts.Export(t.Context(), crm.ContactFilter{}, crm.ExportCSV)
			require.ErrorIs(t, err, core.ErrForbidden)
		}
		partner := own(core.ContactsExport, core.ContactsRead)
		w.contact(crm.NewContact{Name: "Ada"})
		w.contact(crm.NewContact{Name: "Bea", OwnerID: partner.ID})
		_, err := w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Eve", OwnerID: partner.ID})
		require.NoError(t, err)
		require.Equal(t, []string{"Bea"}, exported(t, w.export(w.as(partner), crm.ContactFilter{}, crm.ExportJSONLines)))
		require.Equal(t, []string{"Ada", "Bea"}, exported(t, w.export(w.ws(), crm.ContactFilter{}, crm.ExportJSONLines)))
	}},
	{"Exports/have each contact once, whatever is changed meanwhile, and hold nothing open", func(t *testing.T, w *world) {
		const many = 2500 // some pages
		_, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(people(many)), crm.ImportOptions{})
		require.NoError(t, err)
		e, err := w.ws().Contacts.Export(t.Context(), crm.ContactFilter{}, crm.ExportJSONLines)
		require.NoError(t, err)
		all := w.all()
		var out bytes.Buffer
		touched := false
		require.NoError(t, e.Write(t.Context(), writerFunc(func(b []byte) (int, error) {
			if !touched { // what comes first changes, and what comes last
				touched = true
				for _, c := range []crm.Contact{all[0], all[many-1]} {
					_, err := w.ws().Contacts.Update(t.Context(), c.ID, func(c *crm.Contact) error { c.Location = "Moved"; return nil })
					require.NoError(t, err)
				}
			}
			return out.Write(b)
		})))
		seen := map[string]int{}
		for _, name := range exported(t, &out) {
			seen[name]++
		}
		require.Len(t, seen, many)
		require.Len(t, all, many)
	}},
	{"Exports/end with their context, and when their reader goes away", func(t *testing.T, w *world) {
		_, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(people(2500)), crm.ImportOptions{})
		require.NoError(t, err)
		gone := errors.New("the reader is gone")
		e, err := w.ws().Contacts.Export(t.Context(), crm.ContactFilter{}, crm.ExportCSV)
		require.NoError(t, err)
		require.ErrorIs(t, e.Write(t.Context(), writerFunc(func([]byte) (int, error) { return 0, gone })), gone)

		ctx, stop := context.WithCancel(t.Context())
		e, err = w.ws().Contacts.Export(ctx, crm.ContactFilter{}, crm.ExportCSV)
		require.NoError(t, err)
		err = e.Write(ctx, writerFunc(func(b []byte) (int, error) { stop(); return len(b), nil }))
		require.Error(t, err, "a part is not taken for the whole")
	}},
	{"Exports/tell what reading tells, to the byte, whatever the texts have in them", func(t *testing.T, w *world) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			tag := fmt.Sprint("same ", n)
			for i := range 3 {
				c := drawContact(rt, fmt.Sprintf("same-%d-%d", n, i), tag)
				c.Notes += rapid.SampledFrom([]string{"", "", "a\x1fb", "\x1f\x1f.", "\x1e"}).Draw(rt, "separators")
				_, err := w.ws().Contacts.Create(t.Context(), c)
				require.NoError(rt, err)
			}
			f := crm.ContactFilter{Tag: tag, Sort: crm.ByCreated}
			read, err := w.ws().Contacts.List(t.Context(), f, core.Page{})
			require.NoError(rt, err)
			var want bytes.Buffer
			lines := json.NewEncoder(&want)
			lines.SetEscapeHTML(false)
			for _, c := range read.Items {
				require.NoError(rt, lines.Encode(crm.ExportedContact{Contact: c}))
			}
			require.Equal(rt, want.String(), w.export(w.ws(), f, crm.ExportJSONLines).String())
			f.Deleted = true
			require.Empty(rt, w.export(w.ws(), f, crm.ExportJSONLines).String())
		})
	}},
	{"Exports/are imported again without a change", func(t *testing.T, w *world) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			tag := fmt.Sprint("run ", n)
			var made []crm.Contact
			for i := range rapid.IntRange(1, 3).Draw(rt, "contacts") {
				c, err := w.ws().Contacts.Create(t.Context(), drawContact(rt, fmt.Sprintf("%d-%d", n, i), tag))
				require.NoError(rt, err)
				if rapid.Bool().Draw(rt, "inactive") {
					c, err = w.ws().Contacts.Update(t.Context(), c.ID, func(c *crm.Contact) error { c.Active = false; return nil })
					require.NoError(rt, err)
				}
				made = append(made, c)
			}
			for _, format := range importable {
				file := w.export(w.ws(), crm.ContactFilter{Tag: tag}, format).String()
				result, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(file), crm.ImportOptions{})
				require.NoError(rt, err)
				require.Equal(rt, len(made), result.Skipped, "%s: %+v\n%s", format, result, file)
				for _, c := range made {
					got, err := w.ws().Contacts.Get(t.Context(), c.ID)
					require.NoError(rt, err)
					require.Equal(rt, c, got)
				}
			}
		})
	}},
}

// importable are the formats that an import reads.
var importable = []crm.ExportFormat{crm.ExportCSV, crm.ExportVCard, crm.ExportVCard3, crm.ExportJSONLines}

// drawContact is a contact with texts that are hard to keep in a file.
func drawContact(t *rapid.T, unique, tag string) crm.NewContact {
	hard := rapid.OneOf(
		rapid.SampledFrom([]string{"", "=1+1", "'=1", "'", "-a", "+cmd|' /C calc'!A0", "@x", "a,b;c\td", `say "hi"`, `back\slash`, `\n`, "é 漢 😀", "a:b;c=d", "＝1", "x\u00a0y", "BEGIN:VCARD"}),
		rapid.StringMatching(`[ -~é漢]{0,90}`),
	)
	line := func(name string) string { return strings.ReplaceAll(hard.Draw(t, name), "\t", " ") }
	text := func(name string) string {
		return strings.Join(rapid.SliceOfN(hard, 0, 3).Draw(t, name), rapid.SampledFrom([]string{"\n", "\r\n", "\n\n"}).Draw(t, name+" lines"))
	}
	n := crm.NewContact{
		Name: "N" + line("name"), Location: line("location"), Company: line("company"), Designation: line("designation"), Industry: line("industry"),
		InnerDrives: text("drives"), Baselines: text("baselines"), Traits: text("traits"), PersonalityType: line("type"), Notes: text("notes"),
		Type: rapid.SampledFrom([]crm.ContactType{"", crm.Employee}).Draw(t, "kind"), Source: "s" + unique,
		Timezone: rapid.SampledFrom([]string{"", "Europe/London"}).Draw(t, "zone"), Locale: rapid.SampledFrom([]string{"", "pt-BR"}).Draw(t, "locale"),
		Website: rapid.SampledFrom([]string{"", "example.org", "https://example.org/?a=b,c;d"}).Draw(t, "website"),
		Tags:    []string{tag},
	}
	n.Tags = append(n.Tags, rapid.SliceOfN(rapid.StringMatching(`[a-z,"'=\\ ;é]{0,8}`), 0, 4).Draw(t, "tags")...)
	if rapid.Bool().Draw(t, "owned") {
		n.OwnerID = core.UserID{UUID: uuid.New()}
	}
	if rapid.Bool().Draw(t, "reached") {
		n.Email = core.Email("first." + unique + "@example.org")
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "others") {
		n.OtherAddresses = append(n.OtherAddresses, crm.Address{
			Kind: crm.EmailAddress, Value: fmt.Sprintf("other.%d.%s@example.org", i, unique), Label: strings.TrimSpace(rapid.StringMatching(`[a-z:;,"'= \\é]{0,9}`).Draw(t, "label")),
		})
	}
	return n
}

// export is a whole export.
func (w *world) export(ws *clientele.Workspace, f crm.ContactFilter, format crm.ExportFormat) *bytes.Buffer {
	w.t.Helper()
	e, err := ws.Contacts.Export(w.t.Context(), f, format)
	require.NoError(w.t, err)
	var out bytes.Buffer
	require.NoError(w.t, e.Write(w.t.Context(), &out))
	return &out
}

// exported are the names in an export to JSON lines.
func exported(t *testing.T, lines io.Reader) (names []string) {
	for in := json.NewDecoder(lines); ; {
		var c crm.ExportedContact
		err := in.Decode(&c)
		if errors.Is(err, io.EOF) {
			return names
		}
		require.NoError(t, err)
		names = append(names, c.Name)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
