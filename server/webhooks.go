package server

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/webhooks"
)

func webhookOperations() []Operation {
	const tag = "Webhooks"
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/webhooks", ID: "listWebhooks", Tag: tag,
			Summary: "List the webhooks", Details: "The oldest first; never their secrets.", Access: needs(core.WebhooksRead),
		}, listWebhooks),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/webhooks", ID: "createWebhook", Tag: tag,
			Summary: "Add a webhook", Details: "Events are posted to its URL from now on, signed as Standard Webhooks say. The secret is answered this once.",
			Access: needs(core.WebhooksWrite), Status: http.StatusCreated, Secret: true,
			Required: []string{"url"}, Example: map[string]any{"url": "https://example.org/hooks/crm", "events": []string{"contact.created"}},
		}, createWebhook),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/webhooks/{id}", ID: "getWebhook", Tag: tag,
			Summary: "Read a webhook", Access: needs(core.WebhooksRead),
		}, getWebhook),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/webhooks/{id}", ID: "updateWebhook", Tag: tag,
			Summary: "Change a webhook", Details: "A JSON merge patch. One that is not active is sent nothing; what it misses can be replayed only if it was on its way already.",
			Access: needs(core.WebhooksWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"active": true},
		}, updateWebhook),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/webhooks/{id}", ID: "deleteWebhook", Tag: tag,
			Summary: "Delete a webhook", Details: "With the log of its deliveries.", Access: needs(core.WebhooksWrite),
			Errors: []int{http.StatusPreconditionFailed},
		}, deleteWebhook),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/webhooks/{id}/secret", ID: "rotateWebhookSecret", Tag: tag,
			Summary: "Give a webhook a new secret", Details: "It is answered this once. Those before it sign beside it until the overlap is over.",
			Access: needs(core.WebhooksWrite), Status: http.StatusCreated, Secret: true, Example: map[string]any{"overlapHours": 24},
		}, rotateWebhookSecret),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/webhooks/{id}/deliveries", ID: "listWebhookDeliveries", Tag: tag,
			Summary: "List what was posted to a webhook, or is to be", Details: "The newest first.", Access: needs(core.WebhooksRead),
		}, listWebhookDeliveries),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/webhooks/{id}/deliveries/replay", ID: "replayWebhookDeliveries", Tag: tag,
			Summary: "Post deliveries again", Details: "Those of a state, of an event, or of a time; all of them otherwise.",
			Access: needs(core.WebhooksWrite), Example: map[string]any{"state": "failed"},
		}, replayWebhookDeliveries),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/webhooks/{id}/deliveries/{deliveryId}", ID: "getWebhookDelivery", Tag: tag,
			Summary: "Read a delivery", Details: "With every attempt: the request's headers, and the answer.", Access: needs(core.WebhooksRead),
		}, getWebhookDelivery),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/webhooks/{id}/deliveries/{deliveryId}/replay", ID: "replayWebhookDelivery", Tag: tag,
			Summary: "Post a delivery again", Access: needs(core.WebhooksWrite), Status: http.StatusAccepted,
		}, replayWebhookDelivery),
	}
}

func listWebhooks(ctx context.Context, ws *clientele.Workspace, in *pageQuery) (*pageOf[webhooks.Endpoint], error) {
	l, err := ws.Webhooks.List(ctx, in.page())
	return list(l, err)
}

type newWebhook struct{ Body webhooks.NewEndpoint }

// CreatedWebhook is a webhook with its secret.
type CreatedWebhook struct {
	webhooks.Endpoint
	Secret webhooks.Secret `json:"secret"` // the receiver verifies with it
}

func createWebhook(ctx context.Context, ws *clientele.Workspace, in *newWebhook) (*resource[CreatedWebhook], error) {
	e, secret, err := ws.Webhooks.Create(ctx, in.Body)
	return one(CreatedWebhook{e, secret}, e.Version, err)
}

type webhookID struct {
	ID core.ID[webhooks.Endpoint] `path:"id"`
}

func getWebhook(ctx context.Context, ws *clientele.Workspace, in *webhookID) (*resource[webhooks.Endpoint], error) {
	e, err := ws.Webhooks.Get(ctx, in.ID)
	return one(e, e.Version, err)
}

// EditedWebhook is what a PATCH may change.
type EditedWebhook struct {
	webhooks.NewEndpoint
	Active bool `json:"active"` // one that is not is sent nothing
}

type webhookChange struct {
	ID core.ID[webhooks.Endpoint] `path:"id"`
	IfMatch
	Body Patch[EditedWebhook]
}

func updateWebhook(ctx context.Context, ws *clientele.Workspace, in *webhookChange) (*resource[webhooks.Endpoint], error) {
	e, err := ws.Webhooks.Update(ctx, in.ID, func(e *webhooks.Endpoint) error {
		if err := in.matches(e.Version, *e); err != nil {
			return err
		}
		edited := EditedWebhook{e.NewEndpoint, e.Active}
		err := in.Body.apply(&edited)
		e.NewEndpoint, e.Active = edited.NewEndpoint, edited.Active
		return err
	})
	return one(e, e.Version, err)
}

type webhookDeletion struct {
	ID core.ID[webhooks.Endpoint] `path:"id"`
	IfMatch
}

func deleteWebhook(ctx context.Context, ws *clientele.Workspace, in *webhookDeletion) (*nothing, error) {
	return done(ws.Atomic(ctx, func(ws *clientele.Workspace) error {
		if in.given() {
			e, err := ws.Webhooks.Get(ctx, in.ID)
			if err != nil {
				return err
			}
			if err := in.matches(e.Version, e); err != nil {
				return err
			}
		}
		return ws.Webhooks.Delete(ctx, in.ID)
	}))
}

type webhookRotation struct {
	ID   core.ID[webhooks.Endpoint] `path:"id"`
	Body struct {
		// OverlapHours is for how long the secrets before sign beside the new one.
		OverlapHours int `json:"overlapHours,omitempty" minimum:"0" maximum:"168"`
	}
}

// RotatedSecret is a new secret.
type RotatedSecret struct {
	Secret webhooks.Secret `json:"secret"` // the receiver verifies with it
}

func rotateWebhookSecret(ctx context.Context, ws *clientele.Workspace, in *webhookRotation) (*answered[RotatedSecret], error) {
	secret, err := ws.Webhooks.Rotate(ctx, in.ID, time.Duration(in.Body.OverlapHours)*time.Hour)
	return bare(RotatedSecret{secret}, err)
}

type deliveryQuery struct {
	ID core.ID[webhooks.Endpoint] `path:"id"`
	Paged
	Event   string         `query:"event" doc:"The name of an event, such as contact.created."`
	EventID uuid.UUID      `query:"eventId"`
	State   webhooks.State `query:"state" enum:"pending,delivered,failed"`
	From    time.Time      `query:"createdFrom"`
	Before  time.Time      `query:"createdBefore"`
}

func listWebhookDeliveries(ctx context.Context, ws *clientele.Workspace, in *deliveryQuery) (*pageOf[webhooks.Delivery], error) {
	if _, err := ws.Webhooks.Get(ctx, in.ID); err != nil {
		return nil, err
	}
	f := webhooks.DeliveryFilter{Endpoint: in.ID, Event: in.Event, EventID: in.EventID, State: in.State, CreatedFrom: in.From, CreatedBefore: in.Before}
	l, err := ws.Webhooks.Deliveries(ctx, f, in.page())
	return list(l, err)
}

type deliveryRange struct {
	ID   core.ID[webhooks.Endpoint] `path:"id"`
	Body ReplayedDeliveries
}

// ReplayedDeliveries chooses the deliveries to post again.
type ReplayedDeliveries struct {
	Event         string         `json:"event,omitempty"`                                 // the name of an event, such as "contact.created"
	State         webhooks.State `json:"state,omitempty" enum:"pending,delivered,failed"` // such as failed
	CreatedFrom   time.Time      `json:"createdFrom,omitzero"`                            // not those before
	CreatedBefore time.Time      `json:"createdBefore,omitzero"`                          // nor those from then on
}

// Replayed is how many deliveries are to be posted again.
type Replayed struct {
	Replayed int `json:"replayed"` // how many they are
}

func replayWebhookDeliveries(ctx context.Context, ws *clientele.Workspace, in *deliveryRange) (*answered[Replayed], error) {
	if _, err := ws.Webhooks.Get(ctx, in.ID); err != nil {
		return nil, err
	}
	f := webhooks.DeliveryFilter{Endpoint: in.ID, Event: in.Body.Event, State: in.Body.State, CreatedFrom: in.Body.CreatedFrom, CreatedBefore: in.Body.CreatedBefore}
	n, err := ws.Webhooks.ReplayAll(ctx, f)
	return bare(Replayed{n}, err)
}

type deliveryID struct {
	ID         core.ID[webhooks.Endpoint] `path:"id"`
	DeliveryID core.ID[webhooks.Delivery] `path:"deliveryId"`
}

// of is the delivery, if it is one of the webhook.
func (in *deliveryID) of(ctx context.Context, ws *clientele.Workspace) (webhooks.Delivery, []webhooks.Attempt, error) {
	d, attempts, err := ws.Webhooks.Delivery(ctx, in.DeliveryID)
	if err == nil && d.EndpointID != in.ID {
		err = core.NotFound("delivery")
	}
	return d, attempts, err
}

// LoggedDelivery is a delivery with its attempts.
type LoggedDelivery struct {
	webhooks.Delivery
	Log []webhooks.Attempt `json:"log"` // of the attempts, the first first
}

func getWebhookDelivery(ctx context.Context, ws *clientele.Workspace, in *deliveryID) (*answered[LoggedDelivery], error) {
	d, attempts, err := in.of(ctx, ws)
	return bare(LoggedDelivery{d, attempts}, err)
}

func replayWebhookDelivery(ctx context.Context, ws *clientele.Workspace, in *deliveryID) (*nothing, error) {
	if _, _, err := in.of(ctx, ws); err != nil {
		return nil, err
	}
	return done(ws.Webhooks.Replay(ctx, in.DeliveryID))
}
