package clientele_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/sqlitetest"
)

func TestDeletedContactsAreErasedAfterAWhile(t *testing.T) {
	t.Parallel()
	db := sqlitetest.Memory(t)
	var days atomic.Int64
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	db.Env.Now = func() time.Time { return start.AddDate(0, 0, int(days.Load())) }
	app := clientele.New(db, clientele.WithRetention(30*24*time.Hour))
	company := core.CompanyID{UUID: uuid.New()}
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Ours", ContactPolicy: []string{}}))
	ws := app.Workspace(core.Scope{Company: company, Actor: core.System()})
	var ids []core.ID[crm.Contact]
	for _, name := range []string{"Ada", "Bea"} {
		c, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: name})
		require.NoError(t, err)
		ids = append(ids, c.ID)
	}
	require.NoError(t, ws.Contacts.Delete(t.Context(), ids[0]))
	var err error
	for _, day := range []int64{0, 1, 29} {
		days.Store(day)
		_, err = app.Step(t.Context())
		require.NoError(t, err)
		_, err = ws.Contacts.Get(t.Context(), ids[0])
		require.NoError(t, err, "day %d", day)
	}
	days.Store(31)
	_, err = app.Step(t.Context())
	require.NoError(t, err)
	_, err = ws.Contacts.Get(t.Context(), ids[0])
	require.ErrorIs(t, err, core.ErrNotFound)
	_, err = ws.Contacts.Get(t.Context(), ids[1])
	require.NoError(t, err, "nobody has deleted her")
}
