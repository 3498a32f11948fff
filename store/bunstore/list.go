package bunstore

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
)

// Order is one way to sort a table of R: by a column, then by id, both in one direction.
type Order[R any] struct {
	Name   string // in cursors, and in the sort parameter of HTTP: "-createdAt"
	Column string // NOT NULL, and compared by code point where it is text
	ID     string // the column of the id; empty: "id"
	Desc   bool
	Value  func(*R) string           // the row's value of the column, as text
	Bind   func(string) (any, error) // that text as a value to compare with
}

// List reads one page of a query of Rs. It fetches one row more than it answers, to know
// whether there is a next page, and closes the rows before it returns.
func List[R, T any](ctx context.Context, s *Session, q *bun.SelectQuery, rows *[]R, o Order[R], p core.Page, id func(*R) uuid.UUID, item func(*R) T) (core.List[T], error) {
	limit, err := p.Size()
	if err != nil {
		return core.List[T]{}, err
	}
	q, err = paged(q, o, core.Page{Cursor: p.Cursor, Limit: limit})
	if err != nil {
		return core.List[T]{}, err
	}
	if err := q.Scan(ctx); err != nil {
		return core.List[T]{}, s.Fail(err)
	}
	return listed(*rows, o, limit, id, item), nil
}

// paged is a query's page in the order: one row more than the page has.
func paged[R any](q *bun.SelectQuery, o Order[R], p core.Page) (*bun.SelectQuery, error) {
	column := bun.Ident(cmp.Or(o.ID, "id"))
	direction, than := "ASC", ">"
	if o.Desc {
		direction, than = "DESC", "<"
	}
	if p.Cursor != "" {
		after, err := core.DecodeCursor(p.Cursor, o.Name)
		if err != nil {
			return nil, err
		}
		value, err := o.Bind(after.Value)
		if err != nil {
			return nil, err
		}
		q = q.Where("(?TableAlias.?, ?TableAlias.?) ? (?, ?)", bun.Ident(o.Column), column, bun.Safe(than), value, after.ID)
	}
	return q.OrderExpr("?TableAlias.? ?, ?TableAlias.? ?", bun.Ident(o.Column), bun.Safe(direction), column, bun.Safe(direction)).
		Limit(int64(p.Limit) + 1), nil
}

// listed is the page that the rows are, which may be one more.
func listed[R, T any](rows []R, o Order[R], limit int, id func(*R) uuid.UUID, item func(*R) T) core.List[T] {
	next := ""
	if len(rows) > limit {
		last := &rows[limit-1]
		next = core.Cursor{Order: o.Name, Value: o.Value(last), ID: id(last)}.Encode()
		rows = rows[:limit]
	}
	list := core.List[T]{Items: make([]T, len(rows)), Next: next}
	for i := range rows {
		list.Items[i] = item(&rows[i])
	}
	return list
}

// BindText compares with a text as it is.
func BindText(v string) (any, error) { return v, nil }

// TimeText is an instant as a cursor carries it.
func TimeText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// BindTime is the inverse of TimeText.
func BindTime(v string) (any, error) {
	var f core.Faults
	t, err := time.Parse(time.RFC3339Nano, v)
	if f.Instant("/cursor", t); err != nil || len(f) > 0 {
		return nil, core.Faults{{Field: "/cursor", Rule: "cursor", Message: "is not a cursor of this list"}}.Err()
	}
	return t.UTC(), nil
}

// Find is the order of the given name.
func Find[R any](orders []Order[R], name string) (Order[R], error) {
	i := slices.IndexFunc(orders, func(o Order[R]) bool { return o.Name == name })
	if i < 0 {
		return Order[R]{}, core.Faults{{Field: "/sort", Rule: "sort", Message: "there is no such order"}}.Err()
	}
	return orders[i], nil
}

// One is nil if a change met exactly one row, and otherwise otherwise.
func One(res interface{ RowsAffected() (int64, error) }, err error, s *Session, otherwise error) error {
	if err != nil {
		return s.Fail(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return s.Fail(err)
	}
	if n == 0 {
		return otherwise
	}
	return nil
}

// Changed are the columns in which two rows of a table differ. An update that leaves the
// others alone leaves their indexes alone too.
func Changed[Row any](s *Session, was, is *Row) (columns []string) {
	before, after := reflect.ValueOf(was).Elem(), reflect.ValueOf(is).Elem()
	for _, field := range s.db.write.Table(before.Type()).Fields {
		if !reflect.DeepEqual(field.Value(before).Interface(), field.Value(after).Interface()) {
			columns = append(columns, field.Name)
		}
	}
	return columns
}

// Count counts a query's rows, up to limit; 0 is without limit.
func Count(ctx context.Context, s *Session, q *bun.SelectQuery, limit int) (int, error) {
	q = q.ColumnExpr("1")
	if limit > 0 {
		q = q.Limit(int64(limit))
	}
	var n int
	err := s.From(q, "counted").ColumnExpr("count(*)").Scan(ctx, &n)
	return n, s.Fail(err)
}
