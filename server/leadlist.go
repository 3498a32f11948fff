package server

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
)

// LeadList are the parameters of a list of leads.
type LeadList struct {
	Counted
	LeadConditions
	Sort string `query:"sort" doc:"createdAt, updatedAt, title, estimatedValue, expectedCloseDate, or values. with the name of a field of the tracker behind it, which lists the leads that have a value in it; with - before it the other way round. Without it the view's order, or the newest first."`
}

// LeadConditions are the parameters that say which leads.
type LeadConditions struct {
	Tracker    core.ID[crm.Tracker] `query:"trackerId"`
	Status     []string             `query:"status" maxItems:"50" doc:"In any of these stages: keys between commas."`
	Kind       crm.StageKind        `query:"kind" doc:"In a stage of this kind."`
	Contact    core.ID[crm.Contact] `query:"contactId"`
	AssignedTo core.UserID          `query:"assignedToId"`
	Unassigned bool                 `query:"unassigned" doc:"Those that nobody works on."`
	CreatedBy  core.UserID          `query:"createdById"`
	Source     string               `query:"source"`
	Title      string               `query:"title" doc:"The whole title, compared without case and accents."`
	LostReason string               `query:"lostReason" doc:"The whole reason."`

	Currency       string    `query:"currency" doc:"Whose estimated value is in this currency."`
	MinValue       string    `query:"minValue" doc:"Of the estimated value, which needs currency." example:"1000.00"`
	MaxValue       string    `query:"maxValue"`
	ExpectedFrom   crm.Date  `query:"expectedFrom" doc:"Of the expected close date; leads without one are left out."`
	ExpectedBefore crm.Date  `query:"expectedBefore"`
	ClosedFrom     crm.Date  `query:"closedFrom" doc:"Of the day on which they were won or lost."`
	ClosedBefore   crm.Date  `query:"closedBefore"`
	CreatedFrom    time.Time `query:"createdFrom"`
	CreatedBefore  time.Time `query:"createdBefore"`
	UpdatedFrom    time.Time `query:"updatedFrom"`
	UpdatedBefore  time.Time `query:"updatedBefore"`
	EnteredFrom    time.Time `query:"enteredFrom" doc:"When they came into their stage."`
	EnteredBefore  time.Time `query:"enteredBefore"`

	View   core.ID[crm.View] `query:"view" doc:"A saved filter, beside all other conditions."`
	Filter string            `query:"filter" doc:"A filter as views have it, as JSON; beside all other conditions. Of a tracker, which trackerId or the filter itself names, it can ask for values. with the name of a field behind it." example:"{\"field\": \"title\", \"op\": \"contains\", \"value\": \"boat\"}"`

	Where []string `query:"value,explode" maxItems:"10" doc:"A condition on a field of the tracker, which it needs: name:op:value with eq, gte, gt, lte or lt, or name:has and name:none. May be repeated." example:"budget:gte:1000"`
}

func (q *LeadList) filter() (crm.LeadFilter, error) {
	f, err := q.LeadConditions.filter()
	f.Sort = crm.LeadSort(q.Sort)
	return f, err
}

func (q *LeadConditions) filter() (crm.LeadFilter, error) {
	f := crm.LeadFilter{
		Tracker: q.Tracker, Status: q.Status, Kind: q.Kind, Contact: q.Contact, AssignedTo: q.AssignedTo, Unassigned: q.Unassigned,
		CreatedBy: q.CreatedBy, Source: q.Source, Title: q.Title, LostReason: q.LostReason, Currency: q.Currency,
		ExpectedFrom: q.ExpectedFrom, ExpectedBefore: q.ExpectedBefore, ClosedFrom: q.ClosedFrom, ClosedBefore: q.ClosedBefore,
		CreatedFrom: q.CreatedFrom, CreatedBefore: q.CreatedBefore, UpdatedFrom: q.UpdatedFrom, UpdatedBefore: q.UpdatedBefore,
		EnteredFrom: q.EnteredFrom, EnteredBefore: q.EnteredBefore, View: q.View,
	}
	if q.Filter != "" {
		var err error
		if f.Where, err = filter.Parse(q.Filter); err != nil {
			return f, err
		}
	}
	var faults core.Faults
	f.MinValue = minorOf(&faults, "/minValue", q.MinValue, q.Currency)
	f.MaxValue = minorOf(&faults, "/maxValue", q.MaxValue, q.Currency)
	for i, text := range q.Where {
		name, rest, ok := strings.Cut(text, ":")
		if !ok {
			faults.Add(fmt.Sprintf("/value/%d", i), "condition", "has to be name:op:value")
		}
		op, value, _ := strings.Cut(rest, ":")
		f.Values = append(f.Values, crm.ValueFilter{Field: name, Op: crm.ValueOp(op), Value: value})
	}
	return f, faults.Err()
}

// minorOf reads an amount of a parameter in the currency's smallest unit; nil where there is none.
func minorOf(f *core.Faults, at, amount, currency string) *int64 {
	if amount == "" {
		return nil
	}
	if currency == "" {
		f.Add("/currency", "required", "values are compared in one currency: say which")
		return nil
	}
	m, err := core.ParseMoney(amount, currency)
	if err != nil {
		f.Add(at, "amount", err.(*core.Error).Message)
	}
	return &m.Minor
}

func listLeads(ctx context.Context, ws *clientele.Workspace, in *LeadList) (*pageOf[crm.Lead], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	return leadPage(ctx, ws, in.Counted, f)
}

type leadSearch struct {
	LeadList
	Q string `query:"q" required:"true" doc:"Up to 200 characters, and 10 words." example:"sail boat"`
}

func searchLeads(ctx context.Context, ws *clientele.Workspace, in *leadSearch) (*pageOf[crm.Lead], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	f.Search = cmp.Or(in.Q, " ") // q= is nothing to search for, not everything
	return leadPage(ctx, ws, in.Counted, f)
}

func leadPage(ctx context.Context, ws *clientele.Workspace, in Counted, f crm.LeadFilter) (*pageOf[crm.Lead], error) {
	l, err := ws.Leads.List(ctx, f, in.page())
	return counted(ctx, in, l, named(err, "/values", "/value"), func(ctx context.Context, limit int) (int, error) { return ws.Leads.Count(ctx, f, limit) })
}
