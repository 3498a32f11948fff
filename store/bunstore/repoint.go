package bunstore

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Reference is a column of a table that names rows of another one. The table has an id.
type Reference struct {
	Table, Column string

	Unversioned bool // it has neither a version nor the time of the last change
}

// referring is a row of any such table.
type referring struct {
	bun.BaseModel `bun:"table:referring,alias:ref"`

	ID uuid.UUID
}

// repointedAtOnce is how many ids a statement names.
const repointedAtOnce = 5000

// Repoint makes the company's rows that refer to from refer to to, whoever may see them: all of
// them or, if only is not nil, those. It answers which it changed, by their ids.
func (s *Session) Repoint(ctx context.Context, r Reference, from, to uuid.UUID, only []uuid.UUID) (changed []uuid.UUID, err error) {
	one := func(some []uuid.UUID) error {
		q := s.Update(Shared, (*referring)(nil)).ModelTableExpr("? AS ref", bun.Ident(r.Table)).
			Set("? = ?", bun.Ident(r.Column), to).Where("ref.? = ?", bun.Ident(r.Column), from)
		if !r.Unversioned {
			q = q.Set("version = ref.version + 1").Set("updated_at = ?", s.Env().Time())
		}
		if some != nil {
			q = q.Where("ref.id IN (?)", bun.List(some))
		}
		var rows []referring
		if _, err := q.Returning("id").Exec(ctx, &rows); err != nil {
			return s.Fail(err)
		}
		for _, row := range rows {
			changed = append(changed, row.ID)
		}
		return nil
	}
	if only == nil {
		err = one(nil)
	}
	for some := range slices.Chunk(only, repointedAtOnce) {
		if err = one(some); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(changed, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return changed, err
}
