package storetest

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var contactBulkContracts = []contract{
	{"Contacts/of many are changed one by one: what goes wrong with one leaves the others alone", func(t *testing.T, w *world) {
		ada, eve := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"}), w.contact(crm.NewContact{Name: "Eve"})
		gone := w.contact(crm.NewContact{Name: "Gone"})
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), gone.ID))
		missing := core.ID[crm.Contact]{UUID: uuid.New()}
		ids := []core.ID[crm.Contact]{eve.ID, missing, ada.ID, gone.ID}
		rows, err := w.ws().Contacts.Bulk(t.Context(), ids, crm.BulkContacts{Set: func(c *crm.Contact) error { c.Email = "ada@example.org"; return nil }})
		require.NoError(t, err)
		for i, row := range rows {
			require.Equal(t, ids[i], row.ID)
		}
		require.ErrorIs(t, rows[0].Err, core.ErrExists)
		require.Equal(t, ada.ID.UUID, holder(t, rows[0].Err))
		require.ErrorIs(t, rows[1].Err, core.ErrNotFound)
		require.NoError(t, rows[2].Err)
		require.Equal(t, ada.Version, rows[2].Version, "it has it already")
		require.Equal(t, "contact_deleted", code(t, rows[3].Err))

		rows, err = w.ws().Contacts.Bulk(t.Context(), ids, crm.BulkContacts{Delete: true})
		require.NoError(t, err)
		require.Equal(t, []int64{2, 0, 2, 2}, versions(rows))
		require.Empty(t, w.all())
		rows, err = w.ws().Contacts.Bulk(t.Context(), ids, crm.BulkContacts{Restore: true})
		require.NoError(t, err)
		require.Equal(t, []int64{3, 0, 3, 3}, versions(rows))
		require.Len(t, w.all(), 3)
		require.Equal(t, []string{"contact.created", "contact.deleted", "contact.restored"}, w.trail(ada.ID.UUID))
	}},
	{"Contacts/of many get tags and lose others, whatever the spelling", func(t *testing.T, w *world) {
		ada, eve := w.contact(crm.NewContact{Name: "Ada", Tags: []string{"Old", "École", "stays"}}), w.contact(crm.NewContact{Name: "Eve"})
		tags := &crm.BulkTags{Add: []string{" vip ", "VIP", "ecole"}, Remove: []string{"OLD", "none", "ÉCOLE"}}
		rows, err := w.ws().Contacts.Bulk(t.Context(), []core.ID[crm.Contact]{ada.ID, eve.ID}, crm.BulkContacts{Tags: tags})
		require.NoError(t, err)
		require.Equal(t, []int64{2, 2}, versions(rows))
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"stays", "vip", "ecole"}, got.Tags)
		got, err = w.ws().Contacts.Get(t.Context(), eve.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"vip", "ecole"}, got.Tags)
		rows, err = w.ws().Contacts.Bulk(t.Context(), []core.ID[crm.Contact]{ada.ID, eve.ID}, crm.BulkContacts{Tags: &crm.BulkTags{Add: []string{"VIP"}}})
		require.NoError(t, err)
		require.Equal(t, []int64{2, 2}, versions(rows), "they have it")
	}},
	{"Contacts/of many are refused as a whole where the change is none", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		one := []core.ID[crm.Contact]{ada.ID}
		many := make([]core.ID[crm.Contact], crm.MaxBulk+1)
		for i := range many {
			many[i].UUID = uuid.New()
		}
		for _, c := range []struct {
			ids    []core.ID[crm.Contact]
			change crm.BulkContacts
			fault  string
		}{
			{nil, crm.BulkContacts{Delete: true}, "/ids items"},
			{many, crm.BulkContacts{Delete: true}, "/ids items"},
			{append(one[:1:1], ada.ID), crm.BulkContacts{Delete: true}, "/ids unique"},
			{one, crm.BulkContacts{}, " one"},
			{one, crm.BulkContacts{Delete: true, Restore: true}, " one"},
			{one, crm.BulkContacts{Tags: &crm.BulkTags{}}, "/tags required"},
			{one, crm.BulkContacts{Tags: &crm.BulkTags{Add: []string{"two\nlines"}}}, "/tags/add/0 control_character"},
			{one, crm.BulkContacts{Tags: &crm.BulkTags{Remove: make([]string, 51)}}, "/tags/remove max_items"},
		} {
			_, err := w.ws().Contacts.Bulk(t.Context(), c.ids, c.change)
			require.Equal(t, []string{c.fault}, faults(t, err))
		}
		set := func(*crm.Contact) error { t.Error("it was asked"); return nil }
		for _, c := range []struct {
			needs  core.Permission
			change crm.BulkContacts
		}{
			{core.ContactsWrite, crm.BulkContacts{Set: set}}, {core.ContactsWrite, crm.BulkContacts{Tags: &crm.BulkTags{Add: []string{"x"}}}},
			{core.ContactsDelete, crm.BulkContacts{Delete: true}}, {core.ContactsDelete, crm.BulkContacts{Restore: true}},
		} {
			_, err := w.as(without(c.needs)).Contacts.Bulk(t.Context(), one, c.change)
			require.ErrorIs(t, err, core.ErrForbidden)
			rows, err := w.as(own(c.needs)).Contacts.Bulk(t.Context(), one, c.change)
			require.NoError(t, err)
			require.ErrorIs(t, rows[0].Err, core.ErrNotFound, "it is somebody else's")
		}
		require.Equal(t, []crm.Contact{ada}, w.all())
	}},
	{"Contacts/of many that two change at once are changed by both", func(t *testing.T, w *world) {
		ids := make([]core.ID[crm.Contact], 20)
		for i := range ids {
			ids[i] = w.contact(crm.NewContact{Name: "Ada"}).ID
		}
		add := func(tag string, ids []core.ID[crm.Contact]) func() error {
			return func() error {
				return w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
					rows, err := ws.Contacts.Bulk(t.Context(), ids, crm.BulkContacts{Tags: &crm.BulkTags{Add: []string{tag}}})
					for _, row := range rows {
						if row.Err != nil {
							return row.Err
						}
					}
					return err
				})
			}
		}
		backwards := slices.Clone(ids)
		slices.Reverse(backwards)
		for _, err := range race(add("one", ids), add("two", backwards)) {
			require.NoError(t, err)
		}
		for _, c := range w.all() {
			require.ElementsMatch(t, []string{"one", "two"}, c.Tags)
		}
	}},
}

func versions[T any](rows []crm.BulkRow[T]) (list []int64) {
	for _, row := range rows {
		list = append(list, row.Version)
	}
	return list
}
