package server

import (
	"encoding/json"
	"net/http"
	"sync"
)

// documents answers the OpenAPI document, which is written when it is first asked for.
func (s *Server) documents() {
	asJSON := sync.OnceValues(func() ([]byte, error) { return json.Marshal(s.api.OpenAPI()) })
	asYAML := sync.OnceValues(s.api.OpenAPI().YAML)
	s.mux.Handle("GET /openapi.json", document("application/json", asJSON))
	s.mux.Handle("GET /openapi.yaml", document("application/yaml", asYAML))
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
