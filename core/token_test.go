package core_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestTokensAreKeptAsHashes(t *testing.T) {
	t.Parallel()
	token, hash := core.NewToken()
	other, _ := core.NewToken()
	require.Len(t, token, core.TokenLength)
	require.NotEqual(t, token, other)
	require.Equal(t, hash, core.HashToken(token))
	require.Len(t, hash, 64)
	require.NotContains(t, hash, token)
}
