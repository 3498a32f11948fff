package storetest

import (
	"context"
	"fmt"
	"io"
	"runtime/metrics"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store"
)

// BenchmarkImport imports files of several sizes into a backend and reports rows per second
// and the highest heap that was seen. One run of a size is enough: -benchtime=1x.
func BenchmarkImport(b *testing.B, backend store.Backend) {
	for _, rows := range []int{10_000, 100_000, 1_000_000} {
		for _, dry := range []bool{false, true} {
			kind := "commit"
			if dry {
				kind = "dry"
			}
			b.Run(fmt.Sprintf("%s/%d", kind, rows), func(b *testing.B) {
				if testing.Short() && rows > 10_000 {
					b.Skip("a file of this size takes its time")
				}
				benchmarkImport(b, backend, rows, dry)
			})
		}
	}
}

func benchmarkImport(b *testing.B, backend store.Backend, rows int, dry bool) {
	ctx, peak := context.Background(), uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		company := core.CompanyID{UUID: uuid.New()}
		require.NoError(b, backend.EnsureCompany(ctx, core.Tenant{ID: company, Name: "Benchmark", Country: "US"}))
		ws := clientele.NewOn(backend).Workspace(core.Scope{Company: company, Actor: core.System()})
		n := 0
		result, err := ws.Contacts.Import(ctx, &fileOfPeople{rows: rows}, crm.ImportOptions{DryRun: dry, OnRow: func(crm.ImportRow) error {
			if n++; n%2_000 == 0 {
				peak = max(peak, heap())
			}
			return nil
		}})
		require.NoError(b, err)
		require.Equal(b, rows, result.Created)
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
}

// heap is the bytes that the heap takes, garbage included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// fileOfPeople is a CSV file that is made while it is read: complete contacts with an e-mail
// address, two phones and two tags each, all different.
type fileOfPeople struct {
	rows, next int
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
	return fmt.Appendf(to, "Zoë,Person %d,person.%d@example.org,(415) 2%02d-%04d,+1 212 2%02d %04d,San José,employee,Brekke & Söhne %d,Engineer,\"vip, maths\",Met at the fair of %d\n",
		i, i, i/10_000%100, i%10_000, i/10_000%100, i%10_000, i%1_000, 1900+i%100)
}
