package storetest

import (
	"runtime"
	"runtime/metrics"
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

// ImportMemory imports files of more and more rows, and asserts that the last takes no more memory than
// the first but for what the garbage collector and the database's own caches leave to chance. It says
// what each took. Nothing else may run in the process meanwhile.
func ImportMemory(t *testing.T, backend store.Backend, sizes ...int) {
	var first peak
	for i, rows := range sizes {
		p := importPeak(t, backend, rows)
		if i == 0 {
			first = p
		}
		const most = 24 << 20 // garbage is collected when it is as much again as what is alive
		require.LessOrEqual(t, p.heap, first.heap*3/2+most, "bytes of the heap, by %d rows", rows)
		const caches = 96 << 20 // of SQLite's connections: 32 MB for what is written and 16 for each that reads
		require.LessOrEqual(t, p.resident, first.resident+caches, "bytes of the process, by %d rows", rows)
	}
}

func importPeak(t *testing.T, backend store.Backend, rows int) (p peak) {
	company := core.CompanyID{UUID: uuid.New()}
	require.NoError(t, backend.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Large", Country: "US"}))
	ws := clientele.NewOn(backend).Workspace(core.Scope{Company: company, Actor: core.System()})
	runtime.GC()
	begun, at := processor.Time(), time.Now()
	result, err := ws.Contacts.Import(t.Context(), &fileOfPeople{rows: rows, title: "Engineer"}, crm.ImportOptions{OnRow: p.onRow})
	require.NoError(t, err)
	require.Equal(t, rows, result.Created)
	t.Logf("%d rows: %.1f MiB of heap, %.1f MiB resident, %.0f rows/s, %.1f µs of processor time a row here", rows,
		float64(p.heap)/(1<<20), float64(p.resident)/(1<<20), float64(rows)/time.Since(at).Seconds(), float64((processor.Time()-begun).Microseconds())/float64(rows))
	return p
}

// peak is the most memory that was seen while rows were told of.
type peak struct {
	rows           int
	heap, resident uint64 // bytes
}

func (p *peak) onRow(crm.ImportRow) error {
	if p.rows++; p.rows%500 == 0 {
		p.heap, p.resident = max(p.heap, heap()), max(p.resident, processor.Resident())
	}
	return nil
}

// heap is the bytes that the heap takes, garbage included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
