package bunstore

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// Copy runs a COPY … FROM STDIN on a connection and gives it what rows reads.
type Copy func(ctx context.Context, conn *sql.Conn, query string, rows io.Reader) error

// copyFrom is how many rows do not pay for the round trip more that COPY takes.
const copyFrom = 50

// copyRows stores rows by COPY, of the table of a row that model points at.
func (s *Session) copyRows(ctx context.Context, model any, n int, row func(i int) reflect.Value) error {
	if err := s.tx.usable(ctx); err != nil {
		return s.Fail(err)
	}
	table := s.db.write.Table(reflect.TypeOf(model).Elem())
	query := copyQuery(table)
	ctx, event := s.db.traced(context.WithoutCancel(ctx), &bun.QueryEvent{Query: query, Model: s.Insert(model).GetModel()})
	if err := s.tx.conn.flush(ctx); err != nil {
		return s.Fail(s.tx.note(err))
	}
	err := s.db.dialect.Copy(ctx, s.tx.conn.Conn, query, &copyReader{table: table, gen: s.db.write.QueryGen(), rows: n, row: row})
	event.Err = s.tx.note(err)
	s.db.tracedEnd(ctx, event)
	return s.Fail(err)
}

// hasDefaults reports whether a value of the rows may stand for a default of the table, which
// COPY cannot say. A nullable column has no default, so that NULL is what nullzero says.
func hasDefaults(t *schema.Table) bool {
	for _, f := range t.Fields {
		if f.SQLDefault != "" || f.AutoIncrement || f.Identity || f.NullZero && f.NotNull {
			return true
		}
	}
	return false
}

func copyQuery(t *schema.Table) string {
	columns := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		columns[i] = string(f.SQLName)
	}
	return fmt.Sprintf("COPY %s (%s) FROM STDIN", t.SQLName, strings.Join(columns, ", "))
}

// copyReader writes rows in the text format of COPY while they are read, so that the server
// stores the first while the last are still written.
type copyReader struct {
	table *schema.Table
	gen   schema.QueryGen
	rows  int
	row   func(i int) reflect.Value
	next  int

	text, value []byte
	rest        []byte // of the text
}

// copyChunk is how much is written at once.
const copyChunk = 32 << 10

// Read implements [io.Reader].
func (r *copyReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.next == r.rows {
			return 0, io.EOF
		}
		r.text = r.text[:0]
		for ; r.next < r.rows && len(r.text) < copyChunk; r.next++ {
			r.write(r.row(r.next))
		}
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *copyReader) write(row reflect.Value) {
	for i, f := range r.table.Fields {
		if i > 0 {
			r.text = append(r.text, '\t')
		}
		r.value = f.AppendValue(r.gen, r.value[:0], row)
		r.text = appendCopied(r.text, r.value)
	}
	r.text = append(r.text, '\n')
}

// appendCopied writes a literal of SQL as COPY wants it: without quotes, and with a backslash
// before what would end the value. So a value is the same by either way.
func appendCopied(to, literal []byte) []byte {
	if string(literal) == "NULL" {
		return append(to, `\N`...)
	}
	if len(literal) < 2 || literal[0] != '\'' {
		return append(to, literal...) // a number or a truth
	}
	literal = literal[1 : len(literal)-1]
	for {
		i := bytes.IndexAny(literal, "'\\\n\r\t")
		if i < 0 {
			return append(to, literal...)
		}
		to = append(to, literal[:i]...)
		switch literal[i] {
		case '\'': // it is doubled
			to = append(to, '\'')
			i++
		case '\\':
			to = append(to, `\\`...)
		case '\n':
			to = append(to, `\n`...)
		case '\r':
			to = append(to, `\r`...)
		case '\t':
			to = append(to, `\t`...)
		}
		literal = literal[i+1:]
	}
}
