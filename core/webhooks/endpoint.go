package webhooks

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Endpoint is where a company's events are posted to.
type Endpoint struct {
	ID core.ID[Endpoint] `json:"id"`
	NewEndpoint

	Active         bool       `json:"active"`                // one that is not is sent nothing
	DisabledReason string     `json:"disabledReason"`        // why it is not active, where nobody decided it
	FailingSince   *time.Time `json:"failingSince,omitzero"` // the first failure after which nothing succeeded

	CreatedByID core.UserID `json:"createdById,omitzero"`
	Version     int64       `json:"version"` // counts the changes, from 1
	CreatedAt   time.Time   `json:"createdAt"`
	UpdatedAt   time.Time   `json:"updatedAt"`
}

// NewEndpoint is what a person may say of an endpoint.
type NewEndpoint struct {
	URL         string   `json:"url"`         // http or https, up to 2000 characters
	Description string   `json:"description"` // up to 500 characters
	Events      []string `json:"events"`      // their names, such as "contact.created"; none: all
}

// The events of endpoints.
var (
	Created  = core.EventType[Endpoint]{Name: "webhook.created", Kind: "webhook"}
	Updated  = core.EventType[Endpoint]{Name: "webhook.updated", Kind: "webhook"}
	Deleted  = core.EventType[Endpoint]{Name: "webhook.deleted", Kind: "webhook"}
	Disabled = core.EventType[Endpoint]{Name: "webhook.disabled", Kind: "webhook"} // it failed for days, or said that it is gone
)

// maxEvents bounds the choice of an endpoint.
const maxEvents = 100

// check makes n canonical, or tells all that is wrong with it.
func (n *NewEndpoint) check() error {
	var faults core.Faults
	n.URL = faults.Line("/url", n.URL, 2000)
	if u, err := url.Parse(n.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		faults.Add("/url", "url", "has to be an http or https URL")
	} else if u.User != nil {
		faults.Add("/url", "url", "may not have a user or a password in it")
	}
	n.Description = faults.Line("/description", n.Description, 500)
	if len(n.Events) > maxEvents {
		faults.Add("/events", "max_items", "are more than "+strconv.Itoa(maxEvents))
	}
	n.Events = slices.Clone(n.Events)
	for i := range n.Events {
		field := "/events/" + strconv.Itoa(i)
		if n.Events[i] = faults.Line(field, n.Events[i], 100); !strings.Contains(n.Events[i], ".") {
			faults.Add(field, "event", `is not the name of an event, such as "contact.created"`)
		}
	}
	slices.Sort(n.Events)
	if n.Events = slices.Compact(n.Events); n.Events == nil {
		n.Events = []string{}
	}
	return faults.Err()
}

// wants reports whether the endpoint asks for events of this name.
func (e *Endpoint) wants(event string) bool {
	return e.Active && (len(e.Events) == 0 || slices.Contains(e.Events, event))
}
