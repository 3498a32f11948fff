package bunstore

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// rowTexts reads rows of which there are many: each comes as one text, whose parts are the values.
// To bring thirty values takes a driver and database/sql three times as long as one.
type rowTexts struct {
	columns string // SQL of the text
	fields  []*schema.Field
	scans   []textScan
}

// textScan reads a value, and reports whether the text was one.
type textScan func(dest reflect.Value, text string) bool

// unitSeparator stands between the values of a text. No text of one line has it in it, and a longer one
// that has it gives a part too many.
const unitSeparator = "\x1f"

// errNoTexts says that the rows have to be read value by value.
var errNoTexts = errors.New("a row is not what its text was to be")

// rowTextsOf reads rows of the table without some columns; nil: it has values that a text cannot
// tell of.
func rowTextsOf(table *schema.Table, without []string) *rowTexts {
	r := &rowTexts{}
	var sql strings.Builder
	sql.WriteString("concat_ws(?")
	skip := map[string]bool{}
	for _, name := range without {
		skip[name] = true
	}
	for _, f := range table.Fields {
		if skip[f.Name] {
			continue
		}
		scan, null := textScanOf(f)
		if scan == nil {
			return nil
		}
		column := "?TableAlias." + string(f.SQLName)
		if null { // concat_ws leaves out what is NULL
			column = "coalesce(CAST(" + column + " AS TEXT), '')"
		}
		sql.WriteString(", " + column)
		r.fields, r.scans = append(r.fields, f), append(r.scans, scan)
	}
	sql.WriteString(")")
	r.columns = sql.String()
	return r
}

// read reads the rows of a query, which has no columns yet, into a pointer to their slice.
func (r *rowTexts) read(ctx context.Context, q *bun.SelectQuery, dest reflect.Value) error {
	rows, err := q.ColumnExpr(r.columns, unitSeparator).Rows(ctx)
	if err != nil {
		return err
	}
	defer rows.Close()
	var text string
	for n := 0; rows.Next(); n++ {
		if err := rows.Scan(&text); err != nil {
			return err
		}
		if n == dest.Cap() {
			dest.Grow(1)
		}
		dest.SetLen(n + 1)
		if !r.row(dest.Index(n), text) {
			return errNoTexts
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// row sets the fields of a row by its text, and reports whether that had exactly these.
func (r *rowTexts) row(dest reflect.Value, text string) bool {
	last := len(r.fields) - 1
	for i, f := range r.fields {
		value, rest, more := strings.Cut(text, unitSeparator)
		if more == (i == last) || !r.scans[i](f.Value(dest), value) {
			return false
		}
		text = rest
	}
	return true
}
