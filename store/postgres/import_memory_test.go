package postgres_test

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/storetest"
)

var million = flag.Bool("million", false, "import up to 1,000,000 rows to see what memory it takes")

// It runs alone: what it measures is the memory of the process.
func TestAnImportTakesTheSameMemoryHoweverManyRows(t *testing.T) {
	db, err := postgres.Open(t.Context(), pgtest.Database(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	sizes := []int{6_000, 18_000} // the first fills the stages of an import
	if *million {
		sizes = []int{10_000, 100_000, 1_000_000}
	}
	storetest.ImportMemory(t, store.Bun(db), sizes...)
}
