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
	require.Equal(t, `line 2: update of company, name, tags
line 3: create
line 4: skip, probably the same person as an earlier one: 82 points
line 5: error, E-mail Address is not an e-mail address: it has no @
would be: 1 created, 1 updated
stored: 1 created, 1 updated, 1 skipped, 1 refused
undone: 2 contacts, and there is Ada again
`, out.String())
}
