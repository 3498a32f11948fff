package assessmentstore

import (
	"context"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type versionRow struct {
	bun.BaseModel `bun:"table:asm_versions,alias:v"`

	CompanyID core.CompanyID
	assessment.Version
}

func (s store) InsertVersion(ctx context.Context, v assessment.Version) error {
	_, err := s.Insert(&versionRow{CompanyID: s.Scope().Company, Version: v}).Exec(ctx)
	return s.taken(err, "form")
}

func (s store) Version(ctx context.Context, id core.ID[assessment.Version]) (assessment.Version, error) {
	var row versionRow
	if err := s.Select(bunstore.Shared, &row).Where("v.id = ?", id).Scan(ctx); err != nil {
		return assessment.Version{}, s.missing(err, "version")
	}
	return row.Version, nil
}

func (s store) NumberedVersion(ctx context.Context, form core.ID[assessment.Form], number int64) (assessment.Version, error) {
	var row versionRow
	if err := s.Select(bunstore.Shared, &row).Where("v.form_id = ?", form).Where("v.number = ?", number).Scan(ctx); err != nil {
		return assessment.Version{}, s.missing(err, "version")
	}
	return row.Version, nil
}

func (s store) LatestVersion(ctx context.Context, form core.ID[assessment.Form]) (core.ID[assessment.Version], error) {
	var row versionRow
	err := s.Select(bunstore.Shared, &row).Column("id").Where("v.form_id = ?", form).OrderExpr("v.number DESC").Limit(1).Scan(ctx)
	if err != nil {
		return core.ID[assessment.Version]{}, s.missing(err, "version")
	}
	return row.ID, nil
}

var newestVersions = bunstore.Order[versionRow]{
	Name: "-number", Column: "number", Desc: true,
	Value: func(r *versionRow) string { return strconv.FormatInt(r.Number, 10) },
	Bind: func(v string) (any, error) {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return nil, core.Faults{{Field: "/cursor", Rule: "cursor", Message: "is not a cursor of this list"}}.Err()
		}
		return n, nil
	},
}

func (s store) ListVersions(ctx context.Context, form core.ID[assessment.Form], p core.Page) (core.List[assessment.Version], error) {
	var rows []versionRow
	return bunstore.List(ctx, s.Session, s.Select(bunstore.Shared, &rows).Where("v.form_id = ?", form), &rows, newestVersions, p,
		func(r *versionRow) uuid.UUID { return r.ID.UUID },
		func(r *versionRow) assessment.Version { return r.Version })
}

// linkRow is a link with the hash of its token.
type linkRow struct {
	bun.BaseModel `bun:"table:asm_links,alias:l"`

	CompanyID core.CompanyID
	TokenHash string
	assessment.Link
}

func (s store) InsertLink(ctx context.Context, l assessment.Link, hash string) error {
	_, err := s.Insert(&linkRow{CompanyID: s.Scope().Company, TokenHash: hash, Link: l}).Exec(ctx)
	return s.taken(err, "form")
}

func (s store) LiveLink(ctx context.Context, form core.ID[assessment.Form]) (assessment.Link, error) {
	var row linkRow
	if err := s.Select(bunstore.Shared, &row).Where("l.form_id = ?", form).Where("l.revoked_at IS NULL").Scan(ctx); err != nil {
		return assessment.Link{}, s.missing(err, "link")
	}
	return row.Link, nil
}

func (s store) ReplaceLink(ctx context.Context, l assessment.Link) error {
	res, err := s.Update(bunstore.Shared, &linkRow{Link: l}).Column("revoked_at").Where("l.id = ?", l.ID).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("link"))
}
