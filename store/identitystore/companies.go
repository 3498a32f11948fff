package identitystore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type companyRow struct {
	bun.BaseModel `bun:"table:id_companies,alias:co"`

	identity.Company
}

func (s store) Company(ctx context.Context) (identity.Company, error) {
	var row companyRow
	err := s.Across(&row).ExcludeColumn("invite_code").Where("co.id = ?", s.Scope().Company).Scan(ctx)
	if err != nil {
		return identity.Company{}, missing(s.Session, err, "company")
	}
	return row.Company, nil
}

func (s store) ReplaceCompany(ctx context.Context, c identity.Company, was int64) error {
	res, err := s.AcrossUpdate(&companyRow{Company: c}).ExcludeColumn("id", "slug", "invite_code").
		Where("co.id = ?", s.Scope().Company).Where("co.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("company"))
}

func (s store) InviteCode(ctx context.Context) (string, error) {
	var row companyRow
	err := s.Across(&row).Column("invite_code").Where("co.id = ?", s.Scope().Company).Scan(ctx)
	if err != nil {
		return "", missing(s.Session, err, "company")
	}
	return row.InviteCode, nil
}

func (s store) SetInviteCode(ctx context.Context, code string) error {
	res, err := s.AcrossUpdate((*companyRow)(nil)).Set("invite_code = ?", code).
		Where("co.id = ?", s.Scope().Company).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("company"))
}

// HoldCompany writes the row as it is: that locks it, by the same text on both databases.
func (s store) HoldCompany(ctx context.Context) error {
	res, err := s.AcrossUpdate((*companyRow)(nil)).Set("version = version").
		Where("co.id = ?", s.Scope().Company).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("company"))
}

func (s platform) InsertCompany(ctx context.Context, c identity.Company) error {
	_, err := s.Insert(&companyRow{Company: c}).Exec(ctx)
	return s.Fail(err)
}

func (s platform) CompanyWithCode(ctx context.Context, code string) (identity.Company, error) {
	var row companyRow
	// A tenant of the embedder's has no code: the empty one is nobody's.
	err := s.Across(&row).ExcludeColumn("invite_code").Where("co.invite_code = ?", code).Where("co.invite_code <> ''").Scan(ctx)
	if err != nil {
		return identity.Company{}, missing(s.Session, err, "invite_code")
	}
	return row.Company, nil
}

var companyOrders = []bunstore.Order[companyRow]{
	{Name: "slug", Column: "slug", Value: companySlug, Bind: bunstore.BindText},
	{Name: "-slug", Column: "slug", Desc: true, Value: companySlug, Bind: bunstore.BindText},
	{Name: "createdAt", Column: "created_at", Value: companyCreated, Bind: bunstore.BindTime},
	{Name: "-createdAt", Column: "created_at", Desc: true, Value: companyCreated, Bind: bunstore.BindTime},
}

func companySlug(r *companyRow) string    { return r.Slug }
func companyCreated(r *companyRow) string { return bunstore.TimeText(r.CreatedAt) }

func (s platform) ListCompanies(ctx context.Context, f identity.CompanyFilter, p core.Page) (core.List[identity.Company], error) {
	order, err := bunstore.Find(companyOrders, string(f.Sort))
	if err != nil {
		return core.List[identity.Company]{}, err
	}
	var rows []companyRow
	q := s.Across(&rows).ExcludeColumn("invite_code")
	if !f.Member.IsZero() {
		q = q.Where("co.id IN (SELECT company_id FROM id_members WHERE user_id = ? AND active)", f.Member)
	}
	if f.Active != nil {
		q = q.Where("co.active = ?", *f.Active)
	}
	return bunstore.List(ctx, s.Session, q, &rows, order, p,
		func(r *companyRow) uuid.UUID { return r.ID.UUID },
		func(r *companyRow) identity.Company { return r.Company })
}
