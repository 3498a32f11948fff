package assessmentstore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type responseRow struct {
	bun.BaseModel `bun:"table:asm_responses,alias:r"`

	CompanyID core.CompanyID
	assessment.Sheet
}

func (s store) InsertResponse(ctx context.Context, r assessment.Sheet) error {
	_, err := s.Insert(&responseRow{CompanyID: s.Scope().Company, Sheet: r}).Exec(ctx)
	return s.taken(err, "response")
}

func (s store) Response(ctx context.Context, kind assessment.Kind, id core.ID[assessment.Response]) (assessment.Sheet, error) {
	var row responseRow
	if err := s.Select(responses, &row).Where("r.id = ?", id).Where("r.kind = ?", kind).Scan(ctx); err != nil {
		return assessment.Sheet{}, s.missing(err, "response")
	}
	return row.Sheet, nil
}

func (s store) ReplaceResponse(ctx context.Context, r assessment.Sheet, was int64) error {
	res, err := s.Update(responses, &responseRow{Sheet: r}).
		ExcludeColumn("company_id", "id", "kind", "form_id", "version_id").
		Where("r.id = ?", r.ID).Where("r.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("response"))
}

func (s store) DeleteResponse(ctx context.Context, id core.ID[assessment.Response]) error {
	res, err := s.Delete(responses, (*responseRow)(nil)).Where("r.id = ?", id).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("response"))
}

var (
	newestResponses = bunstore.Order[responseRow]{Name: "-createdAt", Column: "created_at", Desc: true, Value: createdText, Bind: bunstore.BindTime}
	oldestResponses = bunstore.Order[responseRow]{Name: "createdAt", Column: "created_at", Value: createdText, Bind: bunstore.BindTime}
)

func createdText(r *responseRow) string { return bunstore.TimeText(r.CreatedAt) }

func (s store) ListResponses(ctx context.Context, kind assessment.Kind, f assessment.ResponseFilter, p core.Page) (core.List[assessment.Sheet], error) {
	var rows []responseRow
	q := s.Select(responses, &rows).Where("r.kind = ?", kind)
	if !f.Form.IsZero() {
		q = q.Where("r.form_id = ?", f.Form)
	}
	if !f.Version.IsZero() {
		q = q.Where("r.version_id = ?", f.Version)
	}
	if !f.Contact.IsZero() {
		q = q.Where("r.contact_id = ?", f.Contact)
	}
	if f.Status != "" {
		q = q.Where("r.status = ?", f.Status)
	}
	order := newestResponses
	if f.OldestFirst {
		order = oldestResponses
	}
	return bunstore.List(ctx, s.Session, q, &rows, order, p,
		func(r *responseRow) uuid.UUID { return r.ID.UUID },
		func(r *responseRow) assessment.Sheet { return r.Sheet })
}

func (s store) LastOrdinal(ctx context.Context, form core.ID[assessment.Form], who assessment.ContactID) (int64, error) {
	var last int64
	err := s.In(core.Scope{Company: s.Scope().Company}).Select(bunstore.Shared, (*responseRow)(nil)).
		ColumnExpr("coalesce(max(r.ordinal), 0)").
		Where("r.contact_id = ?", who).Where("r.form_id = ?", form).Scan(ctx, &last)
	return last, s.Fail(err)
}

func (s store) LaterOutcomes(ctx context.Context, r assessment.Sheet) ([]assessment.Outcome, error) {
	every := store{s.In(core.Scope{Company: s.Scope().Company})}
	var rows []responseRow
	err := every.Select(bunstore.Shared, &rows).Column("id").
		Where("r.contact_id = ?", r.ContactID).Where("r.kind = ?", r.Kind).Where("r.status = ?", assessment.Final).
		Where("(r.created_at, r.id) > (?, ?)", r.CreatedAt.UTC(), r.ID).Scan(ctx)
	if err != nil {
		return nil, s.Fail(err)
	}
	ids := make([]core.ID[assessment.Response], len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return every.CurrentOutcomes(ctx, ids)
}
