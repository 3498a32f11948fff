package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Problem is the body of every error (RFC 9457, application/problem+json).
type Problem struct {
	Type      string            `json:"type"`                // always about:blank: the code tells problems apart
	Title     string            `json:"title"`               // the status in words
	Status    int               `json:"status"`              // the same as the answer's
	Detail    string            `json:"detail,omitempty"`    // a sentence for a person
	Instance  string            `json:"instance,omitempty"`  // names this occurrence: "urn:request:" and the request's id
	Code      string            `json:"code"`                // stable, snake_case
	Errors    []core.FieldError `json:"errors,omitempty"`    // what is wrong with which field
	Holder    *core.Ref         `json:"holder,omitempty"`    // the row that has a unique value already
	Companies []Membership      `json:"companies,omitempty"` // to choose from, where the caller has to name one
	Current   any               `json:"current,omitempty"`   // the resource as it is, where If-Match did not match

	Free      []slots.Slot          `json:"free,omitempty"`      // slots nearby, where one could not be booked
	Conflicts []scheduling.Conflict `json:"conflicts,omitempty"` // the times of a series that could not be

	// Import is how far an import came before the problem: what is counted is stored, and a
	// second import of the file skips it.
	Import *crm.ImportResult `json:"import,omitempty"`

	headers http.Header
}

// Error is the detail.
func (p *Problem) Error() string { return cmp.Or(p.Detail, p.Code) }

// GetStatus and GetHeaders are how huma asks.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are the answer's.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is how huma asks for it.
func (p *Problem) ContentType(string) string { return problemType }

// kinds is the one table of statuses.
var kinds = []struct {
	kind   error
	status int
	code   string // of errors that say none themselves
}{
	{core.ErrInvalid, http.StatusUnprocessableEntity, "invalid"},
	{core.ErrUnauthenticated, http.StatusUnauthorized, "unauthenticated"},
	{core.ErrForbidden, http.StatusForbidden, "forbidden"},
	{core.ErrNotFound, http.StatusNotFound, "not_found"},
	{core.ErrExists, http.StatusConflict, "exists"},
	{core.ErrConflict, http.StatusConflict, "conflict"},
	{core.ErrState, http.StatusConflict, "state"},
	{core.ErrLimit, http.StatusPaymentRequired, "limit"},
	{core.ErrUnavailable, http.StatusServiceUnavailable, "unavailable"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "unavailable"},
	{context.Canceled, http.StatusServiceUnavailable, "unavailable"},
}

// problemOf is what a caller is told of an error. What has no kind is an internal error:
// the log has it, the caller its id.
func problemOf(ctx context.Context, err error) *Problem {
	var p *Problem
	if !errors.As(err, &p) {
		p = problemOfError(ctx, err)
	}
	return p.complete(ctx)
}

func problemOfError(ctx context.Context, err error) *Problem {
	for _, k := range kinds {
		if !errors.Is(err, k.kind) {
			continue
		}
		p := &Problem{Status: k.status, Code: k.code}
		var e *core.Error
		if errors.As(err, &e) {
			p.Code, p.Detail, p.Errors = cmp.Or(e.Code, k.code), e.Message, e.Fields
			if !e.Holder.IsZero() {
				p.Holder = &e.Holder
			}
			var guesses *identity.TooManyGuesses
			if errors.As(err, &guesses) {
				p = tooMany(e.Message, guesses.Wait)
			}
			var taken *scheduling.Taken
			if errors.As(err, &taken) {
				p.Free = taken.Free
			}
			var conflicts *scheduling.Conflicts
			if errors.As(err, &conflicts) {
				p.Conflicts = conflicts.List
			}
		}
		return p
	}
	loggerOf(ctx).ErrorContext(ctx, "internal error", slog.Any("error", err))
	return &Problem{Status: http.StatusInternalServerError, Code: "internal", Detail: "Something went wrong here. The request's id finds it in the log."}
}

// details are those of problems that say none themselves.
var details = map[int]string{
	http.StatusUnprocessableEntity: "The request has invalid values.",
	http.StatusServiceUnavailable:  "The database does not answer as it should: try again in a moment.",
	http.StatusNotFound:            "There is nothing here.",
	http.StatusMethodNotAllowed:    "This cannot be done here: Allow names what can.",
}

// complete fills in what follows from the status and the request.
func (p *Problem) complete(ctx context.Context) *Problem {
	done := *p
	done.Type, done.Title = "about:blank", http.StatusText(p.Status)
	if id := requestID(ctx); id != "" {
		done.Instance = "urn:request:" + id
	}
	done.headers = p.headers.Clone()
	if done.headers == nil {
		done.headers = http.Header{}
	}
	switch p.Status {
	case http.StatusServiceUnavailable:
		setDefault(done.headers, "Retry-After", "1")
	case http.StatusUnauthorized:
		setDefault(done.headers, "WWW-Authenticate", "Bearer")
	}
	done.Detail = sentence(cmp.Or(p.Detail, details[p.Status]))
	return &done
}

// sentence is the message of an error as a sentence, for a person.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		return s
	}
	return s + "."
}

func setDefault(h http.Header, name, value string) {
	if h.Get(name) == "" {
		h.Set(name, value)
	}
}

// writeProblem answers a request outside of huma.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), err)
	body, err := json.Marshal(p)
	if err != nil { // Current does not encode: the rest does
		p.Current = nil
		body, _ = json.Marshal(p)
	}
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // whoever went away needs no answer
	}
}
