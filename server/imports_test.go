package server_test

import (
	"net/http"
	"strings"
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

	a = w.call("POST", path+query, file, "Content-Type: text/csv", "Accept: text/csv")
	require.Equal(t, "text/csv", a.Header.Get("Content-Type"))
	require.Equal(t, "line,reason,who,email\n3,email: is not an e-mail address: it has no @,Grace,nowhere\n", a.text)
	a = w.call("POST", path+query+"&dryRun=true", file, "Content-Type: text/csv", "Accept: application/x-ndjson")
	require.Equal(t, "application/x-ndjson", a.Header.Get("Content-Type"))
	lines := strings.Split(strings.TrimSpace(a.text), "\n")
	require.Len(t, lines, 3)
	require.Contains(t, lines[0], `"line":2,"action":"skip"`)
	require.Contains(t, lines[1], `"line":3,"action":"error"`)
	require.Contains(t, lines[2], `"failed":1`)
	w.problem(http.StatusUnprocessableEntity, "empty_file", "POST", path, " ", "Content-Type: text/csv", "Accept: text/csv")
	w.problem(http.StatusNotAcceptable, "not_acceptable", "POST", path, file, "Content-Type: text/csv", "Accept: application/pdf")

	w.problem(http.StatusUnsupportedMediaType, "unsupported_media_type", "POST", path, file)
	w.problem(http.StatusUnprocessableEntity, "empty_file", "POST", path, " ", "Content-Type: text/csv")
	w.join("eve", w.company, core.PermissionSet(core.ContactsWrite))
	w.problem(http.StatusForbidden, "permission_required", "POST", path, file, "Content-Type: text/csv", "As: eve")
}
