package filter

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// operands are what a field is compared with, and how they are kept: a list of texts for in,
// a truth value, or a text.
func (c *checker[R]) operands(at string, field *Field[R], f Filter) (kept any, operands []any) {
	switch {
	case f.Op == Has || f.Op == HasNot:
		if f.Value != nil {
			c.faults.Add(at, "absent", "has to be absent: "+string(f.Op)+" compares with nothing")
		}
		return nil, nil
	case field.Kind == Truth:
		truth, ok := f.Value.(bool)
		if !ok {
			c.faults.Add(at, "type", "has to be true or false")
		}
		return truth, []any{truth}
	case f.Op == In:
		return c.several(at, field, f)
	}
	text, ok := textOf(f.Value)
	if !ok {
		c.faults.Add(at, "type", "has to be a text")
		return nil, nil
	}
	operand := c.operand(at, field, f.Op, text)
	return keptAs(operand, text), []any{operand}
}

func (c *checker[R]) several(at string, field *Field[R], f Filter) (any, []any) {
	list := reflect.ValueOf(f.Value)
	if f.Value == nil || list.Kind() != reflect.Slice || list.Len() == 0 || list.Len() > MaxOperands {
		c.faults.Add(at, "list", fmt.Sprintf("has to be a list of 1 to %d texts", MaxOperands))
		return nil, nil
	}
	kept, operands := make([]any, list.Len()), make([]any, list.Len())
	for i := range list.Len() {
		pointer := at + "/" + strconv.Itoa(i)
		text, ok := textOf(list.Index(i).Interface())
		if !ok {
			c.faults.Add(pointer, "type", "has to be a text")
			continue
		}
		operands[i] = c.operand(pointer, field, f.Op, text)
		kept[i] = keptAs(operands[i], text)
	}
	return kept, operands
}

// textOf is the value as JSON would have it, if that is a text or a number.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), true
	case float64: // as JSON decodes a number
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case fmt.Stringer:
		return v.String(), true
	}
	switch r := reflect.ValueOf(v); {
	case r.Kind() == reflect.String:
		return r.String(), true
	case r.CanInt():
		return strconv.FormatInt(r.Int(), 10), true
	}
	return "", false
}

// keptAs is an operand as a filter keeps it. A text stays as it was written: it is for people.
func keptAs(operand any, text string) string {
	if t, ok := operand.(time.Time); ok {
		return t.Format(time.RFC3339Nano)
	}
	return text
}

// operand is a text in the form in which the field is compared.
func (c *checker[R]) operand(at string, field *Field[R], op Op, text string) any {
	known := len(*c.faults)
	text = c.faults.Line(at, text, maxOperand)
	if len(*c.faults) > known {
		return text
	}
	switch field.Kind {
	case Time:
		return c.instant(at, text)
	case Whole:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			c.faults.Add(at, "number", "has to be a whole number")
		}
		return n
	case Day:
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			c.faults.Add(at, "day", "has to be a day as 2026-01-31")
		}
		return text
	}
	return c.text(at, field, op, text)
}

func (c *checker[R]) instant(at, text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		c.faults.Add(at, "time", "has to be a time as 2026-01-31T12:00:00Z")
		return t
	}
	c.faults.Instant(at, t)
	return t.UTC().Truncate(time.Microsecond) // as times are stored
}

func (c *checker[R]) text(at string, field *Field[R], op Op, text string) string {
	compared := text
	switch {
	case field.Read != nil && (op == Is || op == In || field.Kind == Number) && text != "":
		read, err := field.Read(text)
		if err != nil {
			c.faults.Add(at, "value", why(err))
			return ""
		}
		compared = read
	case field.Kind == Text:
		compared = core.Fold(text)
	}
	if compared == "" {
		c.faults.Add(at, "required", "has to be a text")
	}
	return compared
}

// why is what a person is told of an operand that cannot be read.
func why(err error) string {
	var known *core.Error
	switch {
	case !errors.As(err, &known):
		return err.Error()
	case len(known.Fields) > 0:
		return known.Fields[0].Message
	}
	return known.Message
}
