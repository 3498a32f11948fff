package crmstore_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// Whatever becomes of contacts, they are found by the addresses and tags that they have, and by no others.
func TestContactsAreFoundByWhatTheyHaveAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db *bunstore.DB) {
		rapid.Check(t, func(r *rapid.T) {
			ws := companyOf(t, db)
			var made []core.ID[crm.Contact]
			var merges []core.ID[crm.Merge]
			emails := rapid.SampledFrom([]core.Email{"", "a@example.org", "A@example.org", "b@example.org", "c@example.org"})
			others := rapid.SliceOfN(rapid.Map(emails, func(e core.Email) crm.Address {
				return crm.Address{Kind: crm.EmailAddress, Value: "o" + string(e)}
			}), 0, 2)
			tags := rapid.SliceOfN(rapid.SampledFrom([]string{"vip", "VIP", "new"}), 0, 3)
			mayRefuse := func(err error) {
				if err != nil && !errors.Is(err, core.ErrExists) && !errors.Is(err, core.ErrInvalid) && !errors.Is(err, core.ErrState) {
					r.Fatal(err)
				}
			}
			fill := func(c *crm.NewContact) {
				c.Email, c.OtherAddresses, c.Tags = emails.Draw(r, "email"), others.Draw(r, "others"), tags.Draw(r, "tags")
			}
			one := func() core.ID[crm.Contact] { return rapid.SampledFrom(made).Draw(r, "contact") }
			for range 8 {
				op := rapid.SampledFrom([]string{"create", "create", "update", "update", "delete", "restore", "merge", "undo"}).Draw(r, "op")
				switch {
				case op == "create" || len(made) < 2:
					n := crm.NewContact{Name: "Ada"}
					fill(&n)
					c, err := ws.Contacts.Create(t.Context(), n)
					mayRefuse(err)
					if err == nil {
						made = append(made, c.ID)
					}
				case op == "update":
					_, err := ws.Contacts.Update(t.Context(), one(), func(c *crm.Contact) error { fill(&c.NewContact); return nil })
					mayRefuse(err)
				case op == "delete":
					mayRefuse(ws.Contacts.Delete(t.Context(), one()))
				case op == "restore":
					_, err := ws.Contacts.Restore(t.Context(), one())
					mayRefuse(err)
				case op == "merge":
					m, err := ws.Contacts.Merge(t.Context(), one(), crm.NewMerge{LoserID: one()})
					mayRefuse(err)
					if err == nil {
						merges = append(merges, m.ID)
					}
				case op == "undo" && len(merges) > 0:
					_, err := ws.Contacts.UndoMerge(t.Context(), rapid.SampledFrom(merges).Draw(r, "merge"))
					mayRefuse(err)
				}
				foundByWhatTheyHave(r, t, db, ws, made)
			}
		})
	})
}

func foundByWhatTheyHave(r *rapid.T, t *testing.T, db *bunstore.DB, ws *clientele.Workspace, made []core.ID[crm.Contact]) {
	var want, got []string
	s := store.Bun(db).Session(ws.Scope()).CRM().Plain().Store
	for _, id := range made {
		c, err := s.Contact(t.Context(), id)
		require.NoError(r, err)
		if c.DeletedAt == nil {
			for _, k := range c.AddressKeys() {
				want = append(want, string(k.Kind)+k.Key+id.String())
			}
		}
		for _, tag := range c.Tags {
			want = append(want, core.Fold(tag)+id.String())
		}
	}
	_, read := db.Pools()
	for _, q := range []string{
		"SELECT kind || address_key || CAST(contact_id AS TEXT) FROM crm_contact_addresses",
		"SELECT tag_key || CAST(contact_id AS TEXT) FROM crm_contact_tags",
	} {
		rows, err := read.QueryContext(t.Context(), q+" WHERE company_id = '"+ws.Scope().Company.String()+"'")
		require.NoError(r, err)
		for rows.Next() {
			var key string
			require.NoError(r, rows.Scan(&key))
			got = append(got, key)
		}
		require.NoError(r, rows.Err())
		require.NoError(r, rows.Close())
	}
	slices.Sort(want)
	slices.Sort(got)
	require.Equal(r, want, got)
}
