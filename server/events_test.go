package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/webhooks"
	"github.com/clientele-crm/clientele/server"
)

func TestEventsAreListed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, name := range []string{"Ada", "Grace", "Emmy"} {
			w.call("POST", "/api/v1/contacts", map[string]any{"name": name})
		}
		first := w.call("GET", "/api/v1/events?names=contact.created,contact.updated&limit=2", nil)
		require.Equal(t, http.StatusOK, first.StatusCode, first.text)
		items := first.json(t)["items"].([]any)
		require.Len(t, items, 2)
		require.Equal(t, "contact.created", items[0].(map[string]any)["name"])
		next := first.json(t)["next"].(string)
		rest := w.call("GET", "/api/v1/events?names=contact.created&cursor="+next, nil)
		require.Len(t, rest.json(t)["items"], 1)
		w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/events?cursor=nonsense", nil)
	})
}

// sent is a server-sent event.
type sent struct{ id, event, data string }

// follow opens a stream of events and gives what comes, until stop is called.
func (w *world) follow(ctx context.Context, url, lastEventID string) (coming chan sent) {
	req, err := http.NewRequestWithContext(ctx, "GET", url+"/api/v1/events/stream?subjectKind=contact", nil)
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer "+w.tokens["ada"])
	req.Header.Set("X-Company-ID", w.company.String())
	req.Header.Set("Accept", "text/event-stream")
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, res.StatusCode)
	require.Equal(w.t, "text/event-stream", res.Header.Get("Content-Type"))
	coming = make(chan sent, 10)
	go func() {
		defer close(coming)
		defer res.Body.Close()
		var e sent
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch field {
			case "id":
				e.id = value
			case "event":
				e.event = value
			case "data":
				e.data = value
			case "":
				if e != (sent{}) {
					coming <- e
					e = sent{}
				}
			}
		}
	}()
	return coming
}

func TestEventsAreFollowedAndTakenUpAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		create := func(name string) {
			a := w.call("POST", "/api/v1/contacts", map[string]any{"name": name})
			require.Equal(t, http.StatusCreated, a.StatusCode, a.text)
		}
		name := func(e sent) string {
			var event struct {
				Data struct{ After struct{ Name string } }
			}
			require.NoError(t, json.Unmarshal([]byte(e.data), &event), e.data)
			return event.Data.After.Name
		}
		create("Before")
		ctx, leave := context.WithCancel(t.Context())
		coming := w.follow(ctx, w.url, "")
		create("Ada")
		first := <-coming
		require.Equal(t, "contact.created", first.event)
		require.Equal(t, "Ada", name(first), "it begins with what happens from now on")
		leave()
		create("Grace")
		create("Emmy")
		ctx, leave = context.WithCancel(t.Context())
		defer leave()
		coming = w.follow(ctx, w.url, first.id)
		require.Equal(t, "Grace", name(<-coming))
		require.Equal(t, "Emmy", name(<-coming))
		require.Equal(t, "Before", name(<-w.follow(ctx, w.url, "0")))

		a := w.call("GET", "/api/v1/events/stream?follow=false", nil, "Last-Event-ID: -1")
		require.Equal(t, http.StatusUnprocessableEntity, a.StatusCode, a.text)
		w.join("grace", w.company, core.PermissionSet(core.ContactsRead))
		w.problem(http.StatusForbidden, "permission_required", "GET", "/api/v1/events/stream", nil, "As: grace", "X-Company-ID: "+w.company.String())
	})
}

func TestAServerThatStopsEndsItsStreams(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv, err := server.New(w.app, w.db, server.Config{Key: []byte("a key of the tests")})
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- srv.Serve(ctx, listener) }()
	coming := w.follow(t.Context(), "http://"+listener.Addr().String(), "")
	begin := time.Now()
	stop()
	_, more := <-coming
	require.False(t, more)
	require.NoError(t, <-served)
	require.Less(t, time.Since(begin), 10*time.Second, "nobody waits for those who follow")
}

func TestWebhooksOverHTTP(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		made := w.call("POST", "/api/v1/webhooks", map[string]any{"url": "https://example.org/hook", "events": []string{"contact.created"}})
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
		secret := made.json(t)["secret"].(string)
		require.True(t, strings.HasPrefix(secret, "whsec_"))
		path := "/api/v1/webhooks/" + made.json(t)["id"].(string)
		read := w.call("GET", path, nil)
		require.NotContains(t, read.text, "whsec_")
		require.Equal(t, `"1"`, read.Header.Get("ETag"))
		changed := w.call("PATCH", path, `{"active": false}`, "If-Match: \"1\"")
		require.Equal(t, http.StatusOK, changed.StatusCode, changed.text)
		require.Equal(t, false, changed.json(t)["active"])
		w.call("PATCH", path, `{"active": true}`, "If-Match: \"1\"")
		w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", path, `{"url": "ftp://example.org"}`)
		rotated := w.call("POST", path+"/secret", `{"overlapHours": 1}`)
		require.Equal(t, http.StatusCreated, rotated.StatusCode, rotated.text)
		require.NotEqual(t, secret, rotated.json(t)["secret"])
		require.Len(t, w.call("GET", "/api/v1/webhooks", nil).json(t)["items"], 1)

		ws := w.ws(w.company)
		id, err := core.ParseID[webhooks.Endpoint](made.json(t)["id"].(string))
		require.NoError(t, err)
		_, err = ws.Webhooks.Get(t.Context(), id)
		require.NoError(t, err)
		require.Empty(t, w.call("GET", path+"/deliveries?state=failed", nil).json(t)["items"])
		replayed := w.call("POST", path+"/deliveries/replay", `{"state": "failed"}`)
		require.EqualValues(t, 0, replayed.json(t)["replayed"], replayed.text)
		w.problem(http.StatusNotFound, "delivery_not_found", "GET", path+"/deliveries/"+id.String(), nil)
		require.Equal(t, http.StatusNoContent, w.call("DELETE", path, nil).StatusCode)
		w.problem(http.StatusNotFound, "webhook_not_found", "GET", path, nil)
	})
}
