package crmstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
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
// plan says so, by the statistics of a table that is filled.
func TestNoListOrSearchWalksTheTable(t *testing.T) {
	t.Parallel()
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
			c := newCrowd(t, db, 10_000)
			heard := listen(db)
			for asked, ask := range c.everyList(t.Context()) {
				heard.forget()
				require.NoError(t, ask(), asked)
				if walks := heard.walks(t, db); len(walks) > 0 {
					t.Errorf("%s: %s", asked, walks)
				}
			}
		})
	}
}

// everyList asks for contacts in each order: all of them, by each field and way of a filter, and by
// searches of few and of many.
func (c *crowd) everyList(ctx context.Context) map[string]func() error {
	asks := map[string]func() error{}
	add := func(name string, f crm.ContactFilter) {
		for _, sort := range []crm.ContactSort{crm.ByName, crm.ByNameDesc, crm.ByCreated, crm.ByCreatedDesc, crm.ByUpdated, crm.ByUpdatedDesc} {
			f.Sort = sort
			asks[name+" by "+string(sort)] = func() error {
				first, err := c.ws.Contacts.List(ctx, f, core.Page{Limit: 10})
				if err == nil && first.Next != "" {
					_, err = c.ws.Contacts.List(ctx, f, core.Page{Limit: 10, Cursor: first.Next})
				}
				return err
			}
		}
	}
	add("all", crm.ContactFilter{})
	for _, field := range crm.ContactFields("BR") {
		for _, op := range field.Kind.Ops() {
			for _, value := range c.values(field, op) {
				add(fmt.Sprint(field.Name, " ", op, " ", value), crm.ContactFilter{Where: filter.Filter{Field: field.Name, Op: op, Value: value}})
			}
		}
	}
	for _, q := range c.conditions() {
		add(q.name, q.ask(7))
	}
	for _, q := range c.searches() {
		add(q.name, q.ask(7))
	}
	return asks
}

// values are what a field is compared with: what many have and, where an index lists the rows of a
// value, what nobody has. Of the other fields that is not asked: a list goes through all rows for it,
// whatever the database does.
func (c *crowd) values(field filter.Field[crm.Contact], op filter.Op) []any {
	many := map[string]string{
		"name": word(3), "location": "town " + word(2000), "company": "firm", "designation": "buyer", "industry": "trade 0", "source": "web",
		"tag": "tag0", "email": "p7@example.org", "phone": "+5511900000007", "categoryId": c.categories[0].String(), "ownerId": c.owners[0].String(),
	}[field.Name]
	nobody := map[filter.Kind]string{filter.Text: "nobody"}[field.Kind]
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
	case op == filter.Is && nobody != "" && field.Read == nil:
		return []any{many, nobody}
	}
	return []any{many}
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

// walks are the steps in the plans of the queries that read a table from one end to the other.
func (h *heard) walks(t *testing.T, db *bunstore.DB) (walks []string) {
	pool, _ := db.Pools()
	explain, walk := "EXPLAIN ", regexp.MustCompile(`Seq Scan on crm_`)
	if db.Dialect() == "sqlite" {
		explain, walk = "EXPLAIN QUERY PLAN ", regexp.MustCompile(`^SCAN (c|tag|email|phone|crm_contact\w*s)\b`)
	}
	for _, query := range h.queries {
		if strings.Contains(query, "AS oldest") {
			continue // a sample, of a fixed size
		}
		for _, step := range plan(t, pool, explain+query) {
			if walk.MatchString(step) && !strings.Contains(step, " VIRTUAL TABLE INDEX 0:M") { // an index of words
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
