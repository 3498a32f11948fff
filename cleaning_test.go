package clientele_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// The columns of the keys were empty when the migration had made them.
func TestContactsFromBeforeThereWereKeysGetTheirsInTheBackground(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, db *bunstore.DB) {
		company := core.CompanyID{UUID: uuid.New()}
		require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Ours", ContactPolicy: []string{}}))
		ws := clientele.New(db).Workspace(core.Scope{Company: company, Actor: core.System()})
		var ada crm.Contact
		for range 3 {
			var err error
			ada, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada Lovelace", Location: "London"})
			require.NoError(t, err)
		}
		others := func() int {
			found, err := ws.Contacts.Duplicates(t.Context(), ada.ID, crm.DuplicateFilter{})
			require.NoError(t, err)
			return len(found)
		}
		require.Equal(t, 2, others())
		pool, _ := db.Pools()
		_, err := pool.ExecContext(t.Context(), "UPDATE crm_contacts SET match_phone = NULL, match_email = NULL, match_name = NULL, match_place = NULL")
		require.NoError(t, err)
		require.Zero(t, others())
		for _, want := range []int{2, 1, 0} { // two at once, then the one that is left
			n, err := store.Bun(db).KeyContacts(t.Context(), 2)
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		require.Equal(t, 2, others())
	})
}
