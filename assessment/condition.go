package assessment

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
)

// Condition is when a question is asked. It has exactly one of all, any, not and question, and
// looks at earlier questions only, so no two wait for each other. A question that is hidden
// counts as not answered.
type Condition struct {
	All []Condition `json:"all,omitempty"`
	Any []Condition `json:"any,omitempty"`
	Not *Condition  `json:"not,omitempty"`

	Question QuestionID `json:"question,omitempty"`
	Answered *bool      `json:"answered,omitempty"` // whether it is answered at all
	Eq       *Operand   `json:"eq,omitempty"`       // the option chosen, or the rating
	In       []Operand  `json:"in,omitempty"`       // any of them
	Gte      *int64     `json:"gte,omitempty"`      // a rating of at least
	Lte      *int64     `json:"lte,omitempty"`      // a rating of at most
}

// UnmarshalJSON implements [json.Unmarshaler]. Unknown fields are refused: a condition that is
// misspelt would hide nothing, or everything. So is deep nesting, before anything of it is read:
// each level reads all that is in it again.
func (c *Condition) UnmarshalJSON(data []byte) error {
	if nesting(data) > 2*maxNesting+1 { // an object and a list at each level, and a list of operands
		return malformed("is nested too deeply")
	}
	type plain Condition
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode((*plain)(c))
}

// nesting is how deep JSON is nested.
func nesting(data []byte) (deepest int) {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{', c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}', c == ']':
			depth--
		}
	}
	return deepest
}

// Operand is an option's id (a text) or a rating (a whole number).
type Operand struct {
	Option OptionID
	Value  *int64
}

// MarshalJSON implements [json.Marshaler].
func (o Operand) MarshalJSON() ([]byte, error) {
	if o.Value != nil {
		return strconv.AppendInt(nil, *o.Value, 10), nil
	}
	return json.Marshal(string(o.Option))
}

// UnmarshalJSON implements [json.Unmarshaler].
func (o *Operand) UnmarshalJSON(data []byte) error {
	*o = Operand{}
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(&o.Option))
	}
	return json.Unmarshal(data, &o.Value)
}

// meets reports whether an answer is the operand.
func (o Operand) meets(a *Answer) bool {
	if o.Value != nil {
		return a.Value != nil && *a.Value == *o.Value
	}
	return slices.Contains(a.OptionIDs, o.Option)
}

// holds reports whether the condition does. Answer finds what was said to a question; nil: it
// is hidden or not answered.
func (c *Condition) holds(answer func(QuestionID) *Answer) bool {
	switch {
	case c.All != nil:
		for i := range c.All {
			if !c.All[i].holds(answer) {
				return false
			}
		}
		return true
	case c.Any != nil:
		for i := range c.Any {
			if c.Any[i].holds(answer) {
				return true
			}
		}
		return false
	case c.Not != nil:
		return !c.Not.holds(answer)
	}
	return c.comparison(answer(c.Question))
}

func (c *Condition) comparison(a *Answer) bool {
	switch {
	case c.Answered != nil:
		return (a != nil) == *c.Answered
	case a == nil:
		return false
	case c.Eq != nil:
		return c.Eq.meets(a)
	case c.In != nil:
		return slices.ContainsFunc(c.In, func(o Operand) bool { return o.meets(a) })
	case c.Gte != nil:
		return a.Value != nil && *a.Value >= *c.Gte
	case c.Lte != nil:
		return a.Value != nil && *a.Value <= *c.Lte
	}
	return false
}
