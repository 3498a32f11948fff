package bunstore

import (
	"context"
	"reflect"

	"github.com/uptrace/bun"
)

// insertWhole is how many rows go by one INSERT. Of more, the first are insertFirst, since the database has to wait
// for its text; each INSERT that follows has insertGrowth times as many, up to insertRows rows and about insertBytes:
// what is made while the one before is stored. Few and long ones spare SQLite, which writes down what its index of
// words has gathered before each.
const (
	insertWhole, insertFirst, insertGrowth = 250, 50, 4
	insertRows, insertBytes                = 1_000, 2 << 20
)

// InsertEach is [Session.Insert] of n rows at once, which row makes one by one while the database
// stores those before. In a transaction that is not the embedder's many rows go by COPY, where the
// driver has it: reading the text of an INSERT takes the server longer than storing what it says.
func InsertEach[T any](ctx context.Context, s *Session, n int, row func(i int) T) error {
	switch {
	case n == 0:
		return nil
	case s.tx == nil || n <= copyFrom: // a statement outside a transaction is all or nothing
		_, err := s.Insert(new(made(0, n, row))).Exec(ctx)
		return s.Fail(err)
	case s.tx.conn != nil && !hasDefaults(s.db.write.Table(reflect.TypeFor[T]())):
		return s.copyRows(ctx, (*T)(nil), n, func(i int) reflect.Value { return reflect.ValueOf(new(row(i))).Elem() })
	}
	return insertTexts(ctx, s, n, row)
}

// InsertAll is InsertEach of rows that are there.
func InsertAll[T any](ctx context.Context, s *Session, rows []T) error {
	return InsertEach(ctx, s, len(rows), func(i int) T { return rows[i] })
}

// InsertBoth is InsertAll of rows of two tables, of which the second may refer to the first. An error may be
// of either. Few go in one message where that can be.
func InsertBoth[A, B any](ctx context.Context, s *Session, first []A, second []B) error {
	if len(second) == 0 {
		return InsertAll(ctx, s, first)
	}
	if err := InsertLater(ctx, s, first); err != nil {
		return err
	}
	return InsertAll(ctx, s, second)
}

// InsertLater is InsertAll of rows which nothing keeps from being inserted: it may be that their error comes
// from what the transaction does next, with which few go in one message where that can be.
func InsertLater[T any](ctx context.Context, s *Session, rows []T) error {
	if len(rows) == 0 || len(rows) > copyFrom || s.tx == nil || s.tx.conn == nil || s.tx.reads {
		return InsertAll(ctx, s, rows)
	}
	if err := s.tx.usable(ctx); err != nil {
		return s.Fail(err)
	}
	q := s.Insert(&rows)
	text, err := q.AppendQuery(s.db.write.QueryGen(), nil)
	if err != nil {
		return s.Fail(err)
	}
	traced, event := s.db.traced(ctx, &bun.QueryEvent{Query: string(text), Model: q.GetModel()})
	s.tx.conn.later(text)
	s.db.tracedEnd(traced, event)
	return nil
}

// send executes a text of INSERT in the transaction.
func (s *Session) send(ctx context.Context, text string, model bun.Model) error {
	traced, event := s.db.traced(ctx, &bun.QueryEvent{Query: text, Model: model})
	_, event.Err = s.tx.ExecContext(traced, text)
	s.db.tracedEnd(traced, event)
	return s.Fail(event.Err)
}

// made are the rows from one on and before another.
func made[T any](from, to int, row func(i int) T) []T {
	rows := make([]T, 0, to-from)
	for i := from; i < to; i++ {
		rows = append(rows, row(i))
	}
	return rows
}

// insertTexts is InsertEach by INSERT. The text of each is made while the one before is executed.
func insertTexts[T any](ctx context.Context, s *Session, n int, row func(i int) T) error {
	type statement struct {
		text  string
		model bun.Model
		err   error
	}
	statements, stop := make(chan statement, 1), make(chan struct{})
	defer func() { // row is called no more after this
		close(stop)
		for range statements {
		}
	}()
	go func() {
		defer close(statements)
		size := insertFirst
		if n <= insertWhole {
			size = n
		}
		for from := 0; from < n; {
			rows := made(from, min(from+size, n), row)
			q := s.Insert(&rows)
			text, err := insertText(s, q, rows)
			from += len(rows)
			size = max(1, min(size*insertGrowth, insertRows, insertBytes*len(rows)/max(1, len(text))))
			select {
			case statements <- statement{text, q.GetModel(), err}:
			case <-stop:
				return
			}
		}
	}()
	for next := range statements {
		if next.err != nil {
			return s.Fail(next.err)
		}
		if err := s.send(ctx, next.text, next.model); err != nil {
			return err
		}
	}
	return nil
}

// insertText is the text of an INSERT. For SQLite, which reads it in the time in which it might store
// rows, it says only once what all rows have in common.
func insertText[T any](s *Session, q *bun.InsertQuery, rows []T) (string, error) {
	table := s.db.write.Table(reflect.TypeFor[T]())
	if s.db.dialect.Name != "sqlite" || len(rows) < 2 || hasDefaults(table) {
		text, err := q.AppendQuery(s.db.write.QueryGen(), nil)
		return string(text), err
	}
	return commonText(s.db.write.QueryGen(), table, reflect.ValueOf(rows)), nil
}
