package bunstore

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun/schema"
)

// literals are the values of a column, one row's after the other's, as SQL writes them.
type literals struct {
	text []byte
	ends []int
}

func literalsOf(gen schema.QueryGen, f *schema.Field, rows reflect.Value) (l literals) {
	l.ends = make([]int, 0, rows.Len())
	for i := range rows.Len() {
		if i == 1 { // the others are about as long as the first, unless it is an unusual one
			l.text = slices.Grow(l.text, min((len(l.text)+8)*rows.Len(), insertBytes))
		}
		l.text = f.AppendValue(gen, l.text, rows.Index(i))
		l.ends = append(l.ends, len(l.text))
	}
	return l
}

func (l *literals) of(row int) []byte {
	if row == 0 {
		return l.text[:l.ends[0]]
	}
	return l.text[l.ends[row-1]:l.ends[row]]
}

// common reports whether all rows have the same.
func (l *literals) common() bool {
	first := l.of(0)
	if len(l.text) != len(first)*len(l.ends) {
		return false
	}
	for i := range l.ends {
		if !bytes.Equal(l.of(i), first) {
			return false
		}
	}
	return true
}

// equal reports whether another column has the same in each row.
func (l *literals) equal(other literals) bool {
	return bytes.Equal(l.text, other.text) && slices.Equal(l.ends, other.ends)
}

// commonText is an INSERT of rows that takes what they have in common as constants, and the rest from
// VALUES, whose columns SQLite calls column1 and so on. What two columns have alike is there once.
func commonText(gen schema.QueryGen, table *schema.Table, rows reflect.Value) string {
	names, chosen := fmt.Appendf(nil, "INSERT INTO %s (", table.SQLName), []byte(") SELECT ")
	var differ []literals
	size := 0
	for i, f := range table.Fields {
		if i > 0 {
			names, chosen = append(names, ", "...), append(chosen, ", "...)
		}
		names = append(names, f.SQLName...)
		l := literalsOf(gen, f, rows)
		if l.common() {
			chosen = append(chosen, l.of(0)...)
			continue
		}
		at := slices.IndexFunc(differ, l.equal) // as when new rows were made and when they changed
		if at < 0 {
			at, differ, size = len(differ), append(differ, l), size+len(l.text)
		}
		chosen = strconv.AppendInt(append(chosen, "column"...), int64(at+1), 10)
	}
	const from = " FROM (VALUES "
	var text strings.Builder
	text.Grow(len(names) + len(chosen) + len(from) + size + rows.Len()*(len("(1), ")+len(", ")*len(differ)))
	text.Write(names)
	text.Write(chosen)
	text.WriteString(from)
	for row := range rows.Len() {
		if row > 0 {
			text.WriteString(", ")
		}
		writeTuple(&text, differ, row)
	}
	text.WriteByte(')')
	return text.String()
}

// writeTuple writes a row of VALUES; one that has nothing of its own is a number.
func writeTuple(text *strings.Builder, columns []literals, row int) {
	text.WriteByte('(')
	for i := range columns {
		if i > 0 {
			text.WriteString(", ")
		}
		text.Write(columns[i].of(row))
	}
	if len(columns) == 0 {
		text.WriteByte('1')
	}
	text.WriteByte(')')
}
