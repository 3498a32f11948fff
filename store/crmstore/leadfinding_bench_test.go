package crmstore_test

import (
	"cmp"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// BenchmarkFindingLeads is [BenchmarkFinding] of 200,000 leads of one company, with -many.
func BenchmarkFindingLeads(b *testing.B) {
	rows := 10_000
	if *many {
		rows = 200_000
	}
	for _, c := range []struct {
		name string
		open func(b *testing.B) (*bunstore.DB, error)
	}{
		{"sqlite", func(b *testing.B) (*bunstore.DB, error) {
			return sqlite.Open(b.Context(), cmp.Or(*file, filepath.Join(b.TempDir(), "crm.db")))
		}},
		{"postgres", func(b *testing.B) (*bunstore.DB, error) {
			if *dsn != "" {
				return trusting(b.Context(), *dsn)
			}
			return trusting(b.Context(), pgtest.Database(b))
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			db, err := c.open(b)
			require.NoError(b, err)
			defer db.Close()
			require.NoError(b, db.Migrate(b.Context()))
			d := newLeadCrowd(b, db, rows)
			busy := alone(b, db)
			for _, q := range d.questions() {
				b.Run(q.name, func(b *testing.B) {
					timed(b, busy, func(i int) error {
						_, err := d.ws.Leads.List(b.Context(), q.ask(i), core.Page{})
						return err
					})
				})
			}
		})
	}
}

// leadQuestion is what is asked of the leads, in the i-th way.
type leadQuestion struct {
	name string
	ask  func(i int) crm.LeadFilter
}

func (d *leadCrowd) questions() []leadQuestion {
	sales := d.trackers[0].ID
	return []leadQuestion{
		{"all, the newest", func(int) crm.LeadFilter { return crm.LeadFilter{} }},
		{"a stage of a tracker", func(i int) crm.LeadFilter {
			return crm.LeadFilter{Tracker: sales, Status: []string{crm.DefaultStages()[i%8].Key}}
		}},
		{"assigned to one, the dearest", func(i int) crm.LeadFilter {
			return crm.LeadFilter{AssignedTo: d.users[i%20], Sort: crm.LeadsByValueDesc}
		}},
		{"of a contact", func(i int) crm.LeadFilter { return crm.LeadFilter{Contact: d.contacts[i*7%1000]} }},
		{"won in a month", func(i int) crm.LeadFilter {
			return crm.LeadFilter{Tracker: sales, Kind: crm.WonStage, Sort: crm.LeadsUpdatedDesc}
		}},
		{"of a city", func(i int) crm.LeadFilter {
			return crm.LeadFilter{Tracker: sales, Where: is("values.city", word(2000+i%200))}
		}},
		{"of a city, assigned to one, by title", func(i int) crm.LeadFilter {
			return crm.LeadFilter{Tracker: sales, Sort: crm.LeadsByTitle, Where: filter.Filter{All: []filter.Filter{
				is("values.city", word(2000+i%200)), is("assignedToId", d.users[i%20].String()),
			}}}
		}},
		{"search of a word", func(i int) crm.LeadFilter { return crm.LeadFilter{Search: word(i % 400)} }},
		{"search of two words", func(i int) crm.LeadFilter {
			return crm.LeadFilter{Search: word(400+pick(i*7+1, 1000)) + " " + word(pick(i, 400))}
		}},
		{"search of two beginnings", func(i int) crm.LeadFilter {
			return crm.LeadFilter{Search: string([]rune(word(i % 400))[:2]) + " " + string([]rune(word(i * 7 % 400))[:3])}
		}},
		{"search of a tracker, by title", func(i int) crm.LeadFilter {
			return crm.LeadFilter{Tracker: sales, Search: word(i % 400), Sort: crm.LeadsByTitle}
		}},
		{"search of nothing", func(i int) crm.LeadFilter { return crm.LeadFilter{Search: fmt.Sprint("qqq", i)} }},
	}
}
