package server

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how often somebody may call: so many times a second over time, and so many at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limits are the rates at which requests are taken. A zero Rate is its default.
type Limits struct {
	Caller  Rate // of a user or an API key; default 50 a second, 200 at once
	Address Rate // of an address, whoever calls from it; default 100 a second, 400 at once
	Strict  Rate // of an address, for what guesses at secrets; default 10 a minute, 20 at once
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		rate     *Rate
		standard Rate
	}{
		{&l.Caller, Rate{50, 200}}, {&l.Address, Rate{100, 400}}, {&l.Strict, Rate{10.0 / 60, 20}},
	} {
		if *d.rate == (Rate{}) {
			*d.rate = d.standard
		}
	}
	return l
}

// maxLimiters bounds the memory of a limiter: twice as many callers are known at most.
const maxLimiters = 20_000

// limiter limits the rate of each of many callers. Those who have not called for longest are
// forgotten, a generation at a time, which costs nothing until then.
type limiter struct {
	rate Rate

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

func newLimiter(r Rate) *limiter { return &limiter{rate: r, young: map[string]*rate.Limiter{}} }

// take is nil if the caller may call now, else the problem that says when.
func (l *limiter) take(caller string, now time.Time) error {
	reservation := l.of(caller).ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if reservation.OK() && wait == 0 {
		return nil
	}
	reservation.CancelAt(now)
	p := &Problem{
		Status: http.StatusTooManyRequests, Code: "too_many_requests",
		Detail: "There were too many requests: try again later.", headers: http.Header{},
	}
	seconds := 1.0
	if reservation.OK() {
		seconds = max(1, math.Ceil(wait.Seconds()))
	}
	p.headers.Set("Retry-After", strconv.Itoa(int(seconds)))
	return p
}

func (l *limiter) of(caller string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found := l.young[caller]; found != nil {
		return found
	}
	found := l.old[caller]
	if found == nil {
		found = rate.NewLimiter(rate.Limit(l.rate.PerSecond), l.rate.Burst)
	}
	if len(l.young) >= maxLimiters {
		l.old, l.young = l.young, map[string]*rate.Limiter{}
	}
	l.young[caller] = found
	return found
}

// address is where a request comes from: the connection's other end or, behind a proxy that
// is trusted, what the proxies say of it. Of IPv6 only the network counts, since one caller has
// a whole network of addresses.
func (s *Server) address(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr // such as a unix socket
	}
	addr := at.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	if addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			return network.String()
		}
	}
	return addr.String()
}

func (s *Server) trusts(addr netip.Addr) bool {
	for _, p := range s.config.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
