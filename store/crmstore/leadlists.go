package crmstore

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

var leadOrders = both(
	bunstore.Order[leadRow]{Name: "createdAt", Column: "created_at", Value: func(r *leadRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime},
	bunstore.Order[leadRow]{Name: "updatedAt", Column: "updated_at", Value: func(r *leadRow) string { return bunstore.TimeText(r.UpdatedAt) }, Bind: bunstore.BindTime},
	bunstore.Order[leadRow]{Name: "title", Column: "title_key", Value: func(r *leadRow) string { return r.TitleKey }, Bind: bunstore.BindText},
	bunstore.Order[leadRow]{Name: "estimatedValue", Column: "value_minor", Value: func(r *leadRow) string { return strconv.FormatInt(r.ValueMinor, 10) }, Bind: bindInt},
	bunstore.Order[leadRow]{Name: "expectedCloseDate", Column: "expected_close_date", Value: func(r *leadRow) string { return string(r.ExpectedCloseDate) }, Bind: bunstore.BindText},
)

// both are the orders and their other directions.
func both[R any](orders ...bunstore.Order[R]) []bunstore.Order[R] {
	for _, o := range orders {
		o.Name, o.Desc = "-"+o.Name, true
		orders = append(orders, o)
	}
	return orders
}

func bindInt(v string) (any, error) {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return nil, core.Faults{{Field: "/cursor", Rule: "cursor", Message: "is not a cursor of this list"}}.Err()
	}
	return n, nil
}

func (s store) listLeads(ctx context.Context, q crm.LeadQuery, p core.Page) (core.List[crm.Lead], error) {
	if !q.SortField.IsZero() {
		return s.listByField(ctx, q, p)
	}
	order, err := bunstore.Find(leadOrders, string(q.Sort))
	if err != nil {
		return core.List[crm.Lead]{}, err
	}
	var rows []leadRow
	found, err := s.foundLeads(ctx, q, s.Select(leads, &rows))
	if err != nil {
		return core.List[crm.Lead]{}, err
	}
	page, err := bunstore.List(ctx, s.Session, found, &rows, order, p,
		func(r *leadRow) uuid.UUID { return r.ID.UUID }, func(r *leadRow) leadRow { return *r })
	if err != nil {
		return core.List[crm.Lead]{}, err
	}
	whole, err := s.wholeLeads(ctx, page.Items)
	return core.List[crm.Lead]{Items: whole, Next: page.Next}, err
}

func (s store) leadBatch(ctx context.Context, q crm.LeadQuery, p core.Page) (core.List[crm.Lead], error) {
	order, err := bunstore.Find(leadOrders, string(crm.LeadsOldest))
	if err != nil {
		return core.List[crm.Lead]{}, err
	}
	var rows []leadRow
	found, err := s.foundLeads(ctx, q, s.Select(leads, &rows))
	if err != nil {
		return core.List[crm.Lead]{}, err
	}
	page, err := bunstore.Batch(ctx, s.Session, found, &rows, order, p, nil,
		func(r *leadRow) uuid.UUID { return r.ID.UUID }, func(r *leadRow) leadRow { return *r })
	if err != nil {
		return core.List[crm.Lead]{}, err
	}
	whole, err := s.wholeLeads(ctx, page.Items)
	return core.List[crm.Lead]{Items: whole, Next: page.Next}, err
}

// sortedRow is a value that leads are sorted by: its table comes first, since its index has the
// order.
type sortedRow struct {
	bun.BaseModel `bun:"table:crm_lead_values,alias:so"`

	SortKey string
	ID      core.ID[crm.Lead] `bun:"lead_id"`
}

// listByField lists the leads that have a value in a field by it: first which, then themselves.
func (s store) listByField(ctx context.Context, q crm.LeadQuery, p core.Page) (core.List[crm.Lead], error) {
	var keys []sortedRow
	matching, err := s.foundLeads(ctx, q, s.Select(leads, (*leadRow)(nil)))
	if err != nil {
		return core.List[crm.Lead]{}, err
	}
	matching = matching.ColumnExpr("1").Where("l.id = so.lead_id")
	sorted := s.Select(bunstore.Shared, &keys).Where("so.field_id = ?", q.SortField).Where("NOT so.old").Where("EXISTS (?)", matching)
	order := bunstore.Order[sortedRow]{
		Name: string(q.Sort), Column: "sort_key", ID: "lead_id", Desc: strings.HasPrefix(string(q.Sort), "-"),
		Value: func(r *sortedRow) string { return r.SortKey }, Bind: bunstore.BindText,
	}
	page, err := bunstore.List(ctx, s.Session, sorted, &keys, order, p,
		func(r *sortedRow) uuid.UUID { return r.ID.UUID }, func(r *sortedRow) core.ID[crm.Lead] { return r.ID })
	if err != nil || len(page.Items) == 0 {
		return core.List[crm.Lead]{Items: []crm.Lead{}}, err
	}
	var rows []leadRow
	if err := s.Select(leads, &rows).Where("l.id IN (?)", bun.List(page.Items)).Scan(ctx); err != nil {
		return core.List[crm.Lead]{}, s.Fail(err)
	}
	byID := map[core.ID[crm.Lead]]leadRow{}
	for _, r := range rows {
		byID[r.ID] = r
	}
	ordered := make([]leadRow, 0, len(rows))
	for _, id := range page.Items {
		if r, there := byID[id]; there { // it may have been deleted in between
			ordered = append(ordered, r)
		}
	}
	whole, err := s.wholeLeads(ctx, ordered)
	return core.List[crm.Lead]{Items: whole, Next: page.Next}, err
}

func (s store) countLeads(ctx context.Context, q crm.LeadQuery, limit int) (int, error) {
	counted, err := s.foundLeads(ctx, q, s.Select(leads, (*leadRow)(nil)))
	if err != nil {
		return 0, err
	}
	if !q.SortField.IsZero() { // as the list has it
		counted = s.meeting(counted, crm.FieldCondition{FieldID: q.SortField, Op: crm.ValueThere})
	}
	return bunstore.Count(ctx, s.Session, counted, limit)
}

// foundLeads are those of the query that the filter lets through, by all that it has.
func (s store) foundLeads(ctx context.Context, f crm.LeadQuery, q *bun.SelectQuery) (*bun.SelectQuery, error) {
	return s.Find(ctx, s.filteredLeads(f, q), bunstore.Wanted{
		Table: "crm_leads", Alias: "l", Name: "crm_lead", Search: f.Words, Filters: f.Nodes, Columns: leadColumnsWith(f.Fields),
		ByName: f.Sort == crm.LeadsByTitle || f.Sort == crm.LeadsByTitleDesc,
	})
}

// filteredLeads are those of the query that the filter lets through, without its tree of
// conditions and its search.
func (s store) filteredLeads(f crm.LeadQuery, q *bun.SelectQuery) *bun.SelectQuery {
	switch {
	case f.Tracker.IsZero():
	case s.Scope().Actor.OwnRows: // no index: without statistics SQLite would begin there, and not at the few that the actor sees
		q = q.Where("COALESCE(l.tracker_id, NULL) = ?", f.Tracker)
	default:
		q = q.Where("l.tracker_id = ?", f.Tracker)
	}
	if len(f.Status) > 0 {
		q = q.Where("l.status IN (?)", bun.List(f.Status))
	}
	if f.Kind != "" {
		q = q.Where("(l.tracker_id, l.status) IN (SELECT tracker_id, key FROM crm_stages WHERE company_id = ? AND kind = ?)", s.Scope().Company, f.Kind)
	}
	if !f.Contact.IsZero() {
		q = q.Where("l.contact_id = ?", f.Contact)
	}
	if !f.AssignedTo.IsZero() {
		q = q.Where("l.assigned_to_id = ?", f.AssignedTo)
	}
	if f.Unassigned {
		q = q.Where("l.assigned_to_id IS NULL")
	}
	if !f.CreatedBy.IsZero() {
		q = q.Where("l.created_by_id = ?", f.CreatedBy)
	}
	if f.Source != "" {
		q = q.Where("l.source = ?", f.Source)
	}
	if f.Title != "" {
		q = q.Where("l.title_key = ?", core.Fold(f.Title))
	}
	if f.LostReason != "" {
		q = q.Where("l.lost_reason = ?", f.LostReason)
	}
	return s.leadRanges(f, q)
}

func (s store) leadRanges(f crm.LeadQuery, q *bun.SelectQuery) *bun.SelectQuery {
	if f.Currency != "" {
		q = q.Where("l.value_currency = ?", f.Currency)
	}
	if f.MinValue != nil {
		q = q.Where("l.value_minor >= ?", *f.MinValue)
	}
	if f.MaxValue != nil {
		q = q.Where("l.value_minor <= ?", *f.MaxValue)
	}
	q = onDays(q, "expected_close_date", f.ExpectedFrom, f.ExpectedBefore)
	q = onDays(q, "closed_on", f.ClosedFrom, f.ClosedBefore)
	q = between(q, "created_at", f.CreatedFrom, f.CreatedBefore)
	q = between(q, "updated_at", f.UpdatedFrom, f.UpdatedBefore)
	q = between(q, "entered_at", f.EnteredFrom, f.EnteredBefore)
	for _, c := range f.Conditions {
		q = s.meeting(q, c)
	}
	return q
}

// onDays keeps the rows whose day is in the half-open range; an empty date is no bound.
func onDays(q *bun.SelectQuery, column string, from, before crm.Date) *bun.SelectQuery {
	if from == "" && before == "" {
		return q
	}
	q = q.Where("?TableAlias.? <> ''", bun.Ident(column))
	if from != "" {
		q = q.Where("?TableAlias.? >= ?", bun.Ident(column), from)
	}
	if before != "" {
		q = q.Where("?TableAlias.? < ?", bun.Ident(column), before)
	}
	return q
}

// comparisons are those of SQL.
var comparisons = map[crm.ValueOp]bun.Safe{
	crm.ValueIs: "=", crm.ValueFrom: ">=", crm.ValueAbove: ">", crm.ValueUpTo: "<=", crm.ValueBelow: "<",
}

// meeting keeps the leads whose value in the field meets the condition.
func (s store) meeting(q *bun.SelectQuery, c crm.FieldCondition) *bun.SelectQuery {
	in, compared := "IN", bun.Safe("")
	var args []any
	if c.Op == crm.ValueAbsent {
		in = "NOT IN"
	} else if op, compares := comparisons[c.Op]; compares {
		compared, args = " AND sort_key ? ?", []any{op, c.Key}
	}
	args = append([]any{s.Scope().Company, c.FieldID}, args...)
	return q.Where("l.id "+in+" (SELECT lead_id FROM crm_lead_values WHERE company_id = ? AND field_id = ? AND NOT old"+string(compared)+")", args...)
}
