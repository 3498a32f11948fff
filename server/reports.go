package server

import (
	"context"
	"net/http"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func reportOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/reports/funnel", ID: "reportFunnel", Tag: "Reports",
			Summary: "How far the leads of a tracker have come",
			Details: "What is in each stage, and which part went on from it. Of the leads that the caller sees, as every report.", Access: needs(core.ReportsRead),
		}, reportFunnel),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/reports/stays", ID: "reportStays", Tag: "Reports",
			Summary: "How long the leads of a tracker are in each stage",
			Details: "createdFrom and createdBefore say when a stage was left.", Access: needs(core.ReportsRead),
		}, reportStays),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/reports/closed", ID: "reportClosed", Tag: "Reports",
			Summary: "How many leads were won and lost", Details: "By period, owner or source.", Access: needs(core.ReportsRead),
		}, reportClosed),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/reports/forecast", ID: "reportForecast", Tag: "Reports",
			Summary: "What open leads may bring", Details: "By the month of the expected close date and currency, weighted by the probability of the stage.",
			Access: needs(core.ReportsRead),
		}, reportForecast),
	}
}

// ReportConditions are the parameters that say which leads a report is about.
type ReportConditions struct {
	Tracker       core.ID[crm.Tracker] `query:"trackerId"`
	AssignedTo    core.UserID          `query:"assignedToId"`
	Source        string               `query:"source"`
	CreatedFrom   time.Time            `query:"createdFrom"`
	CreatedBefore time.Time            `query:"createdBefore"`
}

func (c ReportConditions) filter() crm.ReportFilter {
	return crm.ReportFilter{Tracker: c.Tracker, AssignedTo: c.AssignedTo, Source: c.Source, CreatedFrom: c.CreatedFrom, CreatedBefore: c.CreatedBefore}
}

type reportQuery struct{ ReportConditions }

func reportFunnel(ctx context.Context, ws *clientele.Workspace, in *reportQuery) (*answered[crm.Funnel], error) {
	return bare(ws.Leads.Funnel(ctx, in.filter()))
}

func reportStays(ctx context.Context, ws *clientele.Workspace, in *reportQuery) (*answered[partsOf[crm.Stay]], error) {
	stays, err := ws.Leads.Stays(ctx, in.filter())
	return bare(partsOf[crm.Stay]{stays}, err)
}

type closedQuery struct {
	ReportConditions
	ClosedFrom   crm.Date `query:"closedFrom"`
	ClosedBefore crm.Date `query:"closedBefore"`
	By           string   `query:"by" enum:"day,month,year,owner,source" default:"month"`
}

func reportClosed(ctx context.Context, ws *clientele.Workspace, in *closedQuery) (*answered[partsOf[crm.Closed]], error) {
	f := in.filter()
	f.ClosedFrom, f.ClosedBefore = in.ClosedFrom, in.ClosedBefore
	rows, err := ws.Leads.Closed(ctx, f, crm.Grouping(in.By))
	return bare(partsOf[crm.Closed]{rows}, err)
}

type forecastQuery struct {
	ReportConditions
	ExpectedFrom   crm.Date `query:"expectedFrom" doc:"Leads without an expected close date are left out then."`
	ExpectedBefore crm.Date `query:"expectedBefore"`
}

func reportForecast(ctx context.Context, ws *clientele.Workspace, in *forecastQuery) (*answered[partsOf[crm.Expected]], error) {
	f := in.filter()
	f.ExpectedFrom, f.ExpectedBefore = in.ExpectedFrom, in.ExpectedBefore
	rows, err := ws.Leads.Forecast(ctx, f)
	return bare(partsOf[crm.Expected]{rows}, err)
}
