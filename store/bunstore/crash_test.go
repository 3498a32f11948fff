package bunstore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// TestMain lets the test binary play other roles: it is what the tests here start and kill.
func TestMain(m *testing.M) {
	role, where := os.Getenv("CLIENTELE_TEST_ROLE"), os.Getenv("CLIENTELE_TEST_WHERE")
	var err error
	switch role {
	case "":
		os.Exit(m.Run())
	case "migrate":
		err = migrate(where)
	case "write":
		err = writeForever(where)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// openAt opens the database at a DSN or a path.
func openAt(ctx context.Context, where string) (*bunstore.DB, error) {
	if strings.HasPrefix(where, "postgres://") {
		return postgres.Open(ctx, where)
	}
	return sqlite.Open(ctx, where)
}

func migrate(where string) error {
	db, err := openAt(context.Background(), where)
	if err != nil {
		return err
	}
	return db.Migrate(context.Background())
}

// writeForever makes contacts from eight goroutines and prints the id of each when it is
// told that it was kept.
func writeForever(where string) error {
	db, err := openAt(context.Background(), where)
	if err != nil {
		return err
	}
	company, err := core.ParseID[crm.Contact](os.Getenv("CLIENTELE_TEST_COMPANY"))
	if err != nil {
		return err
	}
	ws := clientele.New(db).Workspace(core.Scope{Company: core.CompanyID(company), Actor: core.System()})
	failed := make(chan error)
	for writer := range 8 {
		go func() {
			for i := 0; ; i++ {
				c, err := ws.Contacts.Create(context.Background(), ada(core.Email(fmt.Sprintf("%d.%d@example.org", writer, i))))
				if err != nil {
					failed <- err
					return
				}
				fmt.Println(c.ID)
			}
		}()
	}
	return <-failed
}

func TestKillLosesNoAcknowledgedRow(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]string{
		"postgres": pgtest.Database(t), "sqlite": filepath.Join(t.TempDir(), "crm.db"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := openAt(t.Context(), where)
			opened(t, db, err)
			require.NoError(t, db.Migrate(t.Context()))
			w := newWorld(t, db)

			kills := 3
			for range kills {
				scope := core.Scope{Company: w.company(), Actor: core.System()}
				acknowledged := killed(t, where, scope.Company, 100)
				company := "company_id = '" + scope.Company.String() + "'"
				// In one statement: what the killed writer had sent may still be committed.
				alone := w.count("crm_contacts WHERE " + company + " AND id NOT IN (SELECT subject_id FROM core_outbox WHERE " + company + ")")
				require.Zero(t, alone, "each contact has its event")
				contacts := w.count("crm_contacts WHERE " + company)
				require.GreaterOrEqual(t, contacts, len(acknowledged))
				for _, text := range acknowledged {
					id, err := core.ParseID[crm.Contact](text)
					require.NoError(t, err)
					_, err = w.app.Workspace(scope).Contacts.Get(t.Context(), id)
					require.NoError(t, err, "it was acknowledged")
				}
			}
		})
	}
}

// killed starts a writer, kills it after at least n acknowledged rows, and gives all that it
// had printed.
func killed(t *testing.T, where string, company core.CompanyID, n int) (ids []string) {
	writer := child(t.Context(), "write", where)
	writer.Env = append(writer.Env, "CLIENTELE_TEST_COMPANY="+company.String())
	writer.Stderr = os.Stderr
	out, err := writer.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, writer.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if ids = append(ids, lines.Text()); len(ids) == n {
			require.NoError(t, writer.Process.Kill())
		}
	}
	require.ErrorContains(t, writer.Wait(), "killed")
	require.GreaterOrEqual(t, len(ids), n)
	return ids
}

func TestSixteenWritersOnOneFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	open := func() *bunstore.DB {
		db, err := sqlite.Open(t.Context(), path)
		return opened(t, db, err)
	}
	db := open()
	require.NoError(t, db.Migrate(t.Context()))
	w := newWorld(t, db)
	var wg sync.WaitGroup
	for writer := range 16 {
		if writer >= 12 { // some are programs of their own, as it were
			db = open()
		}
		ws := clientele.New(db).Workspace(w.scope)
		wg.Go(func() {
			for i := range 10 {
				c, err := ws.Contacts.Create(t.Context(), ada(core.Email(fmt.Sprintf("%d.%d@example.org", writer, i))))
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := ws.Contacts.Update(t.Context(), c.ID, func(c *crm.Contact) error { c.Notes = "seen"; return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, [4]int{0, 160, 320, 320}, w.kept())
}

func TestOneContactChangedByManyAtOnceLosesNoChange(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		c, err := w.ws().Contacts.Create(t.Context(), ada("ada@example.org"))
		require.NoError(t, err)
		var wg sync.WaitGroup
		for range 4 { // less than how often a change is tried again
			wg.Go(func() {
				_, err := w.ws().Contacts.Update(t.Context(), c.ID, func(c *crm.Contact) error { c.Notes += "x"; return nil })
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		c, err = w.ws().Contacts.Get(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, "xxxx", c.Notes)
		require.Equal(t, int64(5), c.Version)
	})
}
