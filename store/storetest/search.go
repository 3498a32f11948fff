package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/core/words"
	"github.com/clientele-crm/clientele/crm"
)

var searchContracts = []contract{
	{"Search/finds words in any order, their beginnings, and numbers in any form", func(t *testing.T, w *world) {
		w.contact(crm.NewContact{
			Name: "Zoë Ångström-Souza", Company: "Brekke & Söhne", Location: "São José dos Campos", Email: "zoe.a@example.org", Phone: "+14155550100",
			OtherAddresses: []crm.Address{{Kind: crm.PhoneAddress, Value: "(11) 91234-5678"}, {Kind: crm.EmailAddress, Value: "home@example.net"}},
		})
		w.contact(crm.NewContact{Name: "李伟", Company: "Studio 54"})
		for text, want := range map[string]bool{
			"zoe": true, "ZOË": true, "zo": true, "souza zoe": true, "angstrom": true, "ngstrom": false, "brek sao": true, "sohne": true,
			"zoe bob": false, "zoe.a@example.org": true, "home@example": true, "example.org": true, "dos campos": true,
			"4155550100": true, "+1 (415) 555-0100": true, "415 555": true, "5550100": true, "(11) 91234-5678": true, "011 91234 5678": true,
			"+55 11 912345678": true, "91234-5678": true, "00 55 11 9": true, "912345679": false, "zoe 11912": true, "12345678": true, "2345678": false,
		} {
			require.Equal(t, want, slices.Contains(w.found(text), "Zoë Ångström-Souza"), text)
		}
		require.Equal(t, []string{"李伟"}, w.found("李"))
		require.Equal(t, []string{"李伟"}, w.found("54 studio"))
	}},
	{"Search/finds what the rules in Go do", func(t *testing.T, w *world) {
		parts := []string{"Ada", "ada", "Édith", "édi", "Straße", "STRASSE", "a1", "12", "345", "0345", "123", "Kim", "김", "o'Neil", "x-y", "_", "ﬁn", "न्याय", "½"}
		var all []crm.Contact
		for i := range 60 {
			all = append(all, w.contact(crm.NewContact{
				Name: parts[i%7] + " " + parts[i%len(parts)], Company: parts[i*5%len(parts)], Location: parts[i/3%len(parts)],
				Phone: []crm.Phone{"", crm.Phone(fmt.Sprintf("+1415555%04d", 100+i)), crm.Phone(fmt.Sprintf("(11) 91234-5%03d", i))}[i%3],
			}))
		}
		rapid.Check(t, func(rt *rapid.T) {
			text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(append(parts, "a", "e", "s", "+1 415", "5550110", "11 9123", "0119", "1234")), 1, 4).Draw(rt, "words"), rapid.SampledFrom([]string{" ", "-", ", "}).Draw(rt, "between"))
			var f core.Faults
			q := words.Parse(&f, "/q", text)
			if len(f) > 0 {
				rt.Skip("has no word")
			}
			l, err := w.ws().Contacts.Search(t.Context(), text, core.Page{Limit: 200})
			require.NoError(rt, err)
			requireMatched(rt, q, all, l.Items, func(c *crm.Contact) (string, []string) { return c.ID.String(), c.Words() })
		})
	}},
	{"Search/goes with other conditions, is counted and paged", func(t *testing.T, w *world) {
		for i := range 7 {
			w.contact(crm.NewContact{Name: fmt.Sprintf("Ada %d", i), Tags: []string{[]string{"even", "odd"}[i%2]}})
		}
		require.Equal(t, []string{"Ada 6", "Ada 5", "Ada 4", "Ada 3", "Ada 2", "Ada 1", "Ada 0"}, w.found("ada"), "the newest first")
		f := crm.ContactFilter{Search: "ad", Where: filter.Filter{Field: "tag", Op: filter.Is, Value: "odd"}, Sort: crm.ByName}
		require.Equal(t, []string{"Ada 1", "Ada 3", "Ada 5"}, namesOf(w.pages(f, 2, nil)))
		require.Len(t, w.pages(crm.ContactFilter{Search: "ada"}, 2, nil), 7)
		n, err := w.ws().Contacts.Count(t.Context(), f, 0)
		require.NoError(t, err)
		require.Equal(t, 3, n)
	}},
	{"Search/follows what becomes of a contact", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		_, err := w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Name, c.Email = "Grace", ""; return nil })
		require.NoError(t, err)
		require.Empty(t, w.found("ada"))
		require.Equal(t, []string{"Grace"}, w.found("grace"))
		_, err = w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Notes = "unfindable"; return nil })
		require.NoError(t, err)
		require.Equal(t, []string{"Grace"}, w.found("grace"))
		require.Empty(t, w.found("unfindable"))
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), ada.ID))
		require.Empty(t, w.found("grace"))
		_, err = w.ws().Contacts.Restore(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"Grace"}, w.found("grace"))
	}},
	{"Search/shows nobody what they do not see", func(t *testing.T, w *world) {
		w.contact(crm.NewContact{Name: "Ada Ours"})
		_, err := w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada Theirs"})
		require.NoError(t, err)
		me := own(contactPermissions...)
		_, err = w.as(me).Contacts.Create(t.Context(), crm.NewContact{Name: "Ada Mine"})
		require.NoError(t, err)
		require.Equal(t, []string{"Ada Mine", "Ada Ours"}, w.found("ada"))
		l, err := w.as(me).Contacts.Search(t.Context(), "ada", core.Page{})
		require.NoError(t, err)
		require.Equal(t, []string{"Ada Mine"}, namesOf(l.Items))
		n, err := w.as(me).Contacts.Count(t.Context(), crm.ContactFilter{Search: "ada"}, 0)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		_, err = w.as(without(core.ContactsRead)).Contacts.Search(t.Context(), "ada", core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
	{"Search/says what it cannot search for", func(t *testing.T, w *world) {
		for text, fault := range map[string]string{
			"": "/q required", " ": "/q required", "-&-": "/q required", "🦊": "/q required", "a\x00": "/q has_nul", "\xff": "/q not_utf8",
			strings.Repeat("x", 201): "/q max_length", "a b c d e f g h i j k": "/q max_items",
		} {
			_, err := w.ws().Contacts.Search(t.Context(), text, core.Page{})
			require.ErrorIs(t, err, core.ErrInvalid, text)
			require.Equal(t, []string{fault}, faults(t, err), text)
		}
		require.Empty(t, w.found(`"a" OR b* & !c:* | 'd' \ ( NEAR(x)`))
	}},
}

// found are the names of the contacts that a search finds, in its order.
func (w *world) found(text string) []string {
	l, err := w.ws().Contacts.Search(w.t.Context(), text, core.Page{Limit: 200})
	require.NoError(w.t, err, text)
	return namesOf(l.Items)
}

// requireMatched holds what a search found against the rules in Go, over all that there are.
func requireMatched[T any](t require.TestingT, q words.Query, all, found []T, of func(*T) (id string, words []string)) {
	want, got := []string{}, []string{}
	for i := range all {
		if id, said := of(&all[i]); q.Match(said) {
			want = append(want, id)
		}
	}
	for i := range found {
		id, _ := of(&found[i])
		got = append(got, id)
	}
	require.ElementsMatch(t, want, got, q)
}
