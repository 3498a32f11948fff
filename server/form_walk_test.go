package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// feedback is a questionnaire of all five types, with a condition.
const feedback = `{"questions": [
	{"id": "nps", "question": "Would you recommend us?", "type": "rating_scale", "scale": {"min": 0, "max": 10}, "netPromoter": true, "isRequired": true},
	{"id": "why", "question": "What went wrong?", "type": "text", "isRequired": true, "showIf": {"question": "nps", "lte": 6}},
	{"id": "like", "question": "What do you like?", "type": "checkbox", "options": [{"id": "a", "text": "Staff"}, {"id": "b", "text": "Prices"}]},
	{"id": "how", "question": "How did you find us?", "type": "multiple_choice", "options": [{"id": "a", "text": "Friends"}, {"id": "b", "text": "Street"}]},
	{"id": "again", "question": "Would you come again?", "type": "yes_no", "isRequired": true}]}`

func TestNoPageOrAnswerOfAQuestionnaireTellsItsRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.call("POST", "/api/v1/questionnaires", `{"title": "How was it?"}`).json(t)["id"].(string)
	at := "/api/v1/questionnaires/" + id
	put := w.call("PUT", at+"/questions", feedback)
	require.Equal(t, http.StatusOK, put.StatusCode, put.text)
	require.Equal(t, http.StatusOK, w.call("POST", at+"/publish", nil).StatusCode)
	page := w.call("POST", at+"/public-link", nil).json(t)["publicUrl"].(string)
	attempt := w.stranger("POST", page, nil).Header.Get("Location")
	api := "/api/v1/public/questionnaires/"
	token := strings.TrimPrefix(attempt, "/q/")

	var seen []string
	html := func(status int, method, path string, form url.Values) string {
		a := w.stranger(method, path, form)
		require.Equal(t, status, a.StatusCode, a.text)
		seen = append(seen, a.text)
		return a.text
	}
	answer := func(status int, method, path string, body any) string {
		a := w.call(method, path, body, "Authorization:")
		require.Equal(t, status, a.StatusCode, a.text)
		seen = append(seen, a.text)
		return a.text
	}
	html(http.StatusOK, "GET", page, nil)
	answer(http.StatusOK, "GET", api+strings.TrimPrefix(page, "/q/"), nil)
	require.NotContains(t, html(http.StatusOK, "GET", attempt, nil), "What went wrong?", "it is hidden as yet")
	html(http.StatusSeeOther, "POST", attempt, url.Values{"shown": {"nps", "like", "how", "again"}, "q.nps": {"3"}, "q.like": {"a", "b"}, "do": {"save"}})
	resumed := html(http.StatusOK, "GET", attempt+"?saved", nil) // as from another device: the address is all it takes
	require.Contains(t, resumed, "What went wrong?")
	require.Regexp(t, `value="3" checked`, resumed)
	answer(http.StatusOK, "GET", api+token, nil)
	require.Contains(t, html(http.StatusUnprocessableEntity, "POST", attempt, url.Values{"shown": {"nps", "why", "again"}, "q.nps": {"3"}, "q.again": {"yes"}, "do": {"submit"}}), `href="#q.why"`)
	answer(http.StatusUnprocessableEntity, "POST", api+token, `{"answers": [{"questionId": "how", "optionIds": ["z"]}]}`)
	answer(http.StatusUnprocessableEntity, "POST", api+token, `{"answers": [], "submit": true}`)
	html(http.StatusSeeOther, "POST", attempt, url.Values{"shown": {"nps", "why", "again"}, "q.nps": {"9"}, "q.again": {"yes"}, "do": {"submit"}})
	require.Contains(t, html(http.StatusOK, "GET", attempt, nil), "Thank you")
	answer(http.StatusOK, "GET", api+token, nil)
	answer(http.StatusConflict, "POST", api+token, `{"answers": []}`)
	html(http.StatusNotFound, "GET", "/q/"+strings.Repeat("A", 43), nil)
	for _, text := range seen {
		requireNothingPlanted(t, text)
		require.NotRegexp(t, `showIf|netPromoter|"lte"`, text)
	}
	responses := w.call("GET", at+"/responses", nil).json(t)["items"].([]any)
	require.Len(t, responses, 1)
	require.Len(t, responses[0].(map[string]any)["answers"], 3, "what the final answers hide is no answer, and nothing else is lost")
}

func TestTheResultPageShowsAllResultsFromThirtyOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var minutes atomic.Int64
	w.db.Env.Now = func() time.Time { return time.Now().Add(time.Duration(minutes.Load()) * time.Minute) }
	id := w.call("POST", "/api/v1/assessments", `{"title": "Test", "trait": "sales", "showResult": true, "askWho": "no"}`).json(t)["id"].(string)
	at := "/api/v1/assessments/" + id
	w.call("POST", at+"/questions", `{"id": "a", "question": "?", "type": "rating_scale", "isRequired": true}`)
	require.Equal(t, http.StatusOK, w.call("POST", at+"/publish", nil).StatusCode)
	page := w.call("POST", at+"/public-link", nil).json(t)["publicUrl"].(string)
	result := func() string {
		attempt := w.stranger("POST", page, nil).Header.Get("Location")
		sent := w.stranger("POST", attempt, url.Values{"shown": {"a"}, "q.a": {"3"}, "do": {"submit"}})
		require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.text)
		return w.stranger("GET", attempt, nil).text
	}
	for range 28 {
		r := w.call("POST", at+"/responses", `{"answers": [{"questionId": "a", "value": 5}]}`)
		require.Equal(t, http.StatusCreated, r.StatusCode, r.text)
	}
	require.NotContains(t, result(), "All results", "of few, one could be told by what has changed")
	minutes.Store(2) // what was counted is shown for one
	text := result()
	require.Contains(t, text, `aria-label="All results"`)
	require.Contains(t, text, "Of 30 results, 2 are from 60 % to 70 %, as yours is.")
	requireNothingPlanted(t, text)
	require.Equal(t, http.StatusOK, w.call("PATCH", at, `{"showResult": false}`).StatusCode)
	require.NotContains(t, result(), "<svg", "the author has switched it off")
}
