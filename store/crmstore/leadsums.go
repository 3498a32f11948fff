package crmstore

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// parts are what leads are summed up by, and where a sum has it.
var parts = map[crm.LeadPart]struct{ column, as string }{
	crm.PartTracker:       {"l.tracker_id", "tracker_id"},
	crm.PartStatus:        {"l.status", "status"},
	crm.PartReached:       {"l.reached", "reached"},
	crm.PartExpectedMonth: {"substr(l.expected_close_date, 1, 7)", "period"},
	crm.PartClosedDay:     {"l.closed_on", "period"},
	crm.PartClosedMonth:   {"substr(l.closed_on, 1, 7)", "period"},
	crm.PartClosedYear:    {"substr(l.closed_on, 1, 4)", "period"},
	crm.PartAssignee:      {"l.assigned_to_id", "assigned_to_id"},
	crm.PartSource:        {"l.source", "source"},
}

// sumRow is a crm.LeadSum.
type sumRow struct {
	TrackerID      core.ID[crm.Tracker]
	Status         string
	Reached        string
	Period         string
	AssignedToID   core.UserID
	Source         string
	Currency       string
	Leads          int64
	High           int64
	Low            int64
	EnteredSeconds int64
}

// SumLeads sums values up in two halves: so none is ever too large for the database.
func (s store) SumLeads(ctx context.Context, f crm.LeadQuery, by ...crm.LeadPart) ([]crm.LeadSum, error) {
	q := s.filteredLeads(f, s.Select(leads, (*leadRow)(nil))).ColumnExpr("l.value_currency AS currency").ColumnExpr("count(*) AS leads").
		ColumnExpr("CAST(sum(l.value_minor / 1000000) AS BIGINT) AS high").ColumnExpr("CAST(sum(l.value_minor % 1000000) AS BIGINT) AS low")
	for _, part := range by {
		if part == crm.SumEntered {
			q = q.ColumnExpr("CAST(sum(l.entered_seconds) AS BIGINT) AS entered_seconds")
			continue
		}
		q = q.ColumnExpr(parts[part].column + " AS " + parts[part].as).GroupExpr(parts[part].column)
	}
	var rows []sumRow
	if err := q.GroupExpr("l.value_currency").Scan(ctx, &rows); err != nil {
		return nil, s.Fail(err)
	}
	sums := make([]crm.LeadSum, len(rows))
	for i, r := range rows {
		sums[i] = crm.LeadSum(r)
	}
	return sums, nil
}

func (s store) SumStays(ctx context.Context, f crm.LeadQuery) ([]crm.StaySum, error) {
	q := s.Select(ofOwnLead, (*moveRow)(nil)).ColumnExpr("mv.from_status AS status").ColumnExpr("count(*) AS moves").
		ColumnExpr("CAST(sum(mv.stay_seconds) AS BIGINT) AS seconds").Where("mv.tracker_id = ?", f.Tracker).Where("mv.from_status <> ''")
	q = between(q, "created_at", f.CreatedFrom, f.CreatedBefore)
	if !f.AssignedTo.IsZero() || f.Source != "" {
		of := crm.LeadQuery{LeadFilter: crm.LeadFilter{Tracker: f.Tracker, AssignedTo: f.AssignedTo, Source: f.Source}}
		q = q.Where("EXISTS (?)", s.filteredLeads(of, s.Select(bunstore.Shared, (*leadRow)(nil)).ColumnExpr("1").Where("l.id = mv.lead_id")))
	}
	var sums []crm.StaySum
	err := q.GroupExpr("mv.from_status").Scan(ctx, &sums)
	return sums, s.Fail(err)
}
