package assessmentstore

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// settingsRow is what a company has decided.
type settingsRow struct {
	bun.BaseModel `bun:"table:asm_settings,alias:se"`

	CompanyID core.CompanyID
	CreatedAt time.Time
	assessment.Settings
}

func (s store) Settings(ctx context.Context) (assessment.Settings, error) {
	var row settingsRow
	err := s.Fail(s.Select(bunstore.Shared, &row).Scan(ctx))
	if errors.Is(err, core.ErrNotFound) {
		return assessment.Settings{Profiling: true}, nil
	}
	return row.Settings, err
}

func (s store) ReplaceSettings(ctx context.Context, v assessment.Settings, was int64) error {
	row := &settingsRow{CompanyID: s.Scope().Company, CreatedAt: v.UpdatedAt, Settings: v}
	if was == 0 {
		_, err := s.Insert(row).Exec(ctx)
		return s.taken(err, "settings")
	}
	res, err := s.Update(bunstore.Shared, row).ExcludeColumn("company_id", "created_at").Where("se.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("settings"))
}
