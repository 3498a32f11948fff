package webhookstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/webhooks"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// deliveryRow keeps the body as text: what is signed has to stay as it is, to the byte.
type deliveryRow struct {
	bun.BaseModel `bun:"table:core_webhook_deliveries,alias:d"`

	CompanyID core.CompanyID
	webhooks.Delivery
}

type attemptRow struct {
	bun.BaseModel `bun:"table:core_webhook_attempts,alias:at"`

	CompanyID core.CompanyID
	webhooks.Attempt
}

func (s store) InsertDeliveries(ctx context.Context, ds []webhooks.Delivery) (added []core.ID[webhooks.Delivery], err error) {
	if len(ds) == 0 {
		return nil, nil
	}
	rows := make([]deliveryRow, len(ds))
	for i, d := range ds {
		rows[i] = deliveryRow{CompanyID: s.Scope().Company, Delivery: d}
	}
	var fresh []deliveryRow
	_, err = s.InsertNew(&rows).On("CONFLICT (company_id, endpoint_id, event_id) DO NOTHING").Returning("id").Exec(ctx, &fresh)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, s.Fail(err)
	}
	for _, row := range fresh {
		added = append(added, row.ID)
	}
	return added, nil
}

func (s store) Delivery(ctx context.Context, id core.ID[webhooks.Delivery]) (webhooks.Delivery, error) {
	var row deliveryRow
	if err := s.Select(all, &row).Where("d.id = ?", id).Scan(ctx); err != nil {
		return webhooks.Delivery{}, s.missing(err, "delivery")
	}
	return row.Delivery, nil
}

func (s store) SetDelivery(ctx context.Context, d webhooks.Delivery) error {
	res, err := s.Update(all, &deliveryRow{Delivery: d}).Column("state", "attempts", "last_error", "updated_at").Where("d.id = ?", d.ID).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("delivery"))
}

var deliveryOrder = bunstore.Order[deliveryRow]{
	Name: "-createdAt", Column: "created_at", Desc: true,
	Value: func(r *deliveryRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListDeliveries(ctx context.Context, f webhooks.DeliveryFilter, p core.Page) (core.List[webhooks.Delivery], error) {
	var rows []deliveryRow
	q := s.Select(all, &rows)
	if !f.Endpoint.IsZero() {
		q = q.Where("d.endpoint_id = ?", f.Endpoint)
	}
	if f.Event != "" {
		q = q.Where("d.event = ?", f.Event)
	}
	if f.EventID != uuid.Nil {
		q = q.Where("d.event_id = ?", f.EventID)
	}
	if f.State != "" {
		q = q.Where("d.state = ?", f.State)
	}
	if !f.CreatedFrom.IsZero() {
		q = q.Where("d.created_at >= ?", f.CreatedFrom.UTC())
	}
	if !f.CreatedBefore.IsZero() {
		q = q.Where("d.created_at < ?", f.CreatedBefore.UTC())
	}
	return bunstore.List(ctx, s.Session, q, &rows, deliveryOrder, p,
		func(r *deliveryRow) uuid.UUID { return r.ID.UUID },
		func(r *deliveryRow) webhooks.Delivery { return r.Delivery })
}

func (s store) InsertAttempt(ctx context.Context, a webhooks.Attempt) error {
	_, err := s.Insert(&attemptRow{CompanyID: s.Scope().Company, Attempt: a}).Exec(ctx)
	return s.Fail(err)
}

func (s store) Attempts(ctx context.Context, id core.ID[webhooks.Delivery]) ([]webhooks.Attempt, error) {
	var rows []attemptRow
	err := s.Select(all, &rows).Where("at.delivery_id = ?", id).OrderExpr("at.created_at, at.id").Scan(ctx)
	if err != nil {
		return nil, s.Fail(err)
	}
	attempts := make([]webhooks.Attempt, len(rows))
	for i, r := range rows {
		attempts[i] = r.Attempt
	}
	return attempts, nil
}

func (s store) ForgetDeliveries(ctx context.Context, ids []uuid.UUID, keep string) error {
	mentioned, args := bunstore.Mentions("body", ids)
	_, err := s.Delete(all, (*deliveryRow)(nil)).Where(mentioned, args...).Where("event <> ?", keep).Exec(ctx)
	return s.Fail(err)
}
