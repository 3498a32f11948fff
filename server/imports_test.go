package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
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

	for query, pointer := range map[string]string{
		"?clear=name": "/clear", "?column=odd%3Dname&column=who%3Dname": "/column/odd", "?default=phone%3D1&column=who%3Dname": "/default/phone", "?matchBy=name": "/matchBy",
	} {
		a = w.call("POST", path+query, file, "Content-Type: text/csv")
		require.Equal(t, http.StatusUnprocessableEntity, a.StatusCode, a.text)
		require.Equal(t, []string{pointer}, pointersOf(t, a), "as the parameter is called")
	}
	w.problem(http.StatusUnsupportedMediaType, "unsupported_media_type", "POST", path, file)
	w.problem(http.StatusUnprocessableEntity, "empty_file", "POST", path, " ", "Content-Type: text/csv")
	w.join("eve", w.company, core.PermissionSet(core.ContactsWrite))
	w.problem(http.StatusForbidden, "permission_required", "POST", path, file, "Content-Type: text/csv", "As: eve")
}

func TestRecordsOfImports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/api/v1/contacts/imports"
	query := "?relax=true"
	file := "name,email,company_name\nAda Lovelace,ada.lovelace@example.org,Analytical Engines\nAda Lovelace,ada.lovelace@example.com,Analytical Engines\n"
	got := w.call("POST", path+query, file, "Content-Type: text/csv").json(t)
	require.EqualValues(t, 2, got["created"])
	require.EqualValues(t, 1, got["duplicates"])
	id := got["id"].(string)

	a := w.call("GET", path+"/"+id, nil)
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	require.NotEmpty(t, a.Header.Get("ETag"))
	require.Equal(t, "done", a.json(t)["state"])
	require.EqualValues(t, 3, a.json(t)["lastLine"])
	listed := w.call("GET", path, nil).json(t)["items"].([]any)
	require.Len(t, listed, 1)
	require.Equal(t, id, listed[0].(map[string]any)["id"])

	got = w.call("POST", path+query+"&resume="+id, file, "Content-Type: text/csv").json(t)
	require.EqualValues(t, 2, got["created"], "it was at its end: nothing is done twice")
	require.Len(t, w.call("GET", "/api/v1/contacts", nil).json(t)["items"], 2)
	w.problem(http.StatusUnprocessableEntity, "not_the_file", "POST", path+query+"&resume="+id, "name\nEve\n", "Content-Type: text/csv")
	w.problem(http.StatusUnprocessableEntity, "not_the_file", "POST", path+"?resume="+id, file, "Content-Type: text/csv")

	a = w.call("POST", path+query+"&onDuplicate=skip", "name,email,company_name\nAda Lovelace,lovelace.ada@example.net,Analytical Engines\nAda Lovelace,ada.lovelace@example.net,Analytical Engines\n",
		"Content-Type: text/csv", "Accept: application/x-ndjson")
	lines := strings.Split(strings.TrimSpace(a.text), "\n")
	require.Contains(t, lines[1], `"action":"skip"`)
	require.Contains(t, lines[1], `"duplicate":{"contactId":"`)
	require.Contains(t, lines[1], `"likelihood":"probable"`)
	w.problem(http.StatusUnprocessableEntity, "invalid", "POST", path+"?onDuplicate=merge", file, "Content-Type: text/csv")

	first := w.call("GET", "/api/v1/contacts?sort=createdAt", nil).json(t)["items"].([]any)[0].(map[string]any)["id"].(string)
	a = w.call("PATCH", "/api/v1/contacts/"+first, map[string]any{"notes": "called"})
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	a = w.call("POST", path+"/"+id+"/revert", nil)
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	got = a.json(t)
	require.Equal(t, "reverted", got["state"])
	require.EqualValues(t, []any{float64(1), float64(1), float64(0)}, []any{got["reverted"], got["kept"], got["gone"]})
	require.Equal(t, []any{first}, got["keptContacts"])
	require.Equal(t, got, w.call("POST", path+"/"+id+"/revert", nil).json(t), "undoing it again changes nothing")
	w.problem(http.StatusConflict, "import_moved", "POST", path+query+"&resume="+id, file, "Content-Type: text/csv")
	w.problem(http.StatusNotFound, "contact_import_not_found", "POST", path+"/"+w.company.String()+"/revert", nil)
}

// A problem halfway says how far the import came.
func TestAnImportThatEndsEarlySaysWhatIsStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	file := "name,email\n" + rows(0, 5200)
	for _, path := range []string{"/api/v1/contacts/imports", "/api/v1/clients/imports"} {
		a := w.raw(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: text/csv\r\n"+
			"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\nno chunk\r\n", path, w.tokens["ada"], len(file), file), 30*time.Second)
		require.Equal(t, http.StatusBadRequest, a.StatusCode, a.text)
		far, _ := a.json(t)["import"].(map[string]any)
		require.EqualValues(t, 5200, far["rows"], a.text)
		require.EqualValues(t, 5201, far["lastLine"], a.text)
	}
	require.Equal(t, 5200, w.contacts())
}

// Whoever goes away leaves whole batches behind, and can send the file again.
func TestAnImportWhoseSenderGoesAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := httptest.NewServer(w.server)
	defer s.Close()
	ctx, leave := contextWithStop(t)
	defer leave()
	body, send := io.Pipe()
	defer send.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/api/v1/contacts/imports", body)
	require.NoError(t, err)
	for name, value := range map[string]string{"Authorization": "Bearer " + w.tokens["ada"], "Content-Type": "text/csv", "Accept": "application/x-ndjson"} {
		req.Header.Set(name, value)
	}
	go func() { _, _ = io.WriteString(send, "name,email\n"+rows(0, 5250)) }() // and no end
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	_, err = bufio.NewReader(res.Body).ReadString('\n')
	require.NoError(t, err, "a first batch is stored while the file arrives")
	leave()
	s.Close() // when the request is over
	stored := w.contacts()
	require.True(t, stored > 0 && (stored%1000 == 0 || stored == 5250), stored)

	again := w.call("POST", "/api/v1/contacts/imports", "name,email\n"+rows(0, 5250), "Content-Type: text/csv").json(t)
	require.EqualValues(t, stored, again["skipped"])
	require.EqualValues(t, 5250-stored, again["created"])
}

// rows are of a file of names and e-mail addresses.
func rows(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "Ada %d,ada%d@example.org\n", i, i)
	}
	return b.String()
}

// contacts is how many the company has.
func (w *world) contacts() (n int) {
	w.t.Helper()
	for _, err := range w.ws(w.company).Contacts.All(w.t.Context(), crm.ContactFilter{}) {
		require.NoError(w.t, err)
		n++
	}
	return n
}
