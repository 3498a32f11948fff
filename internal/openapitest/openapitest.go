// Package openapitest holds the answers of a server against its OpenAPI 3.1 document, by a
// validator of JSON Schema that the server knows nothing of.
package openapitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Document is an OpenAPI document. It is safe for concurrent use.
type Document struct {
	base  string // the path of its first server: /api/v1
	paths map[string]map[string]any

	mu       sync.Mutex
	compiler *jsonschema.Compiler
}

const location = "mem:///openapi.json"

// Parse reads a document in JSON.
func Parse(text []byte) (*Document, error) {
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	var shape struct {
		OpenAPI string
		Servers []struct{ URL string }
		Paths   map[string]map[string]any
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(shape.OpenAPI, "3.1") || len(shape.Servers) == 0 || len(shape.Paths) == 0 {
		return nil, errors.New("it is no OpenAPI 3.1 document with a server and paths")
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(location, root); err != nil {
		return nil, err
	}
	return &Document{base: shape.Servers[0].URL, paths: shape.Paths, compiler: compiler}, nil
}

// Operation is an operation of the document.
type Operation struct {
	Method, Path string // the path is a template, without the server's
	ID           string
}

// Operations are all of the document's.
func (d *Document) Operations() (ops []Operation) {
	for path, item := range d.paths {
		for method, op := range item {
			if fields, ok := op.(map[string]any); ok {
				id, _ := fields["operationId"].(string)
				ops = append(ops, Operation{strings.ToUpper(method), path, id})
			}
		}
	}
	return ops
}

// Check is what an exchange has that the document does not: an operation, a status, a
// media type, or a body of another shape. The body of a request is held against the
// document when it was accepted.
func (d *Document) Check(method, path string, sent []byte, res *http.Response, body []byte) error {
	template, ok := d.template(path)
	if !ok {
		return fmt.Errorf("the document has no path for %s", path)
	}
	op, ok := d.paths[template][strings.ToLower(method)].(map[string]any)
	if !ok {
		if res.StatusCode == http.StatusMethodNotAllowed {
			return nil
		}
		return fmt.Errorf("the document has no %s of %s", method, template)
	}
	at := []string{"paths", template, strings.ToLower(method)}
	if request, ok := op["requestBody"].(map[string]any); ok && len(sent) > 0 && res.StatusCode < 300 {
		if content, _ := request["content"].(map[string]any); content["application/json"] != nil && json.Valid(sent) {
			if err := d.valid(append(at, "requestBody", "content", "application/json", "schema"), sent); err != nil {
				return fmt.Errorf("the request was accepted, but is not as the document has it: %w", err)
			}
		}
	}
	return d.checkAnswer(append(at, "responses"), op, res, body)
}

func (d *Document) checkAnswer(at []string, op map[string]any, res *http.Response, body []byte) error {
	responses, _ := op["responses"].(map[string]any)
	status := strconv.Itoa(res.StatusCode)
	response, ok := responses[status].(map[string]any)
	if !ok {
		return fmt.Errorf("%v does not have the status %s: %s", op["operationId"], status, body)
	}
	content, _ := response["content"].(map[string]any)
	if len(content) == 0 {
		if len(body) > 0 {
			return fmt.Errorf("%v answers %s with a body, and the document has none: %s", op["operationId"], status, body)
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("%v answers %s without a media type: %w", op["operationId"], status, err)
	}
	declared, ok := content[media].(map[string]any)
	if !ok {
		return fmt.Errorf("%v answers %s with %s, which the document does not have", op["operationId"], status, media)
	}
	if declared["schema"] == nil || !strings.HasSuffix(media, "json") {
		return nil
	}
	if err := d.valid(append(at, status, "content", media, "schema"), body); err != nil {
		return fmt.Errorf("%v answers %s: %w\n%s", op["operationId"], status, err, body)
	}
	return nil
}

// valid holds JSON against the schema at a place of the document.
func (d *Document) valid(at []string, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	pointer := ""
	for _, token := range at {
		pointer += "/" + escape.Replace(token)
	}
	d.mu.Lock()
	schema, err := d.compiler.Compile(location + "#" + pointer)
	d.mu.Unlock()
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// template is the path of the document that a request's path is of. A literal segment
// goes before a parameter, and one that begins a name, as {id}.ics, between the two.
func (d *Document) template(path string) (found string, ok bool) {
	path, _, _ = strings.Cut(path, "?")
	path, under := strings.CutPrefix(path, d.base)
	if !under {
		return "", false
	}
	fewest := 0
	segments := strings.Split(path, "/")
	for template := range d.paths {
		parts := strings.Split(template, "/")
		if len(parts) != len(segments) {
			continue
		}
		params := 0
		for i, part := range parts {
			if _, suffix, is := strings.Cut(part, "}"); is && strings.HasSuffix(segments[i], suffix) {
				params += 2
				if suffix != "" {
					params--
				}
			} else if part != segments[i] {
				params = -1
				break
			}
		}
		if params >= 0 && (!ok || params < fewest) {
			found, fewest, ok = template, params, true
		}
	}
	return found, ok
}
