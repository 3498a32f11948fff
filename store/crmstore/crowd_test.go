package crmstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/postgres"
)

// crowd is a company of many contacts: names of 400 first and 1,000 last ones, 5,000 employers, 200
// places, 20 categories, 50 owners and 30 tags, which are not equally common.
type crowd struct {
	ws         *clientele.Workspace
	rows       int
	categories []core.ID[crm.Category]
	owners     []core.UserID
}

// named is an id that is the same in every run, so that a database can be kept between them.
func named(name string) uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceOID, []byte("crowd "+name)) }

// newCrowd is the crowd in the database, which is put there unless it is there already.
func newCrowd(tb testing.TB, db *bunstore.DB, rows int) *crowd {
	ctx := tb.Context()
	scope := core.Scope{Company: core.CompanyID{UUID: named("company")}, Actor: core.System()}
	c := &crowd{ws: clientele.New(db).Workspace(scope), rows: rows}
	for i := range 50 {
		c.owners = append(c.owners, core.UserID{UUID: named(fmt.Sprint("owner ", i))})
	}
	require.NoError(tb, db.EnsureCompany(ctx, core.Tenant{ID: scope.Company, Name: "Many", Country: "BR", ContactPolicy: []string{}}))
	for i := range 20 {
		name := fmt.Sprintf("Category %02d", i)
		if category, err := c.ws.Categories.Create(ctx, crm.NewCategory{Name: name}); err == nil {
			c.categories = append(c.categories, category.ID)
		}
	}
	if c.categories == nil {
		list, err := c.ws.Categories.List(ctx, crm.CategoryFilter{}, core.Page{})
		require.NoError(tb, err)
		for _, category := range list.Items {
			c.categories = append(c.categories, category.ID)
		}
		n, err := c.ws.Contacts.Count(ctx, crm.ContactFilter{}, 0)
		require.NoError(tb, err)
		require.Equal(tb, rows, n, "what is kept is not whole: remove it")
		return c
	}
	c.gather(tb, db, scope)
	return c
}

// gather stores the contacts, in Postgres on two connections and with the indexes made after
// the rows, which takes a third of the time.
func (c *crowd) gather(tb testing.TB, db *bunstore.DB, scope core.Scope) {
	makers := 1
	if db.Dialect() == "postgres" {
		makers = 2
		defer withoutIndexes(tb, db)()
	}
	const batch = 5000
	begun := db.Env.Time().Add(-time.Duration(c.rows) * time.Second)
	work := crmstore.Work(db.Session(scope))
	var making sync.WaitGroup
	failed := make([]error, makers)
	for maker := range makers {
		making.Go(func() {
			for from := maker * batch; from < c.rows && failed[maker] == nil; from += makers * batch {
				people := make([]crm.Contact, 0, batch)
				for i := from; i < min(from+batch, c.rows); i++ {
					people = append(people, c.person(core.NewID[crm.Contact](db.Env), i, begun.Add(time.Duration(i)*time.Second)))
				}
				failed[maker] = work.Atomic(tb.Context(), func(tx crm.Tx) error { return tx.Store.InsertContacts(tb.Context(), people...) })
			}
		})
	}
	making.Wait()
	require.NoError(tb, errors.Join(failed...))
}

// withoutIndexes removes the indexes of contacts; what it returns makes them again.
func withoutIndexes(tb testing.TB, db *bunstore.DB) (again func()) {
	pool, _ := db.Pools()
	rows, err := pool.QueryContext(tb.Context(), `SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'crm\_contact%'
		AND indexname NOT IN (SELECT conname FROM pg_constraint)`)
	require.NoError(tb, err)
	defer rows.Close()
	var names, definitions []string
	for rows.Next() {
		var name, definition string
		require.NoError(tb, rows.Scan(&name, &definition))
		names, definitions = append(names, name), append(definitions, definition)
	}
	require.NoError(tb, rows.Err())
	exec := func(statements ...string) {
		for _, statement := range statements {
			_, err := pool.ExecContext(tb.Context(), statement)
			require.NoError(tb, err, statement)
		}
	}
	exec("DROP INDEX " + strings.Join(names, ", "))
	return func() {
		exec(definitions...)
		exec("VACUUM ANALYZE")
	}
}

// trusting opens a database of Postgres in which foreign keys are not checked while it is filled.
func trusting(ctx context.Context, dsn string) (*bunstore.DB, error) {
	admin, err := postgres.Pool(dsn)
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	if err := replicating(ctx, admin); err != nil {
		return nil, err
	}
	return postgres.Open(ctx, dsn, postgres.StatementTimeout(0))
}

func replicating(ctx context.Context, admin *sql.DB) error {
	var name string
	if err := admin.QueryRowContext(ctx, "SELECT quote_ident(current_database())").Scan(&name); err != nil {
		return err
	}
	_, err := admin.ExecContext(ctx, "ALTER DATABASE "+name+" SET session_replication_role = replica")
	return err
}

// pick is a number below n, the low ones more often.
func pick(i, n int) int {
	x := uint32(i)*2654435761 + 12345
	x ^= x >> 15
	x *= 2246822519
	x ^= x >> 13
	u := float64(x) / (1 << 32)
	return int(u * u * float64(n))
}

var syllables = []string{"ma", "ri", "a", "sil", "va", "jo", "se", "ka", "len", "ti", "bor", "ges", "an", "dré", "lou", "wen", "zo", "ë", "pe", "tra"}

func word(n int) string {
	w := ""
	for range 3 {
		w += syllables[n%len(syllables)]
		n = n/len(syllables) + 7
	}
	return w
}

func (c *crowd) person(id core.ID[crm.Contact], i int, at time.Time) crm.Contact {
	return crm.Contact{
		ID: id, Active: i%10 > 0, Stamp: crm.Stamp{Version: 1, CreatedAt: at, UpdatedAt: at.Add(time.Duration(pick(i, 1000)) * time.Minute)},
		NewContact: crm.NewContact{
			Name:  word(pick(i, 400)) + " " + word(400+pick(i*7+1, 1000)),
			Phone: crm.Phone(fmt.Sprintf("+55119%08d", i)), Email: core.Email(fmt.Sprintf("p%d@example.org", i)),
			Location: "Town " + word(2000+pick(i*11+2, 200)), Company: "Firm " + word(3000+pick(i*13+3, 5000)) + fmt.Sprint(pick(i*13+3, 5000)),
			Designation: []string{"Buyer", "Engineer", "Director", ""}[pick(i*29+7, 4)], Industry: "Trade " + fmt.Sprint(pick(i*31+8, 40)),
			CategoryID: c.categories[pick(i*17+4, 20)], OwnerID: c.owners[pick(i*19+5, 50)], Tags: []string{fmt.Sprint("tag", pick(i*23+6, 30))},
			Source: []string{"web", "import", "fair"}[i%3],
		},
	}
}
