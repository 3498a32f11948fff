package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// planted is an assessment whose points are to be seen nowhere in public.
const plantedQuestions = `{"questions": [
	{"id": "party", "question": "A party gives me energy", "type": "rating_scale", "isRequired": true},
	{"id": "plan", "question": "On paper?", "type": "true_false", "isRequired": true, "showIf": {"question": "party", "gte": 3}},
	{"id": "pick", "question": "Which?", "type": "multiple_choice", "isRequired": false, "points": 7919, "options": [
		{"id": "a", "text": "Engine", "isCorrect": true, "points": 104729}, {"id": "b", "text": "<b>Loom</b>", "points": "1/3"}]},
	{"id": "why", "question": "Why?", "type": "subjective", "isRequired": false, "points": 129970}]}`

const plantedScoring = `{"trait": "sales", "showResult": true, "scoringLogic": {
	"items": [{"question": "party", "kind": "likert", "weights": {"secret_key": "15485863/7"}},
		{"question": "pick", "kind": "multi", "points": {"a": 611953}}],
	"dimensions": [{"key": "secret_key", "label": "Energy"}],
	"profile": {"traits": ["secret_key"]}}}`

// formOfAda is the id of a published assessment, and the path of its public page.
func (w *world) formOfAda() (id, page string) {
	w.t.Helper()
	id = w.call("POST", "/api/v1/assessments", `{"title": "Who are you?", "trait": "leadership"}`).json(w.t)["id"].(string)
	at := "/api/v1/assessments/" + id
	for _, step := range []struct{ method, path, body string }{
		{"PUT", "/questions", plantedQuestions}, {"PATCH", "", strings.Replace(plantedScoring, "15485863/7", "154/7", 1)},
	} {
		a := w.call(step.method, at+step.path, step.body)
		require.Equal(w.t, http.StatusOK, a.StatusCode, a.text)
	}
	require.Equal(w.t, http.StatusOK, w.call("POST", at+"/publish", nil).StatusCode)
	shared := w.call("POST", at+"/public-link", nil)
	require.Equal(w.t, http.StatusCreated, shared.StatusCode, shared.text)
	return id, shared.json(w.t)["publicUrl"].(string)
}

// stranger sends a form as a browser would, and does not follow what it is told to.
func (w *world) stranger(method, path string, form url.Values) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(form.Encode()))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return answer{res, string(text)}
}

func TestAPublicFormIsAnsweredWithoutAScript(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id, page := w.formOfAda()
		var seen []string
		look := func(a answer, status int) string {
			t.Helper()
			require.Equal(t, status, a.StatusCode, a.text)
			require.NotContains(t, a.text, "<script")
			seen = append(seen, a.text)
			return a.text
		}

		require.Contains(t, look(w.stranger("GET", page, nil), http.StatusOK), "Start")
		started := w.stranger("POST", page, nil)
		require.Equal(t, http.StatusSeeOther, started.StatusCode)
		attempt := started.Header.Get("Location")
		require.Regexp(t, `^/a/[\w-]{43}$`, attempt)

		questions := w.stranger("GET", attempt, nil)
		text := look(questions, http.StatusOK)
		require.Contains(t, text, "A party gives me energy")
		require.NotContains(t, text, "On paper?", "it is hidden as yet")
		require.Contains(t, text, "&lt;b&gt;Loom&lt;/b&gt;")
		require.Contains(t, questions.Header.Get("Content-Security-Policy"), "default-src 'none'")
		require.Equal(t, "no-referrer", questions.Header.Get("Referrer-Policy"))

		shown := []string{"party", "pick", "why"}
		saved := w.stranger("POST", attempt, url.Values{"shown": shown, "q.party": {"4"}, "name": {"Ada"}, "email": {"ada@example.org"}, "do": {"save"}})
		require.Equal(t, attempt+"?saved", saved.Header.Get("Location"))
		text = look(w.stranger("GET", attempt+"?saved", nil), http.StatusOK)
		require.Contains(t, text, "Saved.")
		require.Regexp(t, `value="4" checked`, text)
		require.Contains(t, text, "On paper?", "now it is asked")

		refused := look(w.stranger("POST", attempt, url.Values{"shown": append(shown, "plan"), "q.party": {"5"}, "q.pick": {"b"}, "name": {"Ada"}, "email": {"nonsense"}, "do": {"submit"}}), http.StatusUnprocessableEntity)
		require.Contains(t, refused, "Error: Who are you?")
		require.Contains(t, refused, `value="nonsense"`, "what was typed is there still")
		require.Regexp(t, `value="5" checked`, refused)
		refused = look(w.stranger("POST", attempt, url.Values{"shown": append(shown, "plan"), "q.party": {"5"}, "q.pick": {"b"}, "name": {"Ada"}, "email": {"ada@example.org"}, "do": {"submit"}}), http.StatusUnprocessableEntity)
		require.Contains(t, refused, `<a href="#q.plan">On paper?</a>: Is not answered.`)

		final := url.Values{"shown": append(shown, "plan"), "q.party": {"5"}, "q.pick": {"b"}, "q.plan": {"true"}, "q.why": {"x"}, "name": {"Ada"}, "email": {"ada@example.org"}, "do": {"submit"}}
		for range 2 { // twice: the second time is answered the same
			submitted := w.stranger("POST", attempt, final)
			require.Equal(t, http.StatusSeeOther, submitted.StatusCode, submitted.text)
			require.Equal(t, attempt, submitted.Header.Get("Location"))
		}
		result := look(w.stranger("GET", attempt, nil), http.StatusOK)
		require.Contains(t, result, "Thank you")
		require.Contains(t, result, "this is not final")
		require.Contains(t, result, `<svg class="chart"`)

		responses := w.call("GET", "/api/v1/assessments/"+id+"/responses", nil).json(t)["items"].([]any)
		require.Len(t, responses, 1)
		require.Equal(t, "pending_review", responses[0].(map[string]any)["status"])
		contacts := w.call("GET", "/api/v1/contacts?email=ada@example.org", nil).json(t)["items"].([]any)
		require.Len(t, contacts, 1)

		look(w.stranger("GET", "/a/"+strings.Repeat("A", 43), nil), http.StatusNotFound)
		look(w.stranger("GET", "/q/"+strings.TrimPrefix(page, "/a/"), nil), http.StatusNotFound)
		for _, text := range seen {
			requireNothingPlanted(t, text)
		}
	})
}

var plantedValues = regexp.MustCompile(`7919|104729|129970|611953|154/7|secret_key|isCorrect|"points"|scoringLogic`)

func requireNothingPlanted(t *testing.T, text string) {
	t.Helper()
	require.NotRegexp(t, plantedValues, text)
}

func TestTheResultPageSaysWhetherOneHasPassed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, c := range []struct{ rating, says string }{{"1", "Not passed"}, {"5", "<strong>Passed"}} {
			id := w.call("POST", "/api/v1/assessments", `{"title": "Test", "trait": "sales", "showResult": true, "askWho": "no"}`).json(t)["id"].(string)
			at := "/api/v1/assessments/" + id
			w.call("POST", at+"/questions", `{"id": "a", "question": "?", "type": "rating_scale", "isRequired": true}`)
			require.Equal(t, http.StatusOK, w.call("PATCH", at, `{"scoringLogic": {"total": {"pass": 60}}}`).StatusCode)
			w.call("POST", at+"/publish", nil)
			page := w.call("POST", at+"/public-link", nil).json(t)["publicUrl"].(string)
			attempt := w.stranger("POST", page, nil).Header.Get("Location")
			w.stranger("POST", attempt, url.Values{"shown": {"a"}, "q.a": {c.rating}, "do": {"submit"}})
			require.Contains(t, w.stranger("GET", attempt, nil).text, c.says)
		}
	})
}

func TestAPublicFormIsAnsweredOverTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		_, page := w.formOfAda()
		at := "/api/v1/public/assessments/"
		link := strings.TrimPrefix(page, "/a/")
		var seen []string
		call := func(method, path string, body any, status int) map[string]any {
			a := w.call(method, path, body, "Authorization:")
			require.Equal(t, status, a.StatusCode, a.text)
			seen = append(seen, a.text)
			return a.json(t)
		}
		call("GET", at+link, nil, http.StatusOK)
		token := call("POST", at+link+"/attempts", nil, http.StatusCreated)["token"].(string)
		call("GET", at+token, nil, http.StatusOK)
		v := call("POST", at+token, `{"answers": [{"questionId": "party", "value": 4}]}`, http.StatusOK)
		require.Len(t, v["attempt"].(map[string]any)["questions"], 4)
		call("POST", at+token, `{"answers": [], "submit": true}`, http.StatusUnprocessableEntity)
		call("POST", at+token, `{"answers": [{"questionId": "pick", "optionIds": ["z"]}]}`, http.StatusUnprocessableEntity)
		v = call("POST", at+token, `{"answers": [{"questionId": "plan", "optionIds": ["false"]}], "submit": true}`, http.StatusOK)
		require.Equal(t, true, v["attempt"].(map[string]any)["submitted"])
		require.EqualValues(t, 80, v["attempt"].(map[string]any)["result"].(map[string]any)["dimensions"].([]any)[0].(map[string]any)["percentage"])
		call("POST", at+token, `{"answers": []}`, http.StatusConflict)
		call("POST", at+link, `{"answers": []}`, http.StatusConflict)
		call("GET", at+"x", nil, http.StatusNotFound)
		for _, text := range seen {
			requireNothingPlanted(t, text)
		}
	})
}

func TestAnAssessmentOverTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id, _ := w.formOfAda()
		at := "/api/v1/assessments/" + id

		t.Run("is validated without being kept", func(t *testing.T) {
			var d map[string]any
			require.NoError(t, json.Unmarshal([]byte(plantedQuestions), &d))
			d["kind"] = "assessment"
			v := w.call("POST", "/api/v1/assessments/validate", d)
			require.Equal(t, http.StatusOK, v.StatusCode, v.text)
			require.Equal(t, true, v.json(t)["valid"])
			d["scoringLogic"] = map[string]any{"bands": []any{map[string]any{"from": 10, "key": "x"}}}
			bad := w.call("POST", "/api/v1/assessments/validate", d).json(t)
			require.Equal(t, "/scoringLogic/bands/0/from", bad["errors"].([]any)[0].(map[string]any)["pointer"])
			require.Contains(t, w.call("GET", "/api/v1/assessments/scoring-schema", nil).text, "2020-12")
		})
		t.Run("keeps a third of a point exact", func(t *testing.T) {
			f := w.call("GET", at, nil).json(t)
			require.Equal(t, "1/3", f["questions"].([]any)[2].(map[string]any)["options"].([]any)[1].(map[string]any)["points"])
		})
		t.Run("is changed in the version that one has seen", func(t *testing.T) {
			w.problem(http.StatusPreconditionFailed, "version_mismatch", "PATCH", at, `{"title": "x"}`, `If-Match: "1"`)
			w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", at, `{"scoringLogic": {"items": [{"question": "z", "kind": "single"}]}}`)
			w.problem(http.StatusUnprocessableEntity, "invalid", "PUT", at+"/questions", `{"questions": [{"id": "a", "question": "?", "type": "rating_scale", "showIf": {"qestion": "a"}}]}`)
		})
		t.Run("has its responses recorded, marked, explained and exported", func(t *testing.T) {
			r := w.call("POST", at+"/responses", `{"answers": [{"questionId": "party", "value": 2}, {"questionId": "why", "answerText": "x"}]}`)
			require.Equal(t, http.StatusCreated, r.StatusCode, r.text)
			response := "/api/v1/assessment-responses/" + r.json(t)["id"].(string)
			require.Equal(t, "hidden", r.json(t)["outcome"].(map[string]any)["items"].([]any)[1].(map[string]any)["state"])
			marked := w.call("PUT", response+"/marks", `{"marks": [{"questionId": "why", "points": "1/3"}]}`)
			require.Equal(t, http.StatusOK, marked.StatusCode, marked.text)
			require.Equal(t, "7/3", marked.json(t)["outcome"].(map[string]any)["totalScore"])
			require.Len(t, w.call("GET", response+"/outcomes", nil).json(t)["items"], 2)
			require.Contains(t, w.call("GET", response+"/explanation", nil).text, "The rating 2 earns 2 points.")
			require.EqualValues(t, 1, w.call("GET", at+"/statistics", nil).json(t)["responses"])
			file := w.call("GET", at+"/export", nil)
			require.Equal(t, "text/csv; charset=utf-8", file.Header.Get("Content-Type"))
			require.Contains(t, file.text, "party,plan:true,plan:false,pick:a,pick:b,why,total")
			w.problem(http.StatusConflict, "too_few_responses", "GET", at+"/export?anonymous=true", nil)
			require.EqualValues(t, 1, w.call("POST", at+"/rescore", `{"version": 1, "key": 1}`).json(t)["responses"])
			w.problem(http.StatusConflict, "form_in_use", "DELETE", at, nil)
			require.Equal(t, http.StatusNoContent, w.call("DELETE", response, nil).StatusCode)
		})
		t.Run("is sent to a contact", func(t *testing.T) {
			contact := w.call("POST", "/api/v1/contacts", `{"name": "Grace"}`).json(t)["id"].(string)
			begun := w.call("POST", at+"/attempts", `{"contactId": "`+contact+`"}`)
			require.Equal(t, http.StatusCreated, begun.StatusCode, begun.text)
			require.NotContains(t, w.stranger("GET", begun.json(t)["publicUrl"].(string), nil).text, "Who are you? <", "it is known who answers")
		})
		t.Run("leaves profiles alone where the company says so", func(t *testing.T) {
			require.Equal(t, true, w.call("GET", "/api/v1/assessments/settings", nil).json(t)["profiling"])
			require.Equal(t, false, w.call("PUT", "/api/v1/assessments/settings", `{"profiling": false}`).json(t)["profiling"])
		})
	})
}

func TestAResponseThatWasScoredAgainIsNotAsItWas(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id, _ := w.formOfAda()
		at := "/api/v1/assessments/" + id
		r := w.call("POST", at+"/responses", `{"answers": [{"questionId": "party", "value": 2}, {"questionId": "why", "answerText": "x"}]}`)
		require.Equal(t, http.StatusCreated, r.StatusCode, r.text)
		response, had := "/api/v1/assessment-responses/"+r.json(t)["id"].(string), "If-None-Match: "+r.Header.Get("ETag")
		require.Equal(t, http.StatusNotModified, w.call("GET", response, nil, had).StatusCode)
		a := w.call("PATCH", at, `{"scoringLogic": {"items": [{"question": "party", "kind": "likert", "points": {"2": 9}, "weights": {"secret_key": 1}}]}}`)
		require.Equal(t, http.StatusOK, a.StatusCode, a.text)
		require.Equal(t, http.StatusOK, w.call("POST", at+"/publish", nil).StatusCode)
		require.EqualValues(t, 1, w.call("POST", at+"/rescore", `{"version": 1, "key": 2}`).json(t)["changed"])

		now := w.call("GET", response, nil, had)
		require.Equal(t, http.StatusOK, now.StatusCode)
		require.EqualValues(t, 9, now.json(t)["outcome"].(map[string]any)["totalScore"])
		require.Equal(t, http.StatusNotModified, w.call("GET", response, nil, "If-None-Match: "+now.Header.Get("ETag")).StatusCode)
		const marks = `{"marks": [{"questionId": "why", "points": 1}]}`
		w.problem(http.StatusPreconditionFailed, "version_mismatch", "PUT", response+"/marks", marks, "If-Match: "+r.Header.Get("ETag"))
		marked := w.call("PUT", response+"/marks", marks, "If-Match: "+now.Header.Get("ETag"))
		require.Equal(t, http.StatusOK, marked.StatusCode, marked.text)
		require.EqualValues(t, 10, marked.json(t)["outcome"].(map[string]any)["totalScore"])
	})
}
