package crmstore_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

var many = flag.Bool("many", false, "benchmark finding among 200,000 contacts in SQLite and 1,000,000 in Postgres")

// BenchmarkFinding times filtered, sorted pages and searches in one large company, warm, and
// reports the 95th percentile of each in milliseconds. One run is enough: -benchtime=1x.
func BenchmarkFinding(b *testing.B) {
	for _, c := range []struct {
		name string
		rows int
		open func(b *testing.B) (*bunstore.DB, error)
	}{
		{"sqlite", 200_000, func(b *testing.B) (*bunstore.DB, error) {
			return sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "crm.db"))
		}},
		{"postgres", 1_000_000, func(b *testing.B) (*bunstore.DB, error) { return postgres.Open(b.Context(), pgtest.Database(b)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			if !*many {
				c.rows = 10_000
			}
			db, err := c.open(b)
			require.NoError(b, err)
			defer db.Close()
			require.NoError(b, db.Migrate(b.Context()))
			crowd := newCrowd(b, db, c.rows)
			for _, q := range crowd.questions() {
				b.Run(q.name, func(b *testing.B) { crowd.time(b, q) })
			}
		})
	}
}

// crowd is a company of many contacts: names of 400 first and 1,000 last ones, 5,000 employers, 200
// places, 20 categories, 50 owners and 30 tags, which are not equally common.
type crowd struct {
	ws         *clientele.Workspace
	rows       int
	categories []core.ID[crm.Category]
	owners     []core.UserID
}

func newCrowd(tb testing.TB, db *bunstore.DB, rows int) *crowd {
	scope := core.Scope{Company: core.CompanyID{UUID: uuid.New()}, Actor: core.System()}
	require.NoError(tb, db.EnsureCompany(tb.Context(), core.Tenant{ID: scope.Company, Name: "Many", Country: "BR", ContactPolicy: []string{}}))
	c := &crowd{ws: clientele.New(db).Workspace(scope), rows: rows}
	for i := range 20 {
		category, err := c.ws.Categories.Create(tb.Context(), crm.NewCategory{Name: fmt.Sprint("Category ", i)})
		require.NoError(tb, err)
		c.categories = append(c.categories, category.ID)
	}
	for range 50 {
		c.owners = append(c.owners, core.UserID{UUID: uuid.New()})
	}
	work, env := crmstore.Work(db.Session(scope)), db.Env
	begun := env.Time().Add(-time.Duration(rows) * time.Second)
	batch := make([]crm.Contact, 0, 1000)
	for i := range rows {
		batch = append(batch, c.person(core.NewID[crm.Contact](env), i, begun.Add(time.Duration(i)*time.Second)))
		if len(batch) == cap(batch) || i == rows-1 {
			require.NoError(tb, work.Atomic(tb.Context(), func(tx crm.Tx) error { return tx.Store.InsertContacts(tb.Context(), batch...) }))
			batch = batch[:0]
		}
	}
	if db.Dialect() == "postgres" {
		write, _ := db.Pools()
		_, err := write.ExecContext(tb.Context(), "VACUUM ANALYZE")
		require.NoError(tb, err)
	}
	return c
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
			CategoryID: c.categories[pick(i*17+4, 20)], OwnerID: c.owners[pick(i*19+5, 50)], Tags: []string{fmt.Sprint("tag", pick(i*23+6, 30))},
			Source: []string{"web", "import", "fair"}[i%3],
		},
	}
}

// question is what is asked of the crowd, in the i-th way.
type question struct {
	name string
	ask  func(i int) crm.ContactFilter
}

func (c *crowd) questions() []question {
	is := func(field string, value any) filter.Filter {
		return filter.Filter{Field: field, Op: filter.Is, Value: value}
	}
	return []question{
		{"all by name", func(int) crm.ContactFilter { return crm.ContactFilter{} }},
		{"email", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Email: core.Email(fmt.Sprintf("p%d@example.org", i*7919%c.rows))}
		}},
		{"phone", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Phone: crm.Phone(fmt.Sprintf("+55119%08d", i*7919%c.rows))}
		}},
		{"tag by name", func(i int) crm.ContactFilter { return crm.ContactFilter{Tag: fmt.Sprint("tag", i%30)} }},
		{"owner, the newest", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Owner: c.owners[i%50], Sort: crm.ByCreatedDesc}
		}},
		{"category by name", func(i int) crm.ContactFilter { return crm.ContactFilter{Category: c.categories[i%20]} }},
		{"employer by name", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Company: c.person(core.ID[crm.Contact]{}, i*7919, time.Time{}).Company}
		}},
		{"category and tag, changed last", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Sort: crm.ByUpdatedDesc, Where: filter.Filter{All: []filter.Filter{
				is("categoryId", c.categories[i%20].String()), is("tag", fmt.Sprint("tag", i%30)),
			}}}
		}},
		{"owner or tag, the newest", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Sort: crm.ByCreatedDesc, Where: filter.Filter{Any: []filter.Filter{
				is("ownerId", c.owners[i%50].String()), is("tag", fmt.Sprint("tag", i%30)),
			}}}
		}},
		{"location by name", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Where: is("location", "Town "+word(2000+i%200))}
		}},
		{"search of a first name", func(i int) crm.ContactFilter { return crm.ContactFilter{Search: word(i % 400)} }},
		{"search of both names", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Search: word(400+pick(i*7+1, 1000)) + " " + word(pick(i, 400))}
		}},
		{"search of three letters", func(i int) crm.ContactFilter { return crm.ContactFilter{Search: string([]rune(word(i % 400))[:3])} }},
		{"search of one letter", func(i int) crm.ContactFilter { return crm.ContactFilter{Search: string(rune('a' + i%26))} }},
		{"search of a telephone", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Search: fmt.Sprintf("(11) 9%04d-%04d", i*7919%c.rows/10_000, i*7919%10_000)}
		}},
		{"search of a firm", func(i int) crm.ContactFilter { return crm.ContactFilter{Search: "firm " + word(3000+pick(i, 5000))} }},
	}
}

// time asks a hundred times, and reports the time that 95 of them took at most.
func (c *crowd) time(b *testing.B, q question) {
	const times = 100
	var took []time.Duration
	for b.Loop() {
		for i := range times {
			begun := time.Now()
			_, err := c.ws.Contacts.List(b.Context(), q.ask(i), core.Page{})
			require.NoError(b, err)
			if i >= times/10 { // the first ones warm it
				took = append(took, time.Since(begun))
			}
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(0, "ns/op")
}
