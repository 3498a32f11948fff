package sqlite_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// What is deleted is nowhere in the index of words, in whatever block.
func TestTheIndexOfWordsForgets(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "crm.db"))
	require.NoError(t, err)
	migrated(t, db)
	scope := core.Scope{Company: core.CompanyID{UUID: uuid.New()}, Actor: core.System()}
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: scope.Company, Name: "Ours", ContactPolicy: []string{}}))
	ws := clientele.New(db).Workspace(scope)
	create := func(name string) crm.Contact {
		c, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: name})
		require.NoError(t, err)
		return c
	}
	create("Ada")
	changed, erased := create("Qwzchanged"), create("Qwzerased")
	create("Bob")
	write, _ := db.Pools()
	indexed := func(word string) bool {
		rows, err := write.QueryContext(t.Context(), "SELECT block FROM crm_contact_fts_data")
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var block []byte
			require.NoError(t, rows.Scan(&block))
			if strings.Contains(string(block), word) {
				return true
			}
		}
		require.NoError(t, rows.Err())
		return false
	}
	require.True(t, indexed("changed"))
	require.True(t, indexed("erased"))
	_, err = ws.Contacts.Update(t.Context(), changed.ID, func(c *crm.Contact) error { c.Name = "Grace"; return nil })
	require.NoError(t, err)
	require.False(t, indexed("changed"))
	_, err = write.ExecContext(t.Context(), "DELETE FROM crm_contacts WHERE id = ?", erased.ID.String())
	require.NoError(t, err)
	require.False(t, indexed("erased"))
	var docs int
	require.NoError(t, write.QueryRowContext(t.Context(), "SELECT count(*) FROM crm_contact_docs").Scan(&docs))
	require.Equal(t, 3, docs)
	_, err = write.ExecContext(t.Context(), "INSERT INTO crm_contact_fts (crm_contact_fts) VALUES ('integrity-check')")
	require.NoError(t, err)
}
