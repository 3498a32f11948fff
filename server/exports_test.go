package server_test

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func TestExportOfContacts(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.made("/api/v1/contacts", map[string]any{"name": "=Ada", "email": "ada@example.org", "tags": []string{"vip"}})
		w.made("/api/v1/contacts", map[string]any{"name": "Eve"})
		const path = "/api/v1/contacts/exports"

		a := w.call("GET", path, nil)
		require.Equal(t, http.StatusOK, a.StatusCode, a.text)
		require.Equal(t, "text/csv; charset=utf-8", a.Header.Get("Content-Type"))
		require.Equal(t, `attachment; filename="contacts.csv"`, a.Header.Get("Content-Disposition"))
		require.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"))
		rows, err := csv.NewReader(strings.NewReader(a.text)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 3)
		require.Equal(t, "'=Ada", rows[1][1])
		again := w.call("POST", "/api/v1/contacts/imports", a.text, "Content-Type: text/csv").json(t)
		require.EqualValues(t, 2, again["skipped"], again)

		a = w.call("GET", path+"?format=jsonl&tag=VIP", nil)
		require.Equal(t, "application/x-ndjson", a.Header.Get("Content-Type"))
		require.Equal(t, 1, strings.Count(a.text, "\n"))
		require.Contains(t, a.text, `"name":"=Ada"`)
		again = w.call("POST", "/api/v1/contacts/imports", a.text, "Content-Type: application/x-ndjson").json(t)
		require.EqualValues(t, 1, again["skipped"], again)
		a = w.call("GET", "/api/v1/clients/exports?format=vcard", nil)
		require.Equal(t, "text/vcard; charset=utf-8", a.Header.Get("Content-Type"))
		require.Equal(t, 2, strings.Count(a.text, "BEGIN:VCARD\r\nVERSION:4.0\r\n"))
		require.Equal(t, 2, strings.Count(w.call("GET", path+"?format=vcard3", nil).text, "VERSION:3.0"))

		w.problem(http.StatusUnprocessableEntity, "invalid", "GET", path+"?format=xlsx", nil)
		w.problem(http.StatusUnprocessableEntity, "invalid", "GET", path+"?email=nowhere", nil)
		w.join("eve", w.company, core.PermissionSet(core.ContactsRead))
		w.problem(http.StatusForbidden, "permission_required", "GET", path, nil, "As: eve")
	})
}

// Whoever goes away ends the export: the server does not read on for nobody.
func TestAnExportWhoseReaderGoesAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var file strings.Builder
	file.WriteString("name,email,notes\n")
	for i := range 5000 {
		fmt.Fprintf(&file, "Person %d,person%d@example.org,%s\n", i, i, strings.Repeat("x", 3000))
	}
	_, err := w.ws(w.company).Contacts.Import(t.Context(), strings.NewReader(file.String()), crm.ImportOptions{})
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/api/v1/contacts/exports", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+w.tokens["ada"])
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	_, err = bufio.NewReader(res.Body).ReadString('\n')
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	// SQLite in memory has one connection: what goes on reading would hold it.
	require.Eventually(t, func() bool {
		pool, _ := w.db.Pools()
		return pool.Stats().InUse == 0
	}, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, 5000, w.contacts())
}

func TestExportOfLeads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	contact := w.made("/api/v1/contacts", map[string]any{"name": "Ada"})["id"]
	tracker := w.made("/api/v1/trackers", map[string]any{"name": "Sales"})["id"]
	w.made("/api/v1/leads", map[string]any{"title": "=Engine", "trackerId": tracker, "contactId": contact})
	a := w.call("GET", "/api/v1/leads/exports", nil)
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	require.Equal(t, "text/csv; charset=utf-8", a.Header.Get("Content-Type"))
	rows, err := csv.NewReader(strings.NewReader(a.text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, "'=Engine", rows[1][3])
	a = w.call("GET", "/api/v1/leads/exports?format=jsonl&title=other", nil)
	require.Equal(t, "application/x-ndjson", a.Header.Get("Content-Type"))
	require.Empty(t, a.text)
	w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/leads/exports?format=vcard", nil)
	w.join("eve", w.company, core.PermissionSet(core.LeadsRead))
	w.problem(http.StatusForbidden, "permission_required", "GET", "/api/v1/leads/exports", nil, "As: eve")
}
