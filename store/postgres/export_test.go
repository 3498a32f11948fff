package postgres_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store"
)

// An export reads rows as texts, in which Postgres writes times in the zone of the session.
func TestAnExportIsTheSameInEachZoneOfTheSession(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	company := core.CompanyID{UUID: uuid.New()}
	var made crm.Contact
	for i, settings := range []string{"", "&TimeZone=Asia/Kolkata", "&TimeZone=America/Sao_Paulo"} {
		backend := store.Bun(open(t, dsn+settings))
		ws := clientele.NewOn(backend).Workspace(core.Scope{Company: company, Actor: core.System()})
		if i == 0 {
			require.NoError(t, backend.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Exports", ContactPolicy: []string{}}))
			var err error
			made, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Tags: []string{"a"}})
			require.NoError(t, err)
		}
		e, err := ws.Contacts.Export(t.Context(), crm.ContactFilter{}, crm.ExportJSONLines)
		require.NoError(t, err)
		var out bytes.Buffer
		require.NoError(t, e.Write(t.Context(), &out), settings)
		var line crm.ExportedContact
		require.NoError(t, json.Unmarshal(out.Bytes(), &line))
		require.Equal(t, made, line.Contact, settings)
	}
}
