package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/openapitest"
	"github.com/clientele-crm/clientele/server"
)

// theDocument is read once: that of every server is the same.
var theDocument struct {
	once sync.Once
	*openapitest.Document
}

// conforms fails the test if an answer is not as the document says.
func (w *world) conforms(sent []byte, a answer) {
	w.t.Helper()
	theDocument.once.Do(func() {
		doc, err := openapitest.Parse(readDocument(w.server))
		require.NoError(w.t, err)
		theDocument.Document = doc
	})
	switch a.StatusCode {
	case http.StatusMethodNotAllowed, http.StatusRequestHeaderFieldsTooLarge:
		return // before any operation
	}
	if !strings.HasPrefix(a.Request.URL.Path, "/api/") || strings.Contains(a.text, `"no_such_route"`) {
		return
	}
	require.NoError(w.t, theDocument.Check(a.Request.Method, a.Request.URL.Path, sent, a.Response, []byte(a.text)))
}

func readDocument(s *server.Server) []byte {
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	return rec.Body.Bytes()
}

// documented is the part of an operation that these tests look at.
type documented struct {
	OperationID string
	RequestBody struct {
		Content map[string]struct{ Example any }
	}
	Parameters []struct{ In, Name string }
}

var pathParam = regexp.MustCompile(`\{([^}]+)\}`)

// Every operation says all that a reader needs to know of it.
func TestTheDocumentIsComplete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var doc struct {
		Paths map[string]map[string]documented
	}
	require.NoError(t, json.Unmarshal(readDocument(w.server), &doc))
	seen := map[string]bool{}
	for _, op := range server.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			require.False(t, seen[op.ID], "two operations have the id")
			seen[op.ID] = true
			d, ok := doc.Paths[op.Path][strings.ToLower(op.Method)]
			require.True(t, ok, "it is not in the document")
			require.Equal(t, op.ID, d.OperationID)
			require.NotEmpty(t, op.Tag)
			require.NotEmpty(t, op.Summary)
			require.False(t, strings.HasSuffix(op.Summary, "."), "a summary is no sentence")
			for mediaType, media := range d.RequestBody.Content {
				if strings.HasSuffix(mediaType, "json") && mediaType != "application/x-ndjson" {
					require.NotNil(t, media.Example, "a body without an example")
				}
			}
			for _, name := range pathParam.FindAllStringSubmatch(op.Path, -1) {
				require.Contains(t, d.Parameters, struct{ In, Name string }{"path", name[1]}, "it is not read")
			}
		})
	}
	for path, item := range doc.Paths {
		for _, d := range item {
			require.True(t, seen[d.OperationID], path)
		}
	}
}

// Every field says what it is: its comment in the code does.
func TestEveryFieldIsExplained(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct{ Description string }
			}
		}
	}
	require.NoError(t, json.Unmarshal(readDocument(w.server), &doc))
	require.Contains(t, doc.Components.Schemas["EditedContactPatch"].Properties["name"].Description, "1 to 200 characters")
	for name, s := range doc.Components.Schemas {
		for property, p := range s.Properties {
			assert.NotEmpty(t, p.Description, "%s.%s: comment the field, and run go generate", name, property)
		}
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	doc := w.call("GET", "/openapi.json", nil)
	require.Equal(t, http.StatusOK, doc.StatusCode)
	require.Equal(t, "3.1.0", doc.json(t)["openapi"])
	require.Contains(t, w.call("GET", "/openapi.yaml", nil).text, "openapi: 3.1.0")

	for _, file := range []string{"/docs", "/docs/docs.js", "/docs/docs.css"} {
		page := w.call("GET", file, nil)
		require.Equal(t, http.StatusOK, page.StatusCode, file)
		require.NotRegexp(t, `https?://`, page.text, "it fetches nothing from elsewhere")
		require.Contains(t, page.Header.Get("Content-Security-Policy"), "default-src 'none'")
	}
}

// sentOf is the body of a request as it was sent, where the document has to know it.
func sentOf(t *testing.T, body any) (io.Reader, []byte) {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil, nil
	case string:
		return strings.NewReader(b), []byte(b)
	case io.Reader:
		return b, nil
	}
	data, err := json.Marshal(body)
	require.NoError(t, err)
	return strings.NewReader(string(data)), data
}
