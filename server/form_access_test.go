package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// everyKind has each way in which a question is asked.
const everyKind = `{"questions": [
	{"id": "few", "question": "A short scale?", "helpText": "Think.", "type": "rating_scale", "isRequired": true, "scale": {"min": 1, "max": 5, "minLabel": "low", "maxLabel": "high"}},
	{"id": "long", "question": "A long scale?", "helpText": "Think.", "type": "rating_scale", "isRequired": true, "scale": {"min": 0, "max": 60, "maxLabel": "all of it"}},
	{"id": "tf", "question": "Is it?", "type": "true_false", "isRequired": false},
	{"id": "one", "question": "Which?", "type": "multiple_choice", "isRequired": true, "options": [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}]},
	{"id": "many", "question": "Which ones?", "type": "multiple_choice", "isRequired": true, "options": [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}]},
	{"id": "why", "question": "Why?", "helpText": "In your words.", "type": "subjective", "isRequired": true, "points": 5}]}`

func TestEveryFieldOfAFormHasItsNameItsHelpAndItsFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.call("POST", "/api/v1/assessments", `{"title": "All", "trait": "sales", "askWho": "required", "timeLimitMinutes": 90}`).json(t)["id"].(string)
	at := "/api/v1/assessments/" + id
	put := w.call("PUT", at+"/questions", everyKind)
	require.Equal(t, http.StatusOK, put.StatusCode, put.text)
	require.Equal(t, http.StatusOK, w.call("PATCH", at, `{"scoringLogic": {"items": [{"question": "many", "kind": "multi", "points": {"a": 1}}]}}`).StatusCode)
	require.Equal(t, http.StatusOK, w.call("POST", at+"/publish", nil).StatusCode)
	page := w.call("POST", at+"/public-link", nil).json(t)["publicUrl"].(string)
	attempt := w.stranger("POST", page, nil).Header.Get("Location")
	asked := w.stranger("GET", attempt, nil).text
	require.Contains(t, asked, "89 minutes left, until")
	refused := w.stranger("POST", attempt, url.Values{"shown": {"few", "long", "tf", "one", "many", "why"}, "name": {""}, "email": {""}, "do": {"submit"}}).text
	for name, text := range map[string]string{"asked": asked, "refused": refused} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := parsePage(t, text)
			require.Equal(t, 1, p.count["h1"])
			require.Equal(t, "en", p.lang)
			p.checkFields(t)
			require.Equal(t, name == "refused", strings.HasPrefix(p.title, "Error: "))
		})
	}
	p := parsePage(t, refused)
	for _, field := range []string{"few", "long", "one", "many", "why"} {
		require.Contains(t, p.links, "q."+field, "the summary leads to each field")
		require.Contains(t, strings.Fields(p.ids["q."+field]["aria-describedby"]), "f."+field, "and the field tells its fault")
	}
	for _, field := range []string{"few", "long", "why"} {
		require.Contains(t, strings.Fields(p.ids["q."+field]["aria-describedby"]), "h."+field)
	}
	require.Contains(t, strings.Fields(p.ids["q.long"]["aria-describedby"]), "s.long")
	require.Contains(t, p.ids["q.why"], "required")
	require.Contains(t, p.ids["email"], "required")
	refused = w.stranger("POST", attempt, url.Values{"shown": {"few", "long"}, "q.few": {"2"}, "q.long": {"99"}, "email": {"x"}, "do": {"submit"}}).text
	p = parsePage(t, refused)
	p.checkFields(t)
	require.Equal(t, "email-fault", p.ids["email"]["aria-describedby"])
	require.Regexp(t, `value="2" checked`, w.stranger("GET", attempt, nil).text, "what is right of it is kept, as the page says")
}

// page is what an assistive technology finds of a page.
type page struct {
	ids    map[string]map[string]string // attributes, by the id
	fields []field
	labels map[string]bool // the ids that labels are for
	links  []string        // to places within
	count  map[string]int  // of elements
	title  string
	lang   string
}

type field struct {
	attributes map[string]string
	labelled   bool // it stands in a label with text
	grouped    bool // it stands in a fieldset with a legend
}

func parsePage(t *testing.T, text string) *page {
	root, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	p := &page{ids: map[string]map[string]string{}, labels: map[string]bool{}, count: map[string]int{}}
	p.walk(t, root, field{})
	return p
}

func (p *page) walk(t *testing.T, n *html.Node, within field) {
	if n.Type == html.ElementNode {
		within.attributes = map[string]string{}
		for _, a := range n.Attr {
			within.attributes[a.Key] = a.Val
		}
		p.count[n.Data]++
		if id := within.attributes["id"]; id != "" {
			require.NotContains(t, p.ids, id, "an id is one element's")
			p.ids[id] = within.attributes
		}
		switch n.Data {
		case "html":
			p.lang = within.attributes["lang"]
		case "title":
			p.title = textOf(n)
		case "a":
			p.links = append(p.links, strings.TrimPrefix(within.attributes["href"], "#"))
		case "label":
			within.labelled = strings.TrimSpace(textOf(n)) != ""
			p.labels[within.attributes["for"]] = within.labelled
		case "fieldset":
			for c := range n.ChildNodes() {
				within.grouped = within.grouped || c.Data == "legend" && strings.TrimSpace(textOf(c)) != ""
			}
		case "input", "textarea":
			p.fields = append(p.fields, within)
		}
	}
	for c := range n.ChildNodes() {
		p.walk(t, c, within)
	}
}

func textOf(n *html.Node) (text string) {
	if n.Type == html.TextNode {
		return n.Data
	}
	for c := range n.ChildNodes() {
		text += textOf(c)
	}
	return text
}

func (p *page) checkFields(t *testing.T) {
	t.Helper()
	seen := 0
	for _, f := range p.fields {
		kind, name := f.attributes["type"], f.attributes["name"]
		if kind == "hidden" {
			continue
		}
		seen++
		require.True(t, f.labelled || p.labels[f.attributes["id"]], "%s has no label", name)
		if kind == "radio" || kind == "checkbox" {
			require.True(t, f.grouped, "%s is in no group with a name", name)
		}
	}
	require.Equal(t, 2+5+1+3+2+2+1, seen)
	for id, attributes := range p.ids {
		for _, other := range strings.Fields(attributes["aria-describedby"]) {
			require.Contains(t, p.ids, other, "%s is described by what is not there", id)
		}
	}
	for _, to := range p.links {
		require.Contains(t, p.ids, to)
	}
}
