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
	require.Equal(t, `probable, 82 points: name equal +50 email local_part +20 location equal +12
would be: Ada Lovelace ada.lovelace@example.com +442071234567
the old id answers: Ada Lovelace
undone, but for 0 changes since: Lovelace, Ada
`, out.String())
}
