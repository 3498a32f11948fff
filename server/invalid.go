package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/clientele-crm/clientele/core"
)

// problemOfHuma gives what huma itself finds wrong with a request the shape of all errors.
// The values that it quotes are left out: they may be secrets.
func problemOfHuma(ctx huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := &Problem{Status: model.Status, Detail: model.Detail}
	switch model.Status {
	case http.StatusBadRequest:
		p.Code, p.Detail = "malformed", "The request has to have a body."
		if len(model.Errors) > 0 {
			p.Detail = whyMalformed(callOf(ctx.Context()).body)
		}
	case http.StatusUnsupportedMediaType:
		p.Code, p.Detail = "unsupported_media_type", "The body has to be "+jsonType+"."
	case http.StatusUnprocessableEntity:
		p.Code, p.Detail = "invalid", ""
		for _, e := range model.Errors {
			p.Errors = append(p.Errors, fieldError(e))
		}
	default:
		p.Code = "internal"
	}
	return p.complete(ctx.Context()), nil
}

// whyMalformed says in plain words what keeps a body from being read.
func whyMalformed(body []byte) string {
	var v any
	err := json.Unmarshal(body, &v)
	var syntax *json.SyntaxError
	var number *json.UnmarshalTypeError // nothing else does not fit an any
	switch {
	case errors.As(err, &number):
		return fmt.Sprintf("The body has a number at byte %d that is larger than any that is taken.", number.Offset)
	case !errors.As(err, &syntax):
		return "The body is not JSON."
	case int(syntax.Offset) >= len(body) && strings.HasPrefix(syntax.Error(), "unexpected end"):
		return "The body is not JSON: it ends too early."
	}
	return fmt.Sprintf("The body is not JSON: it goes wrong at byte %d.", syntax.Offset)
}

// rules are huma's messages, by how they begin: how we call the rule, and how we say it, with the rest
// of huma's in the place of a %s.
var rules = []struct{ begins, rule, message string }{
	{"unexpected property", "unknown_field", "there is no such field"},
	{"unknown query parameter", "unknown_parameter", "there is no such parameter"},
	{"expected required property", "required", "has to be there"},
	{"required ", "required", "has to be there"},
	{"expected value to be one of ", "enum", "has to be one of %s"},
	{"expected value to match", "type", "is of a type that is not taken here"},
	{"expected string to be RFC 4122 uuid", "uuid", "has to be a UUID"},
	{"invalid value: invalid UUID", "uuid", "has to be a UUID"},
	{"expected string to be RFC 3339 date-time", "date_time", "has to be a time as in RFC 3339: 2026-01-31T12:00:00Z"},
	{"invalid date/time", "date_time", "has to be a time as in RFC 3339: 2026-01-31T12:00:00Z"},
	{"expected string to be RFC 3339 date", "date", "has to be a date: 2026-01-31"},
	{"expected string to be ", "format", "has to be %s"},
	{"expected string to match pattern ", "pattern", "has to match the pattern %s"},
	{"expected number >= ", "range", "has to be %s or more"},
	{"expected number <= ", "range", "has to be %s or less"},
	{"expected number", "type", "has to be a number"},
	{"expected length >= ", "min_length", "has to have %s characters or more"},
	{"expected length <= ", "max_length", "is longer than %s characters"},
	{"expected array length >= ", "min_items", "has to have %s items or more"},
	{"expected array length <= ", "max_items", "has more than %s items"},
	{"expected array items to be unique", "unique", "has an item twice"},
	{"expected boolean", "type", "has to be true or false"},
	{"expected string", "type", "has to be a string"},
	{"expected integer", "type", "has to be a whole number"},
	{"invalid integer", "type", "has to be a whole number"},
	{"invalid boolean", "type", "has to be true or false"},
	{"expected array", "type", "has to be an array"},
	{"expected object", "type", "has to be an object"},
}

func fieldError(e *huma.ErrorDetail) core.FieldError {
	f := core.FieldError{Field: pointer(e.Location), Rule: "invalid", Message: e.Message}
	for _, r := range rules {
		rest, is := strings.CutPrefix(e.Message, r.begins)
		if !is {
			continue
		}
		if r.rule == "enum" {
			rest = choices(rest)
		}
		f.Rule, f.Message = r.rule, strings.Replace(r.message, "%s", rest, 1)
		break
	}
	if name, ok := strings.CutPrefix(e.Message, "expected required property "); ok {
		f.Field += "/" + escape(strings.TrimSuffix(name, " to be present"))
	}
	return f
}

// choices are those of an enumeration as people name them. Nothing at all may be among them: it needs
// no naming.
func choices(quoted string) string {
	named := strings.Split(strings.Trim(quoted, `"`), ", ")
	named = slices.DeleteFunc(named, func(choice string) bool { return choice == "" || choice == "<nil>" })
	return strings.Join(named, ", ")
}

// named says faults by the names of the request: in pairs, how their pointers begin and how instead.
func named(err error, names ...string) error {
	var e *core.Error
	if !errors.As(err, &e) {
		return err
	}
	told := *e
	told.Fields = slices.Clone(e.Fields)
	for i := range told.Fields {
		for pair := range slices.Chunk(names, 2) {
			if rest, is := strings.CutPrefix(told.Fields[i].Field, pair[0]); is {
				told.Fields[i].Field = pair[1] + rest
			}
		}
	}
	return &told
}

// pointer makes a JSON pointer of huma's location: "body.otherAddresses[0].kind" is
// "/otherAddresses/0/kind", "query.limit" is "/limit".
func pointer(location string) string {
	_, path, _ := strings.Cut(location, ".")
	if path == "" {
		return ""
	}
	path = strings.ReplaceAll(escape(path), "[", ".")
	return "/" + strings.ReplaceAll(strings.ReplaceAll(path, "]", ""), ".", "/")
}

func escape(token string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(token)
}
