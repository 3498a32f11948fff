package bunstore

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/clientele-crm/clientele/core/filter"
)

// What it costs SQLite, in about microseconds: to pass by a row in the order of the list, which the
// index tells to be none, or to read it; to look a row up by its id; and to put an id into a list.
const (
	passCost = 0.3
	walkCost = 3.0
	rowCost  = 6.0
	listCost = 1.0
)

// fullPage is how many rows a list comes upon before it is done.
const fullPage = 51

// mostCounted is how far lists of ids are counted.
const mostCounted = 30_000

// shortest are the lists of ids that SQLite does best to begin with; none: it goes in the order of the
// list. Seldom is how many rows there are to one that the search finds.
func (f *finder) shortest(ctx context.Context, seldom float64) ([]filter.Test, error) {
	if len(f.lists) == 0 || len(f.lists) == 1 && f.inOrder(f.lists[0]) {
		return nil, nil
	}
	for i, t := range f.lists {
		if f.Columns[t.Field].Unique && t.Op == filter.Is {
			return f.lists[i : i+1], nil
		}
	}
	all, sizes, err := f.sizes(ctx)
	if err != nil {
		return nil, err
	}
	order := make([]int, len(sizes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[a], sizes[b]) })
	var first []filter.Test
	cost, rows := 0.0, all
	for _, i := range order {
		if n := float64(sizes[i]); sizes[i] <= mostCounted && (first == nil || n*listCost < rows*rowCost) {
			first, cost, rows = append(first, f.lists[i]), cost+n*listCost, rows*n/max(all, 1)
		}
	}
	if cost+rows*rowCost > f.walk(all, sizes)*seldom {
		return nil, nil
	}
	return first, nil
}

// sizes are how many rows the table has at most, and how many each list has.
func (f *finder) sizes(ctx context.Context) (all float64, sizes []int, err error) {
	var counts strings.Builder
	var args []any
	sizes = make([]int, len(f.lists))
	rows := 0
	dest := []any{&rows}
	for i, t := range f.lists {
		m := f.ids(t)
		counts.WriteString(", (SELECT count(*) FROM (" + m.sql.String() + " LIMIT ?))")
		args, dest = append(append(args, m.args...), mostCounted+1), append(dest, &sizes[i])
	}
	err = f.s.AcrossQuery("SELECT "+f.allRows()+counts.String(), args...).Scan(ctx, dest...)
	return float64(rows), sizes, f.s.Fail(err)
}

// walk is what a page costs in the order of the list, if the conditions have nothing to do with
// each other. The index of a column has the order of a list by name: then only its rows are passed.
func (f *finder) walk(all float64, sizes []int) float64 {
	passed, told, saved := float64(fullPage), 1.0, 1.0
	for i, size := range sizes {
		one := all / float64(max(size, 1))
		passed *= one
		switch {
		case f.inOrder(f.lists[i]):
			saved = max(saved, one)
		case !f.Ordered && f.Columns[f.lists[i].Field].Ordered:
			told *= one
		}
	}
	passed /= saved
	return passed*passCost + passed/told*walkCost
}
