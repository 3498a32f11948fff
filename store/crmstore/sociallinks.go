package crmstore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type socialLinkRow struct {
	bun.BaseModel `bun:"table:crm_contact_social_links,alias:sl"`

	CompanyID core.CompanyID
	crm.SocialLink
}

func (s store) InsertSocialLink(ctx context.Context, l crm.SocialLink) error {
	_, err := s.Insert(&socialLinkRow{CompanyID: s.Scope().Company, SocialLink: l}).Exec(ctx)
	return s.Fail(err)
}

func (s store) SocialLink(ctx context.Context, id core.ID[crm.SocialLink]) (crm.SocialLink, error) {
	var row socialLinkRow
	if err := s.Select(ofOwn, &row).Where("sl.id = ?", id).Scan(ctx); err != nil {
		return crm.SocialLink{}, s.missing(err, "social_link")
	}
	return row.SocialLink, nil
}

func (s store) ReplaceSocialLink(ctx context.Context, l crm.SocialLink, was int64) error {
	res, err := s.Update(ofOwn, &socialLinkRow{SocialLink: l}).
		ExcludeColumn("company_id", "id", "contact_id").
		Where("sl.id = ?", l.ID).Where("sl.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("social_link"))
}

func (s store) DeleteSocialLink(ctx context.Context, id core.ID[crm.SocialLink], was int64) error {
	res, err := s.Delete(ofOwn, (*socialLinkRow)(nil)).Where("sl.id = ?", id).Where("sl.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("social_link"))
}

var oldestSocialLinks = bunstore.Order[socialLinkRow]{
	Name: "createdAt", Column: "created_at",
	Value: func(r *socialLinkRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListSocialLinks(ctx context.Context, contact core.ID[crm.Contact], p core.Page) (core.List[crm.SocialLink], error) {
	var rows []socialLinkRow
	return bunstore.List(ctx, s.Session, s.Select(ofOwn, &rows).Where("sl.contact_id = ?", contact), &rows, oldestSocialLinks, p,
		func(r *socialLinkRow) uuid.UUID { return r.ID.UUID },
		func(r *socialLinkRow) crm.SocialLink { return r.SocialLink })
}
