package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/internal/processor"
	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/storetest"
)

func BenchmarkImport(b *testing.B) {
	db, err := postgres.Open(b.Context(), pgtest.Database(b))
	require.NoError(b, err)
	defer db.Close()
	require.NoError(b, db.Migrate(b.Context()))
	storetest.BenchmarkImport(b, store.Bun(db), backendTime(b, db))
}

// backendTime gives the processor time of the server's processes that serve db, where the kernel
// tells. Connections stay open, so it only rises.
func backendTime(b *testing.B, db *bunstore.DB) func() time.Duration {
	pool, _ := db.Pools()
	return func() (sum time.Duration) {
		rows, err := pool.QueryContext(b.Context(), "SELECT pid FROM pg_stat_activity WHERE datname = current_database() ORDER BY pid")
		require.NoError(b, err)
		for rows.Next() {
			var pid int
			require.NoError(b, rows.Scan(&pid))
			sum += processor.TimeOf(pid)
		}
		require.NoError(b, errors.Join(rows.Err(), rows.Close()))
		return sum
	}
}
