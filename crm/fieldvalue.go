package crm

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Values are what a lead has in its tracker's fields, by their names. A field without a value
// is not in it.
type Values map[string]FieldValue

// FieldValue is what a lead has in one field: a text in the canonical form of the field's type,
// or the options that are chosen of a multi_select. In JSON it is a text, or a list of texts;
// numbers, true and false are read too.
type FieldValue struct {
	Text   string
	Chosen []string // of a multi_select
}

// Text is the value of a field of any type but multi_select. An empty one is none.
func Text(text string) FieldValue { return FieldValue{Text: text} }

// Choose is the value of a multi_select.
func Choose(options ...string) FieldValue { return FieldValue{Chosen: options} }

// IsZero reports whether there is no value.
func (v FieldValue) IsZero() bool { return v.Text == "" && len(v.Chosen) == 0 }

// String is the text, or the options between commas.
func (v FieldValue) String() string {
	if v.Text != "" {
		return v.Text
	}
	return strings.Join(v.Chosen, ", ")
}

// texts are the value as its rows hold it.
func (v FieldValue) texts() []string {
	if v.Text != "" {
		return []string{v.Text}
	}
	return v.Chosen
}

// MarshalJSON implements [json.Marshaler].
func (v FieldValue) MarshalJSON() ([]byte, error) {
	if v.Chosen != nil {
		return json.Marshal(v.Chosen)
	}
	return json.Marshal(v.Text)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (v *FieldValue) UnmarshalJSON(data []byte) error {
	*v = FieldValue{}
	switch data = bytes.TrimSpace(data); {
	case len(data) > 0 && data[0] == '[':
		return json.Unmarshal(data, &v.Chosen)
	case len(data) > 0 && data[0] == '"':
		return json.Unmarshal(data, &v.Text)
	case bytes.Equal(data, []byte("null")):
		return nil
	}
	var literal any // a number or a truth value; its own text, so that no digit is lost
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&literal); err != nil {
		return err
	}
	if _, nested := literal.(map[string]any); nested {
		return &core.Error{Kind: core.ErrInvalid, Code: "not_a_value", Message: "a value is a text or a list of texts"}
	}
	v.Text = string(data)
	return nil
}

// The limits of values, in characters.
const (
	maxFieldText = 1000
	maxTextarea  = maxContent
)

// value brings a value into the canonical form of the field, and notes what is wrong with it.
// Region is the plan of telephone numbers without a "+".
func (n *NewField) value(f *core.Faults, at string, v FieldValue, r *rules) FieldValue {
	if n.Type == MultiSelectField {
		return n.chosen(f, at, v)
	}
	if v.Chosen != nil {
		f.Add(at, "type", "has to be one text: only multi_select takes a list")
		return FieldValue{}
	}
	if n.Type == TextareaField {
		return Text(f.Text(at, v.Text, maxTextarea))
	}
	text := f.Line(at, v.Text, maxFieldText)
	if text == "" {
		return FieldValue{}
	}
	return Text(n.line(f, at, text, r))
}

// line is the canonical form of a text that is not empty.
func (n *NewField) line(f *core.Faults, at, text string, r *rules) string {
	switch n.Type {
	case NumberField:
		number, ok := parseDecimal(text)
		if !ok {
			f.Add(at, "number", "has to be a decimal number such as -12.5, of at most 30 digits before the point and 15 behind it")
		}
		return number
	case DateField:
		return string(checkDate(f, at, Date(text)))
	case EmailField:
		return string(email(f, at, text))
	case PhoneField:
		phone, _ := r.phone(f, at, text)
		return string(phone)
	case SelectField:
		option, ok := n.option(text)
		if !ok {
			f.Add(at, "option", "is none of the options")
		}
		return option
	case BooleanField:
		if text != "true" && text != "false" {
			f.Add(at, "boolean", "has to be true or false")
		}
	}
	return text
}

func (n *NewField) chosen(f *core.Faults, at string, v FieldValue) FieldValue {
	texts := v.Chosen
	if v.Text != "" {
		texts = []string{v.Text}
	}
	var chosen []string
	for _, text := range texts {
		option, ok := n.option(text)
		if !ok {
			f.Add(at, "option", "has what is none of the options")
			return FieldValue{}
		}
		chosen = append(chosen, option)
	}
	var ordered []string
	for _, option := range n.Options {
		if slices.Contains(chosen, option) {
			ordered = append(ordered, option)
		}
	}
	return FieldValue{Chosen: ordered}
}

// Date is a day of the calendar, in no zone: YYYY-MM-DD, of the years 1 to 9999. Empty: none.
type Date string

// checkDate notes whether a date is none of the calendar.
func checkDate(f *core.Faults, at string, d Date) Date {
	if d == "" {
		return d
	}
	if t, err := time.Parse(time.DateOnly, string(d)); err != nil || t.Year() < 1 {
		f.Add(at, "date", "has to be a day of the calendar such as 2030-01-31")
	}
	return d
}
