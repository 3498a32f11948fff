package server_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/server"
)

// contract is the OpenAPI document, by which every answer of the tests is checked.
type contract struct {
	doc      map[string]any
	routes   []route
	compiler *jsonschema.Compiler

	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

// route is an operation of the document.
type route struct {
	method, path string
	pattern      *regexp.Regexp
	op           map[string]any
}

var pathParam = regexp.MustCompile(`\{[^}]+\}`)

// theContract is read once: the document of every server is the same.
var theContract struct {
	once sync.Once
	*contract
}

func (w *world) contract() *contract {
	theContract.once.Do(func() { theContract.contract = readContract(w.t, w.server) })
	return theContract.contract
}

func readContract(t *testing.T, s *server.Server) *contract {
	rec := &bodyWriter{header: http.Header{}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/openapi.json", nil)
	require.NoError(t, err)
	s.ServeHTTP(rec, req)
	doc, err := jsonschema.UnmarshalJSON(&rec.body)
	require.NoError(t, err)
	c := &contract{doc: doc.(map[string]any), compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	require.NoError(t, c.compiler.AddResource("openapi.json", doc))
	for path, item := range c.doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			pattern := regexp.MustCompile("^" + pathParam.ReplaceAllString(path, "[^/]+") + "$")
			c.routes = append(c.routes, route{strings.ToUpper(method), path, pattern, op.(map[string]any)})
		}
	}
	return c
}

type bodyWriter struct {
	header http.Header
	body   bytes.Buffer
}

func (w *bodyWriter) Header() http.Header         { return w.header }
func (w *bodyWriter) WriteHeader(int)             {}
func (w *bodyWriter) Write(b []byte) (int, error) { return w.body.Write(b) }

// find is the operation of a request; a path without parameters comes before one with.
func (c *contract) find(method, path string) (found route, ok bool) {
	for _, r := range c.routes {
		if r.method == method && r.pattern.MatchString(path) && (!ok || strings.Count(r.path, "{") < strings.Count(found.path, "{")) {
			found, ok = r, true
		}
	}
	return found, ok
}

// check fails the test if an answer is not as the document says.
func (c *contract) check(t *testing.T, a answer) {
	t.Helper()
	mediaType, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	path, inAPI := strings.CutPrefix(a.Request.URL.Path, "/api/v1")
	r, ok := c.find(a.Request.Method, path)
	if !inAPI || !ok || a.StatusCode == http.StatusRequestHeaderFieldsTooLarge {
		if a.StatusCode >= http.StatusBadRequest {
			require.Equal(t, "application/problem+json", mediaType)
			c.validate(t, "#/components/schemas/Problem", a.text)
		}
		return
	}
	name := r.method + " " + r.path + " answered " + strconv.Itoa(a.StatusCode)
	responses := r.op["responses"].(map[string]any)
	response, ok := responses[strconv.Itoa(a.StatusCode)].(map[string]any)
	require.True(t, ok, "%s, which is not in the document: %s", name, a.text)
	content, _ := response["content"].(map[string]any)
	if len(content) == 0 {
		require.Empty(t, a.text, name)
		return
	}
	require.Contains(t, content, mediaType, name)
	if media, _ := content[mediaType].(map[string]any); strings.HasSuffix(mediaType, "json") && media["schema"] != nil {
		c.validate(t, "#/paths/"+escape(r.path)+"/"+strings.ToLower(r.method)+"/responses/"+strconv.Itoa(a.StatusCode)+"/content/"+escape(mediaType)+"/schema", a.text)
	}
}

// escape makes a token of a JSON pointer that stands in a URL.
func escape(token string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(token))
}

func (c *contract) validate(t *testing.T, at, text string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err, text)
	c.mu.Lock()
	defer c.mu.Unlock()
	schema := c.compiled[at]
	if schema == nil {
		schema, err = c.compiler.Compile("openapi.json" + at)
		require.NoError(t, err)
		c.compiled[at] = schema
	}
	require.NoError(t, schema.Validate(value), text)
}

// Every operation says all that a reader needs to know of it.
func TestTheDocumentIsComplete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.contract()
	seen := map[string]bool{}
	for _, op := range server.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			require.False(t, seen[op.ID], "two operations have the id")
			seen[op.ID] = true
			r, ok := c.find(op.Method, pathParam.ReplaceAllString(op.Path, "x"))
			require.True(t, ok, "it is not in the document")
			require.Equal(t, op.ID, r.op["operationId"])
			require.NotEmpty(t, op.Tag)
			require.NotEmpty(t, op.Summary)
			require.False(t, strings.HasSuffix(op.Summary, "."), "a summary is no sentence")
			if op.Method == http.MethodPost || op.Method == http.MethodPut || op.Method == http.MethodPatch {
				if body, ok := r.op["requestBody"].(map[string]any); ok {
					for mediaType, media := range body["content"].(map[string]any) {
						if strings.HasSuffix(mediaType, "json") {
							require.Contains(t, media, "example", "a body without an example")
						}
					}
				}
			}
			params, _ := r.op["parameters"].([]any)
			for _, name := range pathParam.FindAllString(op.Path, -1) {
				found := false
				for _, p := range params {
					p := p.(map[string]any)
					found = found || p["in"] == "path" && "{"+p["name"].(string)+"}" == name
				}
				require.True(t, found, "the parameter %s is not read", name)
			}
		})
	}
	require.Len(t, seen, len(c.routes), "the document has others")
}

// The examples of bodies are what their schemas say.
func TestTheExamplesAreValid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.contract()
	for _, r := range c.routes {
		body, ok := r.op["requestBody"].(map[string]any)
		if !ok {
			continue
		}
		for mediaType, media := range body["content"].(map[string]any) {
			example, ok := media.(map[string]any)["example"]
			if !ok {
				continue
			}
			schema, err := c.compiler.Compile("openapi.json#/paths/" + escape(r.path) + "/" + strings.ToLower(r.method) + "/requestBody/content/" + escape(mediaType) + "/schema")
			require.NoError(t, err)
			require.NoError(t, schema.Validate(example), r.method+" "+r.path)
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
