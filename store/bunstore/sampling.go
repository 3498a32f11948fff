package bunstore

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core/words"
)

// A sample is this many of a company's rows, half of them the oldest and half the newest.
const sample = 400

// aFourth is what part of the rows SQLite's index of words may read of one word: to bring them all together
// takes it longer than looking at those that a list comes by.
const aFourth = 0.25

// sampled is a search, the rarest term first, and what part of the rows has each, by a sample.
type sampled struct {
	search words.Query
	parts  []float64
	rows   float64 // of the table
}

func (f *finder) sampled(ctx context.Context) (s sampled, err error) {
	var counts strings.Builder
	var args []any
	hits, n, rows := make([]int, len(f.Search)), 0, int64(0)
	dest := make([]any, len(f.Search), len(f.Search)+2)
	for i := range f.Search {
		text, a := f.said(f.Search[i : i+1])
		counts.WriteString("coalesce(sum(CASE WHEN " + text + " THEN 1 ELSE 0 END), 0), ")
		args, dest[i] = append(args, a...), &hits[i]
	}
	dest = append(dest, &n, &rows)
	half := "SELECT * FROM (SELECT words FROM " + f.Table + " WHERE company_id = ? ORDER BY id ? LIMIT ?) AS "
	args = append(args, f.s.scope.Company, bun.Safe("ASC"), sample/2, f.s.scope.Company, bun.Safe("DESC"), sample/2)
	err = f.s.AcrossQuery("SELECT "+counts.String()+"count(*), "+f.allRows()+" FROM ("+half+"oldest UNION ALL "+half+"newest) AS "+f.Alias, args...).Scan(ctx, dest...)
	if err != nil {
		return s, f.s.Fail(err)
	}
	s.rows = float64(rows)
	order := make([]int, len(hits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return hits[a] - hits[b] })
	for _, i := range order {
		part := 0.0
		if n == sample { // of fewer rows the index reads all in no time
			part = float64(hits[i]) / sample
		}
		s.search, s.parts = append(s.search, f.Search[i]), append(s.parts, part)
	}
	return s, nil
}

// allRows is SQL of how many rows the table has, of all companies: about, and without counting.
func (f *finder) allRows() string {
	if f.s.db.dialect.Name == "postgres" {
		return "(SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = '" + f.Table + "'::regclass)"
	}
	return "(SELECT coalesce(max(rowid), 0) FROM " + f.Table + ")"
}

// rarer is how many terms less than a part of the rows have.
func (s *sampled) rarer(part float64) int {
	n := 0
	for n < len(s.parts) && s.parts[n] < part {
		n++
	}
	return n
}

// part is what part of the rows has all of the k rarest terms, if they have nothing to do with each
// other. A term that is not in the sample is not in the table seldom enough to be sure.
func (s *sampled) part(k int) float64 {
	all := 1.0
	for _, part := range s.parts[:k] {
		all *= max(part, 0.5/sample)
	}
	return all
}

// What it costs Postgres, in about microseconds: to read one row of a word in the index of words; to
// fetch a row that it found; and to look at a row in the order of a list, which is by time as the rows
// lie, or by name across them.
const (
	entryCost  = 0.3
	foundCost  = 7.0
	byTimeCost = 1.0
	byNameCost = 5.0
)

// mostSorted is how many rows that a search finds are put into the order of a list by name. Names are what
// is searched: whoever is found may all be at the end of that order, so it is not gone through for them.
const mostSorted = 100_000

// cheapest is of how many of the rarest terms Postgres' index of words is asked; none: the rows are
// looked at in the order of the list. A condition that has an index of its own is taken to be met by
// one row of twenty.
func (s *sampled) cheapest(f *finder) (k int) {
	rows, look := max(s.rows, 10_000), byTimeCost
	if f.ByName {
		look = byNameCost
	}
	best := look * fullPage / s.part(len(s.search))
	for range f.lists {
		best *= 20
	}
	entries := 0.0
	for i, part := range s.parts {
		entries += part
		if cost := rows * (entries*entryCost + s.part(i+1)*foundCost); cost < best {
			best, k = cost, i+1
		}
	}
	return k
}
