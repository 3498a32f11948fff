package webhooks

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// statusGone is what an endpoint answers that wants no more: 410.
const statusGone = 410

func (a *Attempt) succeeded() bool { return 200 <= a.Status && a.Status < 300 }

// verdict is what follows from an attempt.
type verdict struct {
	state State
	gone  bool // the endpoint said so
}

// verdictOf judges an attempt: err is why there was no answer, last that there will be no
// other.
func verdictOf(a Attempt, err error, last bool) verdict {
	switch {
	case err == nil && a.succeeded():
		return verdict{state: Delivered}
	case err == nil && a.Status == statusGone:
		return verdict{state: Failed, gone: true}
	case last, errors.Is(err, core.ErrForbidden): // asking again would only probe the network
		return verdict{state: Failed}
	}
	return verdict{state: Pending}
}

// disables is why an endpoint is to be disabled; empty: it is not.
func (v verdict) disables(e *Endpoint, now time.Time) string {
	switch {
	case v.gone:
		return "it answered that it is gone (410)"
	case v.state == Failed && e.FailingSince != nil && now.Sub(*e.FailingSince) >= disableAfter:
		return "it has accepted nothing since " + e.FailingSince.Format(time.RFC3339)
	}
	return ""
}

// maxError bounds the text of an error that is kept, in bytes.
const maxError = 1000

// clean is a text as any database takes it, up to limit bytes.
func clean(text string, limit int) string {
	if len(text) > limit {
		text = text[:limit]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// occupancy counts the requests that are open to each endpoint.
type occupancy struct {
	mu   sync.Mutex
	open map[core.ID[Endpoint]]int
}

// enter reports whether there may be one more, and counts it.
func (o *occupancy) enter(id core.ID[Endpoint]) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open[id] >= perEndpoint {
		return false
	}
	if o.open == nil {
		o.open = map[core.ID[Endpoint]]int{}
	}
	o.open[id]++
	return true
}

func (o *occupancy) leave(id core.ID[Endpoint]) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open[id]--; o.open[id] == 0 {
		delete(o.open, id)
	}
}
