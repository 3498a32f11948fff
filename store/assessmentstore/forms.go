package assessmentstore

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// formRow is a form with the key that it is sorted by.
type formRow struct {
	bun.BaseModel `bun:"table:asm_forms,alias:f"`

	CompanyID core.CompanyID
	TitleKey  string
	assessment.Form
}

func (s store) formRow(f assessment.Form) *formRow {
	return &formRow{CompanyID: s.Scope().Company, TitleKey: core.Fold(f.Title), Form: f}
}

func (s store) InsertForm(ctx context.Context, f assessment.Form) error {
	_, err := s.Insert(s.formRow(f)).Exec(ctx)
	return s.Fail(err)
}

func (s store) Form(ctx context.Context, kind assessment.Kind, id core.ID[assessment.Form]) (assessment.Form, error) {
	var row formRow
	if err := s.Select(bunstore.Shared, &row).Where("f.id = ?", id).Where("f.kind = ?", kind).Scan(ctx); err != nil {
		return assessment.Form{}, s.missing(err, "form")
	}
	return row.Form, nil
}

func (s store) ReplaceForm(ctx context.Context, f assessment.Form, was int64) error {
	res, err := s.Update(bunstore.Shared, s.formRow(f)).
		ExcludeColumn("company_id", "id", "kind").
		Where("f.id = ?", f.ID).Where("f.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("form"))
}

func (s store) DeleteForm(ctx context.Context, id core.ID[assessment.Form]) error {
	res, err := s.Delete(bunstore.Shared, (*formRow)(nil)).Where("f.id = ?", id).Exec(ctx)
	err = bunstore.One(res, err, s.Session, core.NotFound("form"))
	if errors.Is(err, core.ErrInvalid) { // the foreign key of the responses
		return &core.Error{Kind: core.ErrState, Code: "form_in_use", Message: "there are responses to it: make it inactive instead"}
	}
	return err
}

func (s store) Titles(ctx context.Context, ids []core.ID[assessment.Form]) (map[core.ID[assessment.Form]]string, error) {
	titles := map[core.ID[assessment.Form]]string{}
	if len(ids) == 0 {
		return titles, nil
	}
	var rows []formRow
	if err := s.Select(bunstore.Shared, &rows).Column("id", "title").Where("f.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	for _, row := range rows {
		titles[row.ID] = row.Title
	}
	return titles, nil
}

var formOrder = bunstore.Order[formRow]{
	Name: "title", Column: "title_key", Value: func(r *formRow) string { return r.TitleKey }, Bind: bunstore.BindText,
}

func (s store) ListForms(ctx context.Context, kind assessment.Kind, f assessment.FormFilter, p core.Page) (core.List[assessment.Form], error) {
	var rows []formRow
	q := s.Select(bunstore.Shared, &rows).Where("f.kind = ?", kind)
	if f.Active != nil {
		q = q.Where("f.is_active = ?", *f.Active)
	}
	if f.Trait != "" {
		q = q.Where("f.trait = ?", f.Trait)
	}
	return bunstore.List(ctx, s.Session, q, &rows, formOrder, p,
		func(r *formRow) uuid.UUID { return r.ID.UUID },
		func(r *formRow) assessment.Form { return r.Form })
}
