package bunstore

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/core/words"
)

// Wanted says which rows a list has.
type Wanted struct {
	Table   string
	Alias   string // as the query and the columns have it
	Search  words.Query
	Name    string // of the table without the plural, as the index of words has it
	Filters []filter.Node
	Columns map[string]Column
	Ordered bool // the list is in the order that the indexes of single columns have behind the value
	ByName  bool // the list is in the order of names or titles, which are what is searched
}

// Find keeps the rows of a query that are wanted. There are two ways to a page: through an index
// in the order of the list, looking at each row until the page is full, or from the ids of all rows
// that meet a condition, which are then sorted. The first is fast where many rows are met, the
// second where few are.
//
// Postgres knows from its statistics how many they are. SQLite has none: there the lists of ids are
// counted first, as far as it matters.
func (s *Session) Find(ctx context.Context, q *bun.SelectQuery, w Wanted) (*bun.SelectQuery, error) {
	f := &finder{s: s, q: q, Wanted: w}
	for _, n := range w.Filters {
		f.split(n)
	}
	if s.db.dialect.Name == "postgres" {
		return f.postgres(ctx)
	}
	return f.sqlite(ctx)
}

type finder struct {
	Wanted
	s     *Session
	q     *bun.SelectQuery
	lists []filter.Test // by each of which an index lists the rows
	rest  []filter.Node
}

// split takes the conditions apart that have to be met all at once.
func (f *finder) split(n filter.Node) {
	switch {
	case n.Group == filter.AllOf:
		for _, node := range n.Nodes {
			f.split(node)
		}
	case n.Group == filter.Single && n.Test.Op == filter.Is && f.Columns[n.Test.Field].lists(n.Test.Operands[0]):
		f.lists = append(f.lists, n.Test)
	default:
		f.rest = append(f.rest, n)
	}
}

// lists reports whether an index lists the rows that have the value.
func (c Column) lists(value any) bool { return c.Listed && (c.Only == nil || c.Only == value) }

// further takes the conditions by which SQLite's indexes list the rows too, and not in an order: of
// several values, of a beginning, and of having a value that few have.
func (f *finder) further() {
	rest := f.rest
	f.rest = nil
	for _, n := range rest {
		c := f.Columns[n.Test.Field]
		switch op := n.Test.Op; {
		case n.Group != filter.Single:
		case c.Listed && c.Only == nil && c.Begin == 0 && (op == filter.In || op == filter.StartsWith), c.Rare && op == filter.Has:
			f.lists = append(f.lists, n.Test)
			continue
		case c.Rare && op != filter.HasNot:
			f.lists = append(f.lists, filter.Test{Field: n.Test.Field, Op: filter.Has})
		}
		f.rest = append(f.rest, n)
	}
}

// ids lists the ids of the rows that meet a condition, out of its index alone.
func (f *finder) ids(t filter.Test) *matcher {
	c := f.Columns[t.Field]
	m := &matcher{s: f.s, columns: f.Columns, row: f.Alias + ".id"}
	if c.Hung.Table != "" {
		m.row = c.Hung.Alias + "." + c.Hung.Row
		distinct := "DISTINCT "
		if t.Op == filter.Is {
			distinct = "" // a row has a value once
		}
		m.write("SELECT "+distinct+m.row+" AS id FROM "+c.Hung.Table+" WHERE "+c.Hung.Alias+".company_id = ? AND ", f.s.scope.Company)
		m.hung(c, t)
	} else {
		m.write("SELECT "+m.row+" AS id FROM "+f.Table+" AS "+f.Alias+" WHERE "+f.Alias+".company_id = ? AND ", f.s.scope.Company)
		m.test(t)
	}
	return m
}

func (f *finder) hangs(t filter.Test) bool { return f.Columns[t.Field].Hung.Table != "" }

// inOrder reports whether the index that lists the rows has them in the order of the list.
func (f *finder) inOrder(t filter.Test) bool { return f.Ordered && t.Op == filter.Is && !f.hangs(t) }

// where keeps the rows that meet what is left.
func (f *finder) where(hidden bool, nodes ...filter.Node) {
	for _, n := range nodes {
		m := matcher{s: f.s, columns: f.Columns, row: f.Alias + ".id", hidden: hidden}
		m.node(n)
		f.q = f.q.Where(m.sql.String(), m.args...)
	}
}

func single(tests []filter.Test) []filter.Node {
	nodes := make([]filter.Node, len(tests))
	for i, t := range tests {
		nodes[i] = filter.Node{Test: t}
	}
	return nodes
}

// postgres leaves the way to the planner, by statistics. Only by name the index of one column gives
// the order as well, and tempts it to read all rows of that column's value: from two on they are
// lists of ids, which it can put together without reading a row.
func (f *finder) postgres(ctx context.Context) (*bun.SelectQuery, error) {
	own := slices.DeleteFunc(slices.Clone(f.lists), f.hangs)
	if f.Ordered && len(own) > 1 {
		for _, t := range f.lists {
			m := f.ids(t)
			f.q = f.q.Where(f.Alias+".id IN ("+m.sql.String()+")", m.args...)
		}
	} else {
		f.where(false, single(f.lists)...)
	}
	ids, args, err := f.fewOf(ctx)
	if err != nil {
		return nil, err
	}
	if ids != "" {
		f.q = f.q.Where(f.Alias+".id IN ("+ids+")", args...)
	}
	f.where(false, f.rest...)
	return f.q, f.postgresWords(ctx)
}

func (f *finder) sqlite(ctx context.Context) (*bun.SelectQuery, error) {
	f.further()
	few, seldom, err := f.sqliteWords(ctx)
	if err != nil {
		return nil, err
	}
	if !few {
		ids, args, err := f.fewOf(ctx)
		if err != nil {
			return nil, err
		}
		if few = ids != ""; few {
			f.from(ids, args)
		}
	}
	if few {
		f.where(true, slices.Concat(single(f.lists), f.rest)...)
		return f.q, nil
	}
	first, err := f.shortest(ctx, seldom)
	if err != nil {
		return nil, err
	}
	if len(first) > 0 {
		f.from(f.common(first))
	}
	f.where(len(first) > 0 || !f.Ordered, single(f.lists)...)
	f.where(false, f.rest...)
	return f.q, nil
}

// from begins the query with a list of ids: SQLite reads what is before CROSS JOIN first.
func (f *finder) from(ids string, args []any) {
	f.q = f.q.ModelTableExpr("("+ids+") AS few CROSS JOIN "+f.Table+" AS "+f.Alias, args...).Where(f.Alias + ".id = few.id")
}

// common lists the ids that are in all lists. By the + SQLite gathers the others, instead of looking
// each id up in them, which takes it five times as long.
func (f *finder) common(lists []filter.Test) (ids string, args []any) {
	m := f.ids(lists[0])
	for _, t := range lists[1:] {
		other := f.ids(t)
		m.write(" AND +"+m.row+" IN ("+other.sql.String()+")", other.args...)
	}
	return m.sql.String(), m.args
}
