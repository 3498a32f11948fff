package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSeries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.agenda(1)
	start := func(days int, clock time.Duration) string { return clockOf(nextWeek().AddDate(0, 0, days).Add(clock)) }
	book := func(more map[string]any) answer {
		body := map[string]any{"agendaId": id, "startDate": start(0, 9*time.Hour), "rule": "FREQ=DAILY;COUNT=3"}
		for k, v := range more {
			body[k] = v
		}
		return w.call("POST", "/api/v1/appointments/series", body)
	}
	starts := func(list any) (texts []string) {
		for _, a := range list.([]any) {
			texts = append(texts, a.(map[string]any)["startDate"].(string))
		}
		return texts
	}
	asked := book(map[string]any{"conflicts": "ask"})
	require.Equal(t, http.StatusOK, asked.StatusCode, asked.text)
	require.Equal(t, true, asked.json(t)["asked"])
	made := book(nil)
	require.Equal(t, http.StatusOK, made.StatusCode, made.text)
	list := made.json(t)["appointments"]
	require.Equal(t, []string{start(0, 9*time.Hour), start(1, 9*time.Hour), start(2, 9*time.Hour)}, starts(list))
	seriesID := made.json(t)["series"].(map[string]any)["id"].(string)
	path := "/api/v1/series/" + seriesID

	t.Run("are refused with what is free near the conflicts", func(t *testing.T) {
		refused := book(nil)
		require.Equal(t, http.StatusConflict, refused.StatusCode, refused.text)
		conflicts := refused.json(t)["conflicts"].([]any)
		require.Equal(t, "series_conflicts", refused.json(t)["code"])
		require.Len(t, conflicts, 3)
		require.Len(t, conflicts[0].(map[string]any)["free"], 5)
		p := w.problem(http.StatusUnprocessableEntity, "invalid", "POST", "/api/v1/appointments/series", map[string]any{"agendaId": id, "startDate": start(0, 9*time.Hour), "rule": "FREQ=DAILY"})
		require.Equal(t, "/rule", p["errors"].([]any)[0].(map[string]any)["pointer"])
	})
	t.Run("are read, changed from one on, and cancelled", func(t *testing.T) {
		got := w.call("GET", path, nil)
		require.Equal(t, made.json(t)["series"], got.json(t))
		require.Equal(t, `"1"`, got.Header.Get("ETag"))
		second := list.([]any)[1].(map[string]any)["id"].(string)
		asked := w.call("PATCH", path+"?conflicts=ask", map[string]any{"startDate": start(0, 10*time.Hour)}, `If-Match: "1"`)
		require.Equal(t, http.StatusOK, asked.StatusCode, asked.text)
		split := w.call("PATCH", path+"?from="+second, map[string]any{"startDate": start(1, 10*time.Hour), "title": "Shave"}, `If-Match: "1"`)
		require.Equal(t, http.StatusOK, split.StatusCode, split.text)
		require.Equal(t, []string{start(1, 10*time.Hour), start(2, 10*time.Hour)}, starts(split.json(t)["appointments"]))
		p := w.problem(http.StatusPreconditionFailed, "version_mismatch", "PATCH", path, `{"title": "late"}`, `If-Match: "1"`)
		require.Equal(t, "FREQ=DAILY;COUNT=1", p["current"].(map[string]any)["rule"])
		require.Len(t, w.call("GET", "/api/v1/appointments?series="+seriesID, nil).json(t)["items"], 1)
		cancelled := w.call("POST", path+"/cancel", `{"reason": "away"}`)
		require.Equal(t, http.StatusOK, cancelled.StatusCode, cancelled.text)
		w.problem(http.StatusConflict, "series_over", "POST", path+"/cancel", `{}`)
	})
}
