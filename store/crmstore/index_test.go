package crmstore_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// onBoth runs a test on a migrated database of each kind.
func onBoth(t *testing.T, test func(*testing.T, *bunstore.DB)) {
	for name, open := range map[string]func(*testing.T) (*bunstore.DB, error){
		"sqlite": func(t *testing.T) (*bunstore.DB, error) {
			return sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "crm.db"))
		},
		"postgres": func(t *testing.T) (*bunstore.DB, error) { return postgres.Open(t.Context(), pgtest.Database(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := open(t)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			require.NoError(t, db.Migrate(t.Context()))
			test(t, db)
		})
	}
}

// companyOf is the workspace of a new company.
func companyOf(t testing.TB, db *bunstore.DB) *clientele.Workspace {
	scope := core.Scope{Company: core.CompanyID{UUID: uuid.New()}, Actor: core.System()}
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: scope.Company, Name: "Ours", Country: "BR", ContactPolicy: []string{}}))
	return clientele.New(db).Workspace(scope)
}

func TestContactsOlderThanTheSearchAreIndexed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db *bunstore.DB) {
		ours, theirs := companyOf(t, db), companyOf(t, db)
		for i := range 3 {
			for _, ws := range []*clientele.Workspace{ours, theirs} {
				_, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: fmt.Sprintf("Ada %d", i), Location: "São Paulo"})
				require.NoError(t, err)
			}
		}
		write, _ := db.Pools()
		_, err := write.ExecContext(t.Context(), "UPDATE crm_contacts SET words = NULL, location_key = '' WHERE name <> 'Ada 0'")
		require.NoError(t, err)
		found := func(ws *clientele.Workspace) (n int) {
			l, err := ws.Contacts.List(t.Context(), crm.ContactFilter{Search: "sao ada", Where: filter.Filter{Field: "location", Op: filter.Is, Value: "SAO PAULO"}}, core.Page{})
			require.NoError(t, err)
			return len(l.Items)
		}
		require.Equal(t, 1, found(ours))
		for range 2 {
			require.NoError(t, crmstore.Index(t.Context(), db))
			require.Equal(t, 3, found(ours))
			require.Equal(t, 3, found(theirs))
		}
		l, err := ours.Contacts.List(t.Context(), crm.ContactFilter{}, core.Page{})
		require.NoError(t, err)
		for _, c := range l.Items {
			require.EqualValues(t, 1, c.Version, "indexing is no change")
			require.Equal(t, c.CreatedAt, c.UpdatedAt)
		}
	})
}

// A change gives a contact neither words nor the key of its name if it has none yet: nobody would come upon what else it lacks.
func TestContactsThatAreChangedBeforeTheyAreIndexedLackNothingAfterwards(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db *bunstore.DB) {
		ws := companyOf(t, db)
		ada, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Location: "São Paulo", Phone: "+5511912345678"})
		require.NoError(t, err)
		write, _ := db.Pools()
		for _, old := range []string{
			"UPDATE crm_contacts SET words = NULL, location_key = '', match_name = NULL, match_place = NULL",
			"UPDATE crm_contact_addresses SET match_key = NULL",
		} {
			_, err = write.ExecContext(t.Context(), old)
			require.NoError(t, err)
		}
		_, err = ws.Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Name = "Lovelace"; return nil })
		require.NoError(t, err)
		require.NoError(t, crmstore.Index(t.Context(), db))
		n, err := crmstore.KeyContacts(t.Context(), db, 2)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		l, err := ws.Contacts.List(t.Context(), crm.ContactFilter{Search: "lovelace", Where: filter.Filter{Field: "location", Op: filter.Is, Value: "sao paulo"}}, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 1)
		var lacking int
		require.NoError(t, write.QueryRowContext(t.Context(), "SELECT count(*) FROM crm_contact_addresses WHERE match_key IS NULL").Scan(&lacking))
		require.Zero(t, lacking)
		_, err = ws.Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Name = "George Byron"; return nil })
		require.NoError(t, err)
		found, err := ws.Contacts.DuplicatesOfNew(t.Context(), crm.NewContact{Name: "George Byron", Location: "São Paulo"}, crm.DuplicateFilter{})
		require.NoError(t, err)
		require.Len(t, found, 1, "from then on a change brings them along")
	})
}

func TestLeadsOlderThanTheSearchAreIndexed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db *bunstore.DB) {
		ws := companyOf(t, db)
		ada, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		sales, err := ws.Trackers.Create(t.Context(), crm.NewTracker{
			TrackerDetails: crm.TrackerDetails{Name: "Sales"}, Fields: []crm.NewField{{Name: "make", Type: crm.TextField}},
		})
		require.NoError(t, err)
		for i := range 3 {
			_, err := ws.Leads.Create(t.Context(), crm.NewLead{TrackerID: sales.ID, LeadDetails: crm.LeadDetails{
				Title: fmt.Sprintf("Boat %d", i), ContactID: ada.ID, Values: crm.Values{"make": crm.Text("Île")},
			}})
			require.NoError(t, err)
		}
		write, _ := db.Pools()
		_, err = write.ExecContext(t.Context(), "UPDATE crm_leads SET words = NULL WHERE title <> 'Boat 0'")
		require.NoError(t, err)
		found := func() int {
			l, err := ws.Leads.Search(t.Context(), "ile boat", core.Page{})
			require.NoError(t, err)
			return len(l.Items)
		}
		require.Equal(t, 1, found())
		for range 2 {
			require.NoError(t, crmstore.Index(t.Context(), db))
			require.Equal(t, 3, found())
		}
	})
}
