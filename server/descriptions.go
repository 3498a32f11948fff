package server

import (
	"cmp"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:generate go run ../internal/fielddocs fielddocs.go server .. ../core ../core/filter ../core/webhooks ../crm ../crm/duplicates ../identity ../scheduling ../scheduling/slots ../assessment .

// usual are the fields that mean the same wherever no comment says more.
var usual = map[string]string{
	"id":          "Made by the server, and never changed.",
	"createdById": "Who made it: a user or an API key.",
	"items":       "All that there are.",
	"createdAt":   "When it was made.",
	"updatedAt":   "When it was changed last.",
	"deletedAt":   "When it was deleted; absent while it is not.",
}

// explain gives the schema of a struct, and its properties, the texts of the comments in the
// code. What says something of its own keeps it.
func explain(s *huma.Schema, t reflect.Type) {
	if s.Description == "" {
		s.Description = fieldDocs[docName(t)]
	}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.Properties[name]
		if p == nil || f.Anonymous {
			continue
		}
		owner := t // the struct that has the field, which may be embedded
		for _, i := range f.Index[:len(f.Index)-1] {
			if owner = owner.Field(i).Type; owner.Kind() == reflect.Pointer {
				owner = owner.Elem()
			}
		}
		if text := cmp.Or(fieldDocs[docName(owner)+"."+f.Name], usual[name]); text != "" {
			p.Description = strings.TrimSpace(text + " " + p.Description)
		}
	}
}

// docName is a type's name in fieldDocs.
func docName(t reflect.Type) string {
	name, _, _ := strings.Cut(t.Name(), "[")
	return t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:] + "." + name
}
