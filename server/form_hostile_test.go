package server_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A definition by anybody costs the server about what reading it does: one request of a megabyte
// that is nested as deep as it will go is no minute's work.
func TestAHostileDefinitionIsRefusedInBoundedTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.call("POST", "/api/v1/assessments", `{"title": "x", "trait": "sales"}`).json(t)["id"].(string)
	question := func(id, rest string) string {
		return fmt.Sprintf(`{"id": %q, "question": "?", "type": "rating_scale", "isRequired": true%s}`, id, rest)
	}
	nested := func(depth int, within string) string {
		return question("b", `, "showIf": `+strings.Repeat(`{"not":`, depth)+within+`{"question": "a", "gte": 1}`+strings.Repeat(`}`, depth))
	}
	var thousands []string
	for i := range 10_000 {
		thousands = append(thousands, question(fmt.Sprint("q", i), ""))
	}
	points := func(n string) string { return question("a", `, "points": `+n) }
	for _, c := range []struct{ name, questions string }{
		{"deep nesting, thirteen times", strings.TrimSuffix(strings.Repeat(nested(9_000, "")+",", 13), ",")},
		{"a megabyte at each allowed level", question("a", "") + "," + nested(9, strings.Repeat(" ", 1_000_000))},
		{"an endless condition", question("a", "") + "," + question("b", `, "showIf": {"all": []}`)},
		{"a condition on itself", nested(0, "")},
		{"ten thousand questions", strings.Join(thousands[:9_000], ",")},
		{"a question twice", question("a", "") + "," + question("a", "")},
		{"points of 1e308", points("1e308")},
		{"points that are not a number", points(`"NaN"`)},
		{"points over nothing", points(`"1/0"`)},
		{"points of a hundred thousand digits", points(strings.Repeat("9", 100_000))},
		{"the name of a field in another case", question("a", `, "POINTS": 1`)},
	} {
		for _, at := range []struct{ method, path, body string }{
			{"POST", "/api/v1/assessments/validate", `{"kind": "assessment", "questions": [` + c.questions + `]}`},
			{"PUT", "/api/v1/assessments/" + id + "/questions", `{"questions": [` + c.questions + `]}`},
		} {
			started := time.Now()
			a := w.call(at.method, at.path, at.body)
			require.Less(t, time.Since(started), 10*time.Second, "%s %s", at.path, c.name)
			require.Less(t, len(a.text), 200_000, c.name)
			if a.StatusCode == 200 && at.method == "POST" {
				require.Equal(t, false, a.json(t)["valid"], c.name)
				continue
			}
			require.Contains(t, []int{400, 413, 422}, a.StatusCode, "%s %s: %s", at.path, c.name, a.text[:min(500, len(a.text))])
		}
	}
	f := w.call("GET", "/api/v1/assessments/"+id, nil).json(t)
	require.Empty(t, f["questions"], "nothing of it is kept")
}
