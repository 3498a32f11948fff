package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	require.Equal(t, "2 leads: Small becomes Compact\n2030-03: 2700.00 EUR of 4500.00\n", out.String())
}
