package storetest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
)

var auditContracts = []contract{
	{"Audit/says who changed what, from which value to which", func(t *testing.T, w *world) {
		clerk := person(core.ContactsRead, core.ContactsWrite)
		ada, err := w.as(clerk).Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		_, err = w.as(clerk).Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Name = "Ada Lovelace"; return nil })
		require.NoError(t, err)
		list, err := w.as(person(core.AuditRead)).Audit.List(t.Context(), identity.AuditFilter{SubjectKind: "contact", SubjectID: ada.ID.UUID}, core.Page{})
		require.NoError(t, err)
		require.Len(t, list.Items, 2)
		last := list.Items[0]
		require.Equal(t, "contact.updated", last.Action)
		require.Equal(t, clerk.ID, last.ActorID)
		require.Equal(t, ada.ID.UUID, last.SubjectID)
		require.JSONEq(t, `"Ada"`, string(last.Changes["name"].Old))
		require.JSONEq(t, `"Ada Lovelace"`, string(last.Changes["name"].New))
		require.NotContains(t, last.Changes, "email")
	}},
	{"Audit/is filtered by subject, actor, action and time", func(t *testing.T, w *world) {
		clerk := person(core.ContactsWrite, core.ContactsDelete)
		ada, err := w.as(clerk).Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		bea, err := w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Bea"})
		require.NoError(t, err)
		require.NoError(t, w.as(clerk).Contacts.Delete(t.Context(), ada.ID))
		for _, c := range []struct {
			filter identity.AuditFilter
			want   []uuid.UUID
		}{
			{identity.AuditFilter{}, []uuid.UUID{ada.ID.UUID, bea.ID.UUID, ada.ID.UUID}},
			{identity.AuditFilter{Sort: identity.AuditOldest, Action: "contact.created"}, []uuid.UUID{ada.ID.UUID, bea.ID.UUID}},
			{identity.AuditFilter{Actor: clerk.ID}, []uuid.UUID{ada.ID.UUID, ada.ID.UUID}},
			{identity.AuditFilter{SubjectID: bea.ID.UUID}, []uuid.UUID{bea.ID.UUID}},
			{identity.AuditFilter{SubjectKind: "role"}, nil},
			{identity.AuditFilter{From: ada.CreatedAt, Before: bea.CreatedAt, Action: "contact.created"}, []uuid.UUID{ada.ID.UUID}},
			{identity.AuditFilter{From: time.Now().Add(time.Hour)}, nil},
		} {
			var got []uuid.UUID
			for e, err := range w.ws().Audit.Export(t.Context(), c.filter) {
				require.NoError(t, err)
				got = append(got, e.SubjectID)
			}
			require.Equal(t, c.want, got, "%+v", c.filter)
		}
	}},
	{"Audit/is read page by page, in one order", func(t *testing.T, w *world) {
		for range 5 {
			_, err := w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
			require.NoError(t, err)
		}
		seen := map[uuid.UUID]bool{}
		page := core.Page{Limit: 2}
		var last time.Time
		for {
			list, err := w.ws().Audit.List(t.Context(), identity.AuditFilter{Sort: identity.AuditOldest}, page)
			require.NoError(t, err)
			for _, e := range list.Items {
				require.False(t, e.CreatedAt.Before(last))
				last, seen[e.ID.UUID] = e.CreatedAt, true
			}
			if page.Cursor = list.Next; page.Cursor == "" {
				break
			}
		}
		require.Len(t, seen, 5)
		_, err := w.ws().Audit.List(t.Context(), identity.AuditFilter{Sort: "action"}, core.Page{})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"Audit/is of one's own company, and for those with the permission", func(t *testing.T, w *world) {
		_, err := w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		list, err := w.ws().Audit.List(t.Context(), identity.AuditFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, list.Items)
		_, err = w.as(person(core.ContactsRead)).Audit.List(t.Context(), identity.AuditFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		for _, err := range w.as(person()).Audit.Export(t.Context(), identity.AuditFilter{}) {
			require.ErrorIs(t, err, core.ErrForbidden)
		}
	}},
	{"Audit/shows those who see own rows only what they did themselves", func(t *testing.T, w *world) {
		narrow := person(core.AuditRead, core.ContactsWrite)
		narrow.OwnRows = true
		_, err := w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		bea, err := w.as(narrow).Contacts.Create(t.Context(), crm.NewContact{Name: "Bea"})
		require.NoError(t, err)
		list, err := w.as(narrow).Audit.List(t.Context(), identity.AuditFilter{}, core.Page{})
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		require.Equal(t, bea.ID.UUID, list.Items[0].SubjectID)
	}},
}
