package bunstore

import (
	"context"
	"encoding/base32"
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
const fewFound = 2000

// fewByName is that of a list by name. Names are what is searched: whoever is found may all be at the end.
const fewByName = 5000

// postgresWords keeps the rows that the search finds. The index gathers all rows of each word first, so
// it is asked for the rarest words alone, or for none, where that costs less: the others are looked at
// in the rows.
func (f *finder) postgresWords(ctx context.Context) error {
	if len(f.Search) == 0 {
		return nil
	}
	asked, looked, gather := f.Search, words.Query(nil), false
	if len(f.Search) > 1 || f.ByName {
		s, err := f.sampled(ctx)
		if err != nil {
			return err
		}
		gather = f.ByName && s.rows*s.part(len(s.search)) <= mostSorted
		if k := s.cheapest(f); !gather {
			asked, looked = s.search[:k], s.search[k:]
		}
	}
	if len(asked) > 0 {
		f.q = f.q.Where(f.Alias+".words @@ ?::tsquery", f.tsquery(asked))
	}
	if len(looked) > 0 { // no index is asked whether something IS TRUE
		f.q = f.q.Where("("+f.Alias+".words @@ ?::tsquery) IS TRUE", f.tsquery(looked))
	}
	if gather {
		f.q = f.s.gathered(f.q, f.Alias)
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
	s, err := f.sampled(ctx)
	if err != nil {
		return false, 0, err
	}
	rare := s.rarer(aFourth)
	asked, looked := s.search[:rare], s.search[rare:]
	if len(asked) > 0 {
		most := fewFound
		if f.ByName {
			most = fewByName
		}
		found, err := f.matches(ctx, asked, most+1)
		if err != nil {
			return false, 0, err
		}
		if few = len(found) <= most; few {
			f.from("SELECT ? AS id FROM ? WHERE docid IN (?)", []any{bun.Ident(f.Name[strings.LastIndexByte(f.Name, '_')+1:] + "_id"), bun.Ident(f.Name + "_docs"), bun.List(found)})
		} else {
			looked = s.search
		}
	}
	if len(looked) > 0 {
		text, args := f.looked(looked)
		f.q = f.q.Where(text, args...)
	}
	return few, 1 / s.part(len(s.search)), nil
}

// matches are the numbers under which SQLite's index of words has the rows, up to a limit.
func (f *finder) matches(ctx context.Context, search words.Query, limit int) (found []int64, err error) {
	mark := companyMark(f.s.scope.Company)
	match := phrased(search, " AND ", " OR ", func(prefix string) string { return `"` + mark + prefix + `"*` })
	index := bun.Ident(f.Name + "_fts")
	err = f.s.AcrossQuery("SELECT rowid FROM ? WHERE ? MATCH ? LIMIT ?", index, index, match, limit).Scan(ctx, &found)
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
