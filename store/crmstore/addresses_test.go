package crmstore_test

import (
	"context"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// An import finds who has an address, and then that contact, which is merged into another one in between: the
// row is about the other one.
func TestAnImportFollowsAnAddressThatIsMergedMeanwhile(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db *bunstore.DB) {
		ws := companyOf(t, db)
		var ada, other crm.Contact
		var merged atomic.Bool
		db.Hook(beforeQuery(func(query string) {
			if !other.ID.IsZero() && strings.Contains(query, `c.id IN ('`+other.ID.String()) && merged.CompareAndSwap(false, true) {
				_, err := ws.Contacts.Merge(t.Context(), ada.ID, crm.NewMerge{LoserID: other.ID})
				require.NoError(t, err)
			}
		}))
		ada, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		other, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Adah", Email: "adah@example.org"})
		require.NoError(t, err)
		result, err := ws.Contacts.Import(t.Context(), strings.NewReader("email,designation\nadah@example.org,Analyst\n"), crm.ImportOptions{})
		require.NoError(t, err)
		require.True(t, merged.Load())
		require.Equal(t, 1, result.Updated, "%+v", result)
		got, err := ws.Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, "Analyst", got.Designation)
	})
}

// A change of a contact writes what it changes: its addresses and tags stay as they are when it is about
// something else.
func TestAChangeOfAContactWritesWhatItChanges(t *testing.T) {
	t.Parallel()
	wrote := regexp.MustCompile(`^(?:INSERT INTO|UPDATE|DELETE FROM) "(crm_\w+)"`)
	onBoth(t, func(t *testing.T, db *bunstore.DB) {
		ws := companyOf(t, db)
		var tables []string
		db.Hook(beforeQuery(func(query string) {
			if m := wrote.FindStringSubmatch(query); m != nil {
				tables = append(tables, m[1])
			}
		}))
		ada, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Email: "ada@example.org", Phone: "+5511912345678", Tags: []string{"vip"}})
		require.NoError(t, err)
		for _, change := range []struct {
			edit   func(c *crm.Contact)
			tables []string
		}{
			{func(c *crm.Contact) { c.Designation = "Analyst" }, []string{"crm_contacts"}},
			{func(c *crm.Contact) { c.Tags = nil }, []string{"crm_contacts", "crm_contact_tags"}},
			{func(c *crm.Contact) { c.Tags = []string{"new"} }, []string{"crm_contacts", "crm_contact_tags", "crm_contact_tags"}},
			{func(c *crm.Contact) { c.Email = "lovelace@example.org" }, []string{"crm_contacts", "crm_contact_addresses", "crm_contact_addresses"}},
		} {
			tables = nil
			_, err := ws.Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { change.edit(c); return nil })
			require.NoError(t, err)
			require.Equal(t, change.tables, tables)
		}
		tables = nil
		require.NoError(t, ws.Contacts.Delete(t.Context(), ada.ID))
		require.Equal(t, []string{"crm_contacts", "crm_contact_addresses"}, tables, "its addresses are free")
		_, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Lovelace", Email: "lovelace@example.org"})
		require.NoError(t, err)
	})
}

// beforeQuery is a [bun.QueryHook] that is told of each query that begins.
type beforeQuery func(query string)

func (f beforeQuery) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	f(e.Query)
	return ctx
}

func (f beforeQuery) AfterQuery(context.Context, *bun.QueryEvent) {}
