package bunstore

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele-crm/clientele/core/filter"
)

// fewOfAny is how many rows may meet one condition or another for a query to begin with them, of a table
// that has twenty times as many. Where more do, a list comes upon them soon.
const fewOfAny = 2000

// listed reports whether a condition is one of several, each of which has an index that lists its rows.
func (f *finder) listed(n filter.Node) bool {
	return n.Group == filter.AnyOf && len(n.Nodes) > 0 && !slices.ContainsFunc(n.Nodes, func(n filter.Node) bool {
		return n.Group != filter.Single || n.Test.Op != filter.Is || !f.Columns[n.Test.Field].lists(n.Test.Operands[0])
	})
}

// fewOf takes a condition out of those that are left which has one of several lists of ids, all of them
// short, and gives these ids; empty: there is none. No database finds by itself that it could begin with
// them, and would go through all rows for what next to nobody has.
func (f *finder) fewOf(ctx context.Context) (ids string, args []any, err error) {
	for i, n := range f.rest {
		if !f.listed(n) {
			continue
		}
		lists := make([]string, len(n.Nodes))
		var args []any
		for i, one := range n.Nodes {
			m := f.ids(one.Test)
			lists[i], args = m.sql.String(), append(args, m.args...)
		}
		few, err := f.few(ctx, lists, args)
		if err != nil {
			return "", nil, err
		}
		if few {
			f.rest = slices.Delete(slices.Clone(f.rest), i, i+1)
			return "SELECT DISTINCT id FROM (" + strings.Join(lists, " UNION ALL ") + ") AS listed", args, nil
		}
	}
	return "", nil, nil
}

// few reports whether lists of ids have few together.
func (f *finder) few(ctx context.Context, lists []string, args []any) (bool, error) {
	counts, dest := make([]string, len(lists)), make([]any, len(lists), len(lists)+1)
	found, rows := make([]int, len(lists)), int64(0)
	for i, list := range lists {
		counts[i], dest[i] = "(SELECT count(*) FROM ("+list+" LIMIT "+strconv.Itoa(fewOfAny+1)+") AS few)", &found[i]
	}
	if err := f.s.AcrossQuery("SELECT "+strings.Join(counts, ", ")+", "+f.allRows(), args...).Scan(ctx, append(dest, &rows)...); err != nil {
		return false, f.s.Fail(err)
	}
	all := int64(0)
	for _, n := range found {
		all += int64(n)
	}
	return all <= min(fewOfAny, max(rows/20, 50)), nil
}
