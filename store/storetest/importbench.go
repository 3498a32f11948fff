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
)

// BenchmarkImport imports files of several sizes into a backend and reports rows per second,
// the processor time that a row takes here and in a server of the database, and the most memory that
// was seen: of the heap, and of the process. One run of a size is enough: -benchtime=1x. Served is the processor time
// that the server has taken; nil where the database is in this process.
func BenchmarkImport(b *testing.B, backend store.Backend, served func() time.Duration) {
	if served == nil {
		served = func() time.Duration { return 0 }
	}
	for _, rows := range []int{10_000, 100_000, 1_000_000} {
		for _, kind := range []string{"commit", "update", "dry"} {
			b.Run(fmt.Sprintf("%s/%d", kind, rows), func(b *testing.B) {
				if testing.Short() && rows > 10_000 {
					b.Skip("a file of this size takes its time")
				}
				benchmarkImport(b, backend, served, rows, kind)
			})
		}
	}
}

func benchmarkImport(b *testing.B, backend store.Backend, served func() time.Duration, rows int, kind string) {
	ctx, peak := b.Context(), peak{}
	var here, there time.Duration
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		company := core.CompanyID{UUID: uuid.New()}
		require.NoError(b, backend.EnsureCompany(ctx, core.Tenant{ID: company, Name: "Benchmark", Country: "US"}))
		ws := clientele.NewOn(backend).Workspace(core.Scope{Company: company, Actor: core.System()})
		opts, file := crm.ImportOptions{DryRun: kind == "dry"}, &fileOfPeople{rows: rows, title: "Engineer"}
		if kind == "update" {
			_, err := ws.Contacts.Import(ctx, &fileOfPeople{rows: rows, title: "Apprentice"}, opts)
			require.NoError(b, err)
		}
		opts.OnRow = peak.onRow
		begun, begunThere := processor.Time(), served()
		b.StartTimer()
		result, err := ws.Contacts.Import(ctx, file, opts)
		here, there = here+processor.Time()-begun, there+served()-begunThere
		require.NoError(b, err)
		require.Equal(b, rows, result.Created+result.Updated)
	}
	perRow := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(rows*b.N) }
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(perRow(here), "cpu-µs/row")
	b.ReportMetric(perRow(there), "server-µs/row")
	b.ReportMetric(float64(peak.heap)/(1<<20), "peak-MiB")
	b.ReportMetric(float64(peak.resident)/(1<<20), "peak-rss-MiB")
}

// fileOfPeople is a CSV file that is made while it is read: complete contacts with an e-mail
// address, two phones and two tags each, all different.
type fileOfPeople struct {
	rows, next int
	title      string
	rest       []byte
}

func (f *fileOfPeople) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		if f.next > f.rows {
			return 0, io.EOF
		}
		f.rest = f.line(f.rest[:0])
		f.next++
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func (f *fileOfPeople) line(to []byte) []byte {
	if f.next == 0 {
		return append(to, "first_name,last_name,email,phone,phone_home,location,type,company_name,title,tags,notes\n"...)
	}
	i := f.next - 1
	return fmt.Appendf(to, "Zoë,Person %d,person.%d@example.org,(415) 2%02d-%04d,+1 212 2%02d %04d,San José,employee,Brekke & Söhne %d,%s,\"vip, maths\",Met at the fair of %d\n",
		i, i, i/10_000%100, i%10_000, i/10_000%100, i%10_000, i%1_000, f.title, 1900+i%100)
}
