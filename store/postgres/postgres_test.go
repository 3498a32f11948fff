package postgres_test

import (
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	db, err := postgres.Open(t.Context(), pgtest.Database(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	storetest.Run(t, func(*testing.T) store.Backend { return store.Bun(db) })
}

func TestConformanceOfTheEmbeddersPool(t *testing.T) {
	t.Parallel()
	pool := pgx(t, pgtest.Database(t))
	storetest.Run(t, func(*testing.T) store.Backend { return store.Bun(postgres.New(pool)) })
}

// pgx is an embedder's pool of another driver.
func pgx(t *testing.T, dsn string) *sql.DB {
	pool, err := sql.Open("pgx", dsn+"&default_query_exec_mode=simple_protocol")
	require.NoError(t, err)
	pool.SetMaxOpenConns(20)
	t.Cleanup(func() { require.NoError(t, pool.Close()) })
	return pool
}
