package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// The limits of a request's body: how large, and how long its sender may take.
const (
	maxBody  = 1 << 20
	bodyTime = 15 * time.Second
)

// guard does for every operation what comes before its handler: who is calling, and the body.
func (s *Server) guard(op Operation, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rec, ok := w.(*response); ok {
			rec.routed = true
		}
		if !acceptsJSON(r.Header.Get("Accept")) && !op.Stream {
			writeProblem(w, r, &Problem{Status: http.StatusNotAcceptable, Code: "not_acceptable", Detail: "The answer is " + jsonType + "."})
			return
		}
		call, err := s.identify(r, op.Access)
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, call))
		if !op.Stream {
			if err := readBody(w, r, max(op.Limit, maxBody)); err != nil {
				writeProblem(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// acceptsJSON reads an Accept header generously: whatever allows JSON in some way does.
func acceptsJSON(accept string) bool {
	if accept == "" {
		return true
	}
	for part := range strings.SplitSeq(accept, ",") {
		mediaType, params, err := mime.ParseMediaType(part)
		if err != nil || params["q"] == "0" {
			continue
		}
		switch mediaType {
		case "*/*", "application/*", jsonType, problemType:
			return true
		}
	}
	return false
}

// readBody reads all of a body before anything is done with it, so that a slow sender holds
// up nobody, and puts what it read in its place.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) error {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	tooLarge := &Problem{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Detail: "The body is larger than this takes."}
	if r.ContentLength > limit {
		return tooLarge
	}
	deadlines := http.NewResponseController(w)
	_ = deadlines.SetReadDeadline(time.Now().Add(bodyTime)) // a test's recorder has none
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return &Problem{Status: http.StatusRequestTimeout, Code: "body_timeout", Detail: "The body took too long to arrive."}
	case err != nil:
		return &Problem{Status: http.StatusBadRequest, Code: "malformed", Detail: "The body cannot be read."}
	case int64(len(body)) > limit:
		return tooLarge
	}
	_ = deadlines.SetReadDeadline(time.Time{})
	if len(body) > 0 {
		if err := checkContent(r, body); err != nil {
			return err
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// checkContent refuses what is not JSON by its type, or not text.
func checkContent(r *http.Request, body []byte) error {
	if header := r.Header.Get("Content-Type"); header != "" {
		mediaType, _, err := mime.ParseMediaType(header)
		if err != nil || mediaType != jsonType && (mediaType != mergePatchType || r.Method != http.MethodPatch) {
			return &Problem{Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type", Detail: "The body has to be " + jsonType + "."}
		}
	}
	if !utf8.Valid(body) {
		return &Problem{Status: http.StatusBadRequest, Code: "malformed", Detail: "The body is not UTF-8."}
	}
	return nil
}
