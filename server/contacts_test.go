package server_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
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
