package bunstore

import (
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"
)

// FirstOfEach is, for each of many keys, the first rows that have it: their ids in order, at most n, and
// the place of each among them, from 1. Rows is a query of the rows, and key and id are its columns.
//
// Postgres would rather read all rows of an index, and those of a table that grows by an import time after
// time: LATERAL leaves it no choice. It has an index of the company, the key and the id.
func (s *Session) FirstOfEach(rows *bun.SelectQuery, key, id string, keys []int64, n int) *bun.SelectQuery {
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	if s.db.dialect.Name == "sqlite" {
		return s.firstOfEachInSQLite(rows, key, id, keys, n)
	}
	first := rows.ColumnExpr("? AS id", bun.Ident(id)).ColumnExpr("row_number() OVER (ORDER BY ?) AS place", bun.Ident(id)).
		Where("? = sought.key", bun.Ident(key)).OrderExpr("?", bun.Ident(id)).Limit(int64(n))
	return s.nothing().TableExpr("unnest('{?}'::bigint[]) AS sought (key)", numbers(keys)).TableExpr("LATERAL (?) AS of_key", first).Column("id", "place")
}

// oldestOf is how many times as many rows as are asked for FirstOfEach looks at on SQLite, of those that the actor
// sees: of a key that more have, those that were stored first. Mostly they are the first by id too, but for those
// that were stored anew since, as the addresses of whoever has changed.
const oldestOf = 10

// firstOfEachInSQLite is FirstOfEach of a table whose rows have numbers, by an index of the key and of the last
// eight characters of the company's id, as "match_key, substr(company_id, 29)". It knows rows by their numbers
// only: the ids would make it three times as large, and keys that are hashes have an import write all of it again
// with each batch.
func (s *Session) firstOfEachInSQLite(rows *bun.SelectQuery, key, id string, keys []int64, n int) *bun.SelectQuery {
	alias, id, _ := strings.Cut(id, ".")
	company := s.scope.Company.String()
	of := rows.ColumnExpr("?.rowid", bun.Ident(alias)).Where("? = sought.value", bun.Ident(key)).
		Where("substr(?.company_id, 29) = ?", bun.Ident(alias), company[28:]).OrderExpr("?.rowid", bun.Ident(alias)).Limit(int64(oldestOf * n))
	ranked := s.nothing().TableExpr("json_each('[?]') AS sought", numbers(keys)).
		Join("CROSS JOIN ? AS found", bun.Ident(rows.GetTableName())).Where("found.rowid IN (?)", of).
		ColumnExpr("found.? AS id", bun.Ident(id)).
		ColumnExpr("row_number() OVER (PARTITION BY sought.value ORDER BY found.?) AS place", bun.Ident(id))
	return s.From(ranked, "of_key").Column("id", "place").Where("place <= ?", n)
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
