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

func TestALimitSaysWhenToTryAgain(t *testing.T) {
	t.Parallel()
	l := newLimiter(Rate{PerSecond: 0.4, Burst: 1})
	now := time.Now()
	require.NoError(t, l.take("ada", now))
	var p *Problem
	require.ErrorAs(t, l.take("ada", now), &p)
	require.Equal(t, "3", p.headers.Get("Retry-After"), "not before 2.5 seconds")
}

// sent is a request of the address about the token of a form or an attempt.
func sent(address, token string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.RemoteAddr = address + ":1"
	r.SetPathValue("token", token)
	return r
}

func TestTheLimitsOfPublicFormsStopFloodsAndNoPerson(t *testing.T) {
	t.Parallel()
	standard := DefaultLimits()
	s := &Server{starts: newLimiter(standard.Starts), answering: newLimiter(standard.Answers)}
	begin := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

	for i := range 200 { // a lecture hall behind one address, at once
		require.NoError(t, s.paceStart(sent("192.0.2.1", "the form"), begin), i)
	}
	var now time.Time
	for i := range 600 { // a program that saves every second, for ten minutes
		now = begin.Add(time.Duration(i) * time.Second)
		require.NoError(t, s.paceAnswers(sent("192.0.2.1", "slow and steady"), now), i)
	}
	for i := range 200 { // a hundred questions in two tabs, saved one by one within five seconds
		require.NoError(t, s.paceAnswers(sent("192.0.2.1", "in a hurry"), begin.Add(time.Duration(i)*25*time.Millisecond)), i)
	}
	for i := range 50 { // page by page and after each a submit that is refused
		for range 2 {
			require.NoError(t, s.paceAnswers(sent("192.0.2.1", "page by page"), begin.Add(time.Duration(i)*time.Second)), i)
		}
	}

	flood := func(take func(now time.Time) error) (taken int) {
		for i := range 60_000 { // a thousand a second for a minute
			if take(begin.Add(time.Duration(i)*time.Millisecond)) == nil {
				taken++
			}
		}
		return taken
	}
	require.LessOrEqual(t, flood(func(now time.Time) error { return s.paceStart(sent("198.51.100.7", "the form"), now) }), 200+60)
	n := 0
	require.LessOrEqual(t, flood(func(now time.Time) error { // from a thousand addresses
		n++
		return s.paceAnswers(sent(fmt.Sprintf("198.51.%d.%d", n%4, n%250), "an attempt"), now)
	}), 200+120)
	require.NoError(t, s.paceStart(sent("192.0.2.9", "the form"), begin), "another address is not held up")
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
