package bunstore

import (
	"slices"
	"strconv"

	"github.com/uptrace/bun"
)

// FirstOfEach is, for each of many keys, the first rows that have it: their ids in order, at most n, and
// the place of each among them, from 1. Rows is a query of the rows, and key and id are its columns,
// which an index has one behind the other.
//
// SQLite looks each of them up in that index. Postgres would rather read all rows of the index, and
// those of a table that grows by an import time after time: LATERAL leaves it no choice.
func (s *Session) FirstOfEach(rows *bun.SelectQuery, key, id string, keys []int64, n int) *bun.SelectQuery {
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	if s.db.dialect.Name != "postgres" {
		ranked := rows.ColumnExpr("? AS id", bun.Ident(id)).
			ColumnExpr("row_number() OVER (PARTITION BY ? ORDER BY ?) AS place", bun.Ident(key), bun.Ident(id)).
			Where("? IN (?)", bun.Ident(key), bun.List(keys))
		return s.From(ranked, "of_key").Column("id", "place").Where("place <= ?", n)
	}
	first := rows.ColumnExpr("? AS id", bun.Ident(id)).ColumnExpr("row_number() OVER (ORDER BY ?) AS place", bun.Ident(id)).
		Where("? = sought.key", bun.Ident(key)).OrderExpr("?", bun.Ident(id)).Limit(int64(n))
	return s.nothing().TableExpr("unnest('{?}'::bigint[]) AS sought (key)", numbers(keys)).TableExpr("LATERAL (?) AS of_key", first).Column("id", "place")
}

// numbers are written between commas.
func numbers(list []int64) bun.Safe {
	var text []byte
	for i, n := range list {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, n, 10)
	}
	return bun.Safe(text)
}
