package postgres_test

import (
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

// backendTime gives the processor time of the one process of the server that serves db from
// now on, where the kernel tells.
func backendTime(b *testing.B, db *bunstore.DB) func() time.Duration {
	pool, _ := db.Pools()
	pool.SetMaxOpenConns(1)
	var pid int
	require.NoError(b, pool.QueryRowContext(b.Context(), "SELECT pg_backend_pid()").Scan(&pid))
	return func() time.Duration { return processor.TimeOf(pid) }
}
