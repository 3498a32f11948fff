package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestViews(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.made("/api/v1/contacts", map[string]any{"name": "Ada", "tags": []string{"vip"}})
		w.made("/api/v1/contacts", map[string]any{"name": "Bob", "email": "bob@example.org"})
		view := w.made("/api/v1/contacts/views", `{"name": "Important", "sort": "-name", "filter": {"any": [{"field": "tag", "op": "is", "value": "VIP"}, {"field": "email", "op": "has"}]}}`)
		path := "/api/v1/contacts/views/" + view["id"].(string)
		require.Equal(t, view, w.call("GET", path, nil).json(t))
		require.Equal(t, view, w.call("GET", "/api/v1/clients/views/"+view["id"].(string), nil).json(t))
		require.Equal(t, []any{view}, w.call("GET", "/api/v1/contacts/views", nil).json(t)["items"])

		names := func(query url.Values) (names []any) {
			a := w.call("GET", "/api/v1/contacts?"+query.Encode(), nil)
			require.Equal(t, http.StatusOK, a.StatusCode, a.text)
			for _, c := range a.json(t)["items"].([]any) {
				names = append(names, c.(map[string]any)["name"])
			}
			return names
		}
		id := view["id"].(string)
		require.Equal(t, []any{"Bob", "Ada"}, names(url.Values{"view": {id}}))
		require.Equal(t, []any{"Ada", "Bob"}, names(url.Values{"view": {id}, "sort": {"name"}}))
		require.Equal(t, []any{"Bob"}, names(url.Values{"view": {id}, "filter": {`{"not": {"field": "tag", "op": "has"}}`}}))
		counted := w.call("GET", "/api/v1/contacts?count=exact&view="+id, nil).json(t)
		require.EqualValues(t, 2, counted["total"])

		patched := w.call("PATCH", path, `{"filter": {"any": null, "field": "name", "op": "startsWith", "value": "a"}}`, `If-Match: "1"`)
		require.Equal(t, http.StatusOK, patched.StatusCode, patched.text)
		require.Equal(t, []any{"Ada"}, names(url.Values{"view": {id}}))
		w.problem(http.StatusPreconditionFailed, "version_mismatch", "PATCH", path, `{"name": "x"}`, `If-Match: "1"`)
		require.Equal(t, http.StatusNoContent, w.call("DELETE", path, nil, `If-Match: "2"`).StatusCode)
		w.problem(http.StatusNotFound, "view_not_found", "GET", "/api/v1/contacts?view="+id, nil)
		w.problem(http.StatusMethodNotAllowed, "method_not_allowed", "PUT", path, `{}`)
		w.problem(http.StatusNotFound, "no_such_route", "GET", path+"/x", nil)
	})
}

func TestFiltersThatMeanNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for pointer, filter := range map[string]string{
		"/filter":               `{`,
		"/filter ":              `{"feild": "name", "op": "has"}`,
		"/filter  ":             `{"field": "name", "op": "has"} {}`,
		"/filter/all/0/value":   `{"all": [{"field": "createdAt", "op": "from", "value": "x"}]}`,
		"/filter/any/0/not/op":  `{"any": [{"not": {"field": "tag", "op": "before", "value": "x"}}]}`,
		"/filter/value":         `{"field": "active", "op": "is", "value": 1}`,
		"/filter/all/1/value/0": `{"all": [{"field": "name", "op": "has"}, {"field": "tag", "op": "in", "value": [{"a": 1}]}]}`,
	} {
		p := w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/contacts?filter="+url.QueryEscape(filter), nil)
		errors := p["errors"].([]any)
		require.Len(t, errors, 1, "%s: %v", filter, errors)
		require.Equal(t, strings.TrimSpace(pointer), errors[0].(map[string]any)["pointer"], filter)
	}
	a := w.call("POST", "/api/v1/contacts/views", `{"name": "x", "filter": {"feild": "name"}}`)
	require.Less(t, a.StatusCode, http.StatusInternalServerError, a.text)
	require.GreaterOrEqual(t, a.StatusCode, http.StatusBadRequest, a.text)
}

func TestSearch(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for i, name := range []string{"Zoë Souza", "Zoe Ångström", "Bob"} {
			w.made("/api/v1/contacts", map[string]any{"name": name, "tags": []string{"vip", "press"}[i%2 : i%2+1], "phone": []string{"", "+55 11 91234-5678", ""}[i]})
		}
		names := func(query string) (names []any) {
			a := w.call("GET", "/api/v1/contacts/search?"+query, nil)
			require.Equal(t, http.StatusOK, a.StatusCode, a.text)
			for _, c := range a.json(t)["items"].([]any) {
				names = append(names, c.(map[string]any)["name"])
			}
			return names
		}
		require.Equal(t, []any{"Zoe Ångström", "Zoë Souza"}, names("q=ZOE"))
		require.Equal(t, []any{"Zoë Souza", "Zoe Ångström"}, names("q=zo&sort=-name"))
		require.Equal(t, []any{"Zoë Souza"}, names("q=zo&tag=vip"))
		require.Equal(t, []any{"Zoe Ångström"}, names("q=angs+"+url.QueryEscape("(11) 91234")))
		a := w.call("GET", "/api/v1/clients/search?q=zoe&limit=1&count=exact", nil).json(t)
		require.EqualValues(t, 2, a["total"])
		require.Equal(t, []any{"Zoë Souza"}, names("q=zoe&limit=1&cursor="+a["next"].(string)))
		for _, q := range []string{"?q=", "?q=-", "?q=%00", "?q=" + strings.Repeat("x+", 11)} {
			w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/contacts/search"+q, nil)
		}
		require.Equal(t, http.StatusUnprocessableEntity, w.call("GET", "/api/v1/contacts/search", nil).StatusCode)
	})
}

func TestViewsAndSearchOfLeads(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ada := w.made("/api/v1/contacts", `{"name": "Ada"}`)
		sales := w.made("/api/v1/trackers", `{"name": "Sales", "fields": [{"name": "length", "type": "number"}]}`)
		for _, body := range []string{`"title": "Sail boat", "values": {"length": 9}`, `"title": "Motor boat", "values": {"length": 12}`, `"title": "Île", "description": "no boat"`} {
			w.made("/api/v1/leads", fmt.Sprintf(`{%s, "trackerId": %q, "contactId": %q}`, body, sales["id"], ada["id"]))
		}
		view := w.made("/api/v1/leads/views", fmt.Sprintf(`{"name": "Long", "sort": "-values.length", "filter": {"all": [
			{"field": "trackerId", "op": "is", "value": %q}, {"field": "values.length", "op": "from", "value": 9.0}]}}`, sales["id"]))
		id := view["id"].(string)
		require.Equal(t, "leads", view["of"])
		require.Equal(t, []any{view}, w.call("GET", "/api/v1/leads/views", nil).json(t)["items"])
		w.problem(http.StatusNotFound, "view_not_found", "GET", "/api/v1/contacts/views/"+id, nil)

		titles := func(path string) (titles []any) {
			a := w.call("GET", "/api/v1/leads"+path, nil)
			require.Equal(t, http.StatusOK, a.StatusCode, a.text)
			for _, l := range a.json(t)["items"].([]any) {
				titles = append(titles, l.(map[string]any)["title"])
			}
			return titles
		}
		require.Equal(t, []any{"Motor boat", "Sail boat"}, titles("?view="+id))
		require.Equal(t, []any{"Sail boat"}, titles("?view="+id+"&filter="+url.QueryEscape(`{"field": "values.length", "op": "before", "value": "12"}`)))
		require.Equal(t, []any{"Île", "Motor boat", "Sail boat"}, titles("/search?q=BOAT"))
		require.Equal(t, []any{"Île"}, titles("/search?q=ile+bo"))
		require.Equal(t, []any{"Sail boat", "Motor boat"}, titles("/search?q=boat&sort=values.length&trackerId="+sales["id"].(string)))
		counted := w.call("GET", "/api/v1/leads/search?q=boat&limit=1&count=exact&view="+id, nil).json(t)
		require.EqualValues(t, 2, counted["total"])
		require.Equal(t, []any{"Sail boat"}, titles("/search?q=boat&view="+id+"&cursor="+counted["next"].(string)))
		exported := w.call("GET", "/api/v1/leads/exports?view="+id, nil)
		require.Equal(t, 3, strings.Count(exported.text, "\n"), exported.text)

		for pointer, filter := range map[string]string{"/filter/field": `{"field": "values.length", "op": "has"}`, "/filter": `{"feild": 1}`} {
			p := w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/leads?filter="+url.QueryEscape(filter), nil)
			require.Equal(t, pointer, p["errors"].([]any)[0].(map[string]any)["pointer"])
		}
		w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/leads/search?q=", nil)
		patched := w.call("PATCH", "/api/v1/leads/views/"+id, `{"sort": "title"}`, `If-Match: "1"`)
		require.Equal(t, http.StatusOK, patched.StatusCode, patched.text)
		require.Equal(t, []any{"Motor boat", "Sail boat"}, titles("?view="+id))
		require.Equal(t, http.StatusNoContent, w.call("DELETE", "/api/v1/leads/views/"+id, nil, `If-Match: "2"`).StatusCode)
	})
}
