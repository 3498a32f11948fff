package server_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/server"
)

// odd are values that nobody has thought of.
var odd = []any{
	"", " ", "\x00", "a\u202eb", "\u200b", "\ufeff", "e\u0301\u0327", strings.Repeat("é", 10_000), "+00", "+5511912345678;ext=9", "a@b@c", "=cmd()", "%", "'", `"`, `\`,
	"0000-00-00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2030-02-30", "-0", "1e400", "99999999999999999999999999999999", "NaN",
	-1, 0, 1e308, 9223372036854775807.0, true, []any{}, map[string]any{}, []any{[]any{[]any{}}},
	"00000000-0000-0000-0000-000000000000",
}

// oddTexts are the oddest of them, for queries.
var oddTexts = []string{
	"", "\x00", "a\u202eb", "\u200b", strings.Repeat("é", 2000), "+00", "%", "'", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2030-02-30", "-1",
	"99999999999999999999999999999999", `{"all": [{"not": {}}]}`, strings.Repeat("[", 5000),
}

// ofCRM is how the paths of package crm begin.
var ofCRM = strings.Fields("contacts contact-categories contact-tags activities trackers leads reports")

// Whatever is put in the place of a value, in a body or in a query, is taken or refused, on both
// databases alike, and breaks nothing.
func TestOddValuesAreTakenOrRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		company := w.newCompany("Odd", "eve")
		rows := w.rowsOf(company)
		params := w.parametersOfAll()
		for _, op := range server.Operations() {
			if !slices.Contains(ofCRM, strings.Split(op.Path, "/")[1]) {
				continue
			}
			try := func(path string, body any) {
				a := w.call(op.Method, path, body, "As: eve", "X-Company-ID: "+company.String())
				require.Less(t, a.StatusCode, http.StatusInternalServerError, "%s %s %v: %s", op.ID, path, body, a.text)
				if a.StatusCode >= http.StatusBadRequest {
					require.NotRegexp(t, howItIsMade, a.text, "%s %s %v", op.ID, path, body)
				}
			}
			path := "/api/v1" + pathOf(op, company, rows[collection(op)])
			if op.Method == http.MethodGet && !op.Stream {
				for _, name := range params[op.ID] {
					for _, text := range oddTexts {
						try(path+"?"+url.Values{name: {text}}.Encode(), nil)
					}
				}
			}
			if op.Example == nil || op.Method == http.MethodDelete {
				continue
			}
			example, err := json.Marshal(op.Example)
			require.NoError(t, err)
			for _, at := range leaves("", example) {
				for _, v := range odd {
					body := map[string]any{}
					require.NoError(t, json.Unmarshal(example, &body))
					put(body, strings.Split(at, "/")[1:], v)
					try(path, body)
				}
			}
		}
	})
}

// leaves are the JSON pointers of all that an object has.
func leaves(at string, value json.RawMessage) (all []string) {
	var object map[string]json.RawMessage
	if json.Unmarshal(value, &object) != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		all = append(append(all, at+"/"+name), leaves(at+"/"+name, object[name])...)
	}
	return all
}

func put(in map[string]any, at []string, v any) {
	if len(at) > 1 {
		put(in[at[0]].(map[string]any), at[1:], v)
		return
	}
	in[at[0]] = v
}

// parametersOfAll are the names of the parameters of each operation's query.
func (w *world) parametersOfAll() map[string][]string {
	w.t.Helper()
	var doc struct {
		Paths map[string]map[string]documented
	}
	require.NoError(w.t, json.Unmarshal(readDocument(w.server), &doc))
	names := map[string][]string{}
	for _, item := range doc.Paths {
		for _, op := range item {
			for _, p := range op.Parameters {
				if p.In == "query" {
					names[op.OperationID] = append(names[op.OperationID], p.Name)
				}
			}
		}
	}
	return names
}
