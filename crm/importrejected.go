package crm

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// rejectedRows writes the rows that could not be stored as CSV, so that they can be mended
// and imported again. A nil one writes nothing.
type rejectedRows struct {
	csv    *csv.Writer
	header []string
	begun  bool
}

func newRejectedRows(w io.Writer, file *importFile) *rejectedRows {
	r := &rejectedRows{csv: csv.NewWriter(w), header: file.header}
	r.csv.Comma = file.comma
	return r
}

func (r *rejectedRows) write(row *importedRow) error {
	if r == nil {
		return nil
	}
	if !r.begun {
		r.begun = true
		if err := r.line("line", "reason", r.header); err != nil {
			return err
		}
	}
	return r.line(strconv.Itoa(row.plan.Line), row.reason(), row.record.cells)
}

func (r *rejectedRows) line(number, reason string, cells []string) error {
	out := append(make([]string, 0, len(cells)+2), number, inert(reason))
	for _, cell := range cells {
		out = append(out, inert(strings.ToValidUTF8(cell, "\uFFFD")))
	}
	return r.csv.Write(out)
}

func (r *rejectedRows) flush() error {
	if r == nil {
		return nil
	}
	r.csv.Flush()
	return r.csv.Error()
}

// reason is all that is wrong with a row, in one text.
func (row *importedRow) reason() string {
	reasons := make([]string, len(row.plan.Problems))
	for i, p := range row.plan.Problems {
		where := p.Column
		if where == "" {
			where = strings.TrimPrefix(p.Field, "/")
		}
		if where == "" {
			reasons[i] = p.Message
		} else {
			reasons[i] = fmt.Sprintf("%s: %s", where, p.Message)
		}
	}
	return strings.Join(reasons, "; ")
}
