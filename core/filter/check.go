package filter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// Node is a filter that has been checked: a group of others, or a test.
type Node struct {
	Group Group
	Nodes []Node // of a group
	Test  Test   // of Single
}

// Group says how the nodes of one count.
type Group int

// The groups.
const (
	Single Group = iota // no group, but a test
	AllOf
	AnyOf
	NoneOf // of the one that it has
)

// Test compares a field with operands: none for has and hasNot, one or more for in, and else
// one. They are a string, a bool, an int64 or a [time.Time].
type Test struct {
	Field    string
	Kind     Kind
	Op       Op
	Operands []any
}

// Check is the filter in the form in which it is kept, which JSON gives back as it is, and as
// what is compared. What is wrong is noted in f; at is the JSON pointer of the filter. An
// empty filter is an AllOf of nothing.
func (fs Fields[R]) Check(f *core.Faults, at string, filter Filter) (Filter, Node) {
	if filter.IsZero() {
		return filter, Node{Group: AllOf}
	}
	c := &checker[R]{fields: fs, faults: f}
	return c.node(at, filter, 1)
}

type checker[R any] struct {
	fields Fields[R]
	faults *core.Faults
	tests  int
}

func (c *checker[R]) node(at string, f Filter, depth int) (Filter, Node) {
	if depth > MaxDepth+1 {
		c.faults.Add(at, "max_depth", errTooDeep.Error())
		return f, Node{}
	}
	said := 0
	for _, is := range []bool{f.All != nil, f.Any != nil, f.Not != nil, f.Field != "" || f.Op != "" || f.Value != nil} {
		if is {
			said++
		}
	}
	switch {
	case said != 1:
		c.faults.Add(at, "filter", "has to have exactly one of all, any, not and field")
		return f, Node{}
	case f.Not != nil:
		not, node := c.node(at+"/not", *f.Not, depth+1)
		return Filter{Not: &not}, Node{Group: NoneOf, Nodes: []Node{node}}
	case f.All != nil:
		all, nodes := c.group(at+"/all", f.All, depth)
		return Filter{All: all}, Node{Group: AllOf, Nodes: nodes}
	case f.Any != nil:
		anyOf, nodes := c.group(at+"/any", f.Any, depth)
		return Filter{Any: anyOf}, Node{Group: AnyOf, Nodes: nodes}
	}
	value, test := c.test(at, f)
	return Filter{Field: f.Field, Op: f.Op, Value: value}, Node{Test: test}
}

func (c *checker[R]) group(at string, fs []Filter, depth int) ([]Filter, []Node) {
	if len(fs) == 0 {
		c.faults.Add(at, "min_items", "has to have a condition")
	}
	kept, nodes := make([]Filter, 0, min(len(fs), MaxTests)), make([]Node, 0, min(len(fs), MaxTests))
	for i, f := range fs {
		if c.tests > MaxTests {
			break // one fault is enough
		}
		filter, node := c.node(at+"/"+strconv.Itoa(i), f, depth+1)
		kept, nodes = append(kept, filter), append(nodes, node)
	}
	return kept, nodes
}

// test is a comparison, and its value in the form in which it is kept.
func (c *checker[R]) test(at string, f Filter) (any, Test) {
	if c.tests++; c.tests == MaxTests+1 {
		c.faults.Add(at, "max_items", fmt.Sprintf("is one of more than %d conditions", MaxTests))
	}
	if c.tests > MaxTests {
		return nil, Test{}
	}
	field, ok := c.fields.find(f.Field)
	if !ok {
		c.faults.Add(at+"/field", "field", "there is no such field to filter by")
		return nil, Test{}
	}
	if !slices.Contains(ops[field.Kind], f.Op) {
		c.faults.Add(at+"/op", "op", "has to be one of "+listed(ops[field.Kind])+" for this field")
		return nil, Test{}
	}
	kept, operands := c.operands(at+"/value", field, f)
	return kept, Test{Field: f.Field, Kind: field.Kind, Op: f.Op, Operands: operands}
}

// listed are ways to compare, between commas.
func listed(ops []Op) string {
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = string(op)
	}
	return strings.Join(names, ", ")
}
