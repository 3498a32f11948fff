package clientele_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// SQLite has the addresses in a table made anew by 0131: they are the same, unique, found, and gone with their contact.
func TestAddressesThatAreOlderThanTheirIndexesAreKept(t *testing.T) {
	onOld(t, "0131", func(t *testing.T, db *bunstore.DB, o *old) {
		ws := clientele.New(db).Workspace(core.Scope{Company: core.CompanyID{UUID: o.company}, Actor: core.System()})
		create := func(name string, email core.Email, phones ...string) (crm.Contact, error) {
			c := crm.NewContact{Name: name, Email: email}
			for _, phone := range phones {
				c.OtherAddresses = append(c.OtherAddresses, crm.Address{Kind: crm.PhoneAddress, Value: phone})
			}
			return ws.Contacts.Create(t.Context(), c)
		}
		ada, err := create("Ada Lovelace", "ada.lovelace@example.org", "+442071234567", "+5511912345678")
		require.NoError(t, err)
		_, err = create("Grace Hopper", "info@example.org") // an address that tells of nobody
		require.NoError(t, err)
		had := addresses(t, o)
		require.Len(t, had, 4)

		_, err = o.pool.ExecContext(t.Context(), "CREATE VIEW shop_addresses AS SELECT address_key FROM crm_contact_addresses") // the embedder's
		require.NoError(t, err)

		require.NoError(t, db.Migrate(t.Context()))

		require.Equal(t, had, addresses(t, o))
		var seen int
		require.NoError(t, o.pool.QueryRowContext(t.Context(), "SELECT count(*) FROM shop_addresses").Scan(&seen))
		require.Equal(t, len(had), seen)
		_, err = create("Somebody Else", "ada.lovelace@example.org")
		require.ErrorIs(t, err, core.ErrExists)
		for _, n := range []crm.NewContact{{Name: "Ada Lovelace", Email: "ada.lovelace@example.com"}, {Name: "Ada Lovelace", Phone: "+442081234567"}} {
			found, err := ws.Contacts.DuplicatesOfNew(t.Context(), n, crm.DuplicateFilter{})
			require.NoError(t, err)
			require.Len(t, found, 1)
			require.Equal(t, ada.ID, found[0].Contact.ID)
		}
		require.NoError(t, ws.Contacts.Delete(t.Context(), ada.ID))
		require.Len(t, addresses(t, o), 1)
	})
}

// addresses are the rows of them, in their order.
func addresses(t *testing.T, o *old) (all [][4]string) {
	rows, err := o.pool.QueryContext(t.Context(),
		"SELECT kind, address_key, contact_id, CAST(COALESCE(match_key, 0) AS TEXT) FROM crm_contact_addresses ORDER BY kind, address_key")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var r [4]string
		require.NoError(t, rows.Scan(&r[0], &r[1], &r[2], &r[3]))
		all = append(all, r)
	}
	require.NoError(t, rows.Err())
	return all
}
