package assessmentstore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// responseRow is a response with what its statistics count.
type responseRow struct {
	bun.BaseModel `bun:"table:asm_responses,alias:r"`

	CompanyID core.CompanyID
	Choices   string
	assessment.Sheet
}

func (s store) InsertResponse(ctx context.Context, r assessment.Sheet, choices string) error {
	_, err := s.Insert(&responseRow{CompanyID: s.Scope().Company, Choices: choices, Sheet: r}).Exec(ctx)
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
		ExcludeColumn("company_id", "id", "kind", "form_id", "version_id", "choices").
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

// tallyPage is how many responses statistics read at once.
const tallyPage = 5000

// tallyRow is the little of a response and its current outcome that statistics are made of.
type tallyRow struct {
	ID         uuid.UUID
	Choices    string
	Points     string
	Percentage assessment.Percent
	Status     assessment.Status
}

func (s store) Tallies(ctx context.Context, version core.ID[assessment.Version], p core.Page) ([]assessment.Tally, string, error) {
	q := s.Select(responses, (*responseRow)(nil)).
		ColumnExpr("r.id, r.choices, r.status, coalesce(o.points, '') AS points, coalesce(o.percentage, 0) AS percentage").
		Join("LEFT JOIN asm_scores AS o ON o.company_id = r.company_id AND o.response_id = r.id AND o.is_current").
		Where("r.version_id = ?", version)
	if p.Cursor != "" {
		after, err := uuid.Parse(p.Cursor)
		if err != nil {
			return nil, "", core.Faults{{Field: "/cursor", Rule: "cursor", Message: "is not a cursor of this list"}}.Err()
		}
		q = q.Where("r.id > ?", after)
	}
	var rows []tallyRow
	if err := q.OrderExpr("r.id").Limit(tallyPage).Scan(ctx, &rows); err != nil {
		return nil, "", s.Fail(err)
	}
	tallies := make([]assessment.Tally, len(rows))
	for i, r := range rows {
		tallies[i] = assessment.Tally{Choices: r.Choices, Points: r.Points, Percentage: r.Percentage, Final: r.Status == assessment.Final}
	}
	next := ""
	if len(rows) == tallyPage {
		next = rows[len(rows)-1].ID.String()
	}
	return tallies, next, nil
}
