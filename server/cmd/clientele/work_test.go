package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

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
