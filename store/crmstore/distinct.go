package crmstore

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type distinctRow struct {
	bun.BaseModel `bun:"table:crm_distinct_contacts,alias:dc"`

	CompanyID core.CompanyID
	crm.DistinctPair
	CreatedByID core.UserID
	CreatedAt   time.Time
}

func (s store) InsertDistinct(ctx context.Context, p crm.DistinctPair) error {
	row := &distinctRow{CompanyID: s.Scope().Company, DistinctPair: p, CreatedByID: s.Scope().Actor.ID, CreatedAt: s.Env().Time()}
	_, err := s.Insert(row).Exec(ctx)
	return s.Fail(err)
}

func (s store) DeleteDistinct(ctx context.Context, p crm.DistinctPair) error {
	res, err := s.Delete(bunstore.Shared, (*distinctRow)(nil)).
		Where("dc.contact_id = ?", p.ContactID).Where("dc.other_id = ?", p.OtherID).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("mark"))
}

func (s store) DistinctPairs(ctx context.Context, ids []core.ID[crm.Contact]) (pairs []crm.DistinctPair, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	for _, column := range []string{"contact_id", "other_id"} { // an OR would read the whole company
		var rows []distinctRow
		if err := s.Select(bunstore.Shared, &rows).Where("dc.? IN (?)", bun.Ident(column), bun.List(ids)).Scan(ctx); err != nil {
			return nil, s.Fail(err)
		}
		for _, row := range rows {
			pairs = append(pairs, row.DistinctPair)
		}
	}
	return pairs, nil
}
