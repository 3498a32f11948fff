package server

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/clientele-crm/clientele/core"
)

// prefix is where the operations are.
const prefix = "/api/v1"

const (
	jsonType       = "application/json"
	mergePatchType = "application/merge-patch+json"
	problemType    = "application/problem+json"
	binaryType     = "application/octet-stream"
)

// part is what huma knows of the API: all of it, for the document, or one operation, to answer it.
// Each is made when it is first needed, since all of them together would take longer than
// everything else that a server does before its first answer.
type part struct {
	s       *Server
	api     huma.API
	schemas *schemas
	handler http.Handler // of the operation that was registered last
}

func newPart(s *Server) *part {
	p := &part{s: s, schemas: newSchemas()}
	p.api = huma.NewAPI(huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "Clientele",
				Version:     s.config.Version,
				Description: about,
				License:     nil,
			},
			Servers:    []*huma.Server{{URL: prefix}},
			Components: &huma.Components{Schemas: p.schemas, SecuritySchemes: securitySchemes()},
		},
		Formats:                      map[string]huma.Format{jsonType: huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                jsonType,
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{problemOfHuma},
	}, p)
	return p
}

// Handle implements [huma.Adapter].
func (p *part) Handle(op *huma.Operation, handle func(huma.Context)) {
	p.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handle(humago.NewContext(op, r, w))
	})
}

// ServeHTTP implements [huma.Adapter].
func (p *part) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.s.ServeHTTP(w, r) }

// served answers an operation, behind its guard.
func (s *Server) served(op Operation) http.Handler {
	handler := sync.OnceValue(func() http.Handler {
		p := newPart(s)
		op.register(p, op)
		return p.handler
	})
	return s.guard(op, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler().ServeHTTP(w, r) }))
}

const about = `The CRM over HTTP: JSON in, JSON out.

Times are RFC 3339 in UTC, dates YYYY-MM-DD, money is {"amount": "1250.00", "currency": "BRL"}.
Errors are RFC 9457 problems with a stable code, and a JSON pointer and a rule for each field.
Lists are read page by page: ask again with the cursor that next gives, until it is null.
Every resource has an ETag: send it as If-Match, and nobody's change is lost.
A POST with an Idempotency-Key can be sent again for 24 hours without doing anything twice.`

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		"token":  {Type: "http", Scheme: "bearer", Description: "An access token of /auth/login, or an API key (clt_…)."},
		"cookie": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "The access token of a browser's session."},
	}
}

// register adds an operation to a part of the API.
func register[I, O any](p *part, op Operation, handle func(context.Context, *I) (*O, error)) {
	checkInput(op, reflect.TypeFor[I]())
	_, hasETag := any(new(O)).(tagged)
	conditional := hasETag && op.reads()
	doc := describe(p, op, reflect.TypeFor[I](), conditional)
	huma.Register(p.api, doc, func(ctx context.Context, in *I) (*O, error) {
		if doc.RequestBody != nil && !op.Stream {
			if err := p.schemas.misspelt(doc.RequestBody.Content[jsonType].Schema, callOf(ctx).body); err != nil {
				return nil, problemOf(ctx, err)
			}
		}
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		if conditional {
			return out, notModified(ctx, any(out).(tagged).tag())
		}
		return out, nil
	})
	documentAnswer(p, op)
}

// describe is what the document says of an operation, beside what huma finds in its input
// and output.
func describe(p *part, op Operation, in reflect.Type, conditional bool) huma.Operation {
	doc := huma.Operation{
		Method: op.Method, Path: op.Path, OperationID: op.ID,
		Tags: []string{op.Tag}, Summary: op.Summary, Description: op.Details,
		DefaultStatus: op.Status, Metadata: map[string]any{"operation": op},
		Responses: map[string]*huma.Response{},
		// The guard has read the body when huma comes to it.
		MaxBodyBytes: -1, BodyReadTimeout: -1 * time.Second,
	}
	body, hasBody := in.FieldByName("Body")
	if hasBody {
		doc.RequestBody = p.schemas.requestBody(body.Type, op)
	}
	if op.Access.authenticated() {
		doc.Security = []map[string][]string{{"token": {}}, {"cookie": {}}}
	}
	if op.Access.inCompany() && op.Company == "" {
		doc.Parameters = append(doc.Parameters, companyParam())
	}
	if op.keepsAnswers() {
		doc.Parameters = append(doc.Parameters, idempotencyParam())
	}
	if op.Access.Level == WithPermission {
		doc.Extensions = map[string]any{"x-permission": op.Access.Permission.String()}
	}
	documentStreams(p, &doc, op)
	documentErrors(p, &doc, op, hasBody)
	if conditional {
		documentNotModified(&doc)
	}
	return doc
}

// checkInput panics where huma would overlook parameters: when the document is written, at the
// latest.
func checkInput(op Operation, in reflect.Type) {
	for f := range in.Fields() {
		if f.Anonymous && !f.IsExported() {
			panic("server: " + op.ID + ": parameters in the unexported " + f.Name + " would not be read")
		}
	}
}

// documentStreams says what an operation reads and writes bit by bit.
func documentStreams(p *part, doc *huma.Operation, op Operation) {
	if op.Takes != "" {
		doc.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
		for taken := range strings.SplitSeq(op.Takes, ", ") {
			doc.RequestBody.Content[taken] = &huma.MediaType{}
		}
	}
	if op.Gives != "" {
		content := map[string]*huma.MediaType{}
		for mediaType := range strings.SplitSeq(op.Gives, ", ") {
			content[mediaType] = &huma.MediaType{}
		}
		if content[jsonType] != nil {
			content[jsonType].Schema = p.schemas.Schema(reflect.TypeOf(op.Answer), true, "")
		}
		doc.Responses["200"] = &huma.Response{Description: http.StatusText(http.StatusOK), Content: content}
	}
}

// documentErrors says which problems an operation can answer.
func documentErrors(p *part, doc *huma.Operation, op Operation, hasBody bool) {
	statuses := append([]int{400, 406, 422, 429, 500, 503}, op.Errors...)
	if op.Access.authenticated() {
		statuses = append(statuses, 401, 403)
	}
	if op.Access.inCompany() || op.hasPathParam() {
		statuses = append(statuses, 404)
	}
	if hasBody || op.Stream {
		statuses = append(statuses, 408, 413, 415)
	}
	if op.Method == http.MethodPost {
		statuses = append(statuses, 409)
	}
	slices.Sort(statuses)
	schema := p.schemas.Schema(reflect.TypeFor[Problem](), true, "")
	for _, status := range slices.Compact(statuses) {
		doc.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content:     map[string]*huma.MediaType{problemType: {Schema: schema}},
		}
	}
}

// documentAnswer puts the example answer into the document.
func documentAnswer(p *part, op Operation) {
	if op.Answer == nil {
		return
	}
	path := p.api.OpenAPI().Paths[op.Path]
	for _, doc := range []*huma.Operation{path.Get, path.Post, path.Put, path.Patch, path.Delete} {
		if doc == nil || doc.Method != op.Method {
			continue
		}
		if ok := doc.Responses[strconv.Itoa(doc.DefaultStatus)]; ok != nil && ok.Content[jsonType] != nil {
			ok.Content[jsonType].Example = op.Answer
		}
	}
}

func companyParam() *huma.Param {
	return &huma.Param{
		Name: "X-Company-ID", In: "header", Schema: &huma.Schema{Type: huma.TypeString, Format: "uuid"},
		Description: "The company to work in. An API key needs none, nor does a user who is an active member of one company only.",
	}
}

func idempotencyParam() *huma.Param {
	return &huma.Param{
		Name: idempotencyHeader, In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(maxKey)},
		Description: "Anything unique, such as a UUID. The same request with the same key is done once, and answered the same for 24 hours; " +
			"while the first is at work, it is 409. An answer of 500 or more is not kept: the request may be tried again. " +
			"The one limit: if the server dies between the change and its answer, the key is free again after 2 minutes, and the request would be done a second time.",
	}
}

// companyOf reads X-Company-ID, or the path; zero if there is none.
func companyOf(r *http.Request, op Operation) (id core.CompanyID, err error) {
	text := r.Header.Get("X-Company-ID")
	if op.Company != "" {
		if id.UnmarshalText([]byte(r.PathValue(op.Company))) != nil {
			return id, core.NotFound("company")
		}
		return id, nil
	}
	if text != "" && id.UnmarshalText([]byte(text)) != nil {
		return id, &Problem{Status: http.StatusBadRequest, Code: "company_malformed", Detail: "X-Company-ID is not a UUID"}
	}
	return id, nil
}
