package bunstore_test

import (
	"database/sql"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// table is what a database's catalogue says of one, in words that both databases share.
type table struct {
	columns map[string]string // "TEXT NOT NULL", by name
	primary string            // the columns, as "company_id, id"
	foreign []string          // as "company_id, contact_id -> crm_contacts (company_id, id) CASCADE"
	indexes []string          // as "company_id, name_key, id", with " UNIQUE" and " PARTIAL" after it; the primary key too
}

// keys is how each database tells of its tables: rows of (table, what, name, text).
var keys = map[string]string{
	"postgres": `
		SELECT table_name::text, 'column', column_name::text,
			CASE data_type
				WHEN 'uuid' THEN 'TEXT' WHEN 'text' THEN 'TEXT' WHEN 'tsvector' THEN 'TEXT' WHEN 'jsonb' THEN 'TEXT' WHEN 'json' THEN 'TEXT' WHEN 'timestamp with time zone' THEN 'TIMESTAMP'
				WHEN 'integer' THEN 'INTEGER' WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' WHEN 'double precision' THEN 'REAL'
				ELSE upper(data_type)
			END || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
		FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
		UNION ALL
		SELECT conrelid::regclass::text, 'foreign', conname::text,
			(SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(conkey) WITH ORDINALITY k (num, n)
				JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.num)
			|| ' -> ' || confrelid::regclass::text || ' (' ||
			(SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(confkey) WITH ORDINALITY k (num, n)
				JOIN pg_attribute a ON a.attrelid = confrelid AND a.attnum = k.num)
			|| ')' || CASE confdeltype WHEN 'c' THEN ' CASCADE' WHEN 'n' THEN ' SET NULL' ELSE '' END
		FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
		UNION ALL
		SELECT indrelid::regclass::text, CASE WHEN indisprimary THEN 'primary' ELSE 'index' END, indexrelid::regclass::text,
			(SELECT string_agg(COALESCE(a.attname, '(expression)'), ', ' ORDER BY k.n) FROM unnest(indkey::int2[]) WITH ORDINALITY k (num, n)
				LEFT JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = k.num)
			|| CASE WHEN indisunique THEN ' UNIQUE' ELSE '' END || CASE WHEN indpred IS NOT NULL THEN ' PARTIAL' ELSE '' END
		FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace AND NOT indisexclusion -- SQLite has a trigger
			AND relam <> (SELECT oid FROM pg_am WHERE amname = 'gin')`, // SQLite has tables: see fts
	"sqlite": `
		SELECT t.name, 'column', c.name,
			CASE c.type WHEN 'BIGINT' THEN 'INTEGER' ELSE c.type END || CASE WHEN c."notnull" OR c.pk THEN ' NOT NULL' ELSE '' END
		FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'
		UNION ALL
		SELECT name, 'foreign', id, froms || ' -> ' || target || ' (' || tos || ')' || CASE on_delete WHEN 'NO ACTION' THEN '' ELSE ' ' || on_delete END
		FROM (SELECT t.name, f.id, f."table" AS target, f.on_delete,
				group_concat(f."from", ', ' ORDER BY f.seq) AS froms, group_concat(f."to", ', ' ORDER BY f.seq) AS tos
			FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' GROUP BY t.name, f.id)
		UNION ALL
		SELECT name, 'primary', '', columns || ' UNIQUE'
		FROM (SELECT t.name, group_concat(c.name, ', ' ORDER BY c.pk) AS columns
			FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.pk > 0 GROUP BY t.name)
		UNION ALL
		SELECT name, 'index', idx, columns || CASE WHEN "unique" THEN ' UNIQUE' ELSE '' END || CASE WHEN partial THEN ' PARTIAL' ELSE '' END
		FROM (SELECT t.name, i.name AS idx, i."unique", i.partial, group_concat(COALESCE(c.name, '(expression)'), ', ' ORDER BY c.seqno) AS columns
			FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
			WHERE t.type = 'table' AND i.origin <> 'pk' GROUP BY t.name, i.name)`,
}

// fts are the tables that SQLite searches words by, where Postgres has an index of another kind.
var fts = regexp.MustCompile("^crm_[a-z]+_(docs|fts(_.*)?)$")

// catalogue reads the tables of Clientele from a database.
func catalogue(t *testing.T, dialect string, db *sql.DB) map[string]*table {
	rows, err := db.QueryContext(t.Context(), keys[dialect])
	require.NoError(t, err)
	defer rows.Close()
	tables := map[string]*table{}
	for rows.Next() {
		var name, what, key, text string
		require.NoError(t, rows.Scan(&name, &what, &key, &text))
		if strings.HasPrefix(name, "sqlite_") || fts.MatchString(name) {
			continue
		}
		if tables[name] == nil {
			tables[name] = &table{columns: map[string]string{}}
		}
		switch of := tables[name]; what {
		case "column":
			of.columns[key] = text
		case "foreign":
			of.foreign = append(of.foreign, text)
		case "primary":
			of.primary = strings.TrimSuffix(text, " UNIQUE")
			of.indexes = append(of.indexes, text)
		case "index":
			of.indexes = append(of.indexes, text)
		}
	}
	require.NoError(t, rows.Err())
	for _, of := range tables {
		slices.Sort(of.foreign)
		slices.Sort(of.indexes)
	}
	return tables
}

// names are the tables in order.
func names(tables map[string]*table) []string { return slices.Sorted(maps.Keys(tables)) }
