package storetest

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var contactRuleContracts = []contract{
	{"Contacts/have to have what the company's policy asks for", func(t *testing.T, w *world) {
		all := crm.NewContact{Name: "Ada", Phone: "+14155550100", Email: "ada@example.org", Location: "London", Type: crm.Employee}
		for field, clear := range map[string]func(*crm.NewContact){
			"phone":    func(n *crm.NewContact) { n.Phone = "" },
			"email":    func(n *crm.NewContact) { n.Email = "" },
			"location": func(n *crm.NewContact) { n.Location = " " },
			"type":     func(n *crm.NewContact) { n.Type = "" },
		} {
			w.policy(field)
			ada := w.contact(all)
			less := all
			clear(&less)
			_, err := w.ws().Contacts.Create(t.Context(), less)
			require.ErrorIs(t, err, core.ErrInvalid)
			require.Equal(t, []string{"/" + field + " required"}, faults(t, err))
			_, err = w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { clear(&c.NewContact); return nil })
			require.Equal(t, []string{"/" + field + " required"}, faults(t, err))
			require.Equal(t, []crm.Contact{ada}, w.all())
		}
		w.policy(core.DefaultContactPolicy()...)
		_, err := w.ws().Contacts.Create(t.Context(), crm.NewContact{})
		require.Equal(t, []string{"/name required", "/phone required", "/email required", "/location required", "/type required"}, faults(t, err))
		_, err = w.ws().Contacts.Receive(t.Context(), crm.NewContact{Name: "\u202e\u200b"})
		require.Equal(t, []string{"/name required"}, faults(t, err), "nobody could see it")
		_, err = w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Phone: "12", Email: "ada", Location: "L", Type: "robot"})
		require.Equal(t, []string{"/type enum", "/phone phone", "/email email"}, faults(t, err), "what is wrong is there")
	}},
	{"Contacts/that come in through a channel are incomplete until they meet the policy", func(t *testing.T, w *world) {
		w.policy(core.DefaultContactPolicy()...)
		_, err := w.ws().Contacts.Receive(t.Context(), crm.NewContact{Phone: "+14155550100"})
		require.Equal(t, []string{"/name required"}, faults(t, err), "a name is always required")
		ada, err := w.ws().Contacts.Receive(t.Context(), crm.NewContact{Name: "Ada", Phone: "+14155550100"})
		require.NoError(t, err)
		require.True(t, ada.Incomplete)
		edit := func(edit func(*crm.Contact)) (crm.Contact, error) {
			return w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { edit(c); return nil })
		}
		ada, err = edit(func(c *crm.Contact) { c.Email, c.Location = "ada@example.org", "London" })
		require.NoError(t, err)
		require.True(t, ada.Incomplete)
		ada, err = edit(func(c *crm.Contact) { c.Type = crm.Entrepreneur })
		require.NoError(t, err)
		require.False(t, ada.Incomplete)
		_, err = edit(func(c *crm.Contact) { c.Email = "" })
		require.Equal(t, []string{"/email required"}, faults(t, err), "once complete, it stays so")
	}},
	{"Contacts/have no phone of another, however it is spelt", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Phone: "+55 11 91234-5678"})
		for _, spelling := range []crm.Phone{"+5511912345678", "(11) 91234-5678", "011 91234 5678", "+55 (11) 9 1234.5678"} {
			_, err := w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Eve", Phone: spelling})
			require.Equal(t, ada.ID.UUID, holder(t, err), spelling)
			require.Equal(t, []string{"/phone unique"}, faults(t, err))
		}
		require.Len(t, w.all(), 1)
		w.contact(crm.NewContact{Name: "Behind the switchboard", Phone: "+5511912345678;ext=12"})
	}},
	{"Contacts/have no e-mail address of another, whatever its case", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "Ada@Bücher.example"})
		for _, spelling := range []core.Email{"ada@bücher.example", "ADA@BÜCHER.EXAMPLE", " ada@xn--bcher-kva.example "} {
			_, err := w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Eve", Email: spelling})
			require.Equal(t, ada.ID.UUID, holder(t, err), spelling)
			require.Equal(t, []string{"/email unique"}, faults(t, err))
		}
		require.Equal(t, core.Email("Ada@xn--bcher-kva.example"), ada.Email)
	}},
	{"Contacts/share no address in whichever place", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org", OtherAddresses: []crm.Address{
			{Kind: crm.PhoneAddress, Value: "+14155550100"}, {Kind: crm.EmailAddress, Value: "lovelace@example.org"},
		}})
		for _, c := range []struct {
			n     crm.NewContact
			fault string
		}{
			{crm.NewContact{Phone: "+1 415 555 0100"}, "/phone unique"},
			{crm.NewContact{Email: "LOVELACE@example.org"}, "/email unique"},
			{crm.NewContact{OtherAddresses: []crm.Address{{Kind: crm.EmailAddress, Value: "eve@example.org"}, {Kind: crm.EmailAddress, Value: "ADA@example.org"}}}, "/otherAddresses/1/value unique"},
		} {
			c.n.Name = "Eve"
			_, err := w.ws().Contacts.Create(t.Context(), c.n)
			require.Equal(t, ada.ID.UUID, holder(t, err))
			require.Equal(t, []string{c.fault}, faults(t, err))
		}
		eve := w.contact(crm.NewContact{Name: "Eve"})
		_, err := w.ws().Contacts.Update(t.Context(), eve.ID, func(c *crm.Contact) error { c.Email = "ada@example.org"; return nil })
		require.Equal(t, ada.ID.UUID, holder(t, err))

		got, err := w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error {
			c.Email, c.OtherAddresses[1].Value = core.Email(c.OtherAddresses[1].Value), string(c.Email)
			return nil
		})
		require.NoError(t, err, "its own addresses may change places")
		require.Equal(t, core.Email("lovelace@example.org"), got.Email)
		got, err = w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.OtherAddresses = nil; return nil })
		require.NoError(t, err)
		require.Empty(t, got.OtherAddresses)
		w.contact(crm.NewContact{Name: "Mallory", Phone: "+14155550100", Email: "ada@example.org"})
	}},
	{"Contacts/name no holder to one who may not see it", func(t *testing.T, w *world) {
		w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		_, err := w.as(own(contactPermissions...)).Contacts.Create(t.Context(), crm.NewContact{Name: "Eve", Email: "ada@example.org"})
		require.Zero(t, holder(t, err))
		require.NotContains(t, err.Error(), "Ada")
	}},
	{"Contacts/are addressed once where an address is said twice", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org", OtherAddresses: []crm.Address{
			{Kind: crm.EmailAddress, Value: "ADA@example.org"}, {Kind: crm.EmailAddress, Value: ""},
			{Kind: crm.PhoneAddress, Value: "+14155550100"}, {Kind: crm.PhoneAddress, Value: "+1 (415) 555-0100"},
		}})
		require.Equal(t, []crm.Address{{Kind: crm.PhoneAddress, Value: "+14155550100"}}, ada.OtherAddresses)
	}},
	{"Contacts/leave the lists and free their addresses when they are deleted", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org", Phone: "+14155550100", Tags: []string{"vip"}})
		ws := w.ws()
		require.NoError(t, ws.Contacts.Delete(t.Context(), ada.ID))
		require.NoError(t, ws.Contacts.Delete(t.Context(), ada.ID), "what is deleted stays so")
		require.Empty(t, w.all())
		gone, err := ws.Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.NotNil(t, gone.DeletedAt)
		require.EqualValues(t, 2, gone.Version)
		l, err := ws.Contacts.List(t.Context(), crm.ContactFilter{Deleted: true}, core.Page{})
		require.NoError(t, err)
		require.Equal(t, []crm.Contact{gone}, l.Items)
		_, err = ws.Contacts.Update(t.Context(), ada.ID, func(*crm.Contact) error { return nil })
		require.ErrorIs(t, err, core.ErrState)

		eve := w.contact(crm.NewContact{Name: "Eve", Phone: "+14155550100"})
		_, err = ws.Contacts.Restore(t.Context(), ada.ID)
		require.Equal(t, eve.ID.UUID, holder(t, err))
		require.Equal(t, []string{"/phone unique"}, faults(t, err))
		grace := w.contact(crm.NewContact{Name: "Grace", Email: "ADA@example.org"})
		_, err = ws.Contacts.Restore(t.Context(), ada.ID)
		require.ElementsMatch(t, []string{"/phone unique", "/email unique"}, faults(t, err), "all that were taken, by whomever")
		require.Contains(t, []uuid.UUID{eve.ID.UUID, grace.ID.UUID}, holder(t, err))
		require.NoError(t, ws.Contacts.Delete(t.Context(), eve.ID))
		require.NoError(t, ws.Contacts.Delete(t.Context(), grace.ID))
		back, err := ws.Contacts.Restore(t.Context(), ada.ID)
		require.NoError(t, err)
		again, err := ws.Contacts.Restore(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, back, again, "what is live stays so")
		require.Nil(t, back.DeletedAt)
		require.Equal(t, ada.NewContact, back.NewContact)
		require.Equal(t, []string{"contact.created", "contact.deleted", "contact.restored"}, w.trail(ada.ID.UUID))
		_, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Eve", Email: "ada@example.org"})
		require.Equal(t, ada.ID.UUID, holder(t, err))
	}},
	{"Contacts/have values of their kinds and lengths", func(t *testing.T, w *world) {
		long := func(n int) string { return strings.Repeat("é", n) }
		for fault, n := range map[string]crm.NewContact{
			"/name required":                  {Name: " \t"},
			"/name has_nul":                   {Name: "A\x00da"},
			"/name not_utf8":                  {Name: "A\xffda"},
			"/name control_character":         {Name: "A\nda"},
			"/name max_length":                {Name: long(201)},
			"/company control_character":      {Company: "a\u0085b"},
			"/designation max_length":         {Designation: long(201)},
			"/industry max_length":            {Industry: long(201)},
			"/location max_length":            {Location: long(201)},
			"/personalityType max_length":     {PersonalityType: long(201)},
			"/source max_length":              {Source: long(51)},
			"/notes max_length":               {Notes: long(4001)},
			"/traits has_nul":                 {Traits: "\x00"},
			"/website url":                    {Website: "javascript://x"},
			"/website max_length":             {Website: "example.org/" + long(2000)},
			"/phone phone":                    {Phone: "12"},
			"/phone max_length":               {Phone: crm.Phone(strings.Repeat("1", 101))},
			"/email email":                    {Email: "ada@@example.org"},
			"/type enum":                      {Type: "robot"},
			"/tags max_items":                 {Tags: make([]string, 51)},
			"/tags/0 max_length":              {Tags: []string{long(51)}},
			"/otherAddresses max_items":       {OtherAddresses: make([]crm.Address, 21)},
			"/otherAddresses/0/kind enum":     {OtherAddresses: []crm.Address{{Kind: "fax", Value: "1"}}},
			"/otherAddresses/0/value email":   {OtherAddresses: []crm.Address{{Kind: crm.EmailAddress, Value: "x"}}},
			"/otherAddresses/0/label has_nul": {OtherAddresses: []crm.Address{{Kind: crm.EmailAddress, Value: "a@b.example", Label: "\x00"}}},
			"/timezone timezone":              {Timezone: "Mars/Olympus"},
			"/locale locale":                  {Locale: "not a tag"},
		} {
			if !strings.HasPrefix(fault, "/name") {
				n.Name = "Ada"
			}
			_, err := w.ws().Contacts.Create(t.Context(), n)
			require.ErrorIs(t, err, core.ErrInvalid, fault)
			require.Equal(t, []string{fault}, faults(t, err))
		}
		require.Empty(t, w.all())
		w.contact(crm.NewContact{Name: long(200), Notes: long(4000), Traits: "a\nb", Source: long(50)})
	}},
	{"Contacts/keep of an edit nothing of what is not edit's", func(t *testing.T, w *world) {
		ada, other := w.contact(crm.NewContact{Name: "Ada", Phone: "(11) 91234-5678"}), w.contact(crm.NewContact{Name: "Grace"})
		same, err := w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error {
			deleted := instant("2030-01-07 12:00")
			c.ID, c.PhoneTyped, c.Incomplete, c.Stamp, c.DeletedAt, c.MergedIntoID = other.ID, "x", true, crm.Stamp{}, &deleted, other.ID
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, ada, same)
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, got)
	}},
	{"Contacts/keep values that later rules would refuse, as long as they are not changed", func(t *testing.T, w *world) {
		_, plan := w.imports(w.ws(), "name,phone,mobile\nAda,555 0100 x371,555 0101\n", crm.ImportOptions{KeepPhones: true})
		id := plan[0].ContactID
		got, err := w.ws().Contacts.Update(t.Context(), id, func(c *crm.Contact) error {
			c.Name, c.OtherAddresses[0].Label = "Ada Lovelace", "home"
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, crm.Phone("555 0100 x371"), got.Phone)
		require.Equal(t, []crm.Address{{Kind: crm.PhoneAddress, Value: "555 0101", Label: "home"}}, got.OtherAddresses)
		_, err = w.ws().Contacts.Update(t.Context(), id, func(c *crm.Contact) error { c.Phone = "555 0102"; return nil })
		require.Equal(t, []string{"/phone phone"}, faults(t, err))
	}},
}
