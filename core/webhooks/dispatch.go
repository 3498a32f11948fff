package webhooks

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
)

// Sender posts requests to URLs that strangers chose.
type Sender interface {
	// Send posts the body and reads up to limit bytes of the answer's. Any answer is no error.
	// [core.ErrForbidden]: the address, or one that it redirects to, may not be called.
	Send(ctx context.Context, url string, headers map[string]string, body []byte, limit int) (Answer, error)
}

// Answer is what an endpoint said.
type Answer struct {
	Status int
	Body   []byte
}

// Dispatcher posts the events of all companies to their endpoints.
type Dispatcher struct {
	// Keep is how long deliveries are kept; DefaultKeep. Set it before the worker works.
	Keep time.Duration

	across Across
	sender Sender
	busy   occupancy
}

// DefaultKeep is how long the log of deliveries is by default.
const DefaultKeep = 30 * 24 * time.Hour

// retries are the waits after the first attempt, the second and so on: three days in all.
var retries = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// disableAfter is how long nothing has to have succeeded for an endpoint to be disabled when
// a delivery fails for good.
const disableAfter = 48 * time.Hour

// Queue is the queue of the requests. It gives a worker 50 slots unless it is told otherwise.
const Queue = "webhooks"

// perEndpoint is how many requests a worker has open to one endpoint, so that one that hangs
// leaves the slots to others.
const perEndpoint = 4

type task struct {
	Delivery core.ID[Delivery] `json:"delivery"`
}

var posting = jobs.Kind[task]{
	Name: "webhooks.post", Queue: Queue, Attempts: len(retries) + 1, Timeout: time.Minute,
	Backoff: func(attempt int) time.Duration {
		wait := retries[min(attempt, len(retries))-1]
		return wait*9/10 + rand.N(wait/5)
	},
}

// post is the job of posting a delivery.
func post(id core.ID[Delivery]) jobs.New { return posting.Of(task{id}) }

// NewDispatcher has the relay's events delivered by the worker's jobs, through the sender.
func NewDispatcher(across Across, sender Sender, relay *events.Relay, worker *jobs.Worker) *Dispatcher {
	d := &Dispatcher{Keep: DefaultKeep, across: across, sender: sender}
	if _, set := worker.Queues[Queue]; !set {
		worker.Queues[Queue] = jobs.Limit{Concurrency: 50}
	}
	relay.Subscribe(events.Subscriber{Name: "webhooks", Unordered: true}, d.fanOut)
	jobs.Handle(worker, posting, d.post)
	worker.Retain(func(ctx context.Context, limit int) (int, error) {
		return across.SweepDeliveries(ctx, across.Env().Time().Add(-d.Keep), limit)
	})
	return d
}

// fanOut makes the deliveries of an event. Those that it has made already, it leaves.
func (d *Dispatcher) fanOut(ctx context.Context, r jobs.Run[core.StoredEvent]) error {
	return d.across.In(r.Scope()).Atomic(ctx, func(tx Tx) error {
		var deliveries []Delivery
		for e, err := range core.All(ctx, tx.Store.ListEndpoints) {
			if err != nil {
				return err
			}
			if !e.wants(r.Args.Name) {
				continue
			}
			delivery, err := newDelivery(tx.Env, &e, r.Args)
			if err != nil {
				return jobs.Fail(err)
			}
			deliveries = append(deliveries, delivery)
		}
		if len(deliveries) == 0 {
			return nil
		}
		added, err := tx.Store.InsertDeliveries(ctx, deliveries)
		if err != nil {
			return err
		}
		news := make([]jobs.New, len(added))
		for i, id := range added {
			news[i] = post(id)
		}
		return tx.Jobs.Enqueue(ctx, news...)
	})
}

// post makes one attempt at a delivery.
func (d *Dispatcher) post(ctx context.Context, r jobs.Run[task]) error {
	work := d.across.In(r.Scope())
	tx := work.Plain()
	delivery, err := tx.Store.Delivery(ctx, r.Args.Delivery)
	if errors.Is(err, core.ErrNotFound) || err == nil && delivery.State != Pending {
		return nil // the endpoint was deleted, or another job has done it
	}
	if err != nil {
		return err
	}
	endpoint, err := tx.Store.Endpoint(ctx, delivery.EndpointID)
	if err != nil {
		return err
	}
	if !endpoint.Active {
		delivery.State, delivery.LastError, delivery.UpdatedAt = Failed, "the endpoint is not active", tx.Env.Time()
		return tx.Store.SetDelivery(ctx, delivery)
	}
	if !d.busy.enter(endpoint.ID) {
		if endpoint.FailingSince != nil {
			return jobs.Snooze(2*time.Second + rand.N(8*time.Second))
		}
		return jobs.Snooze(100*time.Millisecond + rand.N(400*time.Millisecond))
	}
	attempt, err := d.send(ctx, tx, &endpoint, &delivery)
	d.busy.leave(endpoint.ID)
	if ended := context.Cause(ctx); errors.Is(ended, jobs.ErrStopping) || errors.Is(ended, jobs.ErrLost) {
		return ended // whoever has it next tries anew
	}
	if attempt.Headers == nil { // it did not come to a request
		return err
	}
	return d.record(ctx, work, &endpoint, delivery, attempt, verdictOf(attempt, err, r.Last()))
}

// send posts a delivery. The attempt says how that went, and err why there was no answer.
func (d *Dispatcher) send(ctx context.Context, tx Tx, e *Endpoint, del *Delivery) (a Attempt, err error) {
	begin := tx.Env.Time()
	secrets, err := tx.Store.Secrets(ctx, e.ID, begin)
	if err != nil {
		return Attempt{}, err
	}
	a = Attempt{ID: core.NewID[Attempt](tx.Env), DeliveryID: del.ID, URL: e.URL, CreatedAt: begin}
	a.Headers = headers(del.EventID.String(), begin, del.Body, secrets)
	clock := time.Now()
	answer, err := d.sender.Send(ctx, e.URL, a.Headers, del.Body, MaxAnswer)
	a.Milliseconds = time.Since(clock).Milliseconds()
	a.Status, a.Answer = answer.Status, clean(string(answer.Body), MaxAnswer)
	switch {
	case errors.Is(err, core.ErrForbidden): // the whole error would tell what a name of our network resolves to
		a.Error = "the address may not be called: it is not one of the public internet"
	case err != nil:
		a.Error = clean(err.Error(), maxError)
	case !a.succeeded():
		a.Error = "the endpoint did not accept it"
	}
	return a, err
}

// record stores an attempt and what follows from it. Its error has the job tried again.
func (d *Dispatcher) record(ctx context.Context, work core.Work[Tx], e *Endpoint, del Delivery, a Attempt, v verdict) error {
	err := work.Atomic(ctx, func(tx Tx) error {
		if err := tx.Store.InsertAttempt(ctx, a); err != nil {
			return err
		}
		del.State, del.LastError, del.UpdatedAt = v.state, a.Error, tx.Env.Time()
		del.Attempts++
		if err := tx.Store.SetDelivery(ctx, del); err != nil {
			return err
		}
		switch failing := e.FailingSince != nil; {
		case v.state == Delivered && failing:
			return tx.Store.NoteFailing(ctx, e.ID, nil)
		case v.state != Delivered && !failing:
			return tx.Store.NoteFailing(ctx, e.ID, &a.CreatedAt)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if reason := v.disables(e, a.CreatedAt); reason != "" {
		return d.disable(ctx, work, e.ID, reason)
	}
	if v.state == Pending {
		return errors.New(a.Error)
	}
	return nil
}

// disable stops an endpoint, and tells so by an event.
func (d *Dispatcher) disable(ctx context.Context, work core.Work[Tx], id core.ID[Endpoint], reason string) error {
	_, err := change(ctx, work, id, Disabled, func(_, e *Endpoint) error {
		e.Active, e.DisabledReason = false, reason
		return nil
	})
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	return err
}
