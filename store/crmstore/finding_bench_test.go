package crmstore_test

import (
	"cmp"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/internal/processor"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/sqlite"
)

var (
	many = flag.Bool("many", false, "benchmark finding among 200,000 contacts in SQLite and 1,000,000 in Postgres")
	file = flag.String("file", "", "of SQLite, in which the contacts of the benchmark stay; none: a temporary one")
	dsn  = flag.String("dsn", "", "of Postgres, in which the contacts of the benchmark stay; none: a temporary one")
)

// BenchmarkFinding times filtered, sorted pages and searches in one large company, warm, and
// reports the median and the 95th percentile of each. One run is enough: -benchtime=1x.
func BenchmarkFinding(b *testing.B) {
	for _, c := range []struct {
		name string
		rows int
		open func(b *testing.B) (*bunstore.DB, error)
	}{
		{"sqlite", 200_000, func(b *testing.B) (*bunstore.DB, error) {
			return sqlite.Open(b.Context(), cmp.Or(*file, filepath.Join(b.TempDir(), "crm.db")))
		}},
		{"postgres", 1_000_000, func(b *testing.B) (*bunstore.DB, error) {
			if *dsn != "" {
				return trusting(b.Context(), *dsn)
			}
			return trusting(b.Context(), pgtest.Database(b))
		}},
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
			busy := alone(b, db)
			for _, q := range crowd.questions() {
				b.Run(q.name, func(b *testing.B) {
					timed(b, busy, func(i int) error {
						_, err := crowd.ws.Contacts.List(b.Context(), q.ask(i), core.Page{})
						return err
					})
				})
			}
		})
	}
}

// question is what is asked of the crowd, in the i-th way.
type question struct {
	name string
	ask  func(i int) crm.ContactFilter
}

func (c *crowd) questions() []question {
	return slices.Concat(c.lists(), c.conditions(), c.searches())
}

func is(field string, value any) filter.Filter {
	return filter.Filter{Field: field, Op: filter.Is, Value: value}
}

// lists are by one condition, or by none.
func (c *crowd) lists() []question {
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
		{"category, changed last", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Category: c.categories[i%20], Sort: crm.ByUpdatedDesc}
		}},
		{"source, the oldest", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Source: []string{"web", "import", "fair"}[i%3], Sort: crm.ByCreated}
		}},
		{"employer by name", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Company: c.person(core.ID[crm.Contact]{}, i*7919, time.Time{}).Company}
		}},
		{"location by name", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Where: is("location", "Town "+word(2000+i%200))}
		}},
	}
}

// conditions are several, or one that no index knows.
func (c *crowd) conditions() []question {
	return []question{
		{"category and tag, changed last", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Sort: crm.ByUpdatedDesc, Where: filter.Filter{All: []filter.Filter{
				is("categoryId", c.categories[i%20].String()), is("tag", fmt.Sprint("tag", i%30)),
			}}}
		}},
		{"category, owner and tag by name", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Category: c.categories[i%20], Owner: c.owners[i%50], Tag: fmt.Sprint("tag", i%30)}
		}},
		{"owner or tag, the newest", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Sort: crm.ByCreatedDesc, Where: filter.Filter{Any: []filter.Filter{
				is("ownerId", c.owners[i%50].String()), is("tag", fmt.Sprint("tag", i%30)),
			}}}
		}},
		{"of few owners or tags, the newest", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Sort: crm.ByCreatedDesc, Where: filter.Filter{Any: []filter.Filter{
				is("ownerId", named(fmt.Sprint("nobody ", i)).String()), is("tag", "nobody's"),
			}}}
		}},
		{"no tag of a category by name", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Category: c.categories[i%20], Where: filter.Filter{Not: new(is("tag", fmt.Sprint("tag", i%30)))}}
		}},
		{"industry, changed last", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Sort: crm.ByUpdatedDesc, Where: is("industry", fmt.Sprint("Trade ", i%40))}
		}},
		{"tag and search, by name", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Sort: crm.ByName, Tag: fmt.Sprint("tag", i%30), Search: word(i % 400)}
		}},
	}
}

func (c *crowd) searches() []question {
	return []question{
		{"search of a first name", func(i int) crm.ContactFilter { return crm.ContactFilter{Search: word(i % 400)} }},
		{"search of a first name, by name", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Sort: crm.ByName, Search: word(i % 400)}
		}},
		{"search of both names", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Search: word(400+pick(i*7+1, 1000)) + " " + word(pick(i, 400))}
		}},
		{"search of two letters", func(i int) crm.ContactFilter { return crm.ContactFilter{Search: string([]rune(word(i % 400))[:2])} }},
		{"search of three letters", func(i int) crm.ContactFilter { return crm.ContactFilter{Search: string([]rune(word(i % 400))[:3])} }},
		{"search of two beginnings", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Search: string([]rune(word(i % 400))[:2]) + " " + string([]rune(word(i * 7 % 400))[:3])}
		}},
		{"search of one letter", func(i int) crm.ContactFilter { return crm.ContactFilter{Search: string(rune('a' + i%26))} }},
		{"search of a telephone", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Search: fmt.Sprintf("(11) 9%04d-%04d", i*7919%c.rows/10_000, i*7919%10_000)}
		}},
		{"search of what all have", func(i int) crm.ContactFilter {
			return crm.ContactFilter{Search: []string{"firm", "town", "example", "org firm"}[i%4]}
		}},
		{"search of a firm", func(i int) crm.ContactFilter { return crm.ContactFilter{Search: "firm " + word(3000+pick(i, 5000))} }},
		{"search of nobody", func(i int) crm.ContactFilter { return crm.ContactFilter{Search: fmt.Sprint("firm qqq", i)} }},
	}
}

// timed asks a hundred times, and reports the time that half of them and 95 of them took at most, on
// the clock and of processors, here and in the server: what else runs on the machine changes the first
// much and the second little.
func timed(b *testing.B, processors func() time.Duration, ask func(i int) error) {
	const times = 100
	var took, busy []time.Duration
	for b.Loop() {
		for n := range times + times/10 {
			begun, before := time.Now(), processors()
			require.NoError(b, ask(n%times))
			if n >= times/10 { // the first ones warm it
				took, busy = append(took, time.Since(begun)), append(busy, processors()-before)
			}
		}
	}
	report := func(all []time.Duration, part float64, unit string) {
		slices.Sort(all)
		b.ReportMetric(float64(all[int(float64(len(all)-1)*part)].Microseconds())/1000, unit)
	}
	report(took, 0.95, "ms-p95")
	report(took, 0.5, "ms-p50")
	report(busy, 0.95, "cpu-ms-p95")
	report(busy, 0.5, "cpu-ms-p50")
	b.ReportMetric(0, "ns/op")
}

// alone gives the database one connection, and tells the processor time that is taken by this process
// and by the server's that has it.
func alone(b *testing.B, db *bunstore.DB) (busy func() time.Duration) {
	if db.Dialect() == "sqlite" {
		return processor.Time
	}
	pool, _ := db.Pools()
	pool.SetMaxOpenConns(1)
	var pid int
	require.NoError(b, pool.QueryRowContext(b.Context(), "SELECT pg_backend_pid()").Scan(&pid))
	return func() time.Duration { return processor.Time() + processor.TimeOf(pid) }
}
