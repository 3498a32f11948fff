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

	"github.com/clientele-crm/clientele/identity"
)

// maxBody is how large a body may be, in bytes, unless its operation says otherwise.
const maxBody = 1 << 20

// guard does for every operation what comes before its handler: whether there were too many
// calls, who is calling, the body, and whether this was asked before.
func (s *Server) guard(op Operation, next http.Handler) http.Handler {
	next = s.once(op, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, err := s.admit(w, r, op)
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admit is the request with its call, and its body at hand, or why it is refused.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, op Operation) (*http.Request, error) {
	now := time.Now()
	address := s.address(r)
	if err := s.from.take(address, now); err != nil {
		return r, err
	}
	if op.Strict {
		if err := s.strict.take(op.ID+" "+address, now); err != nil {
			return r, err
		}
	}
	if op.pace != nil {
		if err := op.pace(s, r, now); err != nil {
			return r, err
		}
	}
	if !op.Stream && !acceptsJSON(r.Header.Get("Accept")) {
		return r, &Problem{Status: http.StatusNotAcceptable, Code: "not_acceptable", Detail: "The answer is " + jsonType + "."}
	}
	call, err := s.identify(r, op)
	if err != nil {
		return r, err
	}
	call.Client = identity.Client{Network: address, Agent: r.UserAgent()}
	r = r.WithContext(context.WithValue(r.Context(), callKey{}, call))
	if op.Access.authenticated() {
		if err := s.callers.take(call.Caller.id(), now); err != nil {
			return r, err
		}
	}
	if op.Stream {
		stream(w, r, op)
		return r, nil
	}
	return r, s.readBody(w, r, max(op.Limit, maxBody))
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
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, limit int64) error {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	tooLarge := &Problem{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Detail: "The body is larger than this takes."}
	if r.ContentLength > limit {
		return tooLarge
	}
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
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // else it would end the request's context
	if len(body) > 0 {
		if err := checkContent(r, body); err != nil {
			return err
		}
	}
	callOf(r.Context()).body = body
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
