package server

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
)

const requestIDHeader = "X-Request-ID"

type requestKey struct{}

// request is what the log and the errors of a request have in common.
type request struct {
	id  string
	log *slog.Logger
}

func requestID(ctx context.Context) string {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r.id
	}
	return ""
}

func loggerOf(ctx context.Context) *slog.Logger {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r.log
	}
	return slog.Default()
}

// everyAnswer is what each answer has, unless it is a page that says something else: nothing in it is a
// script or a style, no other site shows it in a frame, and where a link in it leads learns nothing.
var everyAnswer = map[string]string{
	"X-Content-Type-Options":  "nosniff",
	"Cache-Control":           "no-store",
	"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
	"Referrer-Policy":         "no-referrer",
}

// observe gives each request its id, writes the log, and turns a panic into a 500. The log has
// the pattern of the route, never the path or the query: they may hold secrets and names.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		req := &request{id: incomingID(r)}
		req.log = s.log.With(slog.String("request", req.id))
		r = s.tracer.begin(r.WithContext(context.WithValue(r.Context(), requestKey{}, req)), req.id)
		rec := &response{ResponseWriter: w, r: r}
		w.Header().Set(requestIDHeader, req.id)
		for name, value := range everyAnswer {
			w.Header().Set(name, value)
		}
		defer func() { // also for an answer that is broken off
			took := time.Since(started)
			s.metrics.end(r, rec.status, took)
			s.tracer.end(r, rec.status)
			s.logRequest(rec, r, took)
		}()
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // the documented comparison
					panic(p)
				}
				req.log.Error("panic", slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
				if rec.status != 0 { // nobody is to take what has begun for the whole
					panic(http.ErrAbortHandler)
				}
				rec.fail()
			}
		}()
		s.metrics.begin()
		s.limitBody(w, r)
		next.ServeHTTP(rec, r)
	})
}

// limitBody bounds how long a body may take to arrive, before it is known who sends it: what
// no handler reads, because the request is refused, net/http does before it answers, and would
// wait for it without end. Streams give themselves more time.
func (s *Server) limitBody(w http.ResponseWriter, r *http.Request) {
	if r.Body != nil && r.Body != http.NoBody {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(cmp.Or(s.config.BodyTime, bodyTime))) // a test's recorder has none
	}
}

func (s *Server) logRequest(rec *response, r *http.Request, took time.Duration) {
	level := slog.LevelInfo
	if rec.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	loggerOf(r.Context()).LogAttrs(r.Context(), level, "request",
		slog.String("method", r.Method), slog.String("route", r.Pattern), slog.Int("status", rec.status),
		slog.Int64("bytes", rec.bytes), slog.Duration("took", took))
}

// incomingID is the request's id: the caller's if it is harmless, else a new one.
func incomingID(r *http.Request) string {
	id := r.Header.Get(requestIDHeader)
	if id == "" || len(id) > 64 {
		return uuid.Must(uuid.NewV7()).String()
	}
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.' {
			return uuid.Must(uuid.NewV7()).String()
		}
	}
	return id
}

// response notes what was answered, and makes problems of the mux's own 404 and 405.
type response struct {
	http.ResponseWriter
	r      *http.Request
	status int
	bytes  int64
	told   bool   // that there is no such route, as a problem
	muted  bool   // what follows is not for the caller
	extend func() // gives a stream more time; nil for other answers
}

func (w *response) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	if w.r.Pattern == "" && !w.told && status >= http.StatusBadRequest {
		w.told = true
		code := map[int]string{http.StatusNotFound: "no_such_route", http.StatusMethodNotAllowed: "method_not_allowed"}[status]
		writeProblem(w, w.r, &Problem{Status: status, Code: code})
		w.muted = true
		return
	}
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(b []byte) (int, error) {
	if w.muted {
		return len(b), nil
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.extend != nil {
		w.extend()
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// fail answers 500.
func (w *response) fail() {
	w.told = true
	writeProblem(w, w.r, &Problem{Status: http.StatusInternalServerError, Code: "internal", Detail: "Something went wrong here. The request's id finds it in the log."})
}
