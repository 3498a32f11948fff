package bunstore

import (
	"context"
	"encoding/base32"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/words"
)

// Words are the words of a row as its column of that name keeps them: each behind a space, and
// marked with the company, so that those of a company are together in the database's index
// and no search reads those of another.
func (s *Session) Words(list []string) string {
	mark := " " + companyMark(s.scope.Company)
	var b strings.Builder
	for _, word := range list {
		b.WriteString(mark)
		b.WriteString(word)
	}
	return b.String()
}

// companyMark is 30 bits of a company's id. Two companies may have the same: queries are of one
// company anyhow.
func companyMark(company core.CompanyID) string {
	return strings.ToLower(base32.HexEncoding.EncodeToString(company.UUID[8:])[:6])
}

// fewFound is how many rows a search in SQLite finds by its index. Where more are found, they are so
// many that a list comes upon them soon.
const fewFound = 1500

// postgresWords keeps the rows that the search finds. A word that many rows have is looked at in those
// that the other words find: the index would gather all of its rows first.
func (f *finder) postgresWords(ctx context.Context) error {
	if len(f.Search) == 0 {
		return nil
	}
	rare, common := f.Search, words.Query(nil)
	if len(f.Search) > 1 {
		var err error
		if rare, common, err = f.sampled(ctx); err != nil {
			return err
		}
	}
	if len(rare) == 0 {
		rare, common = f.Search, nil
	}
	f.q = f.q.Where(f.Alias+".words @@ ?::tsquery", f.tsquery(rare))
	if len(common) > 0 { // no index is asked whether something IS TRUE
		f.q = f.q.Where("("+f.Alias+".words @@ ?::tsquery) IS TRUE", f.tsquery(common))
	}
	return nil
}

func (f *finder) tsquery(search words.Query) string {
	mark := companyMark(f.s.scope.Company)
	return phrased(search, " & ", " | ", func(prefix string) string { return "'" + mark + prefix + "':*" })
}

// sqliteWords keeps the rows that the search finds, and reports whether they are few: then the query
// begins with them. Otherwise seldom is how many rows there are to one of them.
func (f *finder) sqliteWords(ctx context.Context) (few bool, seldom float64, err error) {
	if len(f.Search) == 0 {
		return false, 1, nil
	}
	rare, common, err := f.sampled(ctx)
	if err != nil {
		return false, 0, err
	}
	seldom = 1
	if len(rare) > 0 {
		seldom = commonIn
		found, err := f.matches(ctx, rare)
		if err != nil {
			return false, 0, err
		}
		if few = len(found) <= fewFound; few {
			f.from("SELECT ? AS id FROM ? WHERE docid IN (?)", []any{bun.Ident(f.Name[strings.LastIndexByte(f.Name, '_')+1:] + "_id"), bun.Ident(f.Name + "_docs"), bun.List(found)})
			rare = nil
		}
	}
	if look := slices.Concat(common, rare); len(look) > 0 {
		text, args := f.looked(look)
		f.q = f.q.Where(text, args...)
	}
	return few, seldom, nil
}

// matches are the numbers under which SQLite's index of words has the rows, up to one more than few.
func (f *finder) matches(ctx context.Context, search words.Query) (found []int64, err error) {
	mark := companyMark(f.s.scope.Company)
	match := phrased(search, " AND ", " OR ", func(prefix string) string { return `"` + mark + prefix + `"*` })
	index := bun.Ident(f.Name + "_fts")
	err = f.s.AcrossQuery("SELECT rowid FROM ? WHERE ? MATCH ? LIMIT ?", index, index, match, fewFound+1).Scan(ctx, &found)
	return found, f.s.Fail(err)
}

// looked is the condition by which SQLite looks at a row's words.
func (f *finder) looked(search words.Query) (text string, args []any) {
	mark := companyMark(f.s.scope.Company)
	text = phrased(search, " AND ", " OR ", func(prefix string) string {
		args = append(args, " "+mark+prefix)
		return "instr(" + f.Alias + ".words, ?) > 0"
	})
	return text, args
}

// A sample is this many of a company's rows, half of them the oldest and half the newest. A
// word is common that at least one of so many has.
const (
	sample   = 400
	commonIn = 40
)

// sampled tells the words that many rows have from the others, by a sample. Both databases read
// all rows of an index's words at once, many or few.
func (f *finder) sampled(ctx context.Context) (rare, common words.Query, err error) {
	var counts strings.Builder
	var args []any
	hits, dest := make([]int, len(f.Search)+1), make([]any, len(f.Search)+1)
	for i := range f.Search {
		text, a := f.said(f.Search[i : i+1])
		counts.WriteString("coalesce(sum(CASE WHEN " + text + " THEN 1 ELSE 0 END), 0), ")
		args, dest[i] = append(args, a...), &hits[i]
	}
	dest[len(f.Search)] = &hits[len(f.Search)]
	half := "SELECT * FROM (SELECT words FROM " + f.Table + " WHERE company_id = ? ORDER BY id ? LIMIT ?) AS "
	args = append(args, f.s.scope.Company, bun.Safe("ASC"), sample/2, f.s.scope.Company, bun.Safe("DESC"), sample/2)
	err = f.s.AcrossQuery("SELECT "+counts.String()+"count(*) FROM ("+half+"oldest UNION ALL "+half+"newest) AS "+f.Alias, args...).Scan(ctx, dest...)
	if err != nil {
		return nil, nil, f.s.Fail(err)
	}
	for i, term := range f.Search {
		if n := hits[len(f.Search)]; n == sample && hits[i]*commonIn >= n {
			common = append(common, term)
		} else {
			rare = append(rare, term)
		}
	}
	return rare, common, nil
}

// said is whether a row's words meet the search, without an index.
func (f *finder) said(search words.Query) (text string, args []any) {
	if f.s.db.dialect.Name == "postgres" {
		return f.Alias + ".words @@ ?::tsquery", []any{f.tsquery(search)}
	}
	return f.looked(search)
}

// phrased is a search in the words of a database.
func phrased(search words.Query, and, or string, begins func(prefix string) string) string {
	terms := make([]string, len(search))
	for i, term := range search {
		alternatives := make([]string, len(term))
		for j, prefixes := range term {
			all := make([]string, len(prefixes))
			for k, prefix := range prefixes {
				all[k] = begins(prefix)
			}
			alternatives[j] = "(" + strings.Join(all, and) + ")"
		}
		terms[i] = "(" + strings.Join(alternatives, or) + ")"
	}
	return strings.Join(terms, and)
}
