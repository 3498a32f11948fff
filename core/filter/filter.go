// Package filter has the conditions by which people choose rows: a tree that comes in as
// JSON, is checked against the fields that there are, and then answers the same as a
// predicate in Go and as a condition of a database.
//
//	{"all": [
//	  {"field": "company", "op": "contains", "value": "école"},
//	  {"any": [{"field": "tag", "op": "in", "value": ["vip", "press"]}, {"field": "email", "op": "hasNot"}]},
//	  {"not": {"field": "createdAt", "op": "before", "value": "2026-01-01T00:00:00Z"}}
//	]}
package filter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// Filter is a condition. It has exactly one of All, Any, Not and Field; the zero value lets
// everything through, and is one only by itself.
type Filter struct {
	All []Filter `json:"all,omitempty"` // every one of them
	Any []Filter `json:"any,omitempty"` // at least one of them
	Not *Filter  `json:"not,omitempty"` // it does not hold

	Field string `json:"field,omitempty"` // the name of a field of the rows
	Op    Op     `json:"op,omitempty"`
	Value any    `json:"value,omitempty"` // a text, a truth value or a list of texts; none for has and hasNot
}

// Op is how a field is compared.
type Op string

// The ways to compare. Which of them a field has goes by its [Kind].
const (
	Is         Op = "is"
	In         Op = "in"         // one of a list
	StartsWith Op = "startsWith" // begins so
	Contains   Op = "contains"   // has it anywhere
	From       Op = "from"       // at or after, or at least
	Before     Op = "before"     // before, or less
	Has        Op = "has"        // has any value
	HasNot     Op = "hasNot"
)

// The limits of a filter.
const (
	MaxDepth    = 5   // of groups in groups
	MaxTests    = 50  // of fields that are compared
	MaxOperands = 100 // of one list
	maxOperand  = 200 // characters of a text
	maxJSON     = 64 << 10
)

// nesting bounds the brackets in brackets of a filter's JSON: two a group, a few more so that
// Check is what says that it is too deep, and the list of a condition.
const nesting = 2*MaxDepth + 8

// IsZero reports whether the filter is none.
func (f Filter) IsZero() bool {
	return f.All == nil && f.Any == nil && f.Not == nil && f.Field == "" && f.Op == "" && f.Value == nil
}

// Clone is a copy that shares nothing that can be written to.
func (f Filter) Clone() Filter {
	f.All, f.Any = clones(f.All), clones(f.Any)
	if f.Not != nil {
		not := f.Not.Clone()
		f.Not = &not
	}
	if list, is := f.Value.([]any); is { // of JSON
		f.Value = slices.Clone(list)
	}
	return f
}

func clones(fs []Filter) []Filter {
	fs = slices.Clone(fs)
	for i := range fs {
		fs[i] = fs[i].Clone()
	}
	return fs
}

// Parse reads a filter's JSON, up to 64 KiB of it. The error is [core.ErrInvalid].
func Parse(text string) (f Filter, err error) {
	if len(text) > maxJSON {
		err = errTooLong
	} else {
		err = f.UnmarshalJSON([]byte(text))
	}
	if err != nil {
		return Filter{}, core.Faults{{Field: "/filter", Rule: "filter", Message: "is not a filter: " + err.Error()}}.Err()
	}
	return f, nil
}

var (
	errTooLong = errors.New("it is longer than 64 KiB")
	errTooDeep = fmt.Errorf("it has more than %d groups in groups", MaxDepth)
)

// UnmarshalJSON implements [json.Unmarshaler]. Unknown members are refused: a condition that
// is misspelt would let everything through. What is nested too deeply is refused before it
// is read.
func (f *Filter) UnmarshalJSON(data []byte) error {
	if tooDeep(data) {
		return errTooDeep
	}
	type plain Filter
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	*f = Filter{}
	if err := decoder.Decode((*plain)(f)); err != nil {
		return inWords(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it")
	}
	return nil
}

// inWords is what a person is told of JSON that is no filter.
func inWords(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	unknown, isUnknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	switch {
	case isUnknown:
		return fmt.Errorf("a filter has no %s", unknown)
	case errors.As(err, &wrong) && wrong.Field == "":
		return errors.New("a filter is an object")
	case errors.As(err, &wrong):
		return fmt.Errorf("%s of a filter cannot be a %s", wrong.Field, wrong.Value)
	case errors.As(err, &syntax), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it is not JSON")
	}
	return err
}

// tooDeep reports whether brackets are nested deeper than any filter's. It looks at nothing
// but brackets outside of strings.
func tooDeep(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > nesting {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
