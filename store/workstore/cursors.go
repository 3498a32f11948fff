package workstore

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// eventStore is an events.Store.
type eventStore struct {
	*bunstore.Session
	db *bunstore.DB
}

type cursorRow struct {
	bun.BaseModel `bun:"table:core_cursors,alias:cu"`

	Name      string
	Position  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

func (s eventStore) Settled(ctx context.Context) (int64, error) { return s.db.Settled(ctx) }

func (s eventStore) MakeCursor(ctx context.Context, name string, position int64) error {
	now := s.Env().Time()
	row := &cursorRow{Name: name, Position: position, CreatedAt: now, UpdatedAt: now}
	_, err := s.Insert(row).On("CONFLICT DO NOTHING").Exec(ctx)
	return s.Fail(err)
}

func (s eventStore) Forward(ctx context.Context, f events.Forward) (forwarded int, err error) {
	err = s.Atomic(ctx, func(s *bunstore.Session) error {
		cursor, err := lockCursor(ctx, s, f.Cursor)
		if err != nil {
			return err
		}
		rows, err := eventsAfter(ctx, s.Across, f.Names, cursor, f.Settled, f.Limit)
		if err != nil {
			return s.Fail(err)
		}
		made := make([]newJobRow, len(rows))
		for i, row := range rows {
			scope := core.Scope{Company: row.CompanyID, Actor: core.Actor{ID: row.ActorID}}
			if made[i], err = newJob(scope, f.Job(row.event()), s.Env().Time()); err != nil {
				return err
			}
		}
		if err := insertJobs(ctx, s, made); err != nil {
			return err
		}
		forwarded = len(rows)
		reached := f.Settled
		if forwarded == f.Limit { // there may be more
			reached = rows[len(rows)-1].Position
		}
		if reached <= cursor {
			return nil
		}
		_, err = s.AcrossUpdate((*cursorRow)(nil)).Set("position = ?", reached).Set("updated_at = ?", s.Env().Time()).
			Where("name = ?", f.Cursor).Exec(ctx)
		return s.Fail(err)
	})
	return forwarded, err
}

// lockCursor keeps other relays from the cursor until the transaction ends.
func lockCursor(ctx context.Context, s *bunstore.Session, name string) (position int64, err error) {
	err = s.Fail(s.AcrossRaw("SELECT position FROM core_cursors WHERE name = ? ?", name, s.SkipLocked()).Scan(ctx, &position))
	if !errors.Is(err, core.ErrNotFound) {
		return position, err
	}
	there, err := s.Across((*cursorRow)(nil)).Where("cu.name = ?", name).Exists(ctx)
	switch {
	case err != nil:
		return 0, s.Fail(err)
	case there:
		return 0, &core.Error{Kind: core.ErrConflict, Message: "another relay has the cursor"}
	}
	return 0, core.NotFound("subscriber")
}

func (s eventStore) Cursors(ctx context.Context) ([]events.Cursor, error) {
	var rows []struct {
		cursorRow
		Behind int64
	}
	err := s.AcrossQuery("SELECT name, position, updated_at, (SELECT coalesce(max(position), 0) FROM core_outbox) - position AS behind"+
		" FROM core_cursors ORDER BY name").Scan(ctx, &rows)
	if err != nil {
		return nil, s.Fail(err)
	}
	cursors := make([]events.Cursor, len(rows))
	for i, r := range rows {
		cursors[i] = events.Cursor{Name: r.Name, Position: r.Position, Behind: max(0, r.Behind), UpdatedAt: r.UpdatedAt}
	}
	return cursors, nil
}

func (s eventStore) Forget(ctx context.Context, name string) error {
	res, err := s.AcrossDelete((*cursorRow)(nil)).Where("name = ?", name).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("subscriber"))
}

// SweepEvents looks at the first positions, which are the oldest events but for clocks that differ and for
// transactions that took long: so no index by time has to be kept by whatever is changed.
func (s eventStore) SweepEvents(ctx context.Context, before time.Time, limit int) (deleted int, err error) {
	first := s.Across((*eventRow)(nil)).Column("position", "created_at").
		Where("e.position <= coalesce((SELECT min(position) FROM core_cursors), ?)", int64(math.MaxInt64)).
		OrderExpr("e.position").Limit(int64(10 * limit))
	res, err := s.AcrossDelete((*eventRow)(nil)).
		Where("position IN (SELECT position FROM (?) AS first WHERE first.created_at < ? ORDER BY position LIMIT ?)", first, before.UTC(), limit).Exec(ctx)
	if err != nil {
		return 0, s.Fail(err)
	}
	n, err := res.RowsAffected()
	return int(n), s.Fail(err)
}
