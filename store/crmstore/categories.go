package crmstore

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// categoryRow is a category with the key that makes its name unique.
type categoryRow struct {
	bun.BaseModel `bun:"table:crm_categories,alias:cat"`

	CompanyID core.CompanyID
	NameKey   string
	crm.Category
}

func (s store) categoryRow(c crm.Category) *categoryRow {
	return &categoryRow{CompanyID: s.Scope().Company, NameKey: core.Fold(c.Name), Category: c}
}

func (s store) InsertCategory(ctx context.Context, c crm.Category) error {
	_, err := s.Insert(s.categoryRow(c)).Exec(ctx)
	return s.Fail(err)
}

func (s store) Category(ctx context.Context, id core.ID[crm.Category]) (crm.Category, error) {
	var row categoryRow
	if err := s.Select(bunstore.Shared, &row).Where("cat.id = ?", id).Scan(ctx); err != nil {
		return crm.Category{}, s.missing(err, "category")
	}
	return row.Category, nil
}

func (s store) CategoryNamed(ctx context.Context, name string) (crm.Category, error) {
	var row categoryRow
	if err := s.Select(bunstore.Shared, &row).Where("cat.name_key = ?", core.Fold(name)).Scan(ctx); err != nil {
		return crm.Category{}, s.missing(err, "category")
	}
	return row.Category, nil
}

func (s store) ReplaceCategory(ctx context.Context, c crm.Category, was int64) error {
	res, err := s.Update(bunstore.Shared, s.categoryRow(c)).
		ExcludeColumn("company_id", "id").
		Where("cat.id = ?", c.ID).Where("cat.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("category"))
}

func (s store) DeleteCategory(ctx context.Context, id core.ID[crm.Category], was int64) error {
	res, err := s.Delete(bunstore.Shared, (*categoryRow)(nil)).Where("cat.id = ?", id).Where("cat.version = ?", was).Exec(ctx)
	err = bunstore.One(res, err, s.Session, core.Stale("category"))
	var broken *core.Error
	if errors.As(err, &broken) && errors.Is(err, core.ErrInvalid) { // the foreign key of the contacts
		return &core.Error{Kind: core.ErrState, Code: "category_in_use", Message: "contacts have this category: move them to another, or deactivate it", Err: broken.Err}
	}
	return err
}

var categoryOrder = bunstore.Order[categoryRow]{
	Name: "name", Column: "name_key", Value: func(r *categoryRow) string { return r.NameKey }, Bind: bunstore.BindText,
}

func (s store) ListCategories(ctx context.Context, f crm.CategoryFilter, p core.Page) (core.List[crm.Category], error) {
	var rows []categoryRow
	q := s.Select(bunstore.Shared, &rows)
	if f.Active != nil {
		q = q.Where("cat.active = ?", *f.Active)
	}
	return bunstore.List(ctx, s.Session, q, &rows, categoryOrder, p,
		func(r *categoryRow) uuid.UUID { return r.ID.UUID },
		func(r *categoryRow) crm.Category { return r.Category })
}

func (s store) MoveContacts(ctx context.Context, from, to core.ID[crm.Category], at time.Time, limit int) ([]crm.Contact, error) {
	some := s.Select(bunstore.Shared, (*contactRow)(nil)).Column("id").Where("c.category_id = ?", from).Limit(int64(limit))
	var rows []contactRow
	_, err := s.Update(bunstore.Shared, (*contactRow)(nil)).
		Set("category_id = ?", to).Set("version = c.version + 1").Set("updated_at = ?", at).
		Where("c.id IN (?)", some).Where("c.category_id = ?", from). // still: another may have moved one meanwhile
		Returning("*").Exec(ctx, &rows)
	if err != nil {
		return nil, s.Fail(err)
	}
	moved := make([]crm.Contact, len(rows))
	for i := range rows {
		moved[i] = rows[i].Contact
	}
	return moved, nil
}
