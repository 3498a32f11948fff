package crmstore_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/internal/sqlitetest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// eventful is a contact with so many entries in its timeline: notes and activities.
func eventful(tb testing.TB, db *bunstore.DB, entries int) (*clientele.Workspace, core.ID[crm.Contact]) {
	scope := core.Scope{Company: core.CompanyID{UUID: uuid.New()}, Actor: core.System()}
	require.NoError(tb, db.EnsureCompany(tb.Context(), core.Tenant{ID: scope.Company, Name: "Ours", ContactPolicy: []string{}}))
	ws := clientele.New(db).Workspace(scope)
	ada, err := ws.Contacts.Create(tb.Context(), crm.NewContact{Name: "Ada"})
	require.NoError(tb, err)
	begun := db.Env.Time().Add(-time.Duration(entries) * time.Minute)
	err = crmstore.Work(db.Session(scope)).Atomic(tb.Context(), func(tx crm.Tx) error {
		for i := range entries / 2 {
			stamp := crm.Stamp{Version: 1, CreatedAt: begun.Add(time.Duration(i) * time.Minute)}
			stamp.UpdatedAt = stamp.CreatedAt
			n := crm.Note{ID: core.NewID[crm.Note](tx.Env), ContactID: ada.ID, NewNote: crm.NewNote{Content: fmt.Sprint("Met ", i)}, Stamp: stamp}
			a := crm.Activity{ID: core.NewID[crm.Activity](tx.Env), ContactID: ada.ID, NewActivity: crm.NewActivity{Type: crm.Call, Title: fmt.Sprint("Call ", i)}, Stamp: stamp}
			if err := tx.Store.InsertNote(tb.Context(), n); err != nil {
				return err
			}
			if err := tx.Store.InsertActivity(tb.Context(), a); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(tb, err)
	return ws, ada.ID
}

// late is the cursor behind so many entries of a timeline.
func late(tb testing.TB, ws *clientele.Workspace, contact core.ID[crm.Contact], entries int) (p core.Page) {
	for p.Limit = 200; entries > 0; entries -= p.Limit {
		l, err := ws.Timeline.List(tb.Context(), contact, p)
		require.NoError(tb, err)
		require.NotEmpty(tb, l.Next)
		p.Cursor = l.Next
	}
	return core.Page{Cursor: p.Cursor}
}

// A page of a timeline asks as many questions of the database, wherever it is.
func TestAPageOfATimelineAsksAsMuchAnywhere(t *testing.T) {
	t.Parallel()
	db := sqlitetest.Memory(t)
	heard := listen(db)
	ws, ada := eventful(t, db, 1200)
	behind := late(t, ws, ada, 1000)
	var asked []int
	for _, p := range []core.Page{{}, {Limit: 200}, behind} {
		heard.forget()
		l, err := ws.Timeline.List(t.Context(), ada, p)
		require.NoError(t, err)
		require.NotEmpty(t, l.Items)
		asked = append(asked, len(heard.queries))
	}
	require.Equal(t, []int{asked[0], asked[0], asked[0]}, asked)
	require.LessOrEqual(t, asked[0], 11, "the contact before and after, one a source, and the titles of forms")
}

// BenchmarkTimeline reads the first page and a late one of a contact with 10,000 entries.
func BenchmarkTimeline(b *testing.B) {
	for name, open := range map[string]func() (*bunstore.DB, error){
		"sqlite":   func() (*bunstore.DB, error) { return sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "crm.db")) },
		"postgres": func() (*bunstore.DB, error) { return postgres.Open(b.Context(), pgtest.Database(b)) },
	} {
		b.Run(name, func(b *testing.B) {
			db, err := open()
			require.NoError(b, err)
			defer db.Close()
			require.NoError(b, db.Migrate(b.Context()))
			ws, ada := eventful(b, db, 10_000)
			for at, p := range map[string]core.Page{"first": {}, "late": late(b, ws, ada, 9000)} {
				b.Run(at, func(b *testing.B) {
					for b.Loop() {
						_, err := ws.Timeline.List(b.Context(), ada, p)
						require.NoError(b, err)
					}
				})
			}
		})
	}
}
