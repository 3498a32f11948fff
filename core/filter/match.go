package filter

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Match reports whether the row meets the checked filter.
func (fs Fields[R]) Match(n Node, row *R) bool {
	switch n.Group {
	case AllOf:
		return !slices.ContainsFunc(n.Nodes, func(n Node) bool { return !fs.Match(n, row) })
	case AnyOf:
		return slices.ContainsFunc(n.Nodes, func(n Node) bool { return fs.Match(n, row) })
	case NoneOf:
		return !slices.ContainsFunc(n.Nodes, func(n Node) bool { return fs.Match(n, row) })
	}
	field, ok := fs.find(n.Test.Field)
	return ok && n.Test.meets(field.Values(row))
}

// meets reports whether any of the values does.
func (t Test) meets(values []any) bool {
	switch t.Op {
	case Has:
		return len(values) > 0
	case HasNot:
		return len(values) == 0
	}
	return slices.ContainsFunc(values, func(v any) bool {
		return slices.ContainsFunc(t.Operands, func(o any) bool { return t.Op.holds(v, o) })
	})
}

// holds compares a value with an operand of its type.
func (op Op) holds(value, operand any) bool {
	switch v := value.(type) {
	case bool:
		return v == operand
	case time.Time:
		return op.ordered(v.Compare(operand.(time.Time)))
	case int64:
		return op.ordered(cmp.Compare(v, operand.(int64)))
	case string:
		switch o := operand.(string); op {
		case StartsWith:
			return strings.HasPrefix(v, o)
		case Contains:
			return strings.Contains(v, o)
		default:
			return op.ordered(strings.Compare(v, o))
		}
	}
	return false
}

func (op Op) ordered(compared int) bool {
	switch op {
	case From:
		return compared >= 0
	case Before:
		return compared < 0
	}
	return compared == 0
}
