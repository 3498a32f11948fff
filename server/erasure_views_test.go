package server_test

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

// plantViews saves views about a person, and of one a colleague's that is not shared; one was about them, and one is gone.
func (w *world) plantViews(email string) {
	w.t.Helper()
	w.join("grace", w.company, core.PermissionSet(core.ContactsRead, core.ContactsWrite, core.LeadsRead, core.LeadsWrite))
	is := func(field string, value any) map[string]any {
		return map[string]any{"field": field, "op": "is", "value": value}
	}
	view := func(name string, filter any, headers ...string) string {
		a := w.call("POST", "/api/v1/contacts/views", map[string]any{"name": name, "filter": filter}, append(headers, "Idempotency-Key: "+name)...)
		require.Equal(w.t, http.StatusCreated, a.StatusCode, a.text)
		return "/api/v1/contacts/views/" + a.json(w.t)["id"].(string)
	}
	view("about Ada "+canary, map[string]any{"any": []any{is("name", "Ada "+canary), map[string]any{"not": is("email", email)}}})
	view("hers", is("phone", "11 "+canaryPhone[:5]+"-"+canaryPhone[5:]), "As: grace")
	view("some", map[string]any{"field": "email", "op": "in", "value": []any{email, "kept@example.org"}})
	was := w.call("PATCH", view("was", is("email", email)), map[string]any{"filter": is("location", "Rio")})
	require.Equal(w.t, http.StatusOK, was.StatusCode, was.text)
	gone := w.call("DELETE", view("gone", is("email", "other."+email)), nil)
	require.Equal(w.t, http.StatusNoContent, gone.StatusCode, gone.text)
	lead := w.call("POST", "/api/v1/leads/views", map[string]any{"name": "leads", "filter": is("title", email)})
	require.Equal(w.t, http.StatusCreated, lead.StatusCode, lead.text)
}

// viewsAfter holds that what was saved about a person who is erased meets nobody, and the rest whom it met.
func (w *world) viewsAfter() {
	w.t.Helper()
	nobody := map[string]any{"field": "createdAt", "op": "before", "value": "0001-01-02T00:00:00Z"}
	want := map[string]any{
		"…":    map[string]any{"any": []any{nobody, map[string]any{"not": nobody}}},
		"some": map[string]any{"field": "email", "op": "in", "value": []any{"kept@example.org"}}, "was": map[string]any{"field": "location", "op": "is", "value": "Rio"},
	}
	got := map[string]any{}
	for _, v := range w.call("GET", "/api/v1/contacts/views", nil).json(w.t)["items"].([]any) {
		view := v.(map[string]any)
		got[view["name"].(string)] = view["filter"]
		a := w.call("GET", "/api/v1/contacts?view="+view["id"].(string), nil)
		require.Equal(w.t, http.StatusOK, a.StatusCode, "it is still a filter: %s", a.text)
	}
	require.Equal(w.t, want, got)
}
