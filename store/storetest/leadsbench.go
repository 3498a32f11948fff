package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/processor"
	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// BenchmarkLeads reads the reports and a page of a million leads of one tracker, of 10,000 with
// -short, of which each has been moved once. The rows are put in by SQL: what is measured is the reading.
func BenchmarkLeads(b *testing.B, db *bunstore.DB) {
	count := 1_000_000
	if testing.Short() {
		count = 10_000
	}
	d := manyLeads(b, db, count)
	f := crm.ReportFilter{Tracker: d.tracker.ID}
	for _, read := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"funnel", func(ctx context.Context) error { _, err := d.ws.Leads.Funnel(ctx, f); return err }},
		{"forecast", func(ctx context.Context) error { _, err := d.ws.Leads.Forecast(ctx, f); return err }},
		{"stays", func(ctx context.Context) error { _, err := d.ws.Leads.Stays(ctx, f); return err }},
		{"forecast-of-all", func(ctx context.Context) error { _, err := d.ws.Leads.Forecast(ctx, crm.ReportFilter{}); return err }},
		{"closed-by-owner", func(ctx context.Context) error { _, err := d.ws.Leads.Closed(ctx, f, crm.ByOwner); return err }},
		{"closed", func(ctx context.Context) error { _, err := d.ws.Leads.Closed(ctx, f, crm.ByMonth); return err }},
		{"page", func(ctx context.Context) error {
			_, err := d.ws.Leads.List(ctx, crm.LeadFilter{Tracker: d.tracker.ID, Status: []string{"proposal"}}, core.Page{})
			return err
		}},
		{"own", func(ctx context.Context) error { _, err := d.mine.Leads.Funnel(ctx, f); return err }},
		{"own-closed", func(ctx context.Context) error { _, err := d.mine.Leads.Closed(ctx, f, crm.ByMonth); return err }},
	} {
		b.Run(fmt.Sprintf("%s/%d", read.name, count), func(b *testing.B) {
			begun := processor.Time()
			for b.Loop() {
				require.NoError(b, read.do(b.Context()))
			}
			b.ReportMetric(float64((processor.Time()-begun).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
	b.Run("create", func(b *testing.B) {
		for b.Loop() {
			_, err := d.ws.Leads.Create(b.Context(), crm.NewLead{TrackerID: d.tracker.ID, LeadDetails: crm.LeadDetails{Title: "x", ContactID: d.contact}})
			require.NoError(b, err)
		}
	})
}

type million struct {
	ws, mine *clientele.Workspace
	tracker  crm.Tracker
	contact  core.ID[crm.Contact]
}

func manyLeads(b *testing.B, db *bunstore.DB, count int) million {
	ctx, backend := b.Context(), store.Bun(db)
	company := core.CompanyID{UUID: uuid.New()}
	require.NoError(b, backend.EnsureCompany(ctx, core.Tenant{ID: company, Name: "Benchmark", ContactPolicy: []string{}}))
	app := clientele.NewOn(backend)
	me := own(core.LeadsRead, core.ReportsRead)
	d := million{ws: app.Workspace(core.Scope{Company: company, Actor: core.System()}), mine: app.Workspace(core.Scope{Company: company, Actor: me})}
	var err error
	d.tracker, err = d.ws.Trackers.Create(ctx, crm.NewTracker{TrackerDetails: crm.TrackerDetails{Name: "Sales"}})
	require.NoError(b, err)
	contact, err := d.ws.Contacts.Create(ctx, crm.NewContact{Name: "Ada"})
	require.NoError(b, err)
	d.contact = contact.ID
	pool, _ := db.Pools()
	begun := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	stages := crm.DefaultStages()
	const batch = 5000
	for from := 0; from < count; from += batch {
		var rows, moves strings.Builder
		for i := from; i < min(from+batch, count); i++ {
			stage, at := stages[i%len(stages)], begun.Add(time.Duration(i)*time.Second)
			closedAt, closedOn, assigned := "NULL", "''", "NULL"
			if stage.Kind == crm.WonStage || stage.Kind == crm.LostStage {
				closedAt, closedOn = sqlTime(at), "'"+at.Format(time.DateOnly)+"'"
			}
			if i%10_000 == 0 {
				assigned = "'" + me.ID.String() + "'"
			}
			id := uuid.Must(uuid.NewV7())
			fmt.Fprintf(&moves, ",('%s','%s','%s','%s','%s','%s','%s',%d,'',%s)", company, id, id, contact.ID, d.tracker.ID, stages[i%5].Key, stage.Key, i%100_000, sqlTime(at))
			fmt.Fprintf(&rows, ",('%s','%s','%s','%s','Deal %d','deal %d','','%s','%s',%d,'%s','%s','web','',%s,%s,%d,%s,%s,1,%s,%s)",
				company, id, d.tracker.ID, contact.ID, i, i, stage.Key, stages[i%5].Key, i*100, []string{"USD", "EUR", "BRL"}[i%3],
				begun.AddDate(0, 0, i%700).Format(time.DateOnly), assigned, sqlTime(at), at.Unix(), closedAt, closedOn, sqlTime(at), sqlTime(at))
		}
		_, err := pool.ExecContext(ctx, "INSERT INTO crm_leads (company_id, id, tracker_id, contact_id, title, title_key, description, status, reached, value_minor, value_currency,"+
			" expected_close_date, source, lost_reason, assigned_to_id, entered_at, entered_seconds, closed_at, closed_on, version, created_at, updated_at) VALUES "+rows.String()[1:])
		require.NoError(b, err)
		_, err = pool.ExecContext(ctx, "INSERT INTO crm_lead_moves (company_id, id, lead_id, contact_id, tracker_id, from_status, to_status, stay_seconds, lost_reason, created_at) VALUES "+moves.String()[1:])
		require.NoError(b, err)
	}
	if db.Dialect() == "postgres" { // as its autovacuum does in time
		_, err := pool.ExecContext(ctx, "VACUUM ANALYZE crm_leads, crm_lead_moves")
		require.NoError(b, err)
	}
	return d
}

func sqlTime(t time.Time) string { return "'" + t.Format("2006-01-02 15:04:05") + "+00:00'" }
