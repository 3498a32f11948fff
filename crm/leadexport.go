package crm

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Export makes ready to write the leads that the filter lets through, as CSV or JSON lines: the
// oldest first, whatever the order of the filter. CSV has a column for each field of the tracker that
// the filter names, or its view, "values.<name>", and without one a column of all values as JSON. It needs
// [core.LeadsExport] and [core.LeadsRead]. Whoever sees own rows only exports those.
func (s *Leads) Export(ctx context.Context, f LeadFilter, format ExportFormat) (*LeadExport, error) {
	if err := errors.Join(permit(s.work, core.LeadsExport), permit(s.work, core.LeadsRead)); err != nil {
		return nil, err
	}
	tx := s.work.Plain()
	f.Sort = ""
	q, err := f.query(ctx, tx)
	if err != nil {
		return nil, err
	}
	e := &LeadExport{tx: tx, query: q, format: newLinesExport[Lead]}
	switch format {
	case ExportJSONLines:
		return e, nil
	case ExportCSV:
	default:
		return nil, core.Faults{{Field: "/format", Rule: "enum", Message: "has to be csv or jsonl"}}.Err()
	}
	columns := leadColumns
	if q.Of.IsZero() {
		columns = append(columns[:len(columns):len(columns)], leadColumn{"values", valuesCell})
	} else {
		tracker, err := tx.Store.Tracker(ctx, q.Of)
		if err != nil {
			return nil, err
		}
		for _, field := range tracker.Fields {
			columns = append(columns[:len(columns):len(columns)], leadColumn{"values." + field.Name, func(l *Lead) string {
				return inert(valueCell(l.Values[field.Name]))
			}})
		}
	}
	e.format = func(w *bufio.Writer) rowWriter[Lead] { return newLeadCSV(w, columns) }
	return e, nil
}

// LeadExport is leads that are ready to be written, once.
type LeadExport struct {
	tx     Tx
	query  LeadQuery
	format func(*bufio.Writer) rowWriter[Lead]
}

// Write writes the leads as [Export.Write] does contacts.
func (e *LeadExport) Write(ctx context.Context, w io.Writer) error {
	return writePages(ctx, w, e.format, func(ctx context.Context, p core.Page) (core.List[Lead], error) {
		return e.tx.Store.LeadBatch(ctx, e.query, p)
	})
}

type leadColumn struct {
	name string
	cell func(*Lead) string
}

var leadColumns = []leadColumn{
	{fieldID, func(l *Lead) string { return l.ID.String() }},
	{"trackerId", func(l *Lead) string { return l.TrackerID.String() }},
	{"contactId", func(l *Lead) string { return l.ContactID.String() }},
	{"title", func(l *Lead) string { return inert(l.Title) }},
	{"description", func(l *Lead) string { return inert(l.Description) }},
	{"status", func(l *Lead) string { return l.Status }},
	{"estimatedValue", func(l *Lead) string {
		if l.EstimatedValue == nil {
			return ""
		}
		return l.EstimatedValue.Amount()
	}},
	{"currency", func(l *Lead) string {
		if l.EstimatedValue == nil {
			return ""
		}
		return l.EstimatedValue.Currency
	}},
	{"expectedCloseDate", func(l *Lead) string { return string(l.ExpectedCloseDate) }},
	{"source", func(l *Lead) string { return inert(l.Source) }},
	{"lostReason", func(l *Lead) string { return inert(l.LostReason) }},
	{"assignedToId", func(l *Lead) string { return idText(l.AssignedToID.UUID) }},
	{"closedOn", func(l *Lead) string { return string(l.ClosedOn) }},
	{"createdAt", func(l *Lead) string { return l.CreatedAt.Format(time.RFC3339Nano) }},
	{"updatedAt", func(l *Lead) string { return l.UpdatedAt.Format(time.RFC3339Nano) }},
}

// valueCell is a value in a cell; options that were chosen are as tags are.
func valueCell(v FieldValue) string {
	if len(v.Chosen) > 0 {
		return joinTags(v.Chosen)
	}
	return v.Text
}

func valuesCell(l *Lead) string {
	if len(l.Values) == 0 {
		return ""
	}
	text, err := json.Marshal(l.Values)
	if err != nil { // texts always encode
		panic(err)
	}
	return strings.TrimSpace(string(text))
}

// leadCSV writes leads as CSV.
type leadCSV struct {
	csv     *csv.Writer
	columns []leadColumn
	row     []string
}

func newLeadCSV(w *bufio.Writer, columns []leadColumn) *leadCSV {
	e := &leadCSV{csv: csv.NewWriter(w), columns: columns, row: make([]string, len(columns))}
	for i, column := range columns {
		e.row[i] = inert(column.name)
	}
	_ = e.csv.Write(e.row) // an error of the writer comes again with what follows
	return e
}

func (e *leadCSV) write(l *Lead) error {
	for i, column := range e.columns {
		e.row[i] = column.cell(l)
	}
	return e.csv.Write(e.row)
}

func (e *leadCSV) flush() error {
	e.csv.Flush()
	return e.csv.Error()
}
