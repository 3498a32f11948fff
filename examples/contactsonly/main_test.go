package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
)

func TestRun(t *testing.T) {
	t.Parallel()
	require.NoError(t, run(t.Context(), pgtest.Empty(t)))
}
