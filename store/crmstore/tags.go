package crmstore

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type tagRow struct {
	bun.BaseModel `bun:"table:crm_contact_tags,alias:ct"`

	CompanyID core.CompanyID
	TagKey    string
	Tag       string
	ContactID core.ID[crm.Contact]
}

// insertTags makes contacts findable by their tags.
func (s store) insertTags(ctx context.Context, cs []crm.Contact) error {
	var rows []tagRow
	for i := range cs {
		for _, tag := range cs[i].Tags {
			rows = append(rows, tagRow{CompanyID: s.Scope().Company, TagKey: core.Fold(tag), Tag: tag, ContactID: cs[i].ID})
		}
	}
	return bunstore.InsertAll(ctx, s.Session, rows)
}

// replaceTags makes contacts findable by the tags that they have now, where those change.
func (s store) replaceTags(ctx context.Context, changes []crm.ContactChange) error {
	var tagged []crm.Contact
	for _, c := range changes {
		if !slices.Equal(c.Was.Tags, c.Now.Tags) {
			tagged = append(tagged, c.Now)
		}
	}
	if err := s.deleteOf(ctx, (*tagRow)(nil), tagged); err != nil {
		return err
	}
	return s.insertTags(ctx, tagged)
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
