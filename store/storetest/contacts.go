package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var contactContracts = []contract{
	{"Contacts/are read back as they were written", func(t *testing.T, w *world) {
		category := w.category("Customers")
		full := crm.NewContact{
			Name: "  Ada Lovelace ", Phone: "(11) 91234-5678", Email: "Ada@Example.ORG", Location: "London", Type: crm.Employee,
			Company: "Analytical Engines", Designation: "Analyst", Industry: "Computing", Website: "example.org/ada",
			InnerDrives: "curiosity\nand more", Baselines: "b", Traits: "t", PersonalityType: "p", CategoryID: category.ID,
			OwnerID: core.UserID{UUID: uuid.New()}, Notes: "n", Tags: []string{"VIP", "Émigré"}, Source: "web",
			Timezone: "Europe/London", Locale: "en-gb", OtherAddresses: []crm.Address{
				{Kind: crm.PhoneAddress, Value: "+44 20 7946 0958 ext. 371", Label: "work"}, {Kind: crm.EmailAddress, Value: "ada@bücher.example"},
			},
		}
		ada, err := w.ws().Contacts.Create(t.Context(), full)
		require.NoError(t, err)
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, got)

		full.Name, full.Phone, full.Email, full.Locale = "Ada Lovelace", "+5511912345678", "Ada@example.org", "en-GB"
		full.OtherAddresses = []crm.Address{
			{Kind: crm.PhoneAddress, Value: "+442079460958;ext=371", Typed: "+44 20 7946 0958 ext. 371", Label: "work"},
			{Kind: crm.EmailAddress, Value: "ada@xn--bcher-kva.example"},
		}
		require.Equal(t, full, got.NewContact)
		require.Equal(t, "(11) 91234-5678", got.PhoneTyped)
		require.True(t, got.Active)
		require.False(t, got.Incomplete)
		require.EqualValues(t, 1, got.Version)
		require.Equal(t, got.CreatedAt, got.UpdatedAt)
		require.Nil(t, got.DeletedAt)
	}},
	{"Contacts/that say nothing but a name have no nil in them", func(t *testing.T, w *world) {
		got, err := w.ws().Contacts.Get(t.Context(), w.contact(crm.NewContact{Name: "Ada"}).ID)
		require.NoError(t, err)
		require.NotNil(t, got.Tags)
		require.NotNil(t, got.OtherAddresses)
		require.True(t, got.CategoryID.IsZero())
		require.True(t, got.OwnerID.IsZero())
	}},
	{"Contacts/of another company are not found, and nothing changes them", func(t *testing.T, w *world) {
		ada, err := w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		require.NoError(t, err)
		ours := w.ws().Contacts
		_, err = ours.Get(t.Context(), ada.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Name = "Eve"; return nil })
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, ours.Delete(t.Context(), ada.ID), core.ErrNotFound)
		_, err = ours.Restore(t.Context(), ada.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.Empty(t, w.all())

		got, err := w.theirs().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, got)
		_, err = ours.Create(t.Context(), crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		require.NoError(t, err, "an address is taken in its own company only")
	}},
	{"Contacts/need a permission for each verb", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		for _, c := range contactVerbs {
			require.NoError(t, c.do(t, w.as(person(c.needs)), ada.ID), c.name)
		}
		for _, c := range contactVerbs {
			require.ErrorIs(t, c.do(t, w.as(without(c.needs)), ada.ID), core.ErrForbidden, c.name)
		}
	}},
	{"Contacts/are theirs alone to actors who see their own rows", func(t *testing.T, w *world) {
		me, other := own(contactPermissions...), own(contactPermissions...)
		mine, err := w.as(me).Contacts.Create(t.Context(), crm.NewContact{Name: "Made", Tags: []string{"made"}})
		require.NoError(t, err)
		owned := w.contact(crm.NewContact{Name: "Owned", OwnerID: me.ID, Tags: []string{"owned"}})
		foreign, err := w.as(other).Contacts.Create(t.Context(), crm.NewContact{Name: "Other", Tags: []string{"other"}})
		require.NoError(t, err)

		l, err := w.as(me).Contacts.List(t.Context(), crm.ContactFilter{}, core.Page{})
		require.NoError(t, err)
		require.Equal(t, []string{"Made", "Owned"}, namesOf(l.Items))
		n, err := w.as(me).Contacts.Count(t.Context(), crm.ContactFilter{}, 0)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		for _, c := range contactVerbs {
			if c.one {
				require.ErrorIs(t, c.do(t, w.as(me), foreign.ID), core.ErrNotFound, c.name)
			}
		}
		got, err := w.ws().Contacts.Get(t.Context(), foreign.ID)
		require.NoError(t, err)
		require.Equal(t, foreign, got)
		for _, id := range []core.ID[crm.Contact]{mine.ID, owned.ID} {
			for _, c := range contactVerbs {
				require.NoError(t, c.do(t, w.as(me), id), c.name)
			}
		}
	}},
	{"Contacts/may be handed over by their owner", func(t *testing.T, w *world) {
		me := own(contactPermissions...)
		ada := w.contact(crm.NewContact{Name: "Ada", OwnerID: me.ID})
		_, err := w.as(me).Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.OwnerID = core.UserID{UUID: uuid.New()}; return nil })
		require.NoError(t, err)
		_, err = w.as(me).Contacts.Get(t.Context(), ada.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Contacts/that change concurrently lose no change", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		var group sync.WaitGroup
		errs := make([]error, 16)
		for i := range errs {
			group.Go(func() {
				_, errs[i] = w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error {
					c.Tags = append(c.Tags, fmt.Sprintf("tag %02d", i))
					return nil
				})
			})
		}
		group.Wait()
		require.NoError(t, errors.Join(errs...))
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Len(t, got.Tags, len(errs))
		require.EqualValues(t, 1+len(errs), got.Version)
		require.Len(t, w.trail(ada.ID.UUID), 1+len(errs))
	}},
	{"Contacts/made concurrently with one address are one", func(t *testing.T, w *world) {
		var group sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			group.Go(func() {
				_, errs[i] = w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Email: "ada@example.org", Phone: "+14155550100"})
			})
		}
		group.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else {
				require.ErrorIs(t, err, core.ErrExists)
			}
		}
		require.Equal(t, 1, made)
		require.Len(t, w.all(), 1)
	}},
	{"Contacts/that are rolled back leave neither row nor event", func(t *testing.T, w *world) {
		kept := w.contact(crm.NewContact{Name: "Kept"})
		var made crm.Contact
		failure := errors.New("no")
		err := w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) (err error) {
			made, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Email: "ada@example.org"})
			require.NoError(t, err)
			require.NoError(t, ws.Contacts.Delete(t.Context(), kept.ID))
			_, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada again", Email: "ADA@example.org"})
			require.ErrorIs(t, err, core.ErrExists)
			var exists *core.Error
			require.ErrorAs(t, err, &exists)
			require.Equal(t, made.ID.UUID, exists.Holder.ID, "what failed is undone alone")
			return failure
		})
		require.ErrorIs(t, err, failure)
		require.Equal(t, []crm.Contact{kept}, w.all())
		require.Empty(t, w.trail(made.ID.UUID))
		require.Equal(t, []string{"contact.created"}, w.trail(kept.ID.UUID))
		w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"})
	}},
	{"Contacts/that an edit leaves as they are get no version and no event", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{
			Name: "Ada", Phone: "(11) 91234-5678", Tags: []string{"vip"}, Timezone: "Europe/London",
			OtherAddresses: []crm.Address{{Kind: crm.EmailAddress, Value: "ada@example.org"}},
		})
		for name, edit := range map[string]func(*crm.Contact){
			"nothing":         func(*crm.Contact) {},
			"the same":        func(c *crm.Contact) { c.Name, c.Tags = " Ada ", []string{"vip", "VIP", ""} },
			"as it was typed": func(c *crm.Contact) { c.Phone = "(11) 91234-5678" },
			"what nobody may": func(c *crm.Contact) {
				c.ID, c.Stamp, c.PhoneTyped, c.Incomplete = core.ID[crm.Contact]{}, crm.Stamp{}, "x", true
			},
			"deletion by an edit": func(c *crm.Contact) { c.DeletedAt = &c.CreatedAt },
		} {
			got, err := w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { edit(c); return nil })
			require.NoError(t, err, name)
			require.Equal(t, ada, got, name)
		}
		require.Equal(t, []string{"contact.created"}, w.trail(ada.ID.UUID))
	}},
	{"Contacts/are deactivated and activated by an edit", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		got, err := w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Active = false; return nil })
		require.NoError(t, err)
		require.False(t, got.Active)
		require.EqualValues(t, 2, got.Version)
		got, err = w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.False(t, got.Active)
		require.Equal(t, []string{"contact.created", "contact.updated"}, w.trail(ada.ID.UUID))
	}},
	{"Contacts/return an edit's own error and stay as they were", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		mine := errors.New("mine")
		_, err := w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Name = "Eve"; return mine })
		require.ErrorIs(t, err, mine)
		require.Equal(t, []crm.Contact{ada}, w.all())
	}},
}

// contactPermissions are those of the verbs.
var contactPermissions = []core.Permission{core.ContactsRead, core.ContactsWrite, core.ContactsDelete}

// contactVerbs are what can be done with contacts: each undoes what it does.
var contactVerbs = []struct {
	name  string
	needs core.Permission
	one   bool // with one contact
	do    func(*testing.T, *clientele.Workspace, core.ID[crm.Contact]) error
}{
	{"Create", core.ContactsWrite, false, func(t *testing.T, ws *clientele.Workspace, _ core.ID[crm.Contact]) error {
		_, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Grace"})
		return err
	}},
	{"Receive", core.ContactsWrite, false, func(t *testing.T, ws *clientele.Workspace, _ core.ID[crm.Contact]) error {
		_, err := ws.Contacts.Receive(t.Context(), crm.NewContact{Name: "Grace"})
		return err
	}},
	{"Get", core.ContactsRead, true, func(t *testing.T, ws *clientele.Workspace, id core.ID[crm.Contact]) error {
		_, err := ws.Contacts.Get(t.Context(), id)
		return err
	}},
	{"List", core.ContactsRead, false, func(t *testing.T, ws *clientele.Workspace, _ core.ID[crm.Contact]) error {
		_, err := ws.Contacts.List(t.Context(), crm.ContactFilter{}, core.Page{})
		return err
	}},
	{"Count", core.ContactsRead, false, func(t *testing.T, ws *clientele.Workspace, _ core.ID[crm.Contact]) error {
		_, err := ws.Contacts.Count(t.Context(), crm.ContactFilter{}, 0)
		return err
	}},
	{"Tags", core.ContactsRead, false, func(t *testing.T, ws *clientele.Workspace, _ core.ID[crm.Contact]) error {
		_, err := ws.Contacts.Tags(t.Context(), "", 0)
		return err
	}},
	{"Update", core.ContactsWrite, true, func(t *testing.T, ws *clientele.Workspace, id core.ID[crm.Contact]) error {
		_, err := ws.Contacts.Update(t.Context(), id, func(c *crm.Contact) error { c.Notes += "."; return nil })
		return err
	}},
	{"Delete", core.ContactsDelete, true, func(t *testing.T, ws *clientele.Workspace, id core.ID[crm.Contact]) error {
		return ws.Contacts.Delete(t.Context(), id)
	}},
	{"Restore", core.ContactsDelete, true, func(t *testing.T, ws *clientele.Workspace, id core.ID[crm.Contact]) error {
		_, err := ws.Contacts.Restore(t.Context(), id)
		return err
	}},
}

func namesOf(cs []crm.Contact) []string {
	names := make([]string, len(cs))
	for i, c := range cs {
		names[i] = c.Name
	}
	return names
}
