package crmstore

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// viewRow is a view with the key that it is sorted by.
type viewRow struct {
	bun.BaseModel `bun:"table:crm_views,alias:v"`

	CompanyID core.CompanyID
	NameKey   string
	crm.View
}

// views are seen by those who made them, and the others by those who see others' rows.
var views = bunstore.Table{Own: "?TableAlias.created_by_id = ?0"}

func (s store) viewRow(v crm.View) *viewRow {
	return &viewRow{CompanyID: s.Scope().Company, NameKey: core.Fold(v.Name), View: v}
}

func (s store) InsertView(ctx context.Context, v crm.View) error {
	_, err := s.Insert(s.viewRow(v)).Exec(ctx)
	return s.Fail(err)
}

// views begins every query of views.
func (s store) views(dest any, of crm.ViewOf) *bun.SelectQuery {
	q := s.Select(views, dest).Where("v.of = ?", of)
	if actor := s.Scope().Actor.ID; !actor.IsZero() {
		q = q.Where("(v.shared OR v.created_by_id = ?)", actor)
	}
	return q
}

func (s store) View(ctx context.Context, of crm.ViewOf, id core.ID[crm.View]) (crm.View, error) {
	var row viewRow
	if err := s.views(&row, of).Where("v.id = ?", id).Scan(ctx); err != nil {
		return crm.View{}, s.missing(err, "view")
	}
	return row.View, nil
}

func (s store) ReplaceView(ctx context.Context, v crm.View, was int64) error {
	res, err := s.Update(views, s.viewRow(v)).
		ExcludeColumn("company_id", "id", "of").
		Where("v.id = ?", v.ID).Where("v.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("view"))
}

func (s store) DeleteView(ctx context.Context, id core.ID[crm.View], was int64) error {
	res, err := s.Delete(views, (*viewRow)(nil)).Where("v.id = ?", id).Where("v.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("view"))
}

var viewOrder = bunstore.Order[viewRow]{
	Name: "name", Column: "name_key", Value: func(r *viewRow) string { return r.NameKey }, Bind: bunstore.BindText,
}

func (s store) ListViews(ctx context.Context, of crm.ViewOf, p core.Page) (core.List[crm.View], error) {
	var rows []viewRow
	return bunstore.List(ctx, s.Session, s.views(&rows, of), &rows, viewOrder, p,
		func(r *viewRow) uuid.UUID { return r.ID.UUID },
		func(r *viewRow) crm.View { return r.View })
}

func (s store) EveryView(ctx context.Context, after core.ID[crm.View], limit int) ([]crm.View, error) {
	var rows []viewRow
	if err := s.Select(bunstore.Shared, &rows).Where("v.id > ?", after.UUID).OrderExpr("v.id").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	list := make([]crm.View, len(rows))
	for i, r := range rows {
		list[i] = r.View
	}
	return list, nil
}

func (s store) ViewsThatSaid(ctx context.Context, said func(string) bool) ([]uuid.UUID, time.Time, error) {
	return s.SubjectsThat(ctx, "view", said)
}
