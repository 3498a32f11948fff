package server

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/internal/throttle"
)

// Rate is how often somebody may call: so many times a second over time, and so many at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// MarshalText implements [encoding.TextMarshaler]: as "50/s:200", or "10/m:20" where that
// is less than one a second.
func (r Rate) MarshalText() ([]byte, error) {
	often, unit := r.PerSecond, "s"
	if often < 1 {
		often, unit = math.Round(often*60*1000)/1000, "m"
	}
	return fmt.Appendf(nil, "%v/%s:%d", often, unit, r.Burst), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]: "10/m:20" is 10 a minute over time
// and 20 at once. The unit is s or m.
func (r *Rate) UnmarshalText(text []byte) error {
	often, rest, _ := strings.Cut(string(text), "/")
	unit, burst, _ := strings.Cut(rest, ":")
	n, err := strconv.ParseFloat(often, 64)
	b, errBurst := strconv.Atoi(burst)
	seconds := map[string]float64{"s": 1, "m": 60}[unit]
	if err != nil || errBurst != nil || seconds == 0 || !(n > 0 && n <= 1e9) || b < 1 {
		return fmt.Errorf("%q is no rate: write 10/m:20 for 10 a minute over time and 20 at once, or 50/s:200", text)
	}
	*r = Rate{PerSecond: n / seconds, Burst: b}
	return nil
}

// Limits are the rates at which requests are taken. A zero Rate is that of [DefaultLimits].
type Limits struct {
	Caller  Rate // of a user or an API key
	Address Rate // of an address, whoever calls from it
	Strict  Rate // of an address, for each operation that guesses at secrets, costs much or sends mail
	Starts  Rate // of an address, for each public form: attempts that are begun
	Answers Rate // of an attempt at a form: how often it is saved or submitted
}

// DefaultLimits are 50 requests a second of a caller, 100 of an address, and 10 a minute
// where it is strict; more at once. The limits of public forms stop floods and never a person:
// a lecture hall of 200 behind one address may begin together, and a form of 100 questions may be
// saved answer by answer, in two tabs, as fast as a browser sends.
func DefaultLimits() Limits {
	return Limits{
		Caller: Rate{50, 200}, Address: Rate{100, 400}, Strict: Rate{10.0 / 60, 20},
		Starts: Rate{1, 200}, Answers: Rate{2, 200},
	}
}

func (l Limits) withDefaults() Limits {
	standard := DefaultLimits()
	return Limits{
		Caller:  cmp.Or(l.Caller, standard.Caller),
		Address: cmp.Or(l.Address, standard.Address),
		Strict:  cmp.Or(l.Strict, standard.Strict),
		Starts:  cmp.Or(l.Starts, standard.Starts),
		Answers: cmp.Or(l.Answers, standard.Answers),
	}
}

// limiter limits the rate of each of many callers.
type limiter struct{ *throttle.Limiter }

func newLimiter(r Rate) *limiter { return &limiter{throttle.New(r.PerSecond, r.Burst)} }

// take is nil if the caller may call now, else the problem that says when.
func (l *limiter) take(caller string, now time.Time) error {
	_, wait := l.Take(caller, now)
	if wait == 0 {
		return nil
	}
	return tooMany("There were too many requests: try again later.", wait)
}

// tooMany says when to try again.
func tooMany(detail string, wait time.Duration) *Problem {
	seconds := int(math.Ceil(wait.Seconds()))
	return &Problem{
		Status: http.StatusTooManyRequests, Code: "too_many_requests", Detail: detail,
		headers: http.Header{"Retry-After": {strconv.Itoa(seconds)}},
	}
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
