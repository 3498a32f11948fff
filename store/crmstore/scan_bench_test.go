package crmstore_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/crm/duplicates"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// BenchmarkScan scans 5,000 stored people for duplicates, page by page as a person would, and reports
// how long it takes and how well it does at each threshold: those of the public corpus of Febrl
// where that is, otherwise people who are made up, half of them twice.
func BenchmarkScan(b *testing.B) {
	for name, open := range map[string]func() (*bunstore.DB, error){
		"sqlite":   func() (*bunstore.DB, error) { return sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "crm.db")) },
		"postgres": func() (*bunstore.DB, error) { return postgres.Open(b.Context(), pgtest.Database(b)) },
	} {
		b.Run(name, func(b *testing.B) {
			db, err := open()
			require.NoError(b, err)
			defer db.Close()
			require.NoError(b, db.Migrate(b.Context()))
			p := storePeople(b, db)
			var scores []int
			for b.Loop() {
				scores = p.scan(b)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/scan")
			for threshold, from := range map[string]int{"possible": duplicates.PossibleFrom, "probable": duplicates.ProbableFrom} {
				p.report(b, fmt.Sprintf("%s-from-%d", threshold, from), from, scores)
			}
		})
	}
}

// people are contacts of whom it is known who is the same person.
type people struct {
	ws    *clientele.Workspace
	is    map[core.ID[crm.Contact]]string
	pairs int // of contacts that are one person
}

func storePeople(tb testing.TB, db *bunstore.DB) *people {
	scope := core.Scope{Company: core.CompanyID{UUID: uuid.New()}, Actor: core.System()}
	require.NoError(tb, db.EnsureCompany(tb.Context(), core.Tenant{ID: scope.Company, Name: "Ours", ContactPolicy: []string{}}))
	p := &people{ws: clientele.New(db).Workspace(scope), is: map[core.ID[crm.Contact]]string{}}
	now, seen := db.Env.Time(), map[string]int{}
	var contacts []crm.Contact
	for _, row := range known(tb) {
		c := crm.Contact{ID: core.NewID[crm.Contact](db.Env), NewContact: row.NewContact, Active: true, DeletedAt: &now}
		c.Stamp = crm.Stamp{Version: 1, CreatedAt: now, UpdatedAt: now}
		contacts = append(contacts, c)
		p.is[c.ID] = row.is
		p.pairs += seen[row.is]
		seen[row.is]++
	}
	// Two people of the corpus have one number, which no two live contacts may: so they come to life
	// behind the back of the rule.
	err := crmstore.Work(db.Session(scope)).Atomic(tb.Context(), func(tx crm.Tx) error { return tx.Store.InsertContacts(tb.Context(), contacts...) })
	require.NoError(tb, err)
	pool, _ := db.Pools()
	_, err = pool.ExecContext(tb.Context(), "UPDATE crm_contacts SET deleted_at = NULL WHERE company_id = '"+scope.Company.String()+"'")
	require.NoError(tb, err)
	if db.Dialect() == "postgres" {
		_, err = pool.ExecContext(tb.Context(), "VACUUM ANALYZE crm_contacts")
		require.NoError(tb, err)
	}
	return p
}

type knownPerson struct {
	is string
	crm.NewContact
}

// known are the people of febrl-dataset3.csv, or as many that are made up.
func known(tb testing.TB) (all []knownPerson) {
	dir := os.Getenv("CLIENTELE_TEST_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	file, err := os.Open(filepath.Join(dir, "febrl-dataset3.csv"))
	if os.IsNotExist(err) {
		return madeUp()
	}
	require.NoError(tb, err)
	defer file.Close()
	in := csv.NewReader(file)
	in.TrimLeadingSpace = true
	rows, err := in.ReadAll()
	require.NoError(tb, err)
	for _, row := range rows[1:] {
		all = append(all, knownPerson{strings.Split(row[0], "-")[1], crm.NewContact{
			Name: row[1] + " " + row[2], Location: strings.Join(row[3:9], " "), Phone: crm.Phone(row[10]),
		}})
	}
	return all
}

func madeUp() (all []knownPerson) {
	for i := range 5000 {
		who := i % 3333
		all = append(all, knownPerson{fmt.Sprint(who), crm.NewContact{
			Name: word(who) + " " + word(who*7+3), Location: fmt.Sprintf("Town %s %05d", word(who%200), who*37%100_000), Phone: crm.Phone(fmt.Sprintf("%09d", who*7919)),
		}})
	}
	return all
}

// scan reads all pairs, and answers how many points those have that are right; those that are
// wrong have theirs below zero.
func (p *people) scan(tb testing.TB) (scores []int) {
	for page := (core.Page{Limit: 200}); ; {
		l, err := p.ws.Contacts.ListDuplicates(tb.Context(), crm.DuplicateFilter{}, page)
		require.NoError(tb, err)
		for _, pair := range l.Items {
			score := pair.Score
			if p.is[pair.Contact.ID] != p.is[pair.Other.ID] {
				score = -score
			}
			scores = append(scores, score)
		}
		if page.Cursor = l.Next; page.Cursor == "" {
			return scores
		}
	}
}

// report reports how well the pairs from a threshold on do.
func (p *people) report(b *testing.B, threshold string, from int, scores []int) {
	right, wrong := 0, 0
	for _, score := range scores {
		switch {
		case score >= from:
			right++
		case -score >= from:
			wrong++
		}
	}
	b.ReportMetric(float64(right)/float64(right+wrong), "precision-"+threshold)
	b.ReportMetric(float64(right)/float64(p.pairs), "recall-"+threshold)
	b.ReportMetric(2*float64(right)/float64(right+wrong+p.pairs), "F1-"+threshold)
}
