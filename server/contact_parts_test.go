package server_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

// contact is the path of a new contact.
func (w *world) contact(name string) string {
	w.t.Helper()
	return "/api/v1/contacts/" + w.made("/api/v1/contacts", map[string]any{"name": name})["id"].(string)
}

// made posts a body, and is what was made of it.
func (w *world) made(path string, body any) map[string]any {
	w.t.Helper()
	a := w.call("POST", path, body)
	require.Equal(w.t, http.StatusCreated, a.StatusCode, a.text)
	require.Equal(w.t, `"1"`, a.Header.Get("ETag"))
	return a.json(w.t)
}

func TestWhatHangsOnAContact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, code  string
		body, patch map[string]any
	}{
		{"notes", "note", map[string]any{"content": "Met in London"}, map[string]any{"content": "Met in Paris"}},
		{"activities", "activity", map[string]any{"type": "call", "title": "Call"}, map[string]any{"isCompleted": true}},
		{"social-links", "social_link", map[string]any{"platform": "linkedin", "url": "https://www.linkedin.com/in/ada"}, map[string]any{"username": "ada"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ada, eve := w.contact("Ada"), w.contact("Eve")
			made := w.made(ada+"/"+c.name, c.body)
			id := "/" + c.name + "/" + made["id"].(string)
			path := ada + id

			read := w.call("GET", path, nil)
			require.Equal(t, made, read.json(t))
			require.Equal(t, http.StatusNotModified, w.call("GET", path, nil, `If-None-Match: "1"`).StatusCode)
			client := strings.Replace(path, "contacts", "clients", 1)
			require.Equal(t, made, w.call("GET", client, nil).json(t))

			for _, method := range []string{"GET", "PATCH", "DELETE"} {
				var sent any
				if method == "PATCH" {
					sent = c.patch
				}
				w.problem(http.StatusNotFound, c.code+"_not_found", method, eve+id, sent)
				w.problem(http.StatusNotFound, c.code+"_not_found", method, ada+"/"+c.name+"/"+uuid.NewString(), sent)
			}

			p := w.problem(http.StatusPreconditionFailed, "version_mismatch", "PATCH", path, c.patch, `If-Match: "7"`)
			require.Equal(t, made, p["current"])
			patched := w.call("PATCH", path, c.patch, `If-Match: "1"`)
			require.Equal(t, http.StatusOK, patched.StatusCode, patched.text)
			for field, value := range c.patch {
				require.Equal(t, value, patched.json(t)[field])
			}
			require.Equal(t, `"2"`, patched.Header.Get("ETag"))
			w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", path, map[string]any{"unknown": 1})
			w.problem(http.StatusUnprocessableEntity, "invalid", "POST", ada+"/"+c.name, map[string]any{})

			l := w.call("GET", ada+"/"+c.name+"?limit=1", nil).json(t)
			require.Equal(t, []any{patched.json(t)}, l["items"])
			require.Nil(t, l["next"])
			require.Empty(t, w.call("GET", eve+"/"+c.name, nil).json(t)["items"])
			w.problem(http.StatusNotFound, "contact_not_found", "GET", "/api/v1/contacts/"+uuid.NewString()+"/"+c.name, nil)

			w.problem(http.StatusPreconditionFailed, "version_mismatch", "DELETE", path, nil, `If-Match: "1"`)
			require.Equal(t, http.StatusNoContent, w.call("DELETE", path, nil, `If-Match: "2"`).StatusCode)
			w.problem(http.StatusNotFound, c.code+"_not_found", "GET", path, nil)
		})
	}
}

func TestCategories(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const all = "/api/v1/contact-categories"
	customers, others := w.made(all, map[string]any{"name": "Customers"}), w.made(all, map[string]any{"name": "Others"})
	path := all + "/" + customers["id"].(string)
	p := w.problem(http.StatusConflict, "category_exists", "POST", all, map[string]any{"name": "CUSTOMERS"})
	require.Equal(t, customers["id"], p["holder"].(map[string]any)["id"])

	ada := w.made("/api/v1/contacts", map[string]any{"name": "Ada", "categoryId": customers["id"], "tags": []string{"VIP"}})
	w.problem(http.StatusUnprocessableEntity, "invalid", "POST", "/api/v1/contacts", map[string]any{"name": "Eve", "categoryId": uuid.NewString()})
	w.problem(http.StatusConflict, "category_in_use", "DELETE", path, nil)
	patched := w.call("PATCH", path, map[string]any{"active": false, "description": "who buy"}, `If-Match: "1"`).json(t)
	require.Equal(t, false, patched["active"])
	require.Equal(t, "Customers", patched["name"])
	l := w.call("GET", all+"?active=true", nil).json(t)
	require.Equal(t, []any{others}, l["items"])

	w.problem(http.StatusPreconditionFailed, "version_mismatch", "DELETE", path, nil, `If-Match: "1"`)
	require.Equal(t, http.StatusNoContent, w.call("DELETE", path+"?moveTo="+others["id"].(string), nil, `If-Match: "2"`).StatusCode)
	w.problem(http.StatusNotFound, "category_not_found", "GET", path, nil)
	moved := w.call("GET", "/api/v1/contacts/"+ada["id"].(string), nil).json(t)
	require.Equal(t, others["id"], moved["categoryId"])

	tags := w.call("GET", "/api/v1/contact-tags?prefix=v", nil).json(t)
	require.Equal(t, []any{map[string]any{"name": "VIP", "count": 1.0}}, tags["items"])
}

func TestContactsAreDeactivatedByAPatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.contact("Ada")
	patched := w.call("PATCH", path, map[string]any{"active": false}).json(t)
	require.Equal(t, false, patched["active"])
	require.Equal(t, "Ada", patched["name"])
	require.Equal(t, patched, w.call("PATCH", path, map[string]any{"active": false}).json(t), "what changes nothing makes no version")
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.contact("Ada")
	note := w.made(ada+"/notes", map[string]any{"content": "The plan"})
	path := ada + "/notes/" + note["id"].(string) + "/attachment"
	pdf := "%PDF-1.7\n" + strings.Repeat("a page\n", 300_000) // more than other bodies may have
	w.problem(http.StatusNotFound, "attachment_not_found", "GET", path, nil)

	put := w.call("PUT", path+"?name=..%2FPl%C3%A1n%22%0D%0A.pdf", strings.NewReader(pdf), "Content-Type: text/html")
	require.Equal(t, http.StatusUnprocessableEntity, put.StatusCode, "a name with a line break")
	put = w.call("PUT", path+"?name=..%2FPl%C3%A1n.pdf", strings.NewReader(pdf), "Content-Type: text/html", `If-Match: "1"`)
	require.Equal(t, http.StatusOK, put.StatusCode, put.text)
	require.Equal(t, "Plán.pdf", put.json(t)["attachmentName"])
	require.Equal(t, "application/pdf", put.json(t)["attachmentType"])
	require.EqualValues(t, len(pdf), put.json(t)["attachmentSize"])

	got := w.call("GET", path, nil, "Accept: application/pdf")
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Equal(t, pdf, got.text)
	require.Equal(t, "application/octet-stream", got.Header.Get("Content-Type"))
	require.Equal(t, "attachment; filename*=utf-8''Pl%C3%A1n.pdf", got.Header.Get("Content-Disposition"))
	require.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
	require.Equal(t, pdf, w.call("GET", strings.Replace(path, "contacts", "clients", 1), nil).text)

	w.problem(http.StatusUnprocessableEntity, "invalid", "PUT", path, "<html><script>alert(1)</script>", "Content-Type: application/pdf")
	w.problem(http.StatusUnprocessableEntity, "invalid", "PUT", path, "")
	w.problem(http.StatusRequestEntityTooLarge, "too_large", "PUT", path, bytes.NewReader(bytes.Repeat([]byte("x"), 10<<20+1)))
	w.problem(http.StatusPreconditionFailed, "version_mismatch", "PUT", path, "late", `If-Match: "1"`)
	w.problem(http.StatusNotFound, "note_not_found", "PUT", w.contact("Eve")+"/notes/"+note["id"].(string)+"/attachment", "x")
	require.Equal(t, pdf, w.call("GET", path, nil).text, "what was refused replaced nothing")

	w.join("reader", w.company, core.PermissionSet(core.ContactsRead))
	w.problem(http.StatusForbidden, "permission_required", "PUT", path, "x", "As: reader")
	require.Equal(t, pdf, w.call("GET", path, nil, "As: reader").text)

	bare := w.call("DELETE", path, nil).json(t)
	require.EqualValues(t, 0, bare["attachmentSize"])
	w.problem(http.StatusNotFound, "attachment_not_found", "GET", path, nil)
}

// The server rewrites what net/http answers by itself; a file that looks the same is a file.
func TestAnAttachmentMayHoldAnything(t *testing.T) {
	t.Parallel()
	w := served(t)
	ada := w.contact("Ada")
	path := ada + "/notes/" + w.made(ada+"/notes", map[string]any{"content": "A recording"})["id"].(string) + "/attachment"
	recording := "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"
	require.Equal(t, http.StatusOK, w.call("PUT", path, strings.NewReader(recording)).StatusCode)
	require.Equal(t, recording, w.call("GET", path, nil).text)
}

func TestDueActivities(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.contact("Ada")
	for days, title := range map[int]string{-40: "late", 3: "soon", 40: "later"} {
		at := time.Now().AddDate(0, 0, days).UTC().Format(time.RFC3339)
		w.made(ada+"/activities", map[string]any{"type": "todo", "title": title, "scheduledAt": at})
	}
	for query, want := range map[string]string{
		"due=overdue": "[late]", "due=today&zone=America/Sao_Paulo": "[]", "due=upcoming": "[soon]", "due=upcoming&days=60": "[soon later]",
	} {
		got := []string{}
		for _, item := range w.call("GET", "/api/v1/activities?"+query, nil).json(t)["items"].([]any) {
			got = append(got, item.(map[string]any)["title"].(string))
		}
		require.Equal(t, want, fmt.Sprint(got), query)
	}
	for _, query := range []string{"", "due=someday", "due=today&zone=Mars", "due=upcoming&days=0", "due=upcoming&days=367"} {
		w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/activities?"+query, nil)
	}
}
