package sqlitetest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/sqlitetest"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// A copy has to be what migrating makes, to the last word of its schema.
func TestACopyIsWhatMigratingMakes(t *testing.T) {
	t.Parallel()
	migrated, err := sqlite.Memory(t.Context())
	require.NoError(t, err)
	defer migrated.Close()
	require.NoError(t, migrated.Migrate(t.Context()))
	copied := sqlitetest.Memory(t)
	require.NoError(t, copied.Check(t.Context()))
	want, _ := migrated.Pools()
	got, _ := copied.Pools()
	const schema = "SELECT group_concat(type || name || coalesce(sql, ''), '; ') FROM (SELECT * FROM sqlite_schema ORDER BY rowid)"
	var a, b string
	require.NoError(t, want.QueryRowContext(t.Context(), schema).Scan(&a))
	require.NoError(t, got.QueryRowContext(t.Context(), schema).Scan(&b))
	require.NotEmpty(t, a)
	require.Equal(t, a, b)
}

func TestCopiesAreApart(t *testing.T) {
	t.Parallel()
	one, _ := sqlitetest.Memory(t).Pools()
	other, _ := sqlitetest.Memory(t).Pools()
	_, err := one.ExecContext(t.Context(), "CREATE TABLE mine (id TEXT)")
	require.NoError(t, err)
	_, err = other.ExecContext(t.Context(), "SELECT * FROM mine")
	require.ErrorContains(t, err, "no such table")
	later, _ := sqlitetest.Memory(t).Pools()
	_, err = later.ExecContext(t.Context(), "SELECT * FROM mine")
	require.ErrorContains(t, err, "no such table")
}
