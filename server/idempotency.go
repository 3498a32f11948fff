package server

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/store/bunstore"
)

// Answers keeps what was answered to requests with an Idempotency-Key; a [bunstore.DB] does.
type Answers interface {
	BeginAnswer(context.Context, *bunstore.Answer) (*bunstore.Answer, error)
	KeepAnswer(context.Context, bunstore.Answer) error
	ForgetAnswer(context.Context, bunstore.Answer) error
	ForgetAnswers(context.Context) error
}

const (
	idempotencyHeader = "Idempotency-Key"
	replayedHeader    = "Idempotency-Replayed"
	maxKey            = 255
	sweepEvery        = time.Hour
)

// keepsAnswers reports whether an operation takes an Idempotency-Key. Where a secret goes
// in or out it does not: it would have to be stored.
func (o Operation) keepsAnswers() bool {
	return o.Method == http.MethodPost && !o.Secret && !o.Stream
}

// once lets a request with an Idempotency-Key do what it does once: sent again, it gets the
// first answer again.
func (s *Server) once(op Operation, next http.Handler) http.Handler {
	if !op.keepsAnswers() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get(idempotencyHeader)
		if key == "" {
			next.ServeHTTP(w, r)
			return
		}
		asked, err := s.asked(r, key)
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		s.sweep(r.Context())
		kept, err := s.answers.BeginAnswer(r.Context(), &asked)
		switch {
		case err != nil:
			writeProblem(w, r, err)
		case kept == nil:
			s.answerOnce(w, r, asked, next)
		case kept.Request != asked.Request:
			writeProblem(w, r, &Problem{Status: http.StatusUnprocessableEntity, Code: "idempotency_key_reused", Detail: "The Idempotency-Key was used for another request."})
		case kept.Status == 0:
			p := &Problem{Status: http.StatusConflict, Code: "idempotency_key_in_use", Detail: "The first request with this Idempotency-Key is still at work.", headers: http.Header{}}
			p.headers.Set("Retry-After", "1")
			writeProblem(w, r, p)
		default:
			replay(w, *kept)
		}
	})
}

// asked is the request as it is told from others.
func (s *Server) asked(r *http.Request, key string) (bunstore.Answer, error) {
	if len(key) > maxKey || strings.IndexFunc(key, func(c rune) bool { return c < ' ' || c > '~' }) >= 0 {
		return bunstore.Answer{}, &Problem{Status: http.StatusBadRequest, Code: "malformed", Detail: "The Idempotency-Key has to be 1 to 255 printable ASCII characters."}
	}
	body, err := io.ReadAll(r.Body) // the guard has read it already
	if err != nil {
		return bunstore.Answer{}, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	hash := hmac.New(sha256.New, s.config.Key)
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery, string(body)} {
		hash.Write([]byte(part))
		hash.Write([]byte{0})
	}
	call := callOf(r.Context())
	scope := "address " + s.address(r)
	if call.Caller.isKnown() {
		scope = call.Caller.id() + " in " + call.Scope.Company.String()
	}
	return bunstore.Answer{Scope: scope, Key: key, Request: hex.EncodeToString(hash.Sum(nil))}, nil
}

// answerOnce answers, and keeps the answer. One that failed for a reason of the server's is
// not kept: it may be tried again.
func (s *Server) answerOnce(w http.ResponseWriter, r *http.Request, asked bunstore.Answer, next http.Handler) {
	rec := &recorder{ResponseWriter: w}
	kept := false
	ctx := context.WithoutCancel(r.Context()) // the caller may be gone, and ask again
	defer func() {
		if kept {
			return
		}
		if err := s.answers.ForgetAnswer(ctx, asked); err != nil {
			loggerOf(ctx).Error("idempotency", slog.Any("error", err))
		}
	}()
	next.ServeHTTP(rec, r)
	if rec.status == 0 || rec.status >= http.StatusInternalServerError {
		return
	}
	asked.Status, asked.Body, asked.Headers = rec.status, rec.body.Bytes(), map[string][]string{}
	for _, name := range []string{"Content-Type", "ETag", "Location"} {
		if values := w.Header().Values(name); len(values) > 0 {
			asked.Headers[name] = values
		}
	}
	if err := s.answers.KeepAnswer(ctx, asked); err != nil {
		loggerOf(ctx).Error("idempotency", slog.Any("error", err))
		return
	}
	kept = true
}

func replay(w http.ResponseWriter, kept bunstore.Answer) {
	for name, values := range kept.Headers {
		w.Header()[name] = values
	}
	w.Header().Set(replayedHeader, "true")
	w.WriteHeader(kept.Status)
	_, _ = w.Write(kept.Body) // whoever went away needs no answer
}

// sweep removes old answers, now and then.
func (s *Server) sweep(ctx context.Context) {
	last, now := s.swept.Load(), time.Now().UnixNano()
	if now-last < int64(sweepEvery) || !s.swept.CompareAndSwap(last, now) {
		return
	}
	if err := s.answers.ForgetAnswers(ctx); err != nil {
		loggerOf(ctx).Error("idempotency", slog.Any("error", err))
	}
}

// recorder passes an answer on and keeps a copy.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	r.body.Write(b)
	return r.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
