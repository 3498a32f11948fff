package postgres

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithoutSSLModeOnlyThisMachineIsTrusted(t *testing.T) {
	t.Parallel()
	for host, plain := range map[string]bool{
		"/run/postgresql": true, "localhost": true, "127.0.0.1": true, "::1": true,
		"db.example.org": false, "10.0.0.1": false, "localhost.example.org": false,
	} {
		c, err := query{}.tls(host)
		require.NoError(t, err)
		require.Equal(t, plain, c == nil, host)
		if c != nil {
			require.False(t, c.InsecureSkipVerify, host)
			require.Equal(t, host, c.ServerName)
		}
	}
}
