package main

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

func TestReactOnSQLite(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Memory(t.Context())
	require.NoError(t, err)
	testReact(t, db)
}

func TestReactOnPostgres(t *testing.T) {
	t.Parallel()
	db, err := postgres.Open(t.Context(), pgtest.Empty(t))
	require.NoError(t, err)
	testReact(t, db)
}

// testReact: a letter that fails is sent later, and the reminder after a week, which a test
// does not wait for: it has a clock of its own, and steps.
func testReact(t *testing.T, db *bunstore.DB) {
	ctx := t.Context()
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	db.Env.Now = func() time.Time { return now }
	require.NoError(t, db.Migrate(ctx))
	tenant := core.CompanyID{UUID: uuid.New()}
	require.NoError(t, db.EnsureCompany(ctx, core.Tenant{ID: tenant, Name: "Acme", ContactPolicy: []string{"email"}}))

	app := clientele.New(db)
	var mu sync.Mutex // letters are sent side by side
	var sent []string
	broken := true
	react(app, func(_ core.Email, text string) error {
		mu.Lock()
		defer mu.Unlock()
		if broken {
			return errors.New("the printer is on fire")
		}
		sent = append(sent, text)
		return nil
	})
	step := func(after time.Duration) {
		now = now.Add(after)
		_, err := app.Step(ctx)
		require.NoError(t, err)
	}
	step(0)
	contacts := app.Workspace(core.Scope{Company: tenant, Actor: core.System()}).Contacts
	_, err := contacts.Create(ctx, crm.NewContact{Name: "Ada Lovelace", Email: "ada@example.org"})
	require.NoError(t, err)
	gone, err := contacts.Create(ctx, crm.NewContact{Name: "Grace Hopper", Email: "grace@example.org"})
	require.NoError(t, err)
	step(0)
	require.Empty(t, sent)
	broken = false
	step(time.Minute)
	require.ElementsMatch(t, []string{"Welcome, Ada Lovelace!", "Welcome, Grace Hopper!"}, sent)
	require.NoError(t, contacts.Delete(ctx, gone.ID))
	step(7 * 24 * time.Hour)
	step(time.Hour)
	require.Equal(t, "Are you still there, Ada Lovelace?", sent[2])
	require.Len(t, sent, 3)
}
