package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/internal/sqlitetest"
)

func TestTheBackgroundWorkIsMeasured(t *testing.T) {
	t.Parallel()
	db := sqlitetest.Memory(t)
	app := clientele.New(db)
	kind := jobs.Kind[struct{}]{Name: "test", Queue: "test"}
	jobs.Handle(app.Jobs, kind, func(context.Context, jobs.Run[struct{}]) error { return nil })
	app.Relay.Subscribe(events.Subscriber{Name: "all"}, func(context.Context, jobs.Run[core.StoredEvent]) error { return nil })
	require.NoError(t, app.Jobs.Enqueue(t.Context(), kind.Of(struct{}{}), kind.Of(struct{}{}).At(time.Now().Add(time.Hour))))
	_, err := app.Step(t.Context())
	require.NoError(t, err)
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(workMetrics{app, slog.New(slog.DiscardHandler)})
	families, err := registry.Gather()
	require.NoError(t, err)
	got := map[string]string{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			got[f.GetName()] += m.String() + "\n"
		}
	}
	require.Regexp(t, `"test".*value:1`, got["clientele_jobs_live"])
	require.Regexp(t, `"done".*"test".*value:1|"test".*"done".*value:1`, got["clientele_job_attempts_total"])
	require.Regexp(t, `"all".*value:0`, got["clientele_events_behind"])
}

// A server that leaves the background work to a worker: the worker posts what happens in the
// server to a webhook.
func TestAWorkerPostsWhatHappensInAServer(t *testing.T) {
	onBoth(t, func(t *testing.T, dir, url string) {
		got := make(chan string, 10)
		receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got <- string(body)
		}))
		t.Cleanup(receiver.Close)
		ada := serve(t, dir, url, "CLIENTELE_NO_WORK=true").founder("ada@example.org")
		var log bytes.Buffer
		worker := commandLine(context.Background(), dir, url, "work", "--webhook-networks", "127.0.0.0/8")
		worker.Stderr = &log
		require.NoError(t, worker.Start())
		t.Cleanup(func() { _ = worker.Process.Kill() })
		ada.do(http.StatusCreated, "POST", "/webhooks", map[string]any{"url": receiver.URL, "events": []string{"contact.created"}})
		// The worker may still be starting, and hears of what happens once it has.
		require.Eventually(t, func() bool {
			ada.do(http.StatusCreated, "POST", "/contacts", map[string]any{"name": "Grace Hopper"})
			select {
			case body := <-got:
				require.Contains(t, body, "Grace Hopper")
				return true
			case <-time.After(time.Second):
				return false
			}
		}, time.Minute, time.Millisecond)
		require.NoError(t, worker.Process.Signal(os.Interrupt))
		require.NoError(t, worker.Wait(), log.String())
	})
}
