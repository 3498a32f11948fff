package webhooks

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
)

// Store keeps the endpoints and deliveries of one company. A row of another company is
// [core.ErrNotFound].
type Store interface {
	EndpointStore
	DeliveryStore
}

// EndpointStore keeps endpoints and their secrets.
type EndpointStore interface {
	InsertEndpoint(ctx context.Context, e Endpoint) error

	// Endpoint reads one.
	Endpoint(ctx context.Context, id core.ID[Endpoint]) (Endpoint, error)

	// ReplaceEndpoint writes e if the row's version is still was, or answers [core.ErrConflict].
	ReplaceEndpoint(ctx context.Context, e Endpoint, was int64) error

	// DeleteEndpoint deletes one with its secrets and deliveries.
	DeleteEndpoint(ctx context.Context, id core.ID[Endpoint]) error

	// ListEndpoints lists all, the oldest first.
	ListEndpoints(ctx context.Context, p core.Page) (core.List[Endpoint], error)

	// NoteFailing notes since when an endpoint fails; nil is not at all. It is no change of a version.
	NoteFailing(ctx context.Context, id core.ID[Endpoint], since *time.Time) error

	// RotateSecret adds a secret, and has those that there were end at the time given.
	RotateSecret(ctx context.Context, id core.ID[Endpoint], s Secret, end time.Time) error

	// Secrets are those that have not ended at the time, the newest first.
	Secrets(ctx context.Context, id core.ID[Endpoint], at time.Time) ([]Secret, error)
}

// DeliveryStore keeps deliveries and their attempts.
type DeliveryStore interface {
	// InsertDeliveries adds those whose event the endpoint has no delivery of yet, and is
	// which they were.
	InsertDeliveries(ctx context.Context, ds []Delivery) (added []core.ID[Delivery], err error)

	// Delivery reads one.
	Delivery(ctx context.Context, id core.ID[Delivery]) (Delivery, error)

	// SetDelivery writes the state, the number of attempts and the error.
	SetDelivery(ctx context.Context, d Delivery) error

	// ListDeliveries lists what the filter lets through, the newest first.
	ListDeliveries(ctx context.Context, f DeliveryFilter, p core.Page) (core.List[Delivery], error)

	// ForgetDeliveries removes those in whose body any of the ids stands, with their attempts,
	// but those of the event named keep.
	ForgetDeliveries(ctx context.Context, ids []uuid.UUID, keep string) error

	// InsertAttempt adds one.
	InsertAttempt(ctx context.Context, a Attempt) error

	// Attempts are those at a delivery, in their order.
	Attempts(ctx context.Context, id core.ID[Delivery]) ([]Attempt, error)
}

// DeliveryFilter chooses deliveries; what is zero chooses all.
type DeliveryFilter struct {
	Endpoint core.ID[Endpoint]
	Event    string    // a name
	EventID  uuid.UUID // one event
	State    State

	CreatedFrom, CreatedBefore time.Time
}

// Tx is what this package's service works with.
type Tx struct {
	Store  Store
	Events core.Outbox
	Jobs   jobs.Enqueuer
	Scope  core.Scope
	Env    core.Env
}

// Across is what the dispatcher needs beside: it works for all companies.
type Across interface {
	// Env has the clock.
	Env() core.Env

	// In is the work in a scope.
	In(scope core.Scope) core.Work[Tx]

	// SweepDeliveries deletes up to limit deliveries from before then, with their attempts.
	SweepDeliveries(ctx context.Context, before time.Time, limit int) (deleted int, err error)
}
