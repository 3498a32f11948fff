package store_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var ofImports = []between{
	{"a revert of an import leaves what was changed since, however often it begins anew", func(t *testing.T, m *meantime) {
		ada := m.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		bea := m.contact(crm.NewContact{Name: "Bea", Email: "bea@example.org"})
		r := m.imports(m.scope.Actor, "email,designation\nada@example.org,Analyst\nbea@example.org,Analyst\n")
		m.within(func() { // Bea is written already, and will be rolled back
			m.within(func() { m.changes(bea, func(c *crm.Contact) { c.Designation = "Boss" }) }, `FROM "crm_contacts"`, "c.id IN (", bea.ID.String())
			m.changes(ada, func(c *crm.Contact) { c.Designation = "Countess" })
		}, `UPDATE "crm_contacts"`, "c.id = '"+ada.ID.String())
		reverted, err := m.ws.Contacts.RevertImport(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, 2, reverted.Kept)
		got, err := m.ws.Contacts.Get(t.Context(), bea.ID)
		require.NoError(t, err)
		require.Equal(t, "Boss", got.Designation)
	}},
	{"a revert of an import leaves who had an address that somebody takes", func(t *testing.T, m *meantime) {
		ada := m.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		r := m.imports(m.scope.Actor, "id,email\n"+ada.ID.String()+",countess@example.org\n")
		m.within(func() { m.contact(crm.NewContact{Name: "Eve", Email: "ada@example.org"}) }, `UPDATE "crm_contacts"`, "c.id = '"+ada.ID.String())
		reverted, err := m.ws.Contacts.RevertImport(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, 1, reverted.Kept)
	}},
	{"a row whose address one's own contact loses is no other's", func(t *testing.T, m *meantime) {
		actor := core.Actor{ID: core.UserID{UUID: uuid.New()}, Permissions: core.AllPermissions(), OwnRows: true}
		ws := m.app.Workspace(core.Scope{Company: m.scope.Company, Actor: actor})
		ada, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		require.NoError(t, err)
		m.after(func() { require.NoError(t, ws.Contacts.Delete(t.Context(), ada.ID)) },
			`FROM "crm_contact_addresses"`, m.scope.Company.String(), "ada@example.org")
		r := m.imports(actor, "name,email\nAda,ada@example.org\n")
		require.Equal(t, 1, r.Created, "%+v", r)
	}},
}

func (m *meantime) imports(actor core.Actor, file string) crm.ImportResult {
	ws := m.app.Workspace(core.Scope{Company: m.scope.Company, Actor: actor})
	r, err := ws.Contacts.Import(m.t.Context(), strings.NewReader(file), crm.ImportOptions{})
	require.NoError(m.t, err)
	return r
}
