package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var ofPrivacy = []between{
	{"an erasure is of the person whom it was asked for, though a merge is undone", func(t *testing.T, m *meantime) {
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah"})
		merged := m.merge(ada, other)
		m.within(func() {
			_, err := m.ws.Contacts.UndoMerge(t.Context(), merged.ID)
			require.NoError(t, err)
		}, `FROM "crm_contacts"`, "c.id = '"+ada.ID.String(), "FOR NO KEY UPDATE")
		e, err := m.ws.Privacy.Erase(t.Context(), other.ID)
		require.NoError(t, err)
		require.Equal(t, other.ID, e.ContactID)
		_, err = m.ws.Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		_, err = m.ws.Contacts.Get(t.Context(), other.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"all is told that is kept of somebody who is merged", func(t *testing.T, m *meantime) {
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah"})
		m.hang(other)
		m.before(m.merges(ada, other), `FROM "crm_contact_notes"`, "contact_id = '"+other.ID.String())
		kinds := map[string]int{}
		require.NoError(t, m.ws.Privacy.Disclose(t.Context(), other.ID, func(r crm.Record) error { kinds[r.Kind]++; return nil }))
		require.NotZero(t, kinds["audit"])
		delete(kinds, "audit")
		require.Equal(t, map[string]int{"contacts": 1, "notes": 1, "activities": 1, "socialLinks": 1, "consents": 1, "leads": 1, "leadMoves": 1}, kinds)
	}},
}
