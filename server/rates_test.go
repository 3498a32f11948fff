package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/server"
)

// What guesses at secrets, costs much or sends mail to strangers is strict.
func TestStrictOperations(t *testing.T) {
	t.Parallel()
	strict := map[string]bool{}
	for _, op := range server.Operations() {
		strict[op.ID] = op.Strict
	}
	for _, id := range []string{
		"register", "login", "refreshToken", "requestPasswordReset", "resetPassword", "requestEmailVerification", "verifyEmail",
		"requestEmailChange", "changeEmail", "changePassword", "createCompany", "joinCompany", "createInvitation", "acceptInvitation", "registerInvited",
	} {
		require.True(t, strict[id], id)
	}
	w := newWorld(t, func(c *server.Config) { c.Limits.Strict = server.Rate{PerSecond: 1e-6, Burst: 1} })
	login := map[string]any{"email": "ada@example.org", "password": "a guess"}
	w.problem(http.StatusUnauthorized, "wrong_credentials", "POST", "/api/v1/auth/login", login)
	limited := w.call("POST", "/api/v1/auth/login", login)
	require.Equal(t, http.StatusTooManyRequests, limited.StatusCode)
	require.NotEmpty(t, limited.Header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/auth/me", nil).StatusCode)
}

func TestRatesAsText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]server.Rate{
		"50/s:200": {PerSecond: 50, Burst: 200},
		"10/m:20":  {PerSecond: 10.0 / 60, Burst: 20},
		"0.5/s:1":  {PerSecond: 0.5, Burst: 1},
	} {
		var r server.Rate
		require.NoError(t, r.UnmarshalText([]byte(text)))
		require.Equal(t, want, r)
		written, err := r.MarshalText()
		require.NoError(t, err)
		var again server.Rate
		require.NoError(t, again.UnmarshalText(written))
		require.InDelta(t, r.PerSecond, again.PerSecond, 1e-9)
		require.Equal(t, r.Burst, again.Burst)
	}
	for _, text := range []string{"", "50", "50/s", "50/h:1", "0/s:1", "-1/s:1", "NaN/s:1", "Inf/s:1", "1/s:0", "1/s:x", "x/s:1"} {
		require.Error(t, new(server.Rate).UnmarshalText([]byte(text)), text)
	}
	standard := server.DefaultLimits().Strict
	text, err := standard.MarshalText()
	require.NoError(t, err)
	require.Equal(t, "10/m:20", string(text))
}
