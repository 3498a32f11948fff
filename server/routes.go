package server

import (
	"net/http"
	"slices"
	"strings"
)

// routes takes a request to its handler. It is a mux before a mux: to one alone,
// /contacts/views/{id} and /contacts/{id}/notes are in conflict, since both could be meant by
// /contacts/views/notes. A thing of a fixed name goes before one of an id.
type routes struct {
	mux   *http.ServeMux
	named *http.ServeMux
	under []string // the paths that named has all below of
}

func newRoutes() *routes { return &routes{mux: http.NewServeMux(), named: http.NewServeMux()} }

// handle adds the handler of an operation.
func (rt *routes) handle(op Operation, h http.Handler) {
	mux := rt.mux
	if name, ok := op.named(); ok {
		mux = rt.named
		if !slices.Contains(rt.under, prefix+name) {
			rt.under = append(rt.under, prefix+name)
		}
	}
	mux.Handle(op.Method+" "+prefix+strings.Replace(op.Path, "}"+icsSuffix, "}/ics", 1), h) // see namesFiles
}

// named is the beginning "/contacts/views/" of a path "/contacts/views/{id}".
func (o Operation) named() (string, bool) {
	fixed, _, parameters := strings.Cut(o.Path, "{")
	return fixed, parameters && strings.Count(fixed, "/") == 3
}

func (rt *routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, below := range rt.under {
		if strings.HasPrefix(r.URL.Path, below) {
			rt.named.ServeHTTP(w, r)
			return
		}
	}
	rt.mux.ServeHTTP(w, r)
}
