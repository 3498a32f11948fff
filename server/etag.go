package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// resource is the answer that has one versioned thing.
type resource[T any] struct {
	ETag string `header:"ETag" doc:"The version: send it as If-Match with a change."`
	Body T
}

// tagged is a *resource.
type tagged interface{ tag() string }

func (r *resource[T]) tag() string { return r.ETag }

// one answers what a service returned.
func one[T any](v T, version int64, err error) (*resource[T], error) {
	if err != nil {
		return nil, err
	}
	return &resource[T]{ETag: etag(version), Body: v}, nil
}

// nothing is the answer without a body.
type nothing struct{}

// done answers nothing but whether it worked.
func done(err error) (*nothing, error) { return nil, err }

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// IfMatch is the header by which a change says what it was made of: embed it in the input of
// PATCH, PUT and DELETE, and ask it inside the transaction.
type IfMatch struct {
	Tags string `header:"If-Match" doc:"Change only this version, as an ETag. Another is 412, with the current state."`
}

// given reports whether there is a condition.
func (m IfMatch) given() bool { return m.Tags != "" }

// matches is 412 with the current state if it is of another version.
func (m IfMatch) matches(version int64, current any) error {
	return m.matchesTag(etag(version), current)
}

// matchesTag is matches by the tag itself.
func (m IfMatch) matchesTag(tag string, current any) error {
	if !m.given() || tagIn(m.Tags, tag, false) {
		return nil
	}
	p := &Problem{
		Status: http.StatusPreconditionFailed, Code: "version_mismatch",
		Detail: "It was changed since that version. What it is now is in current.", Current: current,
		headers: http.Header{},
	}
	p.headers.Set("ETag", tag)
	return p
}

// tagIn looks for a tag in a list of them (RFC 9110, section 13.1). A weak one only counts
// where the comparison is weak.
func tagIn(list, tag string, weak bool) bool {
	for t := range strings.SplitSeq(list, ",") {
		t = strings.TrimSpace(t)
		if weak {
			t = strings.TrimPrefix(t, "W/")
		}
		if t == "*" || t == tag {
			return true
		}
	}
	return false
}

// notModified is 304 if the caller has that version already.
func notModified(ctx context.Context, tag string) error {
	if have := callOf(ctx).ifNoneMatch; have == "" || !tagIn(have, tag, true) {
		return nil
	}
	p := &Problem{Status: http.StatusNotModified, headers: http.Header{}}
	p.headers.Set("ETag", tag)
	return p
}

func documentNotModified(doc *huma.Operation) {
	doc.Parameters = append(doc.Parameters, &huma.Param{
		Name: "If-None-Match", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
		Description: "The version that you have, as an ETag: 304 if it is still the current one.",
	})
	doc.Responses["304"] = &huma.Response{Description: http.StatusText(http.StatusNotModified)}
}

// answered is the answer that has one thing without a version.
type answered[T any] struct{ Body T }

// bare answers what a service returned, of a thing that does not change.
func bare[T any](v T, err error) (*answered[T], error) {
	if err != nil {
		return nil, err
	}
	return &answered[T]{Body: v}, nil
}
