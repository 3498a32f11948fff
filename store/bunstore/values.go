package bunstore

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/uptrace/bun"
)

// Values are rows as a table, by the pointer to their slice, for a statement about some.
func (s *Session) Values(rows any) *bun.ValuesQuery { return s.db.write.NewValues(rows) }

// ManyValues are [Session.Values] of many rows, for an update of them all. The types of columns are
// those of the fields. It is good for one statement: many go by COPY, where
// the driver has it, into a temporary table that the next call makes anew, named after the type
// of the rows, which is of no table of the schema.
func (s *Session) ManyValues(ctx context.Context, rows any) (bun.Query, error) {
	list := reflect.ValueOf(rows).Elem()
	if s.tx == nil || s.tx.conn == nil || list.Len() <= copyFrom {
		return s.Values(rows), nil
	}
	row := list.Type().Elem()
	table := s.db.write.Table(row)
	columns := make([]string, len(table.Fields))
	for i, f := range table.Fields {
		columns[i] = string(f.SQLName) + " " + f.CreateTableSQLType
	}
	made := fmt.Sprintf("DROP TABLE IF EXISTS pg_temp.%[1]s; CREATE TEMPORARY TABLE %[1]s (%[2]s) ON COMMIT DROP", table.SQLName, strings.Join(columns, ", "))
	if _, err := s.tx.ExecContext(ctx, made); err != nil {
		return nil, s.Fail(err)
	}
	err := s.copyRows(ctx, reflect.New(row).Interface(), list.Len(), list.Index)
	return s.db.write.NewRaw("TABLE ?", table.SQLName), err
}

// Stretch bounds an update by [Session.ManyValues] to where the rows lie in the index of a column.
// Postgres knows nothing of a table that was just filled, and would read the whole of the other;
// SQLite looks each row up as it is, and would go through the stretch for every one of them.
func (s *Session) Stretch(q *bun.UpdateQuery, column string, first, last any) *bun.UpdateQuery {
	if s.db.dialect.Name != "postgres" {
		return q
	}
	return q.Where("? BETWEEN ? AND ?", bun.Safe(column), first, last)
}
