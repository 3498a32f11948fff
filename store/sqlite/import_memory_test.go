package sqlite_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/sqlite"
	"github.com/clientele-crm/clientele/store/storetest"
)

var million = flag.Bool("million", false, "import up to 1,000,000 rows to see what memory it takes")

// It runs alone: what it measures is the memory of the process.
func TestAnImportTakesTheSameMemoryHoweverManyRows(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "large.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	sizes := []int{6_000, 18_000} // the first fills the stages of an import
	if *million {
		sizes = []int{10_000, 100_000, 1_000_000}
	}
	storetest.ImportMemory(t, store.Bun(db), sizes...)
}
