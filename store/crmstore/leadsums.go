package crmstore

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// parts are what leads are summed up by: of a column of alike leads, and where a sum has it.
var parts = map[crm.LeadPart]struct{ column, as string }{
	crm.PartTracker:       {"tracker_id", "tracker_id"},
	crm.PartStatus:        {"status", "status"},
	crm.PartReached:       {"reached", "reached"},
	crm.PartExpectedMonth: {"substr(expected_close_date, 1, 7)", "period"},
	crm.PartClosedDay:     {"closed_on", "period"},
	crm.PartClosedMonth:   {"substr(closed_on, 1, 7)", "period"},
	crm.PartClosedYear:    {"substr(closed_on, 1, 4)", "period"},
	crm.PartAssignee:      {"assigned_to_id", "assigned_to_id"},
	crm.PartSource:        {"source", "source"},
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

// SumLeads sums values up in two halves: so none is ever too large for the database. It adds up leads
// that are alike first, in the order of an index: sorting a million takes four times as long.
func (s store) SumLeads(ctx context.Context, f crm.LeadQuery, by ...crm.LeadPart) ([]crm.LeadSum, error) {
	q := s.From(s.alikeLeads(f, by), "alike").ColumnExpr("value_currency AS currency")
	for _, sum := range summed(by) {
		q = q.ColumnExpr("CAST(sum(?) AS BIGINT) AS ?", bun.Ident(sum.as), bun.Ident(sum.as))
	}
	for _, part := range by {
		if part == crm.SumEntered {
			continue
		}
		q = q.ColumnExpr(parts[part].column + " AS " + parts[part].as).GroupExpr(parts[part].column)
	}
	var rows []sumRow
	if err := q.GroupExpr("value_currency").Scan(ctx, &rows); err != nil {
		return nil, s.Fail(err)
	}
	sums := make([]crm.LeadSum, len(rows))
	for i, r := range rows {
		sums[i] = crm.LeadSum(r)
	}
	return sums, nil
}

// alikeLeads are the leads of the query that are alike in what they are summed up by, by the columns of the
// index of those that are closed or of that of the funnel, in their order.
func (s store) alikeLeads(f crm.LeadQuery, by []crm.LeadPart) *bun.SelectQuery {
	alike := []string{"tracker_id", "status", "reached", "value_currency"}
	switch {
	case slices.ContainsFunc(by, ofClosed):
		alike = []string{"closed_on", "tracker_id", "status", "value_currency", "source", "assigned_to_id"}
	case slices.Contains(by, crm.PartExpectedMonth):
		alike = append(alike, "expected_close_date")
	}
	q := s.Select(leads, (*leadRow)(nil)).Where("l.status <> ''") // as the index has it
	if alike[0] == "closed_on" && !f.Tracker.IsZero() {           // not as a constant: SQLite leaves it out of the order then, and sorts
		q, f.Tracker = q.Where("COALESCE(l.tracker_id, NULL) = ?", f.Tracker), core.ID[crm.Tracker]{}
	}
	of := "l.?0"
	if s.Scope().Actor.OwnRows { // of no index, so that SQLite begins at the few that the actor sees
		of = "COALESCE(l.?0, NULL)"
		q = q.Where("COALESCE(l.closed_on, NULL) >= ?", f.ClosedFrom)
		f.ClosedFrom = ""
	}
	q = s.filteredLeads(f, q)
	for _, sum := range summed(by) {
		q = q.ColumnExpr(sum.expr + " AS " + sum.as)
	}
	for _, column := range alike {
		q = q.ColumnExpr(of+" AS ?0", bun.Ident(column)).GroupExpr(of, bun.Ident(column))
	}
	return q
}

// summed is what is summed up of leads that are alike. Each sum costs as much as finding the leads does.
func summed(by []crm.LeadPart) []sum {
	if slices.Contains(by, crm.SumEntered) {
		return []sum{{"count(*)", "leads"}, {"sum(l.entered_seconds)", "entered_seconds"}}
	}
	return []sum{{"count(*)", "leads"}, {"sum(l.value_minor / 1000000)", "high"}, {"sum(l.value_minor % 1000000)", "low"}}
}

type sum struct{ expr, as string }

// ofClosed says of a part that it is in the index of the leads that are closed, and not in the other.
func ofClosed(part crm.LeadPart) bool {
	return strings.HasPrefix(string(part), "closed_") || part == crm.PartAssignee || part == crm.PartSource
}

func (s store) SumStays(ctx context.Context, f crm.LeadQuery) ([]crm.StaySum, error) {
	q := s.Select(ofOwnLead, (*moveRow)(nil)).ColumnExpr("mv.from_status AS status").ColumnExpr("count(*) AS moves").
		ColumnExpr("CAST(sum(mv.stay_seconds) AS BIGINT) AS seconds").Where("mv.tracker_id = ?", f.Tracker).Where("mv.from_status IN (?)", bun.List(f.Status))
	q = between(q, "created_at", f.CreatedFrom, f.CreatedBefore)
	if !f.AssignedTo.IsZero() || f.Source != "" {
		of := crm.LeadQuery{LeadFilter: crm.LeadFilter{Tracker: f.Tracker, AssignedTo: f.AssignedTo, Source: f.Source}}
		q = q.Where("EXISTS (?)", s.filteredLeads(of, s.Select(bunstore.Shared, (*leadRow)(nil)).ColumnExpr("1").Where("l.id = mv.lead_id")))
	}
	var sums []crm.StaySum
	err := q.GroupExpr("mv.from_status").Scan(ctx, &sums)
	return sums, s.Fail(err)
}
