package crmstore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type consentRow struct {
	bun.BaseModel `bun:"table:crm_consents,alias:cs"`

	CompanyID core.CompanyID
	crm.Consent
}

func (s store) InsertConsents(ctx context.Context, cs ...crm.Consent) error {
	if len(cs) == 0 {
		return nil
	}
	rows := make([]consentRow, len(cs))
	for i, c := range cs {
		rows[i] = consentRow{CompanyID: s.Scope().Company, Consent: c}
	}
	_, err := s.Insert(&rows).Exec(ctx)
	return s.Fail(err)
}

var newestConsents = bunstore.Order[consentRow]{
	Name: "-givenAt", Column: "given_at", Desc: true,
	Value: func(r *consentRow) string { return bunstore.TimeText(r.GivenAt) }, Bind: bunstore.BindTime,
}

func (s store) ListConsents(ctx context.Context, contact core.ID[crm.Contact], p core.Page) (core.List[crm.Consent], error) {
	var rows []consentRow
	return bunstore.List(ctx, s.Session, s.Select(ofOwn, &rows).Where("cs.contact_id = ?", contact), &rows, newestConsents, p,
		func(r *consentRow) uuid.UUID { return r.ID.UUID },
		func(r *consentRow) crm.Consent { return r.Consent })
}

func (s store) NewestConsents(ctx context.Context, contact core.ID[crm.Contact]) ([]crm.Consent, error) {
	var rows []consentRow
	err := s.Select(ofOwn, &rows).Where("cs.contact_id = ?", contact).
		Where("NOT EXISTS (SELECT 1 FROM crm_consents AS later WHERE later.company_id = cs.company_id AND later.contact_id = cs.contact_id" +
			" AND later.channel = cs.channel AND later.purpose = cs.purpose" +
			" AND (later.given_at > cs.given_at OR later.given_at = cs.given_at AND (cs.granted AND NOT later.granted OR later.granted = cs.granted AND later.id > cs.id)))").
		OrderExpr("cs.channel, cs.purpose").Scan(ctx)
	found := make([]crm.Consent, len(rows))
	for i := range rows {
		found[i] = rows[i].Consent
	}
	return found, s.Fail(err)
}
