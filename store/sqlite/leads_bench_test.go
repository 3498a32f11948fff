package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/store/sqlite"
	"github.com/clientele-crm/clientele/store/storetest"
)

func BenchmarkLeads(b *testing.B) {
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "bench.db"))
	require.NoError(b, err)
	defer db.Close()
	require.NoError(b, db.Migrate(b.Context()))
	storetest.BenchmarkLeads(b, db)
}
