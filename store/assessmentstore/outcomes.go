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

// outcomeRow is an outcome, and whether it is the latest of its response.
type outcomeRow struct {
	bun.BaseModel `bun:"table:asm_scores,alias:o"`

	CompanyID core.CompanyID
	IsCurrent bool
	assessment.Outcome
}

// dimensionRow is what one dimension of an outcome came to.
type dimensionRow struct {
	bun.BaseModel `bun:"table:asm_score_dimensions,alias:d"`

	CompanyID  core.CompanyID
	ScoreID    core.ID[assessment.Outcome]
	Key        string
	Value      assessment.Number
	Percentage assessment.Percent
	Band       string
}

// outcomes follow their responses: whoever may see a response sees them.
var outcomes = bunstore.Table{Own: "EXISTS (SELECT 1 FROM asm_responses AS r WHERE r.company_id = ?TableAlias.company_id AND r.id = ?TableAlias.response_id" +
	" AND (r.created_by_id = ?0 OR EXISTS (SELECT 1 FROM crm_contacts AS own WHERE own.company_id = r.company_id" +
	" AND own.id = r.contact_id AND (own.created_by_id = ?0 OR own.owner_id = ?0))))"}

func (s store) InsertOutcomes(ctx context.Context, os ...assessment.Outcome) error {
	if len(os) == 0 {
		return nil
	}
	company := s.Scope().Company
	rows := make([]outcomeRow, len(os))
	of := make([]core.ID[assessment.Response], len(os))
	var parts []dimensionRow
	for i, o := range os {
		rows[i] = outcomeRow{CompanyID: company, IsCurrent: true, Outcome: o}
		of[i] = o.ResponseID
		for _, d := range o.Dimensions {
			if d.Scored {
				parts = append(parts, dimensionRow{CompanyID: company, ScoreID: o.ID, Key: d.Key, Value: d.Value, Percentage: d.Percentage, Band: d.Band})
			}
		}
	}
	_, err := s.Update(bunstore.Shared, (*outcomeRow)(nil)).Set("is_current = ?", false).
		Where("o.response_id IN (?)", bun.List(of)).Where("o.is_current").Exec(ctx)
	if err != nil {
		return s.Fail(err)
	}
	if _, err := s.Insert(&rows).Exec(ctx); err != nil {
		return s.taken(err, "response")
	}
	if len(parts) == 0 {
		return nil
	}
	_, err = s.Insert(&parts).Exec(ctx)
	return s.Fail(err)
}

func (s store) CurrentOutcomes(ctx context.Context, of []core.ID[assessment.Response]) ([]assessment.Outcome, error) {
	if len(of) == 0 {
		return nil, nil
	}
	var rows []outcomeRow
	err := s.Select(outcomes, &rows).Where("o.response_id IN (?)", bun.List(of)).Where("o.is_current").Scan(ctx)
	return found(rows), s.Fail(err)
}

func (s store) OutcomesOf(ctx context.Context, id core.ID[assessment.Response]) ([]assessment.Outcome, error) {
	var rows []outcomeRow
	err := s.Select(outcomes, &rows).Where("o.response_id = ?", id).OrderExpr("o.created_at, o.id").Scan(ctx)
	return found(rows), s.Fail(err)
}

func found(rows []outcomeRow) []assessment.Outcome {
	os := make([]assessment.Outcome, len(rows))
	for i := range rows {
		os[i] = rows[i].Outcome
	}
	return os
}

func (s store) Cohort(ctx context.Context, o assessment.Outcome) (assessment.Cohort, error) {
	var row struct{ Others, Below, Equal int }
	err := s.In(core.Scope{Company: s.Scope().Company}).Select(bunstore.Shared, (*outcomeRow)(nil)).
		ColumnExpr("count(*) AS others").
		ColumnExpr("coalesce(sum(CASE WHEN o.units < ? THEN 1 ELSE 0 END), 0) AS below", o.Units).
		ColumnExpr("coalesce(sum(CASE WHEN o.units = ? THEN 1 ELSE 0 END), 0) AS equal", o.Units).
		Where("o.answered_id = ?", o.AnsweredID).Where("o.version_id = ?", o.VersionID).
		Where("o.is_current").Where("o.pending = 0").Where("o.response_id <> ?", o.ResponseID).Scan(ctx, &row)
	return assessment.Cohort{Others: row.Others, Below: row.Below, Equal: row.Equal}, s.Fail(err)
}

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
