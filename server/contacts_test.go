package server_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestContacts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	made := w.call("POST", "/api/v1/contacts", `{"name": "Ada Lovelace", "email": "ada@example.org", "phone": "(11) 91234-5678"}`)
	require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
	ada := made.json(t)
	path := "/api/v1/contacts/" + ada["id"].(string)
	require.Equal(t, "+5511912345678", ada["phone"])
	require.Equal(t, `"1"`, made.Header.Get("ETag"))

	t.Run("is read back, as a client too", func(t *testing.T) {
		require.Equal(t, ada, w.call("GET", path, nil).json(t))
		require.Equal(t, ada, w.call("GET", "/api/v1/clients/"+ada["id"].(string), nil).json(t))
		require.Equal(t, http.StatusNotModified, w.call("GET", path, nil, `If-None-Match: "1"`).StatusCode)
	})
	t.Run("is patched: absent stays, null clears", func(t *testing.T) {
		patched := w.call("PATCH", path, `{"notes": "likes engines", "tags": ["vip"]}`, `If-Match: "1"`)
		require.Equal(t, http.StatusOK, patched.StatusCode, patched.text)
		require.Equal(t, "likes engines", patched.json(t)["notes"])
		require.Equal(t, "Ada Lovelace", patched.json(t)["name"])
		cleared := w.call("PATCH", path, `{"notes": null, "tags": null}`, "Content-Type: application/merge-patch+json").json(t)
		require.Empty(t, cleared["notes"])
		require.Empty(t, cleared["tags"])
	})
	t.Run("is not changed by one who has seen another version", func(t *testing.T) {
		p := w.problem(http.StatusPreconditionFailed, "version_mismatch", "PATCH", path, `{"notes": "late"}`, `If-Match: "1"`)
		require.EqualValues(t, 3, p["current"].(map[string]any)["version"])
		w.problem(http.StatusPreconditionFailed, "version_mismatch", "DELETE", path, nil, `If-Match: "1"`)
	})
	t.Run("has its addresses to itself", func(t *testing.T) {
		p := w.problem(http.StatusConflict, "contact_exists", "POST", "/api/v1/contacts", `{"name": "Other", "email": "ADA@example.org"}`)
		require.Equal(t, ada["id"], p["holder"].(map[string]any)["id"])
		require.Equal(t, "/email", p["errors"].([]any)[0].(map[string]any)["pointer"])
	})
	t.Run("is deleted and restored", func(t *testing.T) {
		require.Equal(t, http.StatusNoContent, w.call("DELETE", path, nil, `If-Match: "3"`).StatusCode)
		w.problem(http.StatusConflict, "contact_deleted", "PATCH", path, `{"notes": "x"}`)
		require.Equal(t, http.StatusOK, w.call("POST", path+"/restore", nil).StatusCode)
	})
	t.Run("is listed and counted", func(t *testing.T) {
		l := w.call("GET", "/api/v1/contacts?count=exact&active=true&tag=", nil)
		require.Equal(t, http.StatusOK, l.StatusCode, l.text)
		require.Len(t, l.json(t)["items"], 1)
		require.EqualValues(t, 1, l.json(t)["total"])
		require.Equal(t, "eq", l.json(t)["totalRelation"])
		require.Nil(t, l.json(t)["next"])
		require.Contains(t, l.json(t), "next")
	})
	t.Run("of nobody is not found", func(t *testing.T) {
		w.problem(http.StatusNotFound, "contact_not_found", "GET", "/api/v1/contacts/"+uuid.NewString(), nil)
	})
}

func TestManyContactsAreChangedEachByItself(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ada, eve := w.made("/api/v1/contacts", map[string]any{"name": "Ada", "email": "ada@example.org"}), w.made("/api/v1/contacts", map[string]any{"name": "Eve"})
		bulk := func(path string, body map[string]any) []any {
			body["ids"] = []any{eve["id"], uuid.NewString(), ada["id"]}
			a := w.call("POST", "/api/v1/"+path+"/bulk", body)
			require.Equal(t, http.StatusOK, a.StatusCode, a.text)
			return a.json(t)["items"].([]any)
		}
		rows := bulk("contacts", map[string]any{"set": map[string]any{"email": "ada@example.org", "active": false}})
		require.Equal(t, []any{false, false, true}, under(t, rows, "", "done"))
		problem := rows[0].(map[string]any)["problem"].(map[string]any)
		require.Equal(t, "contact_exists", problem["code"])
		require.Equal(t, ada["id"], problem["holder"].(map[string]any)["id"])
		require.Equal(t, "contact_not_found", rows[1].(map[string]any)["problem"].(map[string]any)["code"])
		require.EqualValues(t, 2, rows[2].(map[string]any)["version"])
		require.Equal(t, []any{true, false, true}, under(t, bulk("clients", map[string]any{"tags": map[string]any{"add": []string{"vip"}}}), "", "done"))
		require.Len(t, w.call("GET", "/api/v1/contacts?tag=vip", nil).json(t)["items"], 2)
		bulk("contacts", map[string]any{"delete": true})
		require.Empty(t, w.call("GET", "/api/v1/contacts", nil).json(t)["items"])
		bulk("contacts", map[string]any{"restore": true})
		require.Len(t, w.call("GET", "/api/v1/contacts?active=false", nil).json(t)["items"], 1)

		ids := []any{ada["id"]}
		w.problem(http.StatusUnprocessableEntity, "invalid", "POST", "/api/v1/contacts/bulk", map[string]any{"ids": ids})
		w.problem(http.StatusUnprocessableEntity, "invalid", "POST", "/api/v1/contacts/bulk", map[string]any{"ids": ids, "delete": true, "restore": true})
		for field, value := range map[string]any{"nmae": "x", "location": 7, "tags": map[string]any{}} {
			a := w.call("POST", "/api/v1/contacts/bulk", map[string]any{"ids": ids, "set": map[string]any{field: value}})
			require.Equal(t, http.StatusUnprocessableEntity, a.StatusCode, "no contact could be set so: %s", a.text)
			require.Equal(t, []string{"/set/" + field}, pointersOf(t, a))
		}
		w.samePointers(map[string]any{"name": "", "type": "odd"}, "contacts", ada["id"].(string))
		a := w.call("POST", "/api/v1/contacts/bulk", map[string]any{"ids": ids, "delete": true, "set": nil})
		require.Equal(t, http.StatusOK, a.StatusCode, "null is nothing: %s", a.text)
		w.join("grace", w.company, core.PermissionSet(core.ContactsWrite))
		w.problem(http.StatusForbidden, "permission_required", "POST", "/api/v1/contacts/bulk", map[string]any{"ids": ids, "delete": true}, "As: grace")
	})
}
