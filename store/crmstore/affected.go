package crmstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

func (s store) LeadsPerStage(ctx context.Context, id core.ID[crm.Tracker]) (map[string]int, error) {
	var counts []struct {
		Status string
		Leads  int
	}
	err := s.Select(bunstore.Shared, (*leadRow)(nil)).ColumnExpr("l.status").ColumnExpr("count(*) AS leads").
		Where("l.tracker_id = ?", id).GroupExpr("l.status").Scan(ctx, &counts)
	if err != nil {
		return nil, s.Fail(err)
	}
	per := map[string]int{}
	for _, c := range counts {
		per[c.Status] = c.Leads
	}
	return per, nil
}

func (s store) LeadsInStages(ctx context.Context, id core.ID[crm.Tracker], stages []string, after core.ID[crm.Lead], limit int) ([]crm.Lead, error) {
	var rows []leadRow
	q := s.Select(bunstore.Shared, &rows).Where("l.tracker_id = ?", id).Where("l.status IN (?)", bun.List(stages))
	return s.someLeads(ctx, q, &rows, after, limit)
}

func (s store) LeadsWithValues(ctx context.Context, fields []core.ID[crm.Field], after core.ID[crm.Lead], limit int) ([]crm.Lead, error) {
	var rows []leadRow
	q := s.Select(bunstore.Shared, &rows).
		Where("EXISTS (SELECT 1 FROM crm_lead_values AS lv WHERE lv.company_id = l.company_id AND lv.lead_id = l.id AND NOT lv.old AND lv.field_id IN (?))", bun.List(fields))
	return s.someLeads(ctx, q, &rows, after, limit)
}

func (s store) someLeads(ctx context.Context, q *bun.SelectQuery, rows *[]leadRow, after core.ID[crm.Lead], limit int) ([]crm.Lead, error) {
	if !after.IsZero() {
		q = q.Where("l.id > ?", after)
	}
	if err := q.OrderExpr("l.id").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	return s.wholeLeads(ctx, *rows)
}

func (s store) RenameReached(ctx context.Context, id core.ID[crm.Tracker], from, to string) error {
	_, err := s.Update(bunstore.Shared, (*leadRow)(nil)).Set("reached = ?", to).
		Where("l.tracker_id = ?", id).Where("l.reached = ?", from).Exec(ctx)
	return s.Fail(err)
}
