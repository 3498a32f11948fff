package bunstore

import (
	"context"
	"errors"
	"reflect"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
)

// Batch is List for the program itself: a page may have as many rows as it asks for, and they are read
// without some of their columns.
func Batch[R, T any](ctx context.Context, s *Session, q *bun.SelectQuery, rows *[]R, o Order[R], p core.Page, without []string, id func(*R) uuid.UUID, item func(*R) T) (core.List[T], error) {
	q, err := paged(q, o, p)
	if err != nil {
		return core.List[T]{}, err
	}
	err = errNoTexts
	if texts := rowTextsOf(s.db.read.Table(reflect.TypeFor[R]()), without); texts != nil {
		*rows = make([]R, 0, p.Limit+1)
		err = texts.read(ctx, q.Clone(), reflect.ValueOf(rows).Elem())
	}
	if errors.Is(err, errNoTexts) {
		*rows = make([]R, 0, p.Limit+1)
		err = q.ExcludeColumn(without...).Scan(ctx)
	}
	if err != nil {
		return core.List[T]{}, s.Fail(err)
	}
	return listed(*rows, o, p.Limit, id, item), nil
}
