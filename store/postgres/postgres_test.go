package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
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

// Scheduling needs the extension btree_gist, which is a trusted one.
func TestAnOrdinaryOwnerCanMigrate(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Empty(t)
	admin := pgx(t, dsn)
	var database string
	require.NoError(t, admin.QueryRowContext(t.Context(), "SELECT current_database()").Scan(&database))
	owner := "owner_" + database
	for _, statement := range []string{
		"CREATE ROLE " + owner + " LOGIN PASSWORD 'x' NOSUPERUSER", "ALTER DATABASE " + database + " OWNER TO " + owner, "ALTER SCHEMA public OWNER TO " + owner,
	} {
		_, err := admin.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		for _, statement := range []string{"REASSIGN OWNED BY " + owner + " TO CURRENT_USER", "DROP OWNED BY " + owner, "DROP ROLE " + owner} {
			_, err := admin.ExecContext(context.WithoutCancel(t.Context()), statement)
			require.NoError(t, err)
		}
	})
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	u.User = url.UserPassword(owner, "x")
	db, err := postgres.Open(t.Context(), u.String())
	require.NoError(t, err)
	require.NoError(t, errors.Join(db.Migrate(t.Context()), db.Close()))
}
