package schedulingstore

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store/bunstore"
)

func (s store) SeriesOf(ctx context.Context, client core.ID[scheduling.Client]) ([]scheduling.Series, error) {
	var rows []seriesRow
	err := s.Select(bunstore.Shared, &rows).Where("sr.client_id = ?", client).OrderExpr("sr.created_at, sr.id").Scan(ctx)
	list := make([]scheduling.Series, len(rows))
	for i := range rows {
		list[i] = rows[i].Series
	}
	return list, s.Fail(err)
}

func (s store) WaitsOf(ctx context.Context, client core.ID[scheduling.Client]) ([]scheduling.WaitlistEntry, error) {
	var rows []entryRow
	err := s.Select(bunstore.Shared, &rows).Where("?TableAlias.client_id = ?", client).OrderExpr("?TableAlias.created_at, ?TableAlias.id").Scan(ctx)
	list := make([]scheduling.WaitlistEntry, len(rows))
	for i := range rows {
		list[i] = rows[i].WaitlistEntry
	}
	return list, s.Fail(err)
}

func (s store) DeleteWaitsOf(ctx context.Context, client core.ID[scheduling.Client]) error {
	_, err := s.Delete(bunstore.Shared, (*entryRow)(nil)).Where("client_id = ?", client).Exec(ctx)
	return s.Fail(err)
}
