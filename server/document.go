package server

import (
	"embed"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// docs is the page that shows the document: plain files, which fetch nothing from elsewhere.
//
//go:embed docs
var docs embed.FS

// docsPolicy lets the page load its own files, call this server, and nothing else.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// documents answers the OpenAPI document, which is written when it is first asked for.
func (s *Server) documents() {
	all := sync.OnceValue(func() *huma.OpenAPI {
		p := newPart(s)
		for _, op := range Operations() {
			op.register(p, op)
		}
		return p.api.OpenAPI()
	})
	asJSON := sync.OnceValues(func() ([]byte, error) { return json.Marshal(all()) })
	asYAML := sync.OnceValues(func() ([]byte, error) { return all().YAML() })
	s.mux.Handle("GET /openapi.json", document("application/json", asJSON))
	s.mux.Handle("GET /openapi.yaml", document("application/yaml", asYAML))
	page := func(file string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", docsPolicy)
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeFileFS(w, r, docs, file)
		}
	}
	s.mux.Handle("GET /{$}", http.RedirectHandler("/docs", http.StatusFound))
	s.mux.Handle("GET /docs", page("docs/index.html"))
	s.mux.Handle("GET /docs/docs.css", page("docs/docs.css"))
	s.mux.Handle("GET /docs/docs.js", page("docs/docs.js"))
}

func document(contentType string, write func() ([]byte, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := write()
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "public, max-age=60")
		_, _ = w.Write(text) // whoever went away needs no answer
	})
}
