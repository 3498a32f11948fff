package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/storetest"
)

func BenchmarkLeads(b *testing.B) {
	db, err := postgres.Open(b.Context(), pgtest.Database(b))
	require.NoError(b, err)
	defer db.Close()
	require.NoError(b, db.Migrate(b.Context()))
	storetest.BenchmarkLeads(b, db)
}
