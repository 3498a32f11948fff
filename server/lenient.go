package server

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// requestBody is what an operation reads: of a T only the required fields have to be
// there, of a Patch[T] none, and null clears. Elsewhere null is as good as nothing at all: many
// programs write it for what they do not know.
func (r *schemas) requestBody(t reflect.Type, op Operation) *huma.RequestBody {
	types := []string{jsonType}
	name := t.Name()
	if p, ok := reflect.New(t).Interface().(patchOf); ok {
		t = reflect.TypeOf(p.patched())
		types = append(types, mergePatchType)
		name = strings.TrimPrefix(t.Name(), "New") + "Patch"
	}
	var s *huma.Schema
	if isObject(t) && known[t] == nil {
		s = r.leniently(t, op.Required)
	} else {
		s = r.Schema(t, true, op.ID+"Body")
	}
	if op.Example != nil {
		s.Examples = []any{op.Example}
	}
	s.PrecomputeMessages()
	if t.Name() != "" && (r.types[name] == nil || r.types[name] == t) {
		r.types[name], r.named[name] = t, s
		s = &huma.Schema{Ref: schemaPrefix + name}
	}
	body := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
	for _, ct := range types {
		body.Content[ct] = &huma.MediaType{Schema: s, Example: op.Example}
	}
	return body
}

// leniently describes a T of which only some fields have to be there.
func (r *schemas) leniently(t reflect.Type, required []string) *huma.Schema {
	s := r.lenient(huma.SchemaFromType(r, t), required)
	explain(s, t)
	s.Required = required
	return s
}

// lenient is a copy of s with what it refers to in it, and in which no field has to be
// there, and each may be null but those that are required of it.
func (r *schemas) lenient(s *huma.Schema, required []string) *huma.Schema {
	for s.Ref != "" {
		s = r.SchemaFromRef(s.Ref)
	}
	c := *s
	c.Required = nil
	if c.Items != nil {
		c.Items = r.lenient(c.Items, nil)
	}
	c.Properties = maps.Clone(s.Properties)
	for name, p := range c.Properties {
		c.Properties[name] = r.lenient(p, nil)
		if !slices.Contains(required, name) {
			orNull(c.Properties[name])
		}
	}
	c.PrecomputeMessages()
	return &c
}

// orNull lets a field be null.
func orNull(s *huma.Schema) {
	switch {
	case len(s.OneOf) > 0:
		first := *s.OneOf[0]
		first.Nullable = true
		s.OneOf = append([]*huma.Schema{&first}, s.OneOf[1:]...)
	case s.Type != "" && !s.Nullable:
		s.Nullable = true
		if len(s.Enum) > 0 {
			s.Enum = append(slices.Clone(s.Enum), nil)
		}
	}
	s.PrecomputeMessages()
}
