package crmstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// No list and no search reads a whole table, by whatever order and condition: the database's own
// plan says so, by the statistics of a table that is filled. What nobody has is not looked for in the
// order of the list either, which would be all of it.
func TestNoListOrSearchWalksTheTable(t *testing.T) {
	t.Parallel()
	walkNoTable(t, func(t *testing.T, db *bunstore.DB) map[string]asking {
		return newCrowd(t, db, 10_000).everyList(t.Context())
	})
}

// walkNoTable asks every list of a filled database, on both.
func walkNoTable(t *testing.T, fill func(*testing.T, *bunstore.DB) map[string]asking) {
	for name, open := range map[string]func(*testing.T) (*bunstore.DB, error){
		"sqlite":   func(t *testing.T) (*bunstore.DB, error) { return sqlite.Memory(t.Context()) },
		"postgres": func(t *testing.T) (*bunstore.DB, error) { return trusting(t.Context(), pgtest.Database(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := open(t)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			require.NoError(t, db.Migrate(t.Context()))
			lists := fill(t, db)
			heard := listen(db)
			for asked, ask := range lists {
				heard.forget()
				require.NoError(t, ask.run(), asked)
				if walks := heard.walks(t, db, ask.rare); len(walks) > 0 {
					t.Errorf("%s: %s", asked, walks)
				}
			}
		})
	}
}

// asking is a list that is asked for.
type asking struct {
	run  func() error
	rare bool // nobody is in it
}

// walked are the conditions for which a list goes through all contacts in its order, where nobody meets
// them, and why.
func walked(field string, op filter.Op) string {
	switch {
	case op == filter.HasNot:
		return "an index of those who have none has an entry for each contact of an import that does not fill the field in"
	case op == filter.Contains:
		return "it takes an index of trigrams, which costs an import more than all others"
	case field == "type":
		return "it has two values, which most contacts have: lists come upon either soon"
	case field == "createdAt", field == "updatedAt":
		return "SQLite has no statistics that tell a stretch of time in which there is nobody from others"
	case field == "name":
		return "as those of time"
	}
	return ""
}

// everyList asks for contacts in each order: all of them, by each field and way of a filter, and by
// searches of few and of many.
func (c *crowd) everyList(ctx context.Context) map[string]asking {
	asks := map[string]asking{}
	add := func(name string, f crm.ContactFilter, rare bool) {
		for _, sort := range []crm.ContactSort{crm.ByName, crm.ByNameDesc, crm.ByCreated, crm.ByCreatedDesc, crm.ByUpdated, crm.ByUpdatedDesc} {
			f.Sort = sort
			asks[name+" by "+string(sort)] = asking{func() error {
				first, err := c.ws.Contacts.List(ctx, f, core.Page{Limit: 10})
				if err == nil && first.Next != "" {
					_, err = c.ws.Contacts.List(ctx, f, core.Page{Limit: 10, Cursor: first.Next})
				}
				return err
			}, rare}
		}
	}
	add("all", crm.ContactFilter{}, false)
	for _, field := range crm.ContactFields("BR") {
		for _, op := range field.Kind.Ops() {
			for _, value := range c.values(field, op) {
				add(fmt.Sprint(field.Name, " ", op, " ", value), crm.ContactFilter{Where: filter.Filter{Field: field.Name, Op: op, Value: value}}, false)
			}
			if value, ok := nobodys(field, op); ok && walked(field.Name, op) == "" {
				add(fmt.Sprint(field.Name, " ", op, " ", value), crm.ContactFilter{Where: filter.Filter{Field: field.Name, Op: op, Value: value}}, true)
			}
		}
	}
	for _, q := range c.conditions() {
		add(q.name, q.ask(7), false)
	}
	for _, q := range c.searches() {
		add(q.name, q.ask(7), false)
	}
	return asks
}

// values are what a field is compared with that many have.
func (c *crowd) values(field filter.Field[crm.Contact], op filter.Op) []any {
	many := map[string]string{
		"name": word(3), "location": "town " + word(2000), "company": "firm", "designation": "buyer", "industry": "trade 0", "source": "web",
		"tag": "tag0", "email": "p7@example.org", "phone": "+5511900000007", "categoryId": c.categories[0].String(), "ownerId": c.owners[0].String(),
	}[field.Name]
	switch {
	case field.Kind == filter.Truth:
		return []any{field.Name == "active"} // as most are
	case field.Kind == filter.Time:
		return map[filter.Op][]any{filter.From: {"2020-01-01T00:00:00Z"}, filter.Before: {"2100-01-01T00:00:00Z"}, filter.Has: {nil}}[op]
	case many == "" || op == filter.HasNot:
		return nil
	case op == filter.Has:
		return []any{nil}
	case op == filter.Contains && field.Name == "email":
		return []any{"example"}
	case op == filter.In:
		return []any{[]string{many, many}}
	}
	return []any{many}
}

// nobodys is what a field is compared with that nobody has.
func nobodys(field filter.Field[crm.Contact], op filter.Op) (value any, ok bool) {
	text := "nobody"
	switch {
	case field.Kind == filter.Truth:
		return field.Name == "incomplete", field.Name == "incomplete"
	case op == filter.Has: // of the fields that the crowd leaves empty
		return nil, slices.Contains([]string{"website", "timezone", "locale", "personalityType", "innerDrives", "baselines", "traits", "notes"}, field.Name)
	case field.Name == "email":
		text = "nobody@example.com"
	case field.Name == "phone":
		text = "+5521987654321"
	case strings.HasSuffix(field.Name, "Id"):
		text = named("nobody").String()
	}
	if op == filter.In {
		return []string{text, text}, true
	}
	return text, true
}

// heard are the queries that a database was asked.
type heard struct {
	mu      sync.Mutex
	queries []string
}

func listen(db *bunstore.DB) *heard {
	h := &heard{}
	db.Hook(h)
	return h
}

func (h *heard) forget() { h.queries = nil }

// BeforeQuery implements [bun.QueryHook].
func (h *heard) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	h.mu.Lock()
	defer h.mu.Unlock()
	if strings.HasPrefix(e.Query, "SELECT") {
		h.queries = append(h.queries, e.Query)
	}
	return ctx
}

// AfterQuery implements [bun.QueryHook].
func (h *heard) AfterQuery(context.Context, *bun.QueryEvent) {}

// walks are the steps in the plans of the queries that read a table from one end to the other, or all of a
// company's rows where there is none to find.
func (h *heard) walks(t *testing.T, db *bunstore.DB, rare bool) (walks []string) {
	pool, _ := db.Pools()
	explain, walk, order := "EXPLAIN ", regexp.MustCompile(`Seq Scan on crm_`), regexp.MustCompile(`Index Scan (Backward )?using (crm_contacts_(name|created|updated)|crm_leads_(created|updated|title|value|expected)) on`)
	if db.Dialect() == "sqlite" {
		// All addresses that begin so, for each contact, are more than all contacts.
		explain, walk = "EXPLAIN QUERY PLAN ", regexp.MustCompile(`^SCAN (c|tag|email|phone|l|so|val|act|n|ln|mv|crm_(contact|lead)\w*s)\b|EXISTS USING .*\(company_id=\? AND kind=\? AND address_key>`)
		order = regexp.MustCompile(`SEARCH (c|l) USING (COVERING )?INDEX (crm_contacts_(name|created|updated)|crm_leads_(created|updated|title|value|expected)|sqlite_autoindex_\w+) \(company_id=\?\)`)
	}
	for _, query := range h.queries {
		if strings.Contains(query, "AS oldest") {
			continue // a sample, of a fixed size
		}
		for _, step := range plan(t, pool, explain+query) {
			if (walk.MatchString(step) || rare && order.MatchString(step)) && !strings.Contains(step, " VIRTUAL TABLE INDEX 0:M") { // an index of words
				walks = append(walks, strings.TrimSpace(step))
			}
		}
	}
	return walks
}

func plan(t *testing.T, pool *sql.DB, query string) (lines []string) {
	rows, err := pool.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		var line string
		dest := make([]any, len(columns))
		for i := range dest {
			dest[i] = new(any)
		}
		dest[len(dest)-1] = &line
		require.NoError(t, rows.Scan(dest...))
		lines = append(lines, line)
	}
	require.NoError(t, rows.Err())
	return lines
}

// An import looks its keys up, and reads no index from one end to the other for them: on Postgres by what its plan
// has read, on SQLite by the indexes that it names, with statistics and without.
func TestAnImportLooksUpKeysAlone(t *testing.T) {
	t.Parallel()
	lite, err := sqlite.Memory(t.Context())
	require.NoError(t, err)
	pg, err := trusting(t.Context(), pgtest.Database(t))
	require.NoError(t, err)
	for name, db := range map[string]*bunstore.DB{"sqlite": lite, "postgres": pg} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			require.NoError(t, db.Migrate(t.Context()))
			asked := lookups(t, db, 300)
			require.Len(t, asked, 3, "by addresses, by names and by places")
			pool, _ := db.Pools()
			if name == "postgres" {
				for _, query := range asked {
					require.LessOrEqual(t, blocksRead(t, pool, query), 300*2*5, "%s", query) // two keys a row, and the way to each
				}
				return
			}
			for _, statistics := range []string{"SELECT 1", "ANALYZE"} {
				_, err := pool.ExecContext(t.Context(), statistics)
				require.NoError(t, err)
				for i, index := range []string{"crm_contact_addresses_match (match_key", "crm_contacts_match_name (match_name", "crm_contacts_match_place (match_place"} {
					require.Contains(t, strings.Join(plan(t, pool, "EXPLAIN QUERY PLAN "+asked[i]), "\n"), " USING INDEX "+index+"=? AND <expr>=?)")
				}
			}
		})
	}
}

// lookups are the queries by which an import of rows that nobody is like asks who might be like them.
func lookups(t *testing.T, db *bunstore.DB, rows int) (asked []string) {
	c := newCrowd(t, db, 10_000)
	heard := listen(db)
	var file strings.Builder
	file.WriteString("name,location,email,phone\n")
	for i := range rows {
		fmt.Fprintf(&file, "Nobody%d Unknown%d,Nowhere %05d,nobody%d@example.net,+1 202 555 %04d\n", i, i, i, i, i)
	}
	result, err := c.ws.Contacts.Import(t.Context(), strings.NewReader(file.String()), crm.ImportOptions{DryRun: true})
	require.NoError(t, err)
	require.Equal(t, rows, result.Created)
	for _, query := range heard.queries {
		if strings.Contains(query, "AS sought") || strings.Contains(query, `AS "sought"`) {
			asked = append(asked, query)
		}
	}
	return asked
}

// blocksRead are those of Postgres that a query reads.
func blocksRead(t *testing.T, pool *sql.DB, query string) int {
	blocks := regexp.MustCompile(`Buffers: shared hit=(\d+)(?: read=(\d+))?`)
	for _, step := range plan(t, pool, "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) "+query)[:2] {
		if m := blocks.FindStringSubmatch(step); m != nil {
			hit, _ := strconv.Atoi(m[1])
			read, _ := strconv.Atoi(m[2])
			return hit + read
		}
	}
	require.Fail(t, "Postgres does not say what it reads", query)
	return 0
}
