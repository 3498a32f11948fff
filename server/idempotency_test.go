package server_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestIdempotency(t *testing.T) {
	onBoth(t, testIdempotency)
}

func testIdempotency(t *testing.T, w *world) {
	const path, body = "/api/v1/contacts", `{"name": "Ada", "email": "ada@example.org"}`

	first := w.call("POST", path, body, "Idempotency-Key: one")
	require.Equal(t, http.StatusCreated, first.StatusCode, first.text)

	t.Run("the same again is answered the same, and done once", func(t *testing.T) {
		again := w.call("POST", path, body, "Idempotency-Key: one")
		require.Equal(t, http.StatusCreated, again.StatusCode)
		require.Equal(t, first.text, again.text)
		require.Equal(t, first.Header.Get("ETag"), again.Header.Get("ETag"))
		require.Equal(t, "true", again.Header.Get("Idempotency-Replayed"))
		require.Len(t, w.call("GET", path, nil).json(t)["items"], 1)
	})
	t.Run("another body is refused", func(t *testing.T) {
		w.problem(http.StatusUnprocessableEntity, "idempotency_key_reused", "POST", path, `{"name": "Grace"}`, "Idempotency-Key: one")
	})
	t.Run("a refusal is kept too", func(t *testing.T) {
		w.problem(http.StatusConflict, "contact_exists", "POST", path, body, "Idempotency-Key: two")
		p := w.call("POST", path, body, "Idempotency-Key: two")
		require.Equal(t, http.StatusConflict, p.StatusCode)
		require.Equal(t, "true", p.Header.Get("Idempotency-Replayed"))
	})
	t.Run("another's key is another key", func(t *testing.T) {
		w.join("grace", w.company, core.AllPermissions())
		w.problem(http.StatusConflict, "contact_exists", "POST", path, body, "Idempotency-Key: one", "As: grace")
	})
	t.Run("at the same time, it is done once", func(t *testing.T) {
		var group sync.WaitGroup
		statuses := make([]int, 8)
		for i := range statuses {
			group.Go(func() {
				statuses[i] = w.call("POST", path, `{"name": "Many"}`, "Idempotency-Key: many").StatusCode
			})
		}
		group.Wait()
		for _, status := range statuses {
			require.Contains(t, []int{http.StatusCreated, http.StatusConflict}, status)
		}
		require.Contains(t, statuses, http.StatusCreated)
		require.Len(t, w.call("GET", path, nil).json(t)["items"], 2)
	})
}
