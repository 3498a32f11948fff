package main

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
)

func TestOrderOnSQLite(t *testing.T) {
	t.Parallel()
	testOrder(t, filepath.Join(t.TempDir(), "shop.db"))
}

func TestOrderOnPostgres(t *testing.T) {
	t.Parallel()
	testOrder(t, pgtest.Database(t))
}

// testOrder: an order that fails takes its contact with it; one that succeeds keeps it.
func testOrder(t *testing.T, dsn string) {
	ctx := context.Background()
	shop, db, err := open(ctx, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, shop.Close()) })
	tenant := core.CompanyID{UUID: uuid.New()}
	require.NoError(t, db.EnsureCompany(ctx, core.Tenant{ID: tenant, Name: "The shop", ContactPolicy: []string{"email"}}))
	as := core.Scope{Company: tenant, Actor: core.System()}
	contacts := clientele.New(db).Workspace(as).Contacts
	number := uuid.NewString()

	require.NoError(t, order(ctx, shop, db, as, number, crm.NewContact{Name: "Ada Lovelace", Email: "ada@example.org"}))
	require.Error(t, order(ctx, shop, db, as, number, crm.NewContact{Name: "Grace Hopper", Email: "grace@example.org"}), "the number is taken")
	err = order(ctx, shop, db, as, uuid.NewString(), crm.NewContact{Name: "Ada again", Email: "ADA@example.org"})
	require.ErrorIs(t, err, core.ErrExists)

	kept, err := contacts.Count(ctx, crm.ContactFilter{}, 0)
	require.NoError(t, err)
	require.Equal(t, 1, kept)
	var orders int
	require.NoError(t, shop.QueryRowContext(ctx, "SELECT count(*) FROM orders WHERE number = '"+number+"'").Scan(&orders))
	require.Equal(t, 1, orders)
}
