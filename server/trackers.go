package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func trackerOperations() []Operation {
	changed := []int{http.StatusConflict, http.StatusPreconditionFailed}
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/trackers", ID: "listTrackers", Tag: "Trackers",
			Summary: "List trackers", Details: "By name, with their stages and fields.", Access: needs(core.LeadsRead),
		}, listTrackers),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/trackers", ID: "createTracker", Tag: "Trackers",
			Summary: "Add a tracker", Details: "Without stages it has the usual eight, from new to on_hold.",
			Access: needs(core.TrackersWrite), Status: http.StatusCreated, Required: []string{"name"},
			Example: map[string]any{"name": "Sales", "fields": []any{budgetField}},
		}, createTracker),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/trackers/{id}", ID: "getTracker", Tag: "Trackers",
			Summary: "Read a tracker", Access: needs(core.LeadsRead),
		}, getTracker),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/trackers/{id}", ID: "updateTracker", Tag: "Trackers",
			Summary: "Change a tracker", Details: "A JSON merge patch. Its stages and fields have operations of their own.",
			Access: needs(core.TrackersWrite), Errors: changed, Example: map[string]any{"description": "What we sell"},
		}, updateTracker),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/trackers/{id}", ID: "deleteTracker", Tag: "Trackers",
			Summary: "Delete a tracker", Details: "One that has leads is 409: deactivate it instead.", Access: needs(core.TrackersWrite), Errors: changed,
		}, deleteTracker),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/trackers/{id}/stages", ID: "listStages", Tag: "Trackers",
			Summary: "Read a tracker's pipeline", Access: needs(core.LeadsRead),
		}, listStages),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/trackers/{id}/stages", ID: "setStages", Tag: "Trackers",
			Summary: "Give a tracker a whole new pipeline",
			Details: "The leads of stages that go are moved to where moveTo says. A change that touches leads is 409 leads_affected unless it is confirmed: " +
				"post it to stages/plan first.",
			Access: needs(core.TrackersWrite), Errors: changed, Required: []string{"stages"}, Example: map[string]any{"stages": crm.DefaultStages()},
		}, setStages),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/trackers/{id}/stages/plan", ID: "planStages", Tag: "Trackers",
			Summary: "See what a new pipeline would do to the leads", Details: "Nothing is changed.",
			Access: needs(core.TrackersWrite), Required: []string{"stages"}, Example: map[string]any{"stages": crm.DefaultStages()},
		}, planStages),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/trackers/{id}/fields", ID: "listFields", Tag: "Trackers",
			Summary: "Read a tracker's fields", Access: needs(core.LeadsRead),
		}, listFields),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/trackers/{id}/fields", ID: "setFields", Tag: "Trackers",
			Summary: "Give a tracker a whole new set of fields",
			Details: "Values that do not fit any more are kept in the leads' oldValues. A change that touches leads is 409 leads_affected unless it is confirmed: " +
				"post it to fields/plan first.",
			Access: needs(core.TrackersWrite), Errors: changed, Required: []string{"fields"}, Example: map[string]any{"fields": []any{budgetField}},
		}, setFields),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/trackers/{id}/fields/plan", ID: "planFields", Tag: "Trackers",
			Summary: "See what new fields would do to the leads", Details: "Nothing is changed.",
			Access: needs(core.TrackersWrite), Required: []string{"fields"}, Example: map[string]any{"fields": []any{budgetField}},
		}, planFields),
	}
}

var budgetField = map[string]any{"name": "budget", "label": "Budget", "type": "number"}

type trackerQuery struct {
	Paged
	Active optional[bool] `query:"active"`
}

func listTrackers(ctx context.Context, ws *clientele.Workspace, in *trackerQuery) (*pageOf[crm.Tracker], error) {
	l, err := ws.Trackers.List(ctx, crm.TrackerFilter{Active: in.Active.pointer()}, in.page())
	return list(l, err)
}

type newTracker struct{ Body crm.NewTracker }

func createTracker(ctx context.Context, ws *clientele.Workspace, in *newTracker) (*resource[crm.Tracker], error) {
	t, err := ws.Trackers.Create(ctx, in.Body)
	return one(t, t.Version, err)
}

type trackerID struct {
	ID core.ID[crm.Tracker] `path:"id"`
}

func getTracker(ctx context.Context, ws *clientele.Workspace, in *trackerID) (*resource[crm.Tracker], error) {
	t, err := ws.Trackers.Get(ctx, in.ID)
	return one(t, t.Version, err)
}

// EditedTracker is what a PATCH may change.
type EditedTracker struct {
	crm.TrackerDetails
	Active bool `json:"active"` // whether it takes new leads
}

type trackerChange struct {
	ID core.ID[crm.Tracker] `path:"id"`
	IfMatch
	Body Patch[EditedTracker]
}

func updateTracker(ctx context.Context, ws *clientele.Workspace, in *trackerChange) (*resource[crm.Tracker], error) {
	t, err := ws.Trackers.Update(ctx, in.ID, func(t *crm.Tracker) error {
		if err := in.matches(t.Version, *t); err != nil {
			return err
		}
		edited := EditedTracker{t.TrackerDetails, t.Active}
		err := in.Body.apply(&edited)
		t.TrackerDetails, t.Active = edited.TrackerDetails, edited.Active
		return err
	})
	return one(t, t.Version, err)
}

type trackerCondition struct {
	ID core.ID[crm.Tracker] `path:"id"`
	IfMatch
}

func (in trackerCondition) check(t crm.Tracker) error { return in.matches(t.Version, t) }

func deleteTracker(ctx context.Context, ws *clientele.Workspace, in *trackerCondition) (*nothing, error) {
	return done(ws.Trackers.Delete(ctx, in.ID, in.check))
}

// partsOf is the answer of all parts of a thing, under its version.
type partsOf[T any] struct {
	Items []T `json:"items"`
}

func listStages(ctx context.Context, ws *clientele.Workspace, in *trackerID) (*resource[partsOf[crm.Stage]], error) {
	t, err := ws.Trackers.Get(ctx, in.ID)
	return one(partsOf[crm.Stage]{t.Stages}, t.Version, err)
}

func listFields(ctx context.Context, ws *clientele.Workspace, in *trackerID) (*resource[partsOf[crm.Field]], error) {
	t, err := ws.Trackers.Get(ctx, in.ID)
	return one(partsOf[crm.Field]{t.Fields}, t.Version, err)
}

type stagesChange struct {
	ID core.ID[crm.Tracker] `path:"id"`
	IfMatch
	Body crm.StagesChange
}

func setStages(ctx context.Context, ws *clientele.Workspace, in *stagesChange) (*resource[crm.Tracker], error) {
	t, err := ws.Trackers.SetStages(ctx, in.ID, in.Body, trackerCondition{in.ID, in.IfMatch}.check)
	return one(t, t.Version, err)
}

type stagesPlan struct {
	ID   core.ID[crm.Tracker] `path:"id"`
	Body crm.StagesChange
}

func planStages(ctx context.Context, ws *clientele.Workspace, in *stagesPlan) (*answered[crm.Effect], error) {
	return bare(ws.Trackers.PlanStages(ctx, in.ID, in.Body))
}

type fieldsChange struct {
	ID core.ID[crm.Tracker] `path:"id"`
	IfMatch
	Body crm.FieldsChange
}

func setFields(ctx context.Context, ws *clientele.Workspace, in *fieldsChange) (*resource[crm.Tracker], error) {
	t, err := ws.Trackers.SetFields(ctx, in.ID, in.Body, trackerCondition{in.ID, in.IfMatch}.check)
	return one(t, t.Version, err)
}

type fieldsPlan struct {
	ID   core.ID[crm.Tracker] `path:"id"`
	Body crm.FieldsChange
}

func planFields(ctx context.Context, ws *clientele.Workspace, in *fieldsPlan) (*answered[crm.Effect], error) {
	return bare(ws.Trackers.PlanFields(ctx, in.ID, in.Body))
}
