package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestImportOfContacts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/api/v1/contacts/imports"
	file := "who,email\nAda,ada@example.org\nGrace,nowhere\n"
	query := "?column=who%3Dname&column=email%3Demail&default=location%3DLondon"

	a := w.call("POST", path+query+"&dryRun=true", file, "Content-Type: text/csv; charset=utf-8")
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	require.Equal(t, true, a.json(t)["dryRun"])
	require.Empty(t, w.call("GET", "/api/v1/contacts", nil).json(t)["items"])

	a = w.call("POST", path+query, file, "Content-Type: text/csv")
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	got := a.json(t)
	require.EqualValues(t, 1, got["created"])
	require.EqualValues(t, 1, got["failed"])
	require.EqualValues(t, 3, got["rejected"].([]any)[0].(map[string]any)["line"])
	items := w.call("GET", "/api/v1/contacts", nil).json(t)["items"].([]any)
	require.Equal(t, "London", items[0].(map[string]any)["location"])

	got = w.call("POST", path+query, file, "Content-Type: text/csv").json(t)
	require.EqualValues(t, 1, got["skipped"])

	w.problem(http.StatusUnsupportedMediaType, "unsupported_media_type", "POST", path, file)
	w.problem(http.StatusUnprocessableEntity, "empty_file", "POST", path, " ", "Content-Type: text/csv")
	w.join("eve", w.company, core.PermissionSet(core.ContactsWrite))
	w.problem(http.StatusForbidden, "permission_required", "POST", path, file, "Content-Type: text/csv", "As: eve")
}
