package server_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/server"
)

// failing is what knows no caller, because it is broken.
type failing struct {
	server.Authenticator
	fail func() error
}

func (f failing) Authenticate(context.Context, string) (server.Caller, error) {
	return server.Caller{}, f.fail()
}

// lines are a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestFailures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail   func() error
		status int
		code   string
	}{
		"an error without a kind":   {func() error { return errors.New("the password of the database is hunter2") }, http.StatusInternalServerError, "internal"},
		"a panic":                   {func() error { panic("the password of the database is hunter2") }, http.StatusInternalServerError, "internal"},
		"a database that is away":   {func() error { return &core.Error{Kind: core.ErrUnavailable, Err: errors.New("hunter2")} }, http.StatusServiceUnavailable, "unavailable"},
		"a call that took too long": {func() error { return context.DeadlineExceeded }, http.StatusServiceUnavailable, "unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log lines
			w := newWorld(t, func(config *server.Config) {
				config.Auth, config.Log = failing{fail: c.fail}, slog.New(slog.NewTextHandler(&log, nil))
			})
			a := w.call("GET", "/api/v1/contacts", nil, "X-Request-ID: my-request")
			require.Equal(t, c.status, a.StatusCode)
			p := a.json(t)
			require.Equal(t, c.code, p["code"])
			require.Equal(t, "my-request", a.Header.Get("X-Request-ID"))
			require.Contains(t, p["instance"], "my-request", "it can be found in the log")
			require.NotContains(t, a.text, "hunter2", "and nothing else is told")
			require.Contains(t, log.String(), "my-request")
			if c.status == http.StatusServiceUnavailable {
				require.NotEmpty(t, a.Header.Get("Retry-After"))
			}
		})
	}
}

func TestTheLogTellsNothingOfPeople(t *testing.T) {
	t.Parallel()
	var log lines
	w := newWorld(t, func(c *server.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	w.call("POST", "/api/v1/contacts", `{"name": "Ada Lovelace", "email": "lovelace@example.org"}`)
	w.call("GET", "/api/v1/contacts?email=lovelace@example.org", nil)
	w.call("PUT", "/api/v1/auth/password-resets/a-token-of-a-mail", `{"password": "`+password+`"}`, "Authorization:")
	w.call("POST", "/api/v1/auth/login", `{"email": "ada@example.org", "password": "`+password+`"}`, "Authorization:")
	text := log.String()
	require.Contains(t, text, `route="PUT /api/v1/auth/password-resets/{token}"`)
	for _, secret := range []string{"ovelace", "example.org", "a-token-of-a-mail", password, w.tokens["ada"]} {
		require.NotContains(t, text, secret)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, "abc.1-2_3", w.call("GET", "/healthz", nil, "X-Request-ID: abc.1-2_3").Header.Get("X-Request-ID"))
	for _, bad := range []string{"", `a"b`, "a b", strings.Repeat("x", 65)} {
		got := w.call("GET", "/healthz", nil, "X-Request-ID: "+bad).Header.Get("X-Request-ID")
		require.Len(t, got, 36, "it gets one of ours")
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, http.StatusOK, w.call("GET", "/healthz", nil, "Authorization:").StatusCode)
	require.Equal(t, http.StatusOK, w.call("GET", "/readyz", nil, "Authorization:").StatusCode)
	require.NoError(t, w.db.Close())
	require.Equal(t, http.StatusOK, w.call("GET", "/healthz", nil, "Authorization:").StatusCode, "it lives")
	w.problem(http.StatusServiceUnavailable, "not_ready", "GET", "/readyz", nil, "Authorization:")
}

func TestARequestThatIsBrokenOffIsCountedAndLogged(t *testing.T) {
	t.Parallel()
	registry, log := prometheus.NewRegistry(), &lines{}
	w := newWorld(t, func(c *server.Config) {
		c.Metrics, c.Log = registry, slog.New(slog.NewTextHandler(log, nil))
		c.Auth = failing{fail: func() error { panic(http.ErrAbortHandler) }}
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/api/v1/contacts", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer anybody")
	_, err = http.DefaultClient.Do(req)
	require.Error(t, err)
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "msg=request") }, 5*time.Second, time.Millisecond)
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, f := range families {
		if f.GetName() == "clientele_http_requests_at_work" {
			require.Zero(t, f.GetMetric()[0].GetGauge().GetValue())
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	w := newWorld(t, func(c *server.Config) { c.Metrics = registry })
	w.call("GET", "/api/v1/contacts", nil)
	w.call("GET", "/api/v1/contacts", nil, "Authorization:")
	w.call("GET", "/nothing", nil)
	families, err := registry.Gather()
	require.NoError(t, err)
	counted := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "clientele_http_requests_total" {
				counted[m.GetLabel()[0].GetValue()+" "+m.GetLabel()[1].GetValue()] = m.GetCounter().GetValue()
			}
		}
	}
	require.Equal(t, map[string]float64{"GET /api/v1/contacts 200": 1, "GET /api/v1/contacts 401": 1, "none 404": 1}, counted)
}
