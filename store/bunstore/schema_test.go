package bunstore_test

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// crossing are the tables whose rows belong to no company, and why.
var crossing = map[string]string{
	"core_migrations":    "is about the database",
	"id_companies":       "has the companies themselves",
	"id_users":           "has people, who may be members of several companies",
	"id_sessions":        "is of a user",
	"core_idempotency":   "is of whoever calls, with or without a company",
	"core_jobs":          "has work of no company too",
	"core_schedules":     "is about work that crosses companies",
	"core_settings":      "is about the database",
	"core_cursors":       "is about subscribers, who hear of all companies",
	"id_account_audit":   "is of a user, who may be a member of several companies",
	"id_one_time_tokens": "is of a user, who may not have a company yet",
}

// partsOnly are the tables whose rows are parts of another's row, whose times are theirs.
var partsOnly = []string{"core_migrations", "crm_contact_addresses", "crm_import_batches", "crm_contact_tags", "crm_stages", "sched_agenda_members", "asm_results"}

// byOtherKeys are the indexes of companies' rows that do not begin with the company, and why.
var byOtherKeys = map[string]string{
	"crm_contact_notes (attachment_key PARTIAL)": "a file is swept that nobody names, whosever it was",
	"core_outbox (position UNIQUE)":              "the order of delivery is one of all companies",
	"core_outbox (id UNIQUE)":                    "events are told apart by it everywhere",
	"id_members (user_id, company_id)":           "who logs in chooses among their companies",
	"id_members (created_at, id)":                "the platform's administrators see the members of all companies",
	"sched_agendas (slug UNIQUE PARTIAL)":        "a public page is found by it alone",
	"asm_attempts (updated_at PARTIAL)":          "what is abandoned is deleted whosever it is",
	"core_webhook_deliveries (created_at)":       "what is old is deleted whosever it is",

	"crm_contacts (match_name, (expression) PARTIAL)":         "the end of the company's id is behind the hash, which is shorter so",
	"crm_contacts (match_place, (expression) PARTIAL)":        "as that of the name",
	"crm_contact_addresses (match_key, (expression) PARTIAL)": "as that of the name",
}

// shorter are indexes of Postgres that are others in SQLite, whose ids are long and whose rows have numbers of their
// own: those of hashes, which an import writes all over.
var shorter = map[string]string{
	"company_id, match_name, id PARTIAL":        "match_name, (expression) PARTIAL",
	"company_id, match_place, id PARTIAL":       "match_place, (expression) PARTIAL",
	"company_id, match_key, contact_id PARTIAL": "match_key, (expression) PARTIAL",
}

func schemas(t *testing.T) map[string]map[string]*table {
	lite, err := sqlite.Memory(t.Context())
	opened(t, lite, err)
	require.NoError(t, lite.Migrate(t.Context()))
	pg, err := postgres.Open(t.Context(), pgtest.Database(t))
	opened(t, pg, err)
	ofLite, _ := lite.Pools()
	ofPG, _ := pg.Pools()
	return map[string]map[string]*table{"sqlite": catalogue(t, "sqlite", ofLite), "postgres": catalogue(t, "postgres", ofPG)}
}

func TestBothDatabasesHaveTheSameSchema(t *testing.T) {
	t.Parallel()
	both := schemas(t)
	require.Equal(t, names(both["postgres"]), names(both["sqlite"]))
	for _, name := range names(both["postgres"]) {
		indexes := both["postgres"][name].indexes
		for i, index := range indexes {
			indexes[i] = cmp.Or(shorter[index], index)
		}
		slices.Sort(indexes)
		require.Equal(t, both["postgres"][name], both["sqlite"][name], "%s: expected what Postgres has", name)
	}
}

func TestTheSchemaKeepsCompaniesApart(t *testing.T) {
	t.Parallel()
	for dialect, tables := range schemas(t) {
		for _, name := range names(tables) {
			of := tables[name]
			t.Run(dialect+"/"+name, func(t *testing.T) {
				if !slices.Contains(partsOnly, name) {
					require.Equal(t, "TIMESTAMP NOT NULL", of.columns["created_at"], "created_at")
				}
				if crossing[name] != "" {
					return
				}
				require.Equal(t, "TEXT NOT NULL", of.columns["company_id"], "company_id, or crossing says why not")
				require.True(t, slices.ContainsFunc(of.foreign, func(f string) bool {
					return strings.HasPrefix(f, "company_id")
				}), "company_id is a foreign key, by itself or with the id of another row of the company")
				for _, index := range of.indexes {
					// A secret is looked up before anybody knows the company.
					if byOtherKeys[name+" ("+index+")"] == "" && !strings.HasSuffix(index, "hash UNIQUE") {
						require.True(t, strings.HasPrefix(index, "company_id"),
							"an index begins with the company, or byOtherKeys says why not: %s (%s)", name, index)
					}
				}
				for _, key := range of.foreign {
					ownFirst(t, of, key, tables)
				}
			})
		}
	}
}

// ownFirst checks that a foreign key stays in the company, and that it has an index.
func ownFirst(t *testing.T, of *table, key string, tables map[string]*table) {
	columns, target, _ := strings.Cut(key, " -> ")
	other, theirs, _ := strings.Cut(target, " (")
	if tables[other].columns["company_id"] != "" {
		require.True(t, strings.HasPrefix(columns, "company_id, ") && strings.HasPrefix(theirs, "company_id, "),
			"the key stays in the company: %s", key)
	}
	require.True(t, slices.ContainsFunc(of.indexes, func(index string) bool {
		list, _, _ := strings.Cut(index, " UNIQUE")
		list, _, _ = strings.Cut(list, " PARTIAL")
		return list == columns || strings.HasPrefix(list, columns+", ")
	}), "the key has an index: %s", key)
}

func TestBothDatabasesHaveTheSameChecks(t *testing.T) {
	t.Parallel()
	require.Equal(t, checks(t, postgres.Migrations()), checks(t, sqlite.Migrations()))
}

// checks are the CHECK constraints in a dialect's files, which SQLite's catalogue does not tell. SQLite
// changes a table by making it anew: of such a file they are those that no file had before.
func checks(t *testing.T, files fs.FS) map[string][]string {
	found, had := map[string][]string{}, map[string]bool{}
	names, err := fs.Glob(files, "*.sql")
	require.NoError(t, err)
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		anew := strings.Contains(string(text), "DROP TABLE ")
		for line := range strings.Lines(string(text)) {
			if _, check, has := strings.Cut(line, "CHECK ("); has {
				check, _, _ = strings.Cut(check, " --")
				if check = strings.TrimRight(check, ",;\n "); !anew || !had[check] {
					found[name] = append(found[name], check)
				}
				had[check] = true
			}
		}
	}
	require.NotEmpty(t, found)
	return found
}

// A session keeps the plan of a foreign key's check from when the table was empty. All indexes
// that begin with the company and have the id cost the same then, and Postgres takes the
// newest: unless that is the primary key, each check of a large import reads half the company.
func TestForeignKeysAreCheckedByThePrimaryKeyFromTheFirstRowOn(t *testing.T) {
	t.Parallel()
	db, err := postgres.Open(t.Context(), pgtest.Database(t))
	opened(t, db, err)
	pool, _ := db.Pools()
	tables := catalogue(t, "postgres", pool)
	for _, name := range names(tables) {
		for _, key := range tables[name].foreign {
			_, target, _ := strings.Cut(key, " -> ")
			other, columns, _ := strings.Cut(target, " (")
			columns, _, _ = strings.Cut(columns, ")")
			id := "'00000000-0000-0000-0000-000000000000'"
			rows, err := pool.QueryContext(t.Context(), "EXPLAIN SELECT 1 FROM "+other+" x WHERE "+
				strings.ReplaceAll(columns, ", ", " = "+id+" AND ")+" = "+id+" FOR KEY SHARE OF x")
			require.NoError(t, err)
			var plan strings.Builder
			for rows.Next() {
				var line string
				require.NoError(t, rows.Scan(&line))
				plan.WriteString(line + "\n")
			}
			require.NoError(t, errors.Join(rows.Err(), rows.Close()))
			require.Contains(t, plan.String(), other+"_pkey ", "add the primary key of %s after its other indexes", other)
		}
	}
}

// Without statistics SQLite takes the rows of one company for ten, and reads all of them where
// a primary key begins with the company and another index has what is asked for.
func TestWhatBelongsToARowIsFoundByIt(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Memory(t.Context())
	opened(t, db, err)
	require.NoError(t, db.Migrate(t.Context()))
	pool, _ := db.Pools()
	tables := catalogue(t, "sqlite", pool)
	for _, name := range names(tables) {
		if crossing[name] != "" {
			continue
		}
		for _, key := range tables[name].foreign {
			columns, _, _ := strings.Cut(key, " -> ")
			var id, parent, unused int
			var plan string
			row := pool.QueryRowContext(t.Context(), "EXPLAIN QUERY PLAN DELETE FROM "+name+" WHERE "+strings.ReplaceAll(columns, ", ", " = 'x' AND ")+" = 'x'")
			require.NoError(t, row.Scan(&id, &parent, &unused, &plan))
			require.Contains(t, plan, "("+strings.ReplaceAll(columns, ", ", "=? AND ")+"=?", "%s: %s", name, key)
		}
	}
}
