package workstore_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/outbound"
	"github.com/clientele-crm/clientele/core/webhooks"
	"github.com/clientele-crm/clientele/crm"
)

// receiver is another system that is told of events.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
	answer   http.HandlerFunc // instead of 204
}

type request struct {
	header http.Header
	body   []byte
}

func newReceiver(t *testing.T, answer http.HandlerFunc) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.requests = append(r.requests, request{q.Header, body})
		answer := r.answer
		r.mu.Unlock()
		if answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, q)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) got() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests
}

func (r *receiver) then(answer http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// posting is an app that posts to the receivers of the tests.
func (w *world) posting() *clientele.Clientele {
	sender := outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Timeout: time.Second})
	app := clientele.New(w.db, clientele.WithWebhooks(sender))
	w.step(app) // it hears of what happens from now on
	return app
}

func (w *world) endpoint(url string, names ...string) (webhooks.Endpoint, webhooks.Secret) {
	e, secret, err := w.ws().Webhooks.Create(w.t.Context(), webhooks.NewEndpoint{URL: url, Events: names})
	require.NoError(w.t, err)
	return e, secret
}

// deliveries are those of the endpoint, the newest first.
func (w *world) deliveries(e webhooks.Endpoint) (list []webhooks.Delivery) {
	for d, err := range w.ws().Webhooks.AllDeliveries(w.t.Context(), webhooks.DeliveryFilter{Endpoint: e.ID}) {
		require.NoError(w.t, err)
		list = append(list, d)
	}
	return list
}

func (w *world) create(name string) crm.Contact {
	c, err := w.ws().Contacts.Create(w.t.Context(), crm.NewContact{Name: name})
	require.NoError(w.t, err)
	return c
}

// verify checks a signature as a receiver does.
func verify(secret webhooks.Secret, q request) bool {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(string(secret), "whsec_"))
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", q.header.Get("webhook-id"), q.header.Get("webhook-timestamp"), q.body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return strings.Contains(" "+q.header.Get("webhook-signature")+" ", " "+want+" ")
}

func TestAnEventIsPostedToThoseWhoAskForIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app, all, updates := w.posting(), newReceiver(t, nil), newReceiver(t, nil)
		e, secret := w.endpoint(all.URL)
		w.endpoint(updates.URL, "contact.updated")
		off, _ := w.endpoint(updates.URL)
		_, err := w.ws().Webhooks.Update(t.Context(), off.ID, func(e *webhooks.Endpoint) error { e.Active = false; return nil })
		require.NoError(t, err)
		w.step(app)
		before := len(all.got())
		ada := w.create("Ada")
		w.step(app)
		w.step(app)
		require.Zero(t, len(updates.got()))
		require.Equal(t, before+1, len(all.got()))
		q := all.got()[before]
		require.True(t, verify(secret, q))
		require.Equal(t, fmt.Sprint(w.now.Unix()), q.header.Get("webhook-timestamp"))
		require.Equal(t, "application/json", q.header.Get("content-type"))
		var body struct {
			Type      string
			Timestamp time.Time
			Subject   core.Ref
			Data      struct{ After crm.Contact }
		}
		require.NoError(t, json.Unmarshal(q.body, &body))
		require.Equal(t, "contact.created", body.Type)
		require.Equal(t, w.now, body.Timestamp)
		require.Equal(t, ada, body.Data.After)
		d := w.deliveries(e)[0]
		require.Equal(t, webhooks.Delivered, d.State)
		require.Equal(t, d.EventID.String(), q.header.Get("webhook-id"))
		_, attempts, err := w.ws().Webhooks.Delivery(t.Context(), d.ID)
		require.NoError(t, err)
		require.Len(t, attempts, 1)
		require.Equal(t, http.StatusNoContent, attempts[0].Status)
		require.Equal(t, q.header.Get("webhook-signature"), attempts[0].Headers["Webhook-Signature"])
	})
}

// A receiver fails, hangs, answers 10 MB or redirects to where it may not: each is recorded and
// tried again or refused, and none delays the one that is well.
func TestReceiversThatMisbehaveDelayNobody(t *testing.T) {
	t.Parallel()
	inside, err := net.Listen("tcp", "127.0.0.2:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, inside.Close()) })
	each(t, func(t *testing.T, w *world) {
		app := w.posting()
		well := newReceiver(t, nil)
		good, _ := w.endpoint(well.URL, "contact.created")
		bad := map[string]webhooks.Endpoint{}
		for name, answer := range map[string]http.HandlerFunc{
			"fails": status(http.StatusInternalServerError),
			"hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			"talks": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 10<<20)) },
			"misdirects": func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://"+inside.Addr().String(), http.StatusTemporaryRedirect)
			},
		} {
			bad[name], _ = w.endpoint(newReceiver(t, answer).URL, "contact.created")
		}
		const contacts = 10 // more than are posted to one endpoint at once
		for i := range contacts {
			w.create(fmt.Sprint("Contact ", i))
		}
		for range 4 { // two seconds, if more are under way to it than are posted at once
			w.step(app)
			w.pass(500 * time.Millisecond)
		}
		require.Equal(t, contacts, len(well.got()))
		for _, d := range w.deliveries(good) {
			require.Equal(t, webhooks.Delivered, d.State)
		}
		for range 100 { // those that waited for others to the same endpoint
			if !w.untried(bad) {
				break
			}
			w.pass(time.Second)
			w.step(app)
		}
		expect := map[string]struct {
			state webhooks.State
			text  string
		}{
			"fails":      {webhooks.Pending, "did not accept"},
			"hangs":      {webhooks.Pending, "deadline"},
			"talks":      {webhooks.Delivered, ""},
			"misdirects": {webhooks.Failed, "may not be called"},
		}
		for name, want := range expect {
			list := w.deliveries(bad[name])
			require.Len(t, list, contacts, name)
			for _, d := range list {
				require.Equal(t, want.state, d.State, name)
				require.Contains(t, d.LastError, want.text, name)
				_, attempts, err := w.ws().Webhooks.Delivery(t.Context(), d.ID)
				require.NoError(t, err)
				require.Len(t, attempts, d.Attempts)
				require.NotEmpty(t, attempts, name)
				require.LessOrEqual(t, len(attempts[0].Answer), 3*webhooks.MaxAnswer)
			}
		}
	})
}

// untried reports whether an endpoint has a delivery that has not been tried yet.
func (w *world) untried(es map[string]webhooks.Endpoint) bool {
	for _, e := range es {
		if slices.ContainsFunc(w.deliveries(e), func(d webhooks.Delivery) bool { return d.Attempts == 0 }) {
			return true
		}
	}
	return false
}

func TestADeliveryIsTriedForDaysAndThenTheEndpointIsDisabled(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app, r := t.Context(), w.posting(), newReceiver(t, status(http.StatusServiceUnavailable))
		e, _ := w.endpoint(r.URL, "contact.created")
		w.create("Ada")
		for range 200 { // four days
			w.step(app)
			w.pass(30 * time.Minute)
		}
		require.Equal(t, 10, len(r.got()))
		require.Equal(t, r.got()[0].header.Get("webhook-id"), r.got()[9].header.Get("webhook-id"), "a repetition can be told")
		require.NotEqual(t, r.got()[0].header.Get("webhook-timestamp"), r.got()[9].header.Get("webhook-timestamp"))
		d := w.deliveries(e)[0]
		require.Equal(t, webhooks.Failed, d.State)
		require.Equal(t, 10, d.Attempts)
		e, err := w.ws().Webhooks.Get(ctx, e.ID)
		require.NoError(t, err)
		require.False(t, e.Active)
		require.Contains(t, e.DisabledReason, "it has accepted nothing since 2026-11-20T")
		notices, err := w.ws().Events.List(ctx, events.Filter{Names: []string{webhooks.Disabled.Name}}, core.Page{})
		require.NoError(t, err)
		require.Len(t, notices.Items, 1)

		w.create("Grace")
		w.step(app)
		require.Equal(t, 10, len(r.got()), "it is sent nothing more")

		r.then(nil)
		e, err = w.ws().Webhooks.Update(ctx, e.ID, func(e *webhooks.Endpoint) error { e.Active = true; return nil })
		require.NoError(t, err)
		require.Empty(t, e.DisabledReason)
		require.Nil(t, e.FailingSince)
		require.NoError(t, w.ws().Webhooks.Replay(ctx, d.ID))
		w.step(app)
		require.Equal(t, 11, len(r.got()))
		d, attempts, err := w.ws().Webhooks.Delivery(ctx, d.ID)
		require.NoError(t, err)
		require.Equal(t, webhooks.Delivered, d.State)
		require.Len(t, attempts, 11)
	})
}

func TestAnEndpointThatIsGoneIsDisabledAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app, r := w.posting(), newReceiver(t, status(http.StatusGone))
		e, _ := w.endpoint(r.URL, "contact.created")
		w.create("Ada")
		w.step(app)
		e, err := w.ws().Webhooks.Get(t.Context(), e.ID)
		require.NoError(t, err)
		require.False(t, e.Active)
		require.Contains(t, e.DisabledReason, "410")
		require.Equal(t, webhooks.Failed, w.deliveries(e)[0].State)
	})
}

func TestOneSuccessEndsAFailure(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app, r := t.Context(), w.posting(), newReceiver(t, status(http.StatusBadGateway))
		e, _ := w.endpoint(r.URL, "contact.created")
		w.create("Ada")
		w.step(app)
		failing, err := w.ws().Webhooks.Get(ctx, e.ID)
		require.NoError(t, err)
		require.Equal(t, w.now, *failing.FailingSince)
		r.then(nil)
		w.pass(10 * time.Second)
		w.step(app)
		require.Equal(t, 2, len(r.got()))
		healed, err := w.ws().Webhooks.Get(ctx, e.ID)
		require.NoError(t, err)
		require.Nil(t, healed.FailingSince)
		require.Equal(t, webhooks.Delivered, w.deliveries(e)[0].State)
		require.Empty(t, w.deliveries(e)[0].LastError)
	})
}

func TestARangeOfDeliveriesIsReplayed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app, r := t.Context(), w.posting(), newReceiver(t, nil)
		e, _ := w.endpoint(r.URL, "contact.created")
		var times []time.Time
		for i := range 5 {
			times = append(times, w.now)
			w.create(fmt.Sprint("Contact ", i))
			w.step(app)
			w.pass(time.Minute)
		}
		require.Equal(t, 5, len(r.got()))
		n, err := w.ws().Webhooks.ReplayAll(ctx, webhooks.DeliveryFilter{Endpoint: e.ID, CreatedFrom: times[1], CreatedBefore: times[4]})
		require.NoError(t, err)
		require.Equal(t, 3, n)
		w.step(app)
		require.Equal(t, 8, len(r.got()))
		n, err = w.ws().Webhooks.ReplayAll(ctx, webhooks.DeliveryFilter{Endpoint: e.ID, State: webhooks.Failed})
		require.NoError(t, err)
		require.Zero(t, n)
	})
}

func TestSecretsOverlapWhenTheyRotate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app, r := t.Context(), w.posting(), newReceiver(t, nil)
		e, first := w.endpoint(r.URL, "contact.created")
		second, err := w.ws().Webhooks.Rotate(ctx, e.ID, time.Hour)
		require.NoError(t, err)
		signedBy := func() (by []bool) {
			w.create("Somebody")
			w.step(app)
			q := r.got()[len(r.got())-1]
			return []bool{verify(first, q), verify(second, q)}
		}
		require.Equal(t, []bool{true, true}, signedBy())
		w.pass(time.Hour)
		require.Equal(t, []bool{false, true}, signedBy())
		_, err = w.ws().Webhooks.Rotate(ctx, e.ID, 0)
		require.NoError(t, err)
		require.Equal(t, []bool{false, false}, signedBy(), "the third's at once")
		_, err = w.ws().Webhooks.Rotate(ctx, e.ID, webhooks.MaxOverlap+1)
		require.ErrorIs(t, err, core.ErrInvalid)

		got, err := w.ws().Webhooks.Get(ctx, e.ID)
		require.NoError(t, err)
		text, err := json.Marshal(got)
		require.NoError(t, err)
		require.NotContains(t, string(text), "whsec_")
		for e, err := range w.ws().Events.All(ctx, events.Filter{}) {
			require.NoError(t, err)
			require.NotContains(t, string(e.Data), "whsec_")
		}
	})
}

func TestWebhooksAreOfOneCompanyAndForThosePermitted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app, r := t.Context(), w.posting(), newReceiver(t, nil)
		e, _ := w.endpoint(r.URL, "contact.created")
		w.create("Ada")
		w.step(app)
		d := w.deliveries(e)[0]
		theirs := core.CompanyID{UUID: uuid.New()}
		require.NoError(t, w.db.EnsureCompany(ctx, core.Tenant{ID: theirs, Name: "Theirs", ContactPolicy: []string{}}))
		calls := func(ws *clientele.Workspace) map[string]error {
			hooks := ws.Webhooks
			_, get := hooks.Get(ctx, e.ID)
			_, update := hooks.Update(ctx, e.ID, func(e *webhooks.Endpoint) error { e.URL = "https://example.org"; return nil })
			_, rotate := hooks.Rotate(ctx, e.ID, 0)
			_, _, delivery := hooks.Delivery(ctx, d.ID)
			return map[string]error{"get": get, "update": update, "rotate": rotate, "delivery": delivery, "replay": hooks.Replay(ctx, d.ID), "delete": hooks.Delete(ctx, e.ID)}
		}
		foreign := app.Workspace(core.Scope{Company: theirs, Actor: core.System()})
		for name, err := range calls(foreign) {
			require.ErrorIs(t, err, core.ErrNotFound, name)
		}
		_, err := foreign.Contacts.Create(ctx, crm.NewContact{Name: "Mallory"})
		require.NoError(t, err)
		list, err := foreign.Webhooks.Deliveries(ctx, webhooks.DeliveryFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, list.Items)
		w.step(app)
		require.Equal(t, 1, len(r.got()), "another company's events are not ours")

		reader := core.Actor{Permissions: core.PermissionSet(core.WebhooksRead)}
		for name, err := range calls(app.Workspace(core.Scope{Company: w.company, Actor: reader})) {
			if name == "get" || name == "delivery" {
				require.NoError(t, err, name)
			} else {
				require.ErrorIs(t, err, core.ErrForbidden, name)
			}
		}
		partner := core.Actor{Permissions: core.AllPermissions(), OwnRows: true}
		for name, err := range calls(app.Workspace(core.Scope{Company: w.company, Actor: partner})) {
			require.ErrorIs(t, err, core.ErrForbidden, name)
		}
		for name, err := range calls(w.ws()) {
			require.NoError(t, err, name)
		}
		w.step(app) // the replay's job finds nothing left to do
		require.Empty(t, w.deliveries(e))
	})
}

func TestDeliveriesAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app, r := w.posting(), newReceiver(t, nil)
		e, _ := w.endpoint(r.URL, "contact.created")
		w.create("Ada")
		w.step(app)
		w.pass(29 * 24 * time.Hour)
		w.step(app)
		require.Len(t, w.deliveries(e), 1)
		w.pass(2 * 24 * time.Hour)
		w.step(app)
		require.Empty(t, w.deliveries(e))
	})
}
