package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// ids are those of what a list of objects has under key.
func under(t *testing.T, list any, key, field string) (values []any) {
	for _, item := range list.([]any) {
		one := item.(map[string]any)
		if key != "" {
			one = one[key].(map[string]any)
		}
		values = append(values, one[field])
	}
	return values
}

func TestDuplicatesAreListedMarkedAndScanned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	create := func(query, body string) map[string]any {
		a := w.call("POST", "/api/v1/contacts"+query, body, "As: ada")
		require.Equal(t, http.StatusCreated, a.StatusCode, a.text)
		return a.json(t)
	}
	ada := create("", `{"name": "Ada Lovelace", "phone": "+5511912345678", "location": "London"}`)
	require.NotContains(t, ada, "duplicates")
	other := create("?duplicates=true", `{"name": "Lovelace, Ada", "location": "London"}`)
	require.Equal(t, []any{ada["id"]}, under(t, other["duplicates"], "contact", "id"), "it is stored, and the likeness told")
	a := w.call("PATCH", "/api/v1/contacts/"+other["id"].(string)+"?duplicates=true", `{"notes": "x"}`, "As: ada")
	require.Equal(t, []any{ada["id"]}, under(t, a.json(t)["duplicates"], "contact", "id"))

	path := "/api/v1/contacts/" + ada["id"].(string)
	a = w.call("GET", path+"/duplicates", nil, "As: ada")
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	items := a.json(t)["items"]
	require.Equal(t, []any{other["id"]}, under(t, items, "contact", "id"))
	require.Equal(t, "possible", items.([]any)[0].(map[string]any)["likelihood"])
	require.Contains(t, under(t, items.([]any)[0].(map[string]any)["reasons"], "", "rule"), "equal")
	require.Empty(t, w.call("GET", path+"/duplicates?likelihood=probable", nil, "As: ada").json(t)["items"])
	a = w.call("GET", "/api/v1/contacts/duplicates", nil, "As: ada")
	require.Equal(t, []any{ada["id"]}, under(t, a.json(t)["items"], "contact", "id"))
	require.Equal(t, []any{other["id"]}, under(t, a.json(t)["items"], "other", "id"))

	a = w.call("PUT", path+"/not-duplicates/"+other["id"].(string), nil, "As: ada")
	require.Equal(t, http.StatusNoContent, a.StatusCode, a.text)
	require.Empty(t, w.call("GET", path+"/duplicates", nil, "As: ada").json(t)["items"])
	require.Empty(t, w.call("GET", "/api/v1/clients/duplicates", nil, "As: ada").json(t)["items"])
	a = w.call("DELETE", path+"/not-duplicates/"+other["id"].(string), nil, "As: ada")
	require.Equal(t, http.StatusNoContent, a.StatusCode, a.text)
	require.Len(t, w.call("GET", path+"/duplicates", nil, "As: ada").json(t)["items"], 1)
}

func TestAContactIsMergedAndItsIdAnswersUntilThatIsUndone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	create := func(body string) string {
		a := w.call("POST", "/api/v1/contacts", body, "As: ada")
		require.Equal(t, http.StatusCreated, a.StatusCode, a.text)
		return a.json(t)["id"].(string)
	}
	ada, other := create(`{"name": "Ada", "tags": ["one"]}`), create(`{"name": "Ada Lovelace", "email": "ada@example.org", "tags": ["two"]}`)
	merge := func(body map[string]any) answer {
		return w.call("POST", "/api/v1/contacts/"+ada+"/merge", body, "As: ada")
	}
	a := merge(map[string]any{"loserId": other, "rule": "complete", "dryRun": true})
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	require.NotContains(t, a.json(t), "id")
	now := a.json(t)["now"].(map[string]any)
	require.Equal(t, "Ada Lovelace", now["name"])
	require.Equal(t, []any{"one", "two"}, now["tags"])
	require.Equal(t, "Ada", w.call("GET", "/api/v1/contacts/"+ada, nil, "As: ada").json(t)["name"], "a dry run does nothing")

	a = merge(map[string]any{"loserId": other, "rule": "complete"})
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	made := a.json(t)["id"].(string)
	a = w.call("GET", "/api/v1/contacts/"+other, nil, "As: ada")
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	require.Equal(t, ada, a.json(t)["id"], "the loser's id answers the survivor")
	require.Equal(t, "/api/v1/contacts/"+ada, a.Header.Get("Content-Location"))
	a = w.call("PATCH", "/api/v1/contacts/"+other, `{"name": "x"}`, "As: ada")
	require.Equal(t, http.StatusConflict, a.StatusCode)
	require.Equal(t, "contact_merged", problemCode(a))
	require.Equal(t, "contact_merged", problemCode(merge(map[string]any{"loserId": other})))
	require.Equal(t, http.StatusUnprocessableEntity, merge(map[string]any{"loserId": ada}).StatusCode)

	a = w.call("GET", "/api/v1/contacts/merges?contactId="+other, nil, "As: ada")
	require.Equal(t, []any{made}, under(t, a.json(t)["items"], "", "id"))
	require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/clients/merges/"+made, nil, "As: ada").StatusCode)
	a = w.call("POST", "/api/v1/contacts/merges/"+made+"/undo", nil, "As: ada")
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	require.NotContains(t, a.json(t), "kept")
	require.Equal(t, other, w.call("GET", "/api/v1/contacts/"+other, nil, "As: ada").json(t)["id"])
	require.Equal(t, "Ada", w.call("GET", "/api/v1/contacts/"+ada, nil, "As: ada").json(t)["name"])
	require.Equal(t, "merge_undone", problemCode(w.call("POST", "/api/v1/contacts/merges/"+made+"/undo", nil, "As: ada")))
}
