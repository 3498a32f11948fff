package webhookstore

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/webhooks"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type endpointRow struct {
	bun.BaseModel `bun:"table:core_webhooks,alias:w"`

	CompanyID core.CompanyID
	webhooks.Endpoint
}

type secretRow struct {
	bun.BaseModel `bun:"table:core_webhook_secrets,alias:ws"`

	CompanyID  core.CompanyID
	ID         uuid.UUID
	EndpointID core.ID[webhooks.Endpoint]
	Secret     webhooks.Secret
	CreatedAt  time.Time
	EndsAt     *time.Time
}

func (s store) endpointRow(e webhooks.Endpoint) *endpointRow {
	if e.Events == nil {
		e.Events = []string{}
	}
	return &endpointRow{CompanyID: s.Scope().Company, Endpoint: e}
}

func (s store) InsertEndpoint(ctx context.Context, e webhooks.Endpoint) error {
	_, err := s.Insert(s.endpointRow(e)).Exec(ctx)
	return s.Fail(err)
}

func (s store) Endpoint(ctx context.Context, id core.ID[webhooks.Endpoint]) (webhooks.Endpoint, error) {
	var row endpointRow
	if err := s.Select(all, &row).Where("w.id = ?", id).Scan(ctx); err != nil {
		return webhooks.Endpoint{}, s.missing(err, "webhook")
	}
	return row.Endpoint, nil
}

func (s store) ReplaceEndpoint(ctx context.Context, e webhooks.Endpoint, was int64) error {
	res, err := s.Update(all, s.endpointRow(e)).ExcludeColumn("company_id", "id").
		Where("w.id = ?", e.ID).Where("w.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("webhook"))
}

func (s store) DeleteEndpoint(ctx context.Context, id core.ID[webhooks.Endpoint]) error {
	res, err := s.Delete(all, (*endpointRow)(nil)).Where("w.id = ?", id).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("webhook"))
}

var endpointOrder = bunstore.Order[endpointRow]{
	Name: "createdAt", Column: "created_at",
	Value: func(r *endpointRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListEndpoints(ctx context.Context, p core.Page) (core.List[webhooks.Endpoint], error) {
	var rows []endpointRow
	return bunstore.List(ctx, s.Session, s.Select(all, &rows), &rows, endpointOrder, p,
		func(r *endpointRow) uuid.UUID { return r.ID.UUID },
		func(r *endpointRow) webhooks.Endpoint { return r.Endpoint })
}

func (s store) NoteFailing(ctx context.Context, id core.ID[webhooks.Endpoint], since *time.Time) error {
	_, err := s.Update(all, (*endpointRow)(nil)).Set("failing_since = ?", since).Where("w.id = ?", id).Exec(ctx)
	return s.Fail(err)
}

func (s store) RotateSecret(ctx context.Context, id core.ID[webhooks.Endpoint], secret webhooks.Secret, end time.Time) error {
	_, err := s.Update(all, (*secretRow)(nil)).Set("ends_at = ?", end.UTC()).Where("ws.endpoint_id = ?", id).
		Where("(ws.ends_at IS NULL OR ws.ends_at > ?)", end.UTC()).Exec(ctx)
	if err != nil {
		return s.Fail(err)
	}
	row := &secretRow{CompanyID: s.Scope().Company, ID: s.Env().UUID(), EndpointID: id, Secret: secret, CreatedAt: s.Env().Time()}
	_, err = s.Insert(row).Exec(ctx)
	return s.Fail(err)
}

func (s store) Secrets(ctx context.Context, id core.ID[webhooks.Endpoint], at time.Time) ([]webhooks.Secret, error) {
	var rows []secretRow
	err := s.Select(all, &rows).Where("ws.endpoint_id = ?", id).
		Where("(ws.ends_at IS NULL OR ws.ends_at > ?)", at.UTC()).OrderExpr("ws.created_at DESC, ws.id DESC").Scan(ctx)
	if err != nil {
		return nil, s.Fail(err)
	}
	secrets := make([]webhooks.Secret, len(rows))
	for i, r := range rows {
		secrets[i] = r.Secret
	}
	return secrets, nil
}
