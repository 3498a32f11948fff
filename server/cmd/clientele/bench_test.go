package main

import (
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkFirstRequest is the time from the start of the process to its first answer, a
// contact, on a SQLite file that exists.
func BenchmarkFirstRequest(b *testing.B) {
	dir := b.TempDir()
	url := filepath.Join(dir, "clientele.db")
	ada := serve(b, dir, url).founder("ada@example.org")
	id := ada.do(http.StatusCreated, "POST", "/contacts", map[string]any{"name": "Grace Hopper"}).text(b, "id")
	require.NoError(b, ada.terminate())
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		ada.process = serve(b, dir, url)
		ada.do(http.StatusOK, "GET", "/contacts/"+id, nil)
		took = append(took, time.Since(start))
		require.NoError(b, ada.terminate())
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/worst")
}
