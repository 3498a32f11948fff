package crm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Field is one of the values that the leads of a tracker have beside those that all leads have.
type Field struct {
	ID core.ID[Field] `json:"id"`
	NewField
	CreatedAt time.Time  `json:"createdAt"`
	UpdatedAt time.Time  `json:"updatedAt"`
	RetiredAt *time.Time `json:"retiredAt,omitzero"` // when it was removed; what leads had in it can still be read
}

// NewField is what a person may say of a field.
type NewField struct {
	Name        string    `json:"name"`        // 1 to 50 of a-z, 0-9 and _, unique in the tracker; it stays as long as the field
	Label       string    `json:"label"`       // how people call it: 1 to 100 characters
	Type        FieldType `json:"type"`        // what its values are
	IsRequired  bool      `json:"isRequired"`  // whether a new lead has to have it
	Options     []string  `json:"options"`     // of select and multi_select: 1 to 200 of up to 100 characters
	Placeholder string    `json:"placeholder"` // what an empty input shows: up to 200 characters
	HelpText    string    `json:"helpText"`    // up to 1000 characters
	SortOrder   int       `json:"sortOrder"`   // fields are shown by it, and those with the same by name
}

// FieldType is what the values of a field are.
type FieldType string

// The types of fields, and the canonical form of their values.
const (
	TextField        FieldType = "text"         // a line of up to 1000 characters
	NumberField      FieldType = "number"       // a decimal of up to 30 digits before the point and 15 behind it, exact
	EmailField       FieldType = "email"        // an e-mail address
	PhoneField       FieldType = "phone"        // E.164
	DateField        FieldType = "date"         // YYYY-MM-DD
	SelectField      FieldType = "select"       // one of the options
	MultiSelectField FieldType = "multi_select" // some of the options, in their order
	TextareaField    FieldType = "textarea"     // up to 10,000 characters
	BooleanField     FieldType = "boolean"      // true or false
)

func (t FieldType) hasOptions() bool { return t == SelectField || t == MultiSelectField }

// checkFields brings fields into their canonical form and order, and notes what is wrong.
func checkFields(f *core.Faults, fields []Field) {
	if len(fields) > maxFields {
		f.Add("/fields", "max_items", fmt.Sprintf("has more than %d fields", maxFields))
		return
	}
	seen := map[string]bool{}
	for i := range fields {
		n, at := &fields[i].NewField, fmt.Sprintf("/fields/%d", i)
		n.check(f, at)
		if seen[n.Name] {
			f.Add(at+"/name", "unique", "another field has this name")
		}
		seen[n.Name] = true
	}
	slices.SortStableFunc(fields, func(a, b Field) int {
		if a.SortOrder != b.SortOrder {
			return a.SortOrder - b.SortOrder
		}
		return strings.Compare(a.Name, b.Name)
	})
}

func (n *NewField) check(f *core.Faults, at string) {
	checkKey(f, at+"/name", n.Name)
	if slices.Contains(requirable, n.Name) {
		f.Add(at+"/name", "reserved", "all leads have this already")
	}
	if n.Label = f.Line(at+"/label", n.Label, maxName/2); n.Label == "" {
		n.Label = n.Name
	}
	switch n.Type {
	case TextField, NumberField, EmailField, PhoneField, DateField, SelectField, MultiSelectField, TextareaField, BooleanField:
	default:
		f.Add(at+"/type", "enum", "has to be text, number, email, phone, date, select, multi_select, textarea or boolean")
	}
	n.Placeholder = f.Line(at+"/placeholder", n.Placeholder, maxName)
	n.HelpText = f.Text(at+"/helpText", n.HelpText, 1000)
	if n.SortOrder < -1_000_000 || n.SortOrder > 1_000_000 {
		f.Add(at+"/sortOrder", "range", "has to be from -1000000 to 1000000")
	}
	n.checkOptions(f, at+"/options")
}

func (n *NewField) checkOptions(f *core.Faults, at string) {
	if !n.Type.hasOptions() {
		if len(n.Options) > 0 {
			f.Add(at, "options", "only select and multi_select have options")
		}
		n.Options = []string{}
		return
	}
	if len(n.Options) == 0 || len(n.Options) > maxOptions {
		f.Add(at, "items", fmt.Sprintf("has to have 1 to %d options", maxOptions))
		return
	}
	options, seen := make([]string, len(n.Options)), map[string]bool{}
	for i, option := range n.Options {
		here := fmt.Sprintf("%s/%d", at, i)
		options[i] = f.Line(here, option, maxName/2)
		switch key := core.Fold(options[i]); {
		case key == "":
			f.Add(here, "required", "an option has to have a text")
		case seen[key]:
			f.Add(here, "unique", "another option is the same without case and accents")
		default:
			seen[key] = true
		}
	}
	n.Options = options
}

// option is the field's spelling of an option, compared without case and accents.
func (n *NewField) option(text string) (string, bool) {
	key := core.Fold(text)
	for _, o := range n.Options {
		if core.Fold(o) == key {
			return o, true
		}
	}
	return "", false
}

// fieldNamed is the one of the fields that has the name, or nil.
func fieldNamed(fields []Field, name string) *Field {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i]
		}
	}
	return nil
}
