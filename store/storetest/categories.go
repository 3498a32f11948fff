package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var categoryContracts = []contract{
	{"Categories/are read back as they were written", func(t *testing.T, w *world) {
		c, err := w.ws().Categories.Create(t.Context(), crm.NewCategory{Name: " Customers ", Description: "who pay\nus"})
		require.NoError(t, err)
		got, err := w.ws().Categories.Get(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, c, got)
		require.Equal(t, crm.NewCategory{Name: "Customers", Description: "who pay\nus"}, got.NewCategory)
		require.True(t, got.Active)
	}},
	{"Categories/have names of their own, without case and accents", func(t *testing.T, w *world) {
		c := w.category("Émigrés")
		_, err := w.ws().Categories.Create(t.Context(), crm.NewCategory{Name: "EMIGRES"})
		require.Equal(t, c.ID.UUID, holder(t, err))
		require.Equal(t, []string{"/name unique"}, faults(t, err))
		other := w.category("Others")
		_, err = w.ws().Categories.Update(t.Context(), other.ID, func(c *crm.Category) error { c.Name = "émigrés"; return nil })
		require.Equal(t, c.ID.UUID, holder(t, err))
		_, err = w.ws().Categories.Update(t.Context(), c.ID, func(c *crm.Category) error { c.Name = "Emigres"; return nil })
		require.NoError(t, err, "its own name in another spelling")
		_, err = w.theirs().Categories.Create(t.Context(), crm.NewCategory{Name: "Others"})
		require.NoError(t, err)
	}},
	{"Categories/have values of their kinds and lengths", func(t *testing.T, w *world) {
		for fault, n := range map[string]crm.NewCategory{
			"/name required":          {Name: " "},
			"/name has_nul":           {Name: "a\x00"},
			"/name control_character": {Name: "a\tb"},
			"/name max_length":        {Name: strings.Repeat("é", 201)},
			"/description max_length": {Name: "a", Description: strings.Repeat("é", 4001)},
		} {
			_, err := w.ws().Categories.Create(t.Context(), n)
			require.ErrorIs(t, err, core.ErrInvalid)
			require.Equal(t, []string{fault}, faults(t, err))
		}
	}},
	{"Categories/of another company are not found, and nothing changes them", func(t *testing.T, w *world) {
		c, err := w.theirs().Categories.Create(t.Context(), crm.NewCategory{Name: "Theirs"})
		require.NoError(t, err)
		ours := w.ws().Categories
		_, err = ours.Get(t.Context(), c.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.Update(t.Context(), c.ID, func(c *crm.Category) error { c.Name = "Ours"; return nil })
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, ours.Delete(t.Context(), c.ID, core.ID[crm.Category]{}), core.ErrNotFound)
		l, err := ours.List(t.Context(), crm.CategoryFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, l.Items)
		got, err := w.theirs().Categories.Get(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, c, got)
		_, err = w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", CategoryID: c.ID})
		require.Equal(t, []string{"/categoryId exists"}, faults(t, err))
	}},
	{"Categories/need contacts:read to be read and categories:write to be changed", func(t *testing.T, w *world) {
		c := w.category("Customers")
		none := core.ID[crm.Category]{}
		reader, writer := w.as(own(core.ContactsRead)).Categories, w.as(own(core.CategoriesWrite)).Categories
		got, err := reader.Get(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, c, got, "one who sees own rows sees all categories")
		_, err = reader.List(t.Context(), crm.CategoryFilter{}, core.Page{})
		require.NoError(t, err)
		_, err = writer.Update(t.Context(), c.ID, func(c *crm.Category) error { c.Description = "d"; return nil })
		require.NoError(t, err)
		require.NoError(t, writer.Delete(t.Context(), c.ID, none))

		_, err = w.as(without(core.ContactsRead)).Categories.Get(t.Context(), c.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.as(without(core.ContactsRead)).Categories.List(t.Context(), crm.CategoryFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		refused := w.as(without(core.CategoriesWrite)).Categories
		_, err = refused.Create(t.Context(), crm.NewCategory{Name: "x"})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = refused.Update(t.Context(), c.ID, func(*crm.Category) error { return nil })
		require.ErrorIs(t, err, core.ErrForbidden)
		require.ErrorIs(t, refused.Delete(t.Context(), c.ID, none), core.ErrForbidden)
	}},
	{"Categories/that are not there or not active cannot be newly chosen", func(t *testing.T, w *world) {
		c := w.category("Customers")
		ada := w.contact(crm.NewContact{Name: "Ada", CategoryID: c.ID})
		_, err := w.ws().Categories.Update(t.Context(), c.ID, func(c *crm.Category) error { c.Active = false; return nil })
		require.NoError(t, err)
		_, err = w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Eve", CategoryID: c.ID})
		require.Equal(t, []string{"/categoryId active"}, faults(t, err))
		_, err = w.ws().Contacts.Create(t.Context(), crm.NewContact{CategoryID: core.ID[crm.Category]{UUID: uuid.New()}})
		require.Equal(t, []string{"/name required", "/categoryId exists"}, faults(t, err), "told with all else")
		_, err = w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Name = "Ada Lovelace"; return nil })
		require.NoError(t, err, "one that has it keeps it")
		_, err = w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.CategoryID = core.ID[crm.Category]{}; return nil })
		require.NoError(t, err)
		_, err = w.ws().Contacts.Update(t.Context(), ada.ID, func(n *crm.Contact) error { n.CategoryID = c.ID; return nil })
		require.Equal(t, []string{"/categoryId active"}, faults(t, err))
	}},
	{"Categories/in use are not deleted unless their contacts move", func(t *testing.T, w *world) {
		from, to := w.category("From"), w.category("To")
		none := core.ID[crm.Category]{}
		hidden := own(contactPermissions...)
		ada, err := w.as(hidden).Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", CategoryID: from.ID, Email: "ada@example.org", Tags: []string{"vip"}})
		require.NoError(t, err)
		gone := w.contact(crm.NewContact{Name: "Gone", CategoryID: from.ID})
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), gone.ID))
		other := w.contact(crm.NewContact{Name: "Other"})

		actor := w.as(own(core.CategoriesWrite))
		err = actor.Categories.Delete(t.Context(), from.ID, none)
		require.ErrorIs(t, err, core.ErrState)
		require.NotErrorIs(t, err, core.ErrInvalid)
		for fault, target := range map[string]core.ID[crm.Category]{
			"/moveTo other": from.ID, "/moveTo exists": {UUID: uuid.New()}, "/moveTo active": w.inactive("Old").ID,
		} {
			err := actor.Categories.Delete(t.Context(), from.ID, target)
			require.Equal(t, []string{fault}, faults(t, err))
		}
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, got, "what failed has moved nobody")

		require.NoError(t, actor.Categories.Delete(t.Context(), from.ID, to.ID))
		_, err = w.ws().Categories.Get(t.Context(), from.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		got, err = w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, to.ID, got.CategoryID)
		require.EqualValues(t, 2, got.Version)
		require.Equal(t, ada.Tags, got.Tags)
		got, err = w.ws().Contacts.Get(t.Context(), gone.ID)
		require.NoError(t, err)
		require.Equal(t, to.ID, got.CategoryID)
		got, err = w.ws().Contacts.Get(t.Context(), other.ID)
		require.NoError(t, err)
		require.Equal(t, other, got)
		require.Equal(t, []string{"contact.created", "contact.updated"}, w.trail(ada.ID.UUID))
		require.Equal(t, []string{"category.created", "category.deleted"}, w.trail(from.ID.UUID))
	}},
	{"Categories/move more contacts than are held in memory at once", func(t *testing.T, w *world) {
		from, to := w.category("From"), w.category("To")
		const many = 501
		err := w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
			for i := range many {
				if _, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: fmt.Sprint(i), CategoryID: from.ID}); err != nil {
					return err
				}
			}
			return ws.Categories.Delete(t.Context(), from.ID, to.ID)
		})
		require.NoError(t, err)
		moved, err := w.ws().Contacts.Count(t.Context(), crm.ContactFilter{Category: to.ID}, 0)
		require.NoError(t, err)
		require.Equal(t, many, moved)
	}},
	{"Categories/are listed by name, active or not", func(t *testing.T, w *world) {
		for _, name := range []string{"b", "Émigrés", "A", "c", "eel"} {
			w.category(name)
		}
		w.inactive("aa")
		names := func(f crm.CategoryFilter) (names []string) {
			p := core.Page{Limit: 2}
			for {
				l, err := w.ws().Categories.List(t.Context(), f, p)
				require.NoError(t, err)
				for _, c := range l.Items {
					names = append(names, c.Name)
				}
				if p.Cursor = l.Next; p.Cursor == "" {
					return names
				}
			}
		}
		yes, no := true, false
		require.Equal(t, []string{"A", "aa", "b", "c", "eel", "Émigrés"}, names(crm.CategoryFilter{}))
		require.Equal(t, []string{"A", "b", "c", "eel", "Émigrés"}, names(crm.CategoryFilter{Active: &yes}))
		require.Equal(t, []string{"aa"}, names(crm.CategoryFilter{Active: &no}))
	}},
	{"Categories/that an edit leaves as they are get no version and no event", func(t *testing.T, w *world) {
		c := w.category("Customers")
		got, err := w.ws().Categories.Update(t.Context(), c.ID, func(c *crm.Category) error { c.ID, c.Stamp = core.ID[crm.Category]{}, crm.Stamp{}; return nil })
		require.NoError(t, err)
		require.Equal(t, c, got)
		require.Equal(t, []string{"category.created"}, w.trail(c.ID.UUID))
	}},
}

func (w *world) category(name string) crm.Category {
	c, err := w.ws().Categories.Create(w.t.Context(), crm.NewCategory{Name: name})
	require.NoError(w.t, err)
	return c
}

// inactive is a category that cannot be chosen any more.
func (w *world) inactive(name string) crm.Category {
	c, err := w.ws().Categories.Update(w.t.Context(), w.category(name).ID, func(c *crm.Category) error { c.Active = false; return nil })
	require.NoError(w.t, err)
	return c
}
