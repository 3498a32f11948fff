package server_test

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/server"
)

// feedback is a questionnaire of all five types, with a condition.
const feedback = `{"questions": [
	{"id": "nps", "question": "Would you recommend us?", "type": "rating_scale", "scale": {"min": 0, "max": 10}, "netPromoter": true, "isRequired": true},
	{"id": "why", "question": "What went wrong?", "type": "text", "isRequired": true, "showIf": {"question": "nps", "lte": 6}},
	{"id": "like", "question": "What do you like?", "type": "checkbox", "options": [{"id": "a", "text": "Staff"}, {"id": "b", "text": "Prices"}]},
	{"id": "how", "question": "How did you find us?", "type": "multiple_choice", "options": [{"id": "a", "text": "Friends"}, {"id": "b", "text": "Street"}]},
	{"id": "again", "question": "Would you come again?", "type": "yes_no", "isRequired": true}]}`

func TestNoPageOrAnswerOfAQuestionnaireTellsItsRules(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
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
	})
}

func TestTheResultPageShowsAllResultsFromThirtyOn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
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
	})
}

func TestWhoSendsAPageTooOftenIsToldOnAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *server.Config) { c.Limits.Answers = server.Rate{PerSecond: 1e-6, Burst: 2} })
	_, page := w.formOfAda()
	attempt := w.stranger("POST", page, nil).Header.Get("Location")
	save := url.Values{"shown": {"party"}, "q.party": {"2"}, "do": {"save"}}
	for range 2 {
		require.Equal(t, http.StatusSeeOther, w.stranger("POST", attempt, save).StatusCode)
	}
	save.Set("q.party", "5")
	refused := w.stranger("POST", attempt, save)
	require.Equal(t, http.StatusTooManyRequests, refused.StatusCode)
	require.Equal(t, "text/html; charset=utf-8", refused.Header.Get("Content-Type"))
	require.NotEmpty(t, refused.Header.Get("Retry-After"))
	require.Contains(t, refused.text, "what was saved is not lost")
	require.Regexp(t, `value="5" checked`, refused.text, "nor is what was sent")
	require.Regexp(t, `value="2" checked`, w.stranger("GET", attempt, nil).text, "to look is no such thing")
	require.Equal(t, http.StatusSeeOther, w.stranger("POST", page, nil).StatusCode, "nor is another's attempt")

	api := "/api/v1/public/assessments/" + strings.TrimPrefix(attempt, "/a/")
	w.problem(http.StatusTooManyRequests, "too_many_requests", "POST", api, `{"answers": []}`)
}

// Somebody who saves after each of fifty answers, as fast as they can send, is none to stop by the standard limits.
func TestWhoSavesAnswerByAnswerIsNotTooOften(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *server.Config) { c.Limits = server.DefaultLimits() })
	id := w.call("POST", "/api/v1/assessments", `{"title": "Test", "trait": "sales", "askWho": "no"}`).json(t)["id"].(string)
	at := "/api/v1/assessments/" + id
	for i := range 50 {
		added := w.call("POST", at+"/questions", fmt.Sprintf(`{"id": "q%d", "question": "?", "type": "rating_scale", "isRequired": true}`, i))
		require.Less(t, added.StatusCode, 300, added.text)
	}
	w.call("POST", at+"/publish", nil)
	page := w.call("POST", at+"/public-link", nil).json(t)["publicUrl"].(string)
	attempt := w.stranger("POST", page, nil).Header.Get("Location")
	for i := range 49 {
		q := fmt.Sprint("q", i)
		saved := w.stranger("POST", attempt, url.Values{"shown": {q}, "q." + q: {"3"}, "do": {"save"}})
		require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.text)
		require.Equal(t, http.StatusOK, w.stranger("GET", attempt+"?saved", nil).StatusCode)
	}
	sent := w.stranger("POST", attempt, url.Values{"shown": {"q49"}, "q.q49": {"3"}, "do": {"submit"}})
	require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.text)
	require.Contains(t, w.stranger("GET", attempt, nil).text, "Thank you")
}

// A bar of a chart has a contrast of 3:1 with what is behind it, as WCAG 2.2 asks in 1.4.11.
func TestTheBarsOfAChartCanBeSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	style := w.stranger("GET", "/auth/page.css", nil).text
	colours := func(name string) [2]float64 {
		m := regexp.MustCompile(`--` + name + `: light-dark\(#(\w+), #(\w+)\)`).FindStringSubmatch(style)
		require.NotNil(t, m, name)
		return [2]float64{luminance(t, m[1]), luminance(t, m[2])}
	}
	form := w.stranger("GET", "/auth/form.css", nil).text
	require.Contains(t, form, ".chart .other { fill: var(--line) }")
	require.Contains(t, form, ".chart .bar { fill: var(--accent) }")
	card := colours("card")
	for _, name := range []string{"line", "accent"} {
		for i, l := range colours(name) {
			require.GreaterOrEqual(t, (max(l, card[i])+0.05)/(min(l, card[i])+0.05), 3.0, name)
		}
	}
}

// luminance is that of a colour, by the definition of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = hex[:1] + hex[:1] + hex[1:2] + hex[1:2] + hex[2:] + hex[2:]
	}
	n, err := strconv.ParseUint(hex, 16, 24)
	require.NoError(t, err)
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(n>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestNobodyHandsInWhatTheyWereNotAsked(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id := w.call("POST", "/api/v1/questionnaires", `{"title": "How was it?"}`).json(t)["id"].(string)
		at := "/api/v1/questionnaires/" + id
		put := w.call("PUT", at+"/questions", `{"questions": [{"id": "ok", "question": "All right?", "type": "yes_no", "isRequired": true},
			{"id": "why", "question": "What was not?", "type": "text", "isRequired": false, "showIf": {"question": "ok", "eq": "no"}}]}`)
		require.Equal(t, http.StatusOK, put.StatusCode, put.text)
		w.call("POST", at+"/publish", nil)
		page := w.call("POST", at+"/public-link", nil).json(t)["publicUrl"].(string)
		answers := func() []any {
			return w.call("GET", at+"/responses", nil).json(t)["items"].([]any)
		}
		attempt := w.stranger("POST", page, nil).Header.Get("Location")
		sent := w.stranger("POST", attempt, url.Values{"shown": {"ok"}, "q.ok": {"no"}, "do": {"submit"}})
		require.Equal(t, attempt+"?more=why", sent.Header.Get("Location"))
		require.Empty(t, answers())
		more := w.stranger("GET", attempt+"?more=why", nil).text
		require.Contains(t, more, `not handed in yet`)
		require.Contains(t, more, `<a href="#q.why">What was not?</a>`)
		require.Regexp(t, `value="no" checked`, more)
		require.NotContains(t, w.stranger("GET", attempt+"?more=x", nil).text, "not handed in yet")
		sent = w.stranger("POST", attempt, url.Values{"shown": {"ok", "why"}, "q.ok": {"no"}, "do": {"submit"}})
		require.Equal(t, attempt, sent.Header.Get("Location"), "it was seen, and need not be answered")
		require.Len(t, answers(), 1)
		require.NotContains(t, w.stranger("GET", attempt+"?more=why", nil).text, "not handed in yet")

		attempt = w.stranger("POST", page, nil).Header.Get("Location")
		sent = w.stranger("POST", attempt, url.Values{"shown": {"ok"}, "q.ok": {"yes"}, "do": {"submit"}})
		require.Equal(t, attempt, sent.Header.Get("Location"), "it brings up nothing")
		require.Len(t, answers(), 2)
	})
}

func TestWhoIsRefusedAfterTheTimeIsToldWhatIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		var minutes atomic.Int64
		w.db.Env.Now = func() time.Time { return time.Now().Add(time.Duration(minutes.Load()) * time.Minute) }
		id := w.call("POST", "/api/v1/assessments", `{"title": "Test", "trait": "sales", "maxAttempts": 1, "timeLimitMinutes": 10}`).json(t)["id"].(string)
		at := "/api/v1/assessments/" + id
		w.call("POST", at+"/questions", `{"id": "a", "question": "?", "type": "rating_scale", "isRequired": true}`)
		require.Equal(t, http.StatusOK, w.call("POST", at+"/publish", nil).StatusCode)
		page := w.call("POST", at+"/public-link", nil).json(t)["publicUrl"].(string)
		first, second := w.stranger("POST", page, nil).Header.Get("Location"), w.stranger("POST", page, nil).Header.Get("Location")
		ada := func(attempt string) answer {
			return w.stranger("POST", attempt, url.Values{"shown": {"a"}, "q.a": {"3"}, "name": {"Ada"}, "email": {"ada@example.org"}, "do": {"submit"}})
		}
		require.Equal(t, http.StatusSeeOther, ada(first).StatusCode)
		require.Contains(t, ada(second).text, "What you have sent is kept, but not handed in.")
		require.Regexp(t, `value="3" checked`, w.stranger("GET", second, nil).text)

		third := w.stranger("POST", page, nil).Header.Get("Location")
		minutes.Store(11)
		for _, refused := range []string{ada(third).text, w.stranger("POST", third, url.Values{"shown": {"a"}, "q.a": {"3"}, "do": {"submit"}}).text} {
			require.NotContains(t, refused, "What you have")
			require.Contains(t, refused, "what you have just sent is not, until it is handed in")
		}
		require.NotRegexp(t, `value="3" checked`, w.stranger("GET", third, nil).text, "so it is")
	})
}
