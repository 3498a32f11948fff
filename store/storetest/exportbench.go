package storetest

import (
	"fmt"
	"io"
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

// BenchmarkExport exports contacts in every format and reports rows per second, and the
// processor time that a row takes here and in a server of the database; "bare" is a query of
// the same columns whose values are looked at by nobody. Served is as of [BenchmarkImport].
func BenchmarkExport(b *testing.B, db *bunstore.DB, served func() time.Duration) {
	if served == nil {
		served = func() time.Duration { return 0 }
	}
	const rows = 50_000
	ctx, company := b.Context(), core.CompanyID{UUID: uuid.New()}
	require.NoError(b, db.EnsureCompany(ctx, core.Tenant{ID: company, Name: "Benchmark", Country: "US"}))
	ws := clientele.NewOn(store.Bun(db)).Workspace(core.Scope{Company: company, Actor: core.System()})
	_, err := ws.Contacts.Import(ctx, &fileOfPeople{rows: rows, title: "Engineer"}, crm.ImportOptions{})
	require.NoError(b, err)
	measured := func(b *testing.B, run func() error) {
		begun, there := processor.Time(), served()
		for b.Loop() {
			require.NoError(b, run())
		}
		perRow := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(rows*b.N) }
		b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
		b.ReportMetric(perRow(processor.Time()-begun), "cpu-µs/row")
		b.ReportMetric(perRow(served()-there), "server-µs/row")
	}
	b.Run("bare", func(b *testing.B) { measured(b, func() error { return bareQuery(b, db, company, rows) }) })
	for _, format := range []crm.ExportFormat{crm.ExportCSV, crm.ExportVCard, crm.ExportJSONLines} {
		b.Run(string(format), func(b *testing.B) {
			measured(b, func() error {
				e, err := ws.Contacts.Export(ctx, crm.ContactFilter{}, format)
				if err != nil {
					return err
				}
				return e.Write(ctx, io.Discard)
			})
		})
	}
}

// bareQuery runs the query of an export in one go, and looks at nothing.
func bareQuery(b *testing.B, db *bunstore.DB, company core.CompanyID, want int) error {
	_, pool := db.Pools()
	rows, err := pool.QueryContext(b.Context(), fmt.Sprintf("SELECT id, name, phone, phone_typed, email, location, type, company, designation, industry, website,"+
		" inner_drives, baselines, traits, personality_type, category_id, owner_id, notes, tags, source, timezone, locale, other_addresses, active, incomplete,"+
		" created_by_id, version, created_at, updated_at, deleted_at FROM crm_contacts WHERE company_id = '%s' AND deleted_at IS NULL ORDER BY created_at, id", company))
	if err != nil {
		return err
	}
	defer rows.Close()
	n, values := 0, make([]any, 30)
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return err
		}
		n++
	}
	if n != want {
		return fmt.Errorf("%d rows", n)
	}
	return rows.Err()
}
