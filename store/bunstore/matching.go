package bunstore

import (
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core/filter"
)

// Column is where a field of a filter is: in a column of the table, or in rows that hang
// on it.
type Column struct {
	Value string // SQL of the value, or of the value in a row that hangs on it
	Has   string // SQL of whether there is one; empty: always

	// Begin is how many characters of a long text its index has; 0: all.
	Begin int

	// Hung are the rows that hang on one of the table; the zero value: the value is the row's own.
	Hung Hung

	// Listed: an index begins with the company and the value, and has the ids of the rows.
	Listed bool

	// Rare: of those rows that have a value, next to none, an index has the ids.
	Rare bool

	// Only is the one value of which Listed is true; nil: of all.
	Only any

	// Unique says that one row at most has a value.
	Unique bool

	// Ordered: the indexes of the list's orders have the value too.
	Ordered bool
}

// Hung are rows of another table that hang on those of a list.
type Hung struct {
	Table string // with its alias: "crm_contact_tags AS tag"
	Alias string
	Row   string // its column that names the row of the list
	Where string // which rows of the table; empty: all
}

// Filled is a text that is empty where there is none.
func Filled(column string) Column { return Column{Value: column, Has: column + " <> ''"} }

// Nullable is a column that is NULL where there is none.
func Nullable(column string) Column { return Column{Value: column, Has: column + " IS NOT NULL"} }

// Seldom is the column, of which an index has the rows that have a value, which are few.
func (c Column) Seldom() Column {
	c.Rare = true
	return c
}

// List is the column, of which an index lists the rows that have a value.
func (c Column) List() Column {
	c.Listed = true
	return c
}

// matcher writes the conditions of a filter, as [filter.Fields.Match] has them: each is true or
// false, and never NULL.
type matcher struct {
	s       *Session
	columns map[string]Column
	row     string // SQL of the row's id
	any     bool   // within an OR, where Postgres is to look each row's up, and not to gather all there are
	hidden  bool   // from SQLite's planner, so that it takes none of the indexes of single columns
	sql     strings.Builder
	args    []any
}

func (m *matcher) write(sql string, args ...any) {
	m.sql.WriteString(sql)
	m.args = append(m.args, args...)
}

func (m *matcher) node(n filter.Node) {
	between := " AND "
	switch {
	case n.Group == filter.Single:
		m.test(n.Test)
		return
	case len(n.Nodes) == 0:
		m.write("TRUE")
		return
	case n.Group == filter.NoneOf:
		m.write("NOT ")
	case n.Group == filter.AnyOf:
		between = " OR "
		defer func(any bool) { m.any = any }(m.any)
		m.any = true
	}
	m.write("(")
	for i, node := range n.Nodes {
		if i > 0 {
			m.write(between)
		}
		m.node(node)
	}
	m.write(")")
}

func (m *matcher) test(t filter.Test) {
	c, ok := m.columns[t.Field]
	if !ok { // a field without a column is found by the first test that uses it
		panic("bunstore: the filter's field " + t.Field + " has no column")
	}
	switch {
	case t.Op == filter.HasNot:
		m.write("NOT ")
		t.Op = filter.Has
		m.test(t)
	case c.Hung.Table != "":
		m.write("EXISTS (SELECT 1 FROM "+c.Hung.Table+" WHERE "+c.Hung.Alias+".company_id = ? AND "+c.Hung.Alias+"."+c.Hung.Row+" = "+m.row+" AND ", m.s.scope.Company)
		m.hung(c, t)
		if m.any && m.s.db.dialect.Name == "postgres" {
			m.write(" OFFSET 0")
		}
		m.write(")")
	case c.Has == "":
		m.compare(c, t)
	case t.Op == filter.Has:
		m.write("(" + c.Has + ")")
	default:
		m.write("(" + c.Has + " AND ")
		m.compare(c, t)
		m.write(")")
	}
}

// hung is what a row that hangs has to meet.
func (m *matcher) hung(c Column, t filter.Test) {
	if c.Hung.Where != "" {
		m.write(c.Hung.Where + " AND ")
	}
	m.compare(c, t)
}

func (m *matcher) compare(c Column, t filter.Test) {
	if m.hidden && c.Hung.Table == "" {
		c.Value = "+" + c.Value
	}
	switch t.Op {
	case filter.Has:
		m.write("TRUE")
	case filter.Is:
		if c.Begin > 0 {
			m.write("substr("+c.Value+", 1, ?) = substr(?, 1, ?) AND ", c.Begin, t.Operands[0], c.Begin)
		}
		m.write(c.Value+" = ?", t.Operands[0])
	case filter.In:
		m.write(c.Value+" IN (?)", bun.List(t.Operands))
	case filter.From:
		m.write(c.Value+" >= ?", t.Operands[0])
	case filter.Before:
		m.write(c.Value+" < ?", t.Operands[0])
	case filter.Contains:
		m.write(c.Value+" LIKE ? ESCAPE '!'", "%"+wildcards.Replace(t.Operands[0].(string))+"%")
	case filter.StartsWith:
		prefix := t.Operands[0].(string)
		m.write("("+c.Value+" >= ?", prefix)
		if end := prefixEnd(prefix); end != "" {
			m.write(" AND "+c.Value+" < ?", end)
		}
		m.write(")")
	}
}

var wildcards = strings.NewReplacer("%", "!%", "_", "!_", "!", "!!")

// prefixEnd is the least text that sorts after all that begin with prefix, by code point; empty
// if there is none.
func prefixEnd(prefix string) string {
	for prefix != "" {
		r, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch {
		case r == 0xD7FF:
			return prefix + "\uE000" // between them are the surrogates, which are no characters
		case r < utf8.MaxRune:
			return prefix + string(r+1)
		}
	}
	return ""
}
