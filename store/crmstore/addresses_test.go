package crmstore_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// An import finds who has an address, and then that contact, which is merged into another one in between: the
// row is about the other one.
func TestAnImportFollowsAnAddressThatIsMergedMeanwhile(t *testing.T) {
	t.Parallel()
	lite, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "crm.db"))
	require.NoError(t, err)
	pg, err := trusting(t.Context(), pgtest.Database(t))
	require.NoError(t, err)
	for name, db := range map[string]*bunstore.DB{"sqlite": lite, "postgres": pg} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			require.NoError(t, db.Migrate(t.Context()))
			scope := core.Scope{Company: core.CompanyID{UUID: named("company")}, Actor: core.System()}
			require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: scope.Company, Name: "Company", ContactPolicy: []string{}}))
			ws := clientele.New(db).Workspace(scope)
			ada, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
			require.NoError(t, err)
			other, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Adah", Email: "adah@example.org"})
			require.NoError(t, err)

			var merged atomic.Bool
			db.Hook(beforeQuery(func(query string) {
				if strings.Contains(query, `c.id IN ('`+other.ID.String()) && merged.CompareAndSwap(false, true) {
					_, err := ws.Contacts.Merge(t.Context(), ada.ID, crm.NewMerge{LoserID: other.ID})
					require.NoError(t, err)
				}
			}))
			result, err := ws.Contacts.Import(t.Context(), strings.NewReader("email,designation\nadah@example.org,Analyst\n"), crm.ImportOptions{})
			require.NoError(t, err)
			require.True(t, merged.Load())
			require.Equal(t, 1, result.Updated, "%+v", result)
			got, err := ws.Contacts.Get(t.Context(), ada.ID)
			require.NoError(t, err)
			require.Equal(t, "Analyst", got.Designation)
		})
	}
}

// beforeQuery is a [bun.QueryHook] that is told of each query that begins.
type beforeQuery func(query string)

func (f beforeQuery) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	f(e.Query)
	return ctx
}

func (f beforeQuery) AfterQuery(context.Context, *bun.QueryEvent) {}
