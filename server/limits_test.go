package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	l := newLimiter(Rate{PerSecond: 0.5, Burst: 2})
	now := time.Now()
	require.NoError(t, l.take("ada", now))
	require.NoError(t, l.take("ada", now))
	var p *Problem
	require.ErrorAs(t, l.take("ada", now), &p)
	require.Equal(t, "2", p.headers.Get("Retry-After"))
	require.NoError(t, l.take("grace", now), "another is not held up")
	require.Error(t, l.take("ada", now.Add(time.Second)), "a refused call takes nothing, but it is too soon")
	require.NoError(t, l.take("ada", now.Add(2*time.Second)))
}

func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	l := newLimiter(Rate{PerSecond: 0.001, Burst: 1})
	now := time.Now()
	require.NoError(t, l.take("ada", now))
	for i := range 3 * maxLimiters {
		require.NoError(t, l.take(fmt.Sprint(i), now))
		if i%1000 == 0 {
			require.Error(t, l.take("ada", now), "who goes on calling is not forgotten")
		}
	}
	require.LessOrEqual(t, len(l.young)+len(l.old), 2*maxLimiters)
}

func TestAddress(t *testing.T) {
	t.Parallel()
	s := &Server{config: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for name, c := range map[string]struct {
		remote, forwarded, want string
	}{
		"direct":                 {"203.0.113.7:1", "", "203.0.113.7"},
		"said by a stranger":     {"203.0.113.7:1", "198.51.100.1", "203.0.113.7"},
		"said by a proxy":        {"10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		"said by two proxies":    {"10.0.0.1:1", "198.51.100.1, 10.0.0.2", "198.51.100.1"},
		"made up before a proxy": {"10.0.0.1:1", "192.0.2.1, 198.51.100.1", "198.51.100.1"},
		"a proxy itself":         {"10.0.0.1:1", "", "10.0.0.1"},
		"nonsense of a proxy":    {"10.0.0.1:1", "unknown", "10.0.0.1"},
		"a network of IPv6":      {"[2001:db8:1:2:3:4:5:6]:1", "", "2001:db8:1:2::/64"},
		"IPv4 as IPv6":           {"[::ffff:203.0.113.7]:1", "", "203.0.113.7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.remote
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
			require.Equal(t, c.want, s.address(r))
		})
	}
}

func TestAcceptsJSON(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"": true, "*/*": true, "application/json": true, "text/html, application/*;q=0.1": true, "application/problem+json": true,
		"text/html": false, "application/json;q=0": false, ";;": false,
	} {
		require.Equal(t, want, acceptsJSON(accept), accept)
	}
}
