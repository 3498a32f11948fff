package assessmentstore

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// attemptRow is an attempt with the hash of its token.
type attemptRow struct {
	bun.BaseModel `bun:"table:asm_attempts,alias:t"`

	CompanyID core.CompanyID
	TokenHash string
	assessment.Attempt
}

func (s store) InsertAttempt(ctx context.Context, a assessment.Attempt, hash string) error {
	_, err := s.Insert(&attemptRow{CompanyID: s.Scope().Company, TokenHash: hash, Attempt: a}).Exec(ctx)
	return s.Fail(err)
}

func (s store) Attempt(ctx context.Context, id core.ID[assessment.Attempt]) (assessment.Attempt, error) {
	var row attemptRow
	if err := s.Select(bunstore.Table{}, &row).Where("t.id = ?", id).Scan(ctx); err != nil {
		return assessment.Attempt{}, s.missing(err, "attempt")
	}
	return row.Attempt, nil
}

func (s store) ReplaceAttempt(ctx context.Context, a assessment.Attempt, was int64) error {
	res, err := s.Update(bunstore.Table{}, &attemptRow{Attempt: a}).
		ExcludeColumn("company_id", "id", "token_hash", "form_id", "version_id").
		Where("t.id = ?", a.ID).Where("t.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("attempt"))
}

func (s store) AttemptsOf(ctx context.Context, who assessment.ContactID, emails []core.Email) ([]assessment.Attempt, error) {
	var rows []attemptRow
	condition, args := s.attemptsOf(who, emails)
	if err := s.Select(bunstore.Table{}, &rows).Where(condition, args...).OrderExpr("t.created_at, t.id").Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	list := make([]assessment.Attempt, len(rows))
	for i := range rows {
		list[i] = rows[i].Attempt
	}
	return list, nil
}

func (s store) DeleteAttemptsOf(ctx context.Context, who assessment.ContactID, emails []core.Email) error {
	condition, args := s.attemptsOf(who, emails)
	_, err := s.Delete(bunstore.Table{}, (*attemptRow)(nil)).Where(condition, args...).Exec(ctx)
	return s.Fail(err)
}

// attemptsOf is the condition of a person's attempts: theirs, those that became responses of
// theirs, and those of nobody in particular under one of their addresses.
func (s store) attemptsOf(who assessment.ContactID, emails []core.Email) (condition string, args []any) {
	condition = "t.contact_id = ? OR t.id IN (SELECT attempt_id FROM asm_responses WHERE company_id = ? AND contact_id = ?)"
	args = []any{who, s.Scope().Company, who}
	if len(emails) > 0 {
		keys := make([]string, len(emails))
		for i, e := range emails {
			keys[i] = e.Key()
		}
		condition += " OR t.contact_id IS NULL AND lower(t.email) IN (?)"
		args = append(args, bun.List(keys))
	}
	return "(" + condition + ")", args
}

// Links finds the company of a token, across companies.
func Links(db *bunstore.DB) assessment.Links { return links{db} }

type links struct{ db *bunstore.DB }

// openedRow is what a token opens.
type openedRow struct {
	CompanyID core.CompanyID
	Kind      assessment.Kind
	FormID    core.ID[assessment.Form]
	ID        core.ID[assessment.Attempt]
}

func (l links) ByToken(ctx context.Context, hash string) (assessment.Opened, error) {
	s := store{l.db.Session(core.Scope{})}
	link := s.Across((*linkRow)(nil)).ColumnExpr("l.company_id, l.form_id, NULL AS id, f.kind").
		Join("JOIN asm_forms AS f ON f.company_id = l.company_id AND f.id = l.form_id").
		Where("l.token_hash = ?", hash).Where("l.revoked_at IS NULL")
	var row openedRow
	err := s.Across((*attemptRow)(nil)).ColumnExpr("t.company_id, t.form_id, t.id, f.kind").
		Join("JOIN asm_forms AS f ON f.company_id = t.company_id AND f.id = t.form_id").
		Where("t.token_hash = ?", hash).UnionAll(link).Scan(ctx, &row)
	if err != nil {
		return assessment.Opened{}, s.missing(err, "form")
	}
	return assessment.Opened{Company: row.CompanyID, Kind: row.Kind, Form: row.FormID, Attempt: row.ID}, nil
}

func (l links) SweepAttempts(ctx context.Context, before time.Time, limit int) (deleted int, err error) {
	s := l.db.Session(core.Scope{})
	old := s.Across((*attemptRow)(nil)).Column("company_id", "id").Where("t.response_id IS NULL").
		Where("t.updated_at < ?", before.UTC()).OrderExpr("t.updated_at").Limit(int64(limit))
	res, err := s.AcrossDelete((*attemptRow)(nil)).Where("(t.company_id, t.id) IN (?)", old).Where("t.response_id IS NULL").Exec(ctx)
	if err != nil {
		return 0, s.Fail(err)
	}
	n, err := res.RowsAffected()
	return int(n), s.Fail(err)
}
