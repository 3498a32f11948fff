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

type accountEntryRow struct {
	bun.BaseModel `bun:"table:id_account_audit,alias:a"`

	identity.AccountEntry
}

var newestEntries = bunstore.Order[accountEntryRow]{
	Name: "-createdAt", Column: "created_at", Desc: true, Value: func(r *accountEntryRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s platform) InsertAccountEntry(ctx context.Context, e identity.AccountEntry) error {
	_, err := s.Insert(&accountEntryRow{AccountEntry: e}).Exec(ctx)
	return s.Fail(err)
}

func (s platform) ListAccountAudit(ctx context.Context, user core.UserID, p core.Page) (core.List[identity.AccountEntry], error) {
	var rows []accountEntryRow
	return bunstore.List(ctx, s.Session, s.Across(&rows).Where("a.subject_id = ?", user), &rows, newestEntries, p,
		func(r *accountEntryRow) uuid.UUID { return r.ID.UUID },
		func(r *accountEntryRow) identity.AccountEntry { return r.AccountEntry })
}

func (s platform) EraseAccountAudit(ctx context.Context, user core.UserID) error {
	_, err := s.AcrossUpdate((*accountEntryRow)(nil)).Set("changes = '{}'").Set("network = ''").Set("agent = ''").
		Where("a.subject_id = ?", user).Exec(ctx)
	return s.Fail(err)
}

func (s platform) KnownFrom(ctx context.Context, user core.UserID, network string, since time.Time, actions ...string) (bool, error) {
	known, err := s.Across((*accountEntryRow)(nil)).Where("a.subject_id = ?", user).Where("a.network = ?", network).
		Where("a.created_at >= ?", since).Where("a.action IN (?)", bun.List(actions)).Exists(ctx)
	return known, s.Fail(err)
}
