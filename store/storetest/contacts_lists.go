package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var contactListContracts = []contract{
	{"Contacts/are filtered by each of their values", func(t *testing.T, w *world) {
		category, owner := w.category("Customers"), core.UserID{UUID: uuid.New()}
		ada := w.contact(crm.NewContact{
			Name: "Ada", Phone: "+14155550100", Email: "ada@example.org", Type: crm.Employee, Company: "École Polytechnique",
			CategoryID: category.ID, OwnerID: owner, Tags: []string{"VIP", "Émigré"}, Source: "web",
			OtherAddresses: []crm.Address{{Kind: crm.EmailAddress, Value: "lovelace@example.org"}, {Kind: crm.PhoneAddress, Value: "(11) 91234-5678"}},
		})
		bob := w.contact(crm.NewContact{Name: "Bob", Type: crm.Entrepreneur})
		bob, err := w.ws().Contacts.Update(t.Context(), bob.ID, func(c *crm.Contact) error { c.Active = false; return nil })
		require.NoError(t, err)
		yes, no := true, false
		for name, c := range map[string]struct {
			filter crm.ContactFilter
			want   []crm.Contact
		}{
			"none":             {crm.ContactFilter{}, []crm.Contact{ada, bob}},
			"category":         {crm.ContactFilter{Category: category.ID}, []crm.Contact{ada}},
			"another category": {crm.ContactFilter{Category: core.ID[crm.Category]{UUID: uuid.New()}}, nil},
			"owner":            {crm.ContactFilter{Owner: owner}, []crm.Contact{ada}},
			"type":             {crm.ContactFilter{Type: crm.Entrepreneur}, []crm.Contact{bob}},
			"tag":              {crm.ContactFilter{Tag: "EMIGRE"}, []crm.Contact{ada}},
			"part of a tag":    {crm.ContactFilter{Tag: "emi"}, nil},
			"e-mail":           {crm.ContactFilter{Email: "ADA@example.org"}, []crm.Contact{ada}},
			"other e-mail":     {crm.ContactFilter{Email: "Lovelace@Example.org"}, []crm.Contact{ada}},
			"phone":            {crm.ContactFilter{Phone: "+1 (415) 555-0100"}, []crm.Contact{ada}},
			"other phone":      {crm.ContactFilter{Phone: "11 912345678"}, []crm.Contact{ada}},
			"source":           {crm.ContactFilter{Source: "web"}, []crm.Contact{ada}},
			"company":          {crm.ContactFilter{Company: "ecole polytechnique"}, []crm.Contact{ada}},
			"active":           {crm.ContactFilter{Active: &yes}, []crm.Contact{ada}},
			"not active":       {crm.ContactFilter{Active: &no}, []crm.Contact{bob}},
			"incomplete":       {crm.ContactFilter{Incomplete: &yes}, nil},
			"not incomplete":   {crm.ContactFilter{Incomplete: &no}, []crm.Contact{ada, bob}},
			"deleted":          {crm.ContactFilter{Deleted: true}, nil},
			"created from":     {crm.ContactFilter{CreatedFrom: bob.CreatedAt}, []crm.Contact{bob}},
			"created before":   {crm.ContactFilter{CreatedBefore: bob.CreatedAt}, []crm.Contact{ada}},
			"in another zone":  {crm.ContactFilter{CreatedFrom: bob.CreatedAt.In(time.FixedZone("", 9*3600))}, []crm.Contact{bob}},
			"updated from":     {crm.ContactFilter{UpdatedFrom: bob.UpdatedAt}, []crm.Contact{bob}},
			"updated before":   {crm.ContactFilter{UpdatedBefore: bob.UpdatedAt}, []crm.Contact{ada}},
			"two at once":      {crm.ContactFilter{Type: crm.Employee, Source: "mail"}, nil},
		} {
			l, err := w.ws().Contacts.List(t.Context(), c.filter, core.Page{})
			require.NoError(t, err, name)
			require.Equal(t, append([]crm.Contact{}, c.want...), l.Items, name)
			n, err := w.ws().Contacts.Count(t.Context(), c.filter, 0)
			require.NoError(t, err, name)
			require.Equal(t, len(c.want), n, name)
		}
	}},
	{"Contacts/refuse filters and pages that mean nothing", func(t *testing.T, w *world) {
		for fault, f := range map[string]crm.ContactFilter{
			"/email email":        {Email: "x"},
			"/phone phone":        {Phone: "no digits"},
			"/tag has_nul":        {Tag: "\x00"},
			"/source not_utf8":    {Source: "\xff"},
			"/company max_length": {Company: strings.Repeat("x", 201)},
			"/type enum":          {Type: "robot"},
			"/sort sort":          {Sort: "phone"},
		} {
			_, err := w.ws().Contacts.List(t.Context(), f, core.Page{})
			require.ErrorIs(t, err, core.ErrInvalid, fault)
			require.Equal(t, []string{fault}, faults(t, err))
		}
		for fault, p := range map[string]core.Page{
			"/limit range":     {Limit: 201},
			"/limit range ":    {Limit: -1},
			"/cursor cursor":   {Cursor: "x"},
			"/cursor cursor ":  {Cursor: core.Cursor{Order: "name", Value: "\x00", ID: uuid.New()}.Encode()},
			"/cursor cursor  ": {Cursor: core.Cursor{Order: "-name", Value: "a", ID: uuid.New()}.Encode()},
		} {
			_, err := w.ws().Contacts.List(t.Context(), crm.ContactFilter{}, p)
			require.ErrorIs(t, err, core.ErrInvalid, fault)
			require.Equal(t, []string{strings.TrimSpace(fault)}, faults(t, err))
		}
		_, err := w.ws().Contacts.List(t.Context(), crm.ContactFilter{Sort: crm.ByCreated},
			core.Page{Cursor: core.Cursor{Order: "createdAt", Value: "yesterday", ID: uuid.New()}.Encode()})
		require.Equal(t, []string{"/cursor cursor"}, faults(t, err))
	}},
	{"Contacts/are sorted in every order, page by page", func(t *testing.T, w *world) {
		for _, name := range []string{"émile", "Zoë", "Eve", "eve", "ÉVE", "Ångström", "_x", "李", "Ada Lovelace", "ada", "🦊", "10", "9"} {
			w.contact(crm.NewContact{Name: name})
		}
		for i, c := range w.all() {
			if i%3 == 0 {
				_, err := w.ws().Contacts.Update(t.Context(), c.ID, func(c *crm.Contact) error { c.Notes = "changed"; return nil })
				require.NoError(t, err)
			}
		}
		all := w.all()
		byID := func(a, b crm.Contact) int { return strings.Compare(a.ID.String(), b.ID.String()) }
		for sort, compare := range map[crm.ContactSort]func(a, b crm.Contact) int{
			crm.ByName:    func(a, b crm.Contact) int { return cmp.Compare(core.Fold(a.Name), core.Fold(b.Name)) },
			crm.ByCreated: func(a, b crm.Contact) int { return a.CreatedAt.Compare(b.CreatedAt) },
			crm.ByUpdated: func(a, b crm.Contact) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
		} {
			want := slices.SortedFunc(slices.Values(all), func(a, b crm.Contact) int { return cmp.Or(compare(a, b), byID(a, b)) })
			require.Equal(t, namesOf(want), namesOf(w.pages(crm.ContactFilter{Sort: sort}, 4, nil)), sort)
			slices.Reverse(want)
			require.Equal(t, namesOf(want), namesOf(w.pages(crm.ContactFilter{Sort: "-" + sort}, 4, nil)), "-"+sort)
		}
	}},
	{"Contacts/are paged through behind the longest name too", func(t *testing.T, w *world) {
		for range 3 {
			w.contact(crm.NewContact{Name: strings.Repeat("\ufdfa", 200)}) // each character folds to 18
		}
		require.Len(t, w.pages(crm.ContactFilter{}, 1, nil), 3)
		require.Len(t, w.pages(crm.ContactFilter{Sort: crm.ByNameDesc}, 1, nil), 3)
	}},
	{"Contacts/come once each while others are made between two pages", func(t *testing.T, w *world) {
		for i := range 12 {
			w.contact(crm.NewContact{Name: fmt.Sprintf("m%02d", i)})
		}
		for _, sort := range []crm.ContactSort{crm.ByName, crm.ByNameDesc, crm.ByCreated, crm.ByCreatedDesc} {
			before := namesOf(w.pages(crm.ContactFilter{Sort: sort}, 200, nil))
			seen := namesOf(w.pages(crm.ContactFilter{Sort: sort}, 3, func() {
				w.contact(crm.NewContact{Name: "a" + uuid.NewString()})
				w.contact(crm.NewContact{Name: "z" + uuid.NewString()})
			}))
			require.Equal(t, len(seen), len(slices.Compact(slices.Sorted(slices.Values(seen)))), "%s: none twice", sort)
			rest := slices.DeleteFunc(seen, func(name string) bool { return !slices.Contains(before, name) })
			require.Equal(t, before, rest, "%s: none left out", sort)
		}
	}},
	{"Contacts/are counted no further than asked", func(t *testing.T, w *world) {
		for i := range 5 {
			w.contact(crm.NewContact{Name: fmt.Sprint(i)})
		}
		for limit, want := range map[int]int{0: 5, 1: 1, 4: 4, 5: 5, 100: 5} {
			n, err := w.ws().Contacts.Count(t.Context(), crm.ContactFilter{}, limit)
			require.NoError(t, err)
			require.Equal(t, want, n, "limit %d", limit)
		}
	}},
	{"Contacts/are tagged without regard to case and accents", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Tags: []string{" VIP", "vip", "", "Émigré", "emigre", "straße"}})
		require.Equal(t, []string{"VIP", "Émigré", "straße"}, ada.Tags)
		bob := w.contact(crm.NewContact{Name: "Bob", Tags: []string{"vip", "100%", "_"}})
		w.contact(crm.NewContact{Name: "Carol", Tags: []string{"STRASSE"}})
		_, err := w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Theirs", Tags: []string{"vip", "theirs"}})
		require.NoError(t, err)
		tags := func(prefix string, limit int) []crm.Tag {
			list, err := w.ws().Contacts.Tags(t.Context(), prefix, limit)
			require.NoError(t, err)
			return list
		}
		require.Equal(t, []crm.Tag{{Name: "100%", Count: 1}, {Name: "_", Count: 1}, {Name: "Émigré", Count: 1}, {Name: "STRASSE", Count: 2}, {Name: "VIP", Count: 2}}, tags("", 0))
		require.Equal(t, []crm.Tag{{Name: "100%", Count: 1}, {Name: "_", Count: 1}}, tags("", 2))
		require.Equal(t, []crm.Tag{{Name: "Émigré", Count: 1}}, tags("EMI", 0))
		require.Equal(t, []crm.Tag{}, tags("%", 0))

		require.NoError(t, w.ws().Contacts.Delete(t.Context(), bob.ID))
		require.Equal(t, []crm.Tag{{Name: "VIP", Count: 1}}, tags("vip", 0), "those of live contacts")
		_, err = w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Tags = nil; return nil })
		require.NoError(t, err)
		require.Equal(t, []crm.Tag{{Name: "STRASSE", Count: 1}}, tags("", 0))
		mine, err := w.as(own(contactPermissions...)).Contacts.Tags(t.Context(), "", 0)
		require.NoError(t, err)
		require.Equal(t, []crm.Tag{}, mine)
		_, err = w.ws().Contacts.Tags(t.Context(), "\x00", 0)
		require.Equal(t, []string{"/prefix has_nul"}, faults(t, err))
	}},
}

// pages reads a list to its end, and calls between between two pages.
func (w *world) pages(f crm.ContactFilter, limit int, between func()) (all []crm.Contact) {
	p := core.Page{Limit: limit}
	for {
		l, err := w.ws().Contacts.List(w.t.Context(), f, p)
		require.NoError(w.t, err)
		require.LessOrEqual(w.t, len(l.Items), limit)
		all = append(all, l.Items...)
		if p.Cursor = l.Next; p.Cursor == "" {
			return all
		}
		if between != nil {
			between()
		}
		require.Less(w.t, len(all), 1000, "the list does not end")
	}
}
