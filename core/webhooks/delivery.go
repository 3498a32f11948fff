package webhooks

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// Delivery is one event on its way to one endpoint.
type Delivery struct {
	ID         core.ID[Delivery] `json:"id"`
	EndpointID core.ID[Endpoint] `json:"endpointId"` // the webhook that it is posted to
	EventID    uuid.UUID         `json:"eventId"`    // the header webhook-id
	Event      string            `json:"event"`      // its name
	Body       json.RawMessage   `json:"body"`       // what is posted
	State      State             `json:"state"`      // pending, delivered or failed
	Attempts   int               `json:"attempts"`   // how often it was posted, those of replays too
	LastError  string            `json:"lastError"`  // of the last attempt, unless that succeeded
	CreatedAt  time.Time         `json:"createdAt"`
	UpdatedAt  time.Time         `json:"updatedAt"`
}

// State is how far a delivery is.
type State string

// The states of deliveries.
const (
	Pending   State = "pending"   // is to be posted, for the first time or again
	Delivered State = "delivered" // the endpoint has answered with a status of 200 to 299
	Failed    State = "failed"    // is not tried any more, unless it is replayed
)

// Attempt is one time that a delivery was posted.
type Attempt struct {
	ID           core.ID[Attempt]  `json:"id"`
	DeliveryID   core.ID[Delivery] `json:"deliveryId"` // what was posted
	URL          string            `json:"url"`        // where to
	Headers      map[string]string `json:"headers"`    // of the request
	Status       int               `json:"status"`     // of the answer; 0: there was none
	Answer       string            `json:"answer"`     // the beginning of its body, up to 4096 bytes
	Error        string            `json:"error"`      // why there was no answer, or it was not taken
	Milliseconds int64             `json:"durationMs"` // from the beginning of the request to the end of the answer
	CreatedAt    time.Time         `json:"createdAt"`
}

// MaxAnswer is how much of an answer is read and kept, in bytes.
const MaxAnswer = 4096

// message is the body of a delivery.
type message struct {
	Type      string          `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	ID        uuid.UUID       `json:"id"`
	CompanyID core.CompanyID  `json:"companyId"`
	Subject   core.Ref        `json:"subject"`
	ActorID   core.UserID     `json:"actorId,omitzero"`
	Data      json.RawMessage `json:"data"` // the subject {"before": …, "after": …}
}

func newDelivery(env core.Env, e *Endpoint, event core.StoredEvent) (Delivery, error) {
	body, err := json.Marshal(message{
		Type: event.Name, Timestamp: event.At, ID: event.ID, CompanyID: event.CompanyID,
		Subject: event.Subject, ActorID: event.ActorID, Data: event.Data,
	})
	now := env.Time()
	return Delivery{
		ID: core.NewID[Delivery](env), EndpointID: e.ID, EventID: event.ID, Event: event.Name, Body: body,
		State: Pending, CreatedAt: now, UpdatedAt: now,
	}, err
}
