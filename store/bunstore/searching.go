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

// fewFound is how many rows a search in SQLite finds by its index. SQLite has no statistics of
// words: where more are found, they are so many that a list comes upon them soon.
const fewFound = 3000

// Searched keeps the rows of a query that a search finds, as [words.Query.Match] has it. Name is
// the table's without the plural: SQLite has the words of crm_contacts in crm_contact_fts and the
// ids of those rows in crm_contact_docs. Few: they are so few that a list begins with them.
func (s *Session) Searched(ctx context.Context, q *bun.SelectQuery, name string, search words.Query) (kept *bun.SelectQuery, few bool, err error) {
	mark := companyMark(s.scope.Company)
	if s.db.dialect.Name == "postgres" {
		return q.Where("?TableAlias.words @@ ?::tsquery", phrased(search, " & ", " | ", func(prefix string) string { return "'" + mark + prefix + "':*" })), false, nil
	}
	match := phrased(search, " AND ", " OR ", func(prefix string) string { return `"` + mark + prefix + `"*` })
	index, docs := bun.Ident(name+"_fts"), bun.Ident(name+"_docs")
	var n int
	err = s.AcrossQuery("SELECT count(*) FROM (SELECT 1 FROM ? WHERE ? MATCH ? LIMIT ?)", index, index, match, fewFound+1).Scan(ctx, &n)
	if err != nil {
		return nil, false, s.Fail(err)
	}
	if n <= fewFound {
		return q.Where("?TableAlias.id IN (SELECT d.? FROM ? AS d WHERE d.docid IN (SELECT rowid FROM ? WHERE ? MATCH ?))",
			bun.Ident(name[strings.LastIndexByte(name, '_')+1:]+"_id"), docs, index, index, match), true, nil
	}
	var args []any
	text := phrased(search, " AND ", " OR ", func(prefix string) string {
		args = append(args, " "+mark+prefix)
		return "instr(?TableAlias.words, ?) > 0"
	})
	return q.Where(text, args...), false, nil
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
