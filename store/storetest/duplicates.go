package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/crm/duplicates"
)

var duplicateContracts = []contract{
	{"Duplicates/of a contact come with their reasons, the likeliest first", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada Lovelace", Email: "ada.lovelace@example.org", Location: "London"})
		likely := w.contact(crm.NewContact{Name: "Lovelace, Adah", Email: "ada.lovelace@example.com", Location: "London"})
		namesake := w.contact(crm.NewContact{Name: "Ada Lovelace"})
		w.contact(crm.NewContact{Name: "Ada Byron", Location: "London"})
		w.contact(crm.NewContact{Name: "Ada Lovelace", Location: "Recife"})
		ds, err := w.ws().Contacts.Duplicates(t.Context(), ada.ID, crm.DuplicateFilter{})
		require.NoError(t, err)
		require.Len(t, ds, 2)
		require.Equal(t, likely, ds[0].Contact)
		require.Contains(t, ds[0].Reasons, duplicates.Reason{Field: "email", Rule: "local_part", Points: 20})
		require.Equal(t, namesake, ds[1].Contact)
		require.Equal(t, duplicates.Possible, ds[1].Likelihood)
		require.Equal(t, []duplicates.Reason{{Field: "name", Rule: "equal", Points: 50}}, ds[1].Reasons)

		_, err = w.ws().Contacts.Duplicates(t.Context(), ada.ID, crm.DuplicateFilter{Likelihood: "certain"})
		require.Equal(t, []string{"/likelihood enum"}, faults(t, err))
		ds, err = w.ws().Contacts.Duplicates(t.Context(), ada.ID, crm.DuplicateFilter{Likelihood: duplicates.Probable})
		require.NoError(t, err)
		require.Empty(t, ds)
	}},
	{"Duplicates/are found by any of a contact's phones and addresses", func(t *testing.T, w *world) {
		other := func(kind crm.AddressKind, value string) crm.Address { return crm.Address{Kind: kind, Value: value} }
		ada := w.contact(crm.NewContact{Name: "Katherine King", Phone: "+5511912345678", Email: "ada@example.org", OtherAddresses: []crm.Address{
			other(crm.PhoneAddress, "+442071234567"), other(crm.EmailAddress, "ada.lovelace@example.org"),
		}})
		for _, n := range []crm.NewContact{
			{Name: "Catherine King", OtherAddresses: []crm.Address{other(crm.PhoneAddress, "+5511933332222"), other(crm.PhoneAddress, "+442081234567")}},
			{Name: "Catherine King", OtherAddresses: []crm.Address{other(crm.EmailAddress, "king@example.org"), other(crm.EmailAddress, "ada.lovelace@example.com")}},
		} {
			c := w.contact(n)
			found, err := w.ws().Contacts.Duplicates(t.Context(), c.ID, crm.DuplicateFilter{})
			require.NoError(t, err)
			require.Len(t, found, 1, n.Name)
			require.Equal(t, ada.ID, found[0].Contact.ID)
			require.NoError(t, w.ws().Contacts.Delete(t.Context(), c.ID))
		}
	}},
	{"Duplicates/of what is not stored yet are found before it is", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada Lovelace", Phone: "(11) 91234-5678"})
		ds, err := w.ws().Contacts.DuplicatesOfNew(t.Context(), crm.NewContact{Name: "Ada Lovelace", Phone: "+55 11 91234-5678"}, crm.DuplicateFilter{})
		require.NoError(t, err)
		require.Len(t, ds, 1)
		require.Equal(t, ada, ds[0].Contact)
		require.Equal(t, duplicates.Probable, ds[0].Likelihood)
		_, err = w.ws().Contacts.DuplicatesOfNew(t.Context(), crm.NewContact{Name: "Ada", Email: "nobody"}, crm.DuplicateFilter{})
		require.Equal(t, []string{"/email email"}, faults(t, err))
		require.Len(t, w.all(), 1)
	}},
	{"Duplicates/follow every change of a contact", func(t *testing.T, w *world) {
		ada, other := w.contact(crm.NewContact{Name: "Ada Lovelace"}), w.contact(crm.NewContact{Name: "Grace Hopper"})
		require.Empty(t, w.duplicates(ada))
		_, err := w.ws().Contacts.Update(t.Context(), other.ID, func(c *crm.Contact) error { c.Name = "Ada Lovelace"; return nil })
		require.NoError(t, err)
		require.Equal(t, []core.ID[crm.Contact]{other.ID}, w.duplicates(ada))
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), other.ID))
		require.Empty(t, w.duplicates(ada))
		_, err = w.ws().Contacts.Duplicates(t.Context(), other.ID, crm.DuplicateFilter{})
		require.ErrorIs(t, err, core.ErrState)
		_, err = w.ws().Contacts.Restore(t.Context(), other.ID)
		require.NoError(t, err)
		require.Equal(t, []core.ID[crm.Contact]{other.ID}, w.duplicates(ada))
		w.imports(w.ws(), "id,name\n"+other.ID.String()+",Grace Hopper\n", crm.ImportOptions{})
		require.Empty(t, w.duplicates(ada))
	}},
	{"Duplicates/that were said to be two people are told no more until that is taken back", func(t *testing.T, w *world) {
		ada, other := w.contact(crm.NewContact{Name: "Ada Lovelace"}), w.contact(crm.NewContact{Name: "Ada Lovelace"})
		for range 2 { // twice is once
			require.NoError(t, w.ws().Contacts.MarkDistinct(t.Context(), other.ID, ada.ID))
		}
		require.Empty(t, w.duplicates(ada))
		require.Empty(t, w.duplicates(other))
		require.Empty(t, w.pairs(w.ws(), 100))
		for range 2 {
			require.NoError(t, w.ws().Contacts.UnmarkDistinct(t.Context(), ada.ID, other.ID))
		}
		require.Equal(t, []core.ID[crm.Contact]{other.ID}, w.duplicates(ada))
		require.Equal(t, []string{"contact.created", "contact.not_duplicate", "contact.not_duplicate_withdrawn"}, w.trail(ada.ID.UUID))
		require.Equal(t, []string{"/otherId different"}, faults(t, w.ws().Contacts.MarkDistinct(t.Context(), ada.ID, ada.ID)))
	}},
	{"Duplicates/are scanned page by page, each pair once", func(t *testing.T, w *world) {
		var want []string
		for i := range 7 {
			c := w.contact(crm.NewContact{Name: "Ada Lovelace", Notes: fmt.Sprint(i)})
			for _, older := range w.all() {
				if older.ID != c.ID && older.Name == c.Name {
					want = append(want, older.ID.String()+" "+c.ID.String())
				}
			}
			w.contact(crm.NewContact{Name: fmt.Sprint("Somebody Else", i)})
		}
		for _, limit := range []int{1, 2, 3, 5, 21, 100} {
			require.ElementsMatch(t, want, w.pairs(w.ws(), limit), "pages of %d", limit)
		}
		_, err := w.ws().Contacts.ListDuplicates(t.Context(), crm.DuplicateFilter{}, core.Page{Cursor: "nonsense"})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"Duplicates/of many who share a key are those with its oldest", func(t *testing.T, w *world) {
		many := duplicates.MaxBlock + 10
		file := "name,notes\n"
		for i := range many {
			file += fmt.Sprintf("Maria Silva,%d\n", i)
		}
		w.imports(w.ws(), file, crm.ImportOptions{})
		n := duplicates.MaxBlock
		require.Len(t, w.pairs(w.ws(), 100), n*(n-1)/2+10*n)
	}},
	{"Duplicates/of a name that very many have are the oldest of it", func(t *testing.T, w *world) {
		file := "name,notes\n"
		for i := range 12 * duplicates.MaxBlock {
			file += fmt.Sprintf("Maria Silva,%d\n", i)
		}
		_, rows := w.imports(w.ws(), file, crm.ImportOptions{BatchRows: 500})
		var oldest []core.ID[crm.Contact]
		for _, row := range rows[:duplicates.MaxBlock] {
			oldest = append(oldest, row.ContactID)
		}
		found, err := w.ws().Contacts.DuplicatesOfNew(t.Context(), crm.NewContact{Name: "Maria Silva"}, crm.DuplicateFilter{})
		require.NoError(t, err)
		ids := make([]core.ID[crm.Contact], len(found))
		for i, d := range found {
			ids[i] = d.Contact.ID
		}
		require.Len(t, ids, 20)
		require.Subset(t, oldest, ids)
	}},
	{"Duplicates/that the actor may not see are not told", func(t *testing.T, w *world) {
		partner := own(core.ContactsRead, core.ContactsWrite)
		theirs, err := w.as(partner).Contacts.Create(t.Context(), crm.NewContact{Name: "Ada Lovelace"})
		require.NoError(t, err)
		hidden := w.contact(crm.NewContact{Name: "Ada Lovelace"})
		seen, err := w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada Lovelace", OwnerID: partner.ID})
		require.NoError(t, err)
		_, err = w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada Lovelace"})
		require.NoError(t, err)
		ds, err := w.as(partner).Contacts.Duplicates(t.Context(), theirs.ID, crm.DuplicateFilter{})
		require.NoError(t, err)
		require.Len(t, ds, 1)
		require.Equal(t, seen.ID, ds[0].Contact.ID)
		require.Equal(t, []string{theirs.ID.String() + " " + seen.ID.String()}, w.pairs(w.as(partner), 100))
		require.Len(t, w.pairs(w.ws(), 100), 3)
		require.ErrorIs(t, w.as(partner).Contacts.MarkDistinct(t.Context(), theirs.ID, hidden.ID), core.ErrNotFound)
		_, err = w.as(partner).Contacts.Duplicates(t.Context(), hidden.ID, crm.DuplicateFilter{})
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Duplicates/need the permission to read or to write contacts", func(t *testing.T, w *world) {
		ada, other := w.contact(crm.NewContact{Name: "Ada Lovelace"}), w.contact(crm.NewContact{Name: "Ada Lovelace"})
		blind, reader := w.as(without(core.ContactsRead)).Contacts, w.as(without(core.ContactsWrite)).Contacts
		_, err := blind.Duplicates(t.Context(), ada.ID, crm.DuplicateFilter{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = blind.ListDuplicates(t.Context(), crm.DuplicateFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = blind.DuplicatesOfNew(t.Context(), crm.NewContact{Name: "Ada"}, crm.DuplicateFilter{})
		require.ErrorIs(t, err, core.ErrForbidden)
		require.ErrorIs(t, reader.MarkDistinct(t.Context(), ada.ID, other.ID), core.ErrForbidden)
		require.ErrorIs(t, reader.UnmarkDistinct(t.Context(), ada.ID, other.ID), core.ErrForbidden)
	}},
	{"Duplicates/are those that comparing everybody who shares a key finds", func(t *testing.T, w *world) {
		rapid.Check(t, func(r *rapid.T) {
			company := w.newCompany("Random")
			ws := w.app.Workspace(core.Scope{Company: company, Actor: core.System()})
			word := rapid.SampledFrom([]string{"Ada", "Adah", "Lovelace", "Byron", "King", "Zoë"})
			var cs []crm.Contact
			for range rapid.IntRange(0, 12).Draw(r, "contacts") {
				c, err := ws.Contacts.Create(t.Context(), crm.NewContact{
					Name:     word.Draw(r, "given") + " " + word.Draw(r, "family"),
					Location: rapid.SampledFrom([]string{"", "London", "Recife"}).Draw(r, "place"),
				})
				require.NoError(t, err)
				cs = append(cs, c)
			}
			x, want := duplicates.NewIndex[core.ID[crm.Contact]](), []string{}
			for _, c := range cs {
				p := duplicates.Of(c.Compared())
				for _, f := range x.Find(p) {
					want = append(want, f.Name.String()+" "+c.ID.String())
				}
				x.Add(c.ID, p)
			}
			require.ElementsMatch(t, want, w.pairs(ws, rapid.IntRange(1, 9).Draw(r, "limit")))
		})
	}},
}

// duplicates are those of a contact, as the system sees them.
func (w *world) duplicates(c crm.Contact) (ids []core.ID[crm.Contact]) {
	ds, err := w.ws().Contacts.Duplicates(w.t.Context(), c.ID, crm.DuplicateFilter{})
	require.NoError(w.t, err)
	for _, d := range ds {
		ids = append(ids, d.Contact.ID)
	}
	return ids
}

// pairs are those that a scan by pages of a size finds, in their order.
func (w *world) pairs(ws *clientele.Workspace, limit int) (pairs []string) {
	for page := (core.Page{Limit: limit}); ; {
		l, err := ws.Contacts.ListDuplicates(w.t.Context(), crm.DuplicateFilter{}, page)
		require.NoError(w.t, err)
		require.LessOrEqual(w.t, len(l.Items), limit)
		for _, p := range l.Items {
			pairs = append(pairs, p.Contact.ID.String()+" "+p.Other.ID.String())
		}
		if page.Cursor = l.Next; l.Next == "" {
			return pairs
		}
	}
}
