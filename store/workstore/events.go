package workstore

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// eventRow is an event as the outbox has it.
type eventRow struct {
	bun.BaseModel `bun:"table:core_outbox,alias:e"`

	Position    int64
	CompanyID   core.CompanyID
	ID          uuid.UUID
	Name        string
	SubjectKind string
	SubjectID   uuid.UUID
	ActorID     core.UserID
	Data        json.RawMessage
	CreatedAt   time.Time
}

func (r *eventRow) event() core.StoredEvent {
	return core.StoredEvent{
		ID: r.ID, Position: r.Position, CompanyID: r.CompanyID, Name: r.Name,
		Subject: core.Ref{Kind: r.SubjectKind, ID: r.SubjectID}, ActorID: r.ActorID, At: r.CreatedAt, Data: r.Data,
	}
}

// eventsAfter reads events of a query's beginning in the order of their positions.
func eventsAfter(ctx context.Context, begin func(dest any) *bun.SelectQuery, names []string, after, settled int64, limit int) ([]eventRow, error) {
	var rows []eventRow
	q := begin(&rows).Where("e.position > ?", after).Where("e.position <= ?", settled).OrderExpr("e.position").Limit(int64(limit))
	if len(names) > 0 {
		q = q.Where("e.name IN (?)", bun.List(names))
	}
	err := q.Scan(ctx)
	return rows, err
}

// eventReader is an events.Reader.
type eventReader struct{ *bunstore.Session }

// outbox is not for those who see own rows only: whose an event is cannot be told from it.
var outbox = bunstore.Table{}

func (r eventReader) Newest(ctx context.Context) (int64, error) { return r.Settled(ctx) }

var eventOrder = bunstore.Order[eventRow]{
	Name: "position", Column: "position",
	Value: func(r *eventRow) string { return strconv.FormatInt(r.Position, 10) },
	Bind: func(v string) (any, error) {
		position, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return nil, core.Faults{{Field: "/cursor", Rule: "cursor", Message: "is not a cursor of this list"}}.Err()
		}
		return position, nil
	},
}

func (r eventReader) ListEvents(ctx context.Context, f events.Filter, p core.Page) (core.List[core.StoredEvent], error) {
	settled, err := r.Settled(ctx)
	if err != nil {
		return core.List[core.StoredEvent]{}, err
	}
	var rows []eventRow
	q := r.filtered(f, &rows).Where("e.position <= ?", settled)
	return bunstore.List(ctx, r.Session, q, &rows, eventOrder, p,
		func(r *eventRow) uuid.UUID { return r.ID },
		func(r *eventRow) core.StoredEvent { return r.event() })
}

func (r eventReader) EventsAfter(ctx context.Context, f events.Filter, position int64, limit int) ([]core.StoredEvent, error) {
	settled, err := r.Settled(ctx)
	if err != nil {
		return nil, err
	}
	begin := func(dest any) *bun.SelectQuery { return r.filtered(f, dest) }
	rows, err := eventsAfter(ctx, begin, nil, position, settled, limit)
	if err != nil {
		return nil, r.Fail(err)
	}
	found := make([]core.StoredEvent, len(rows))
	for i := range rows {
		found[i] = rows[i].event()
	}
	return found, nil
}

// filtered is the company's events that f lets through.
func (r eventReader) filtered(f events.Filter, rows any) *bun.SelectQuery {
	q := r.Select(outbox, rows)
	if len(f.Names) > 0 {
		q = q.Where("e.name IN (?)", bun.List(f.Names))
	}
	if f.Kind != "" {
		q = q.Where("e.subject_kind = ?", f.Kind)
	}
	if f.Subject != uuid.Nil {
		q = q.Where("e.subject_id = ?", f.Subject)
	}
	return q
}
