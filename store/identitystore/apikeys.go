package identitystore

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type apiKeyRow struct {
	bun.BaseModel `bun:"table:id_api_keys,alias:k"`

	CompanyID  core.CompanyID
	SecretHash identity.Secret
	identity.APIKey
}

func (s store) InsertAPIKey(ctx context.Context, k identity.APIKey, secret identity.Secret) error {
	_, err := s.Insert(&apiKeyRow{CompanyID: s.Scope().Company, SecretHash: secret, APIKey: k}).Exec(ctx)
	return s.Fail(err)
}

func (s store) APIKey(ctx context.Context, id core.ID[identity.APIKey]) (identity.APIKey, error) {
	var row apiKeyRow
	if err := s.Select(ofCreator, &row).Where("k.id = ?", id).Scan(ctx); err != nil {
		return identity.APIKey{}, missing(s.Session, err, "api_key")
	}
	return row.APIKey, nil
}

// TouchAPIKey asks again whether it is time: of many requests at once, one writes.
func (s store) TouchAPIKey(ctx context.Context, id core.ID[identity.APIKey], now, since time.Time) error {
	_, err := s.Update(bunstore.Shared, (*apiKeyRow)(nil)).Set("last_used_at = ?", now).
		Where("k.id = ?", id).Where("(k.last_used_at IS NULL OR k.last_used_at < ?)", since).Exec(ctx)
	return s.Fail(err)
}

func (s store) DeleteAPIKey(ctx context.Context, id core.ID[identity.APIKey]) error {
	res, err := s.Delete(ofCreator, (*apiKeyRow)(nil)).Where("k.id = ?", id).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("api_key"))
}

var newestKeys = bunstore.Order[apiKeyRow]{
	Name: "-createdAt", Column: "created_at", Desc: true, Bind: bunstore.BindTime,
	Value: func(r *apiKeyRow) string { return bunstore.TimeText(r.CreatedAt) },
}

func (s store) ListAPIKeys(ctx context.Context, p core.Page) (core.List[identity.APIKey], error) {
	var rows []apiKeyRow
	return bunstore.List(ctx, s.Session, s.Select(ofCreator, &rows), &rows, newestKeys, p,
		func(r *apiKeyRow) uuid.UUID { return r.ID.UUID },
		func(r *apiKeyRow) identity.APIKey { return r.APIKey })
}
