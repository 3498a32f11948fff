package crmstore

import (
	"context"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

type tagRow struct {
	bun.BaseModel `bun:"table:crm_contact_tags,alias:ct"`

	CompanyID core.CompanyID
	TagKey    string
	Tag       string
	ContactID core.ID[crm.Contact]
}

func (s store) Tags(ctx context.Context, prefix string, limit int) ([]crm.Tag, error) {
	q := s.Select(ofOwn, (*tagRow)(nil)).
		ColumnExpr("min(ct.tag) AS name").ColumnExpr("count(*) AS count").
		Where("EXISTS (SELECT 1 FROM crm_contacts AS live WHERE live.company_id = ct.company_id" +
			" AND live.id = ct.contact_id AND live.deleted_at IS NULL)").
		GroupExpr("ct.tag_key").OrderExpr("ct.tag_key").Limit(int64(limit))
	if prefix != "" {
		q = q.Where("ct.tag_key >= ?", prefix).Where("ct.tag_key < ?", prefix+string(rune(utf8.MaxRune)))
	}
	tags := []crm.Tag{}
	if err := q.Scan(ctx, &tags); err != nil {
		return nil, s.Fail(err)
	}
	return tags, nil
}
