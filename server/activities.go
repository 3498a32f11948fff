package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func activityOperations() []Operation {
	ops := []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/activities", ID: "listContactActivities", Tag: "Activities",
			Summary: "List a contact's activities", Details: "The newest first.", Access: needs(core.ContactsRead),
		}, listActivities),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/{id}/activities", ID: "createContactActivity", Tag: "Activities",
			Summary: "Add an activity to a contact", Access: needs(core.ContactsWrite), Status: http.StatusCreated,
			Required: []string{"type", "title"},
			Example:  map[string]any{"type": "call", "title": "Ask about the engine", "scheduledAt": "2030-01-31T12:00:00Z"},
		}, createActivity),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/activities/{activityId}", ID: "getContactActivity", Tag: "Activities",
			Summary: "Read an activity", Access: needs(core.ContactsRead),
		}, getActivity),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/contacts/{id}/activities/{activityId}", ID: "updateContactActivity", Tag: "Activities",
			Summary: "Change an activity", Details: "A JSON merge patch: what is absent stays, null clears. completedAt follows isCompleted.",
			Access: needs(core.ContactsWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"isCompleted": true},
		}, updateActivity),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/contacts/{id}/activities/{activityId}", ID: "deleteContactActivity", Tag: "Activities",
			Summary: "Delete an activity", Access: needs(core.ContactsWrite),
			Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, deleteActivity),
	}
	due := inCompany(Operation{
		Method: http.MethodGet, Path: "/activities", ID: "listDueActivities", Tag: "Activities",
		Summary: "List the open activities of all contacts that are due",
		Details: "By their time. overdue is before today, today the day that it is in the zone, upcoming from tomorrow on for days days.",
		Access:  needs(core.ContactsRead),
	}, listDue)
	return append(ops, due)
}

type activityQuery struct {
	ID core.ID[crm.Contact] `path:"id"`
	Paged
	Type      crm.ActivityType `query:"type"`
	Completed optional[bool]   `query:"isCompleted"`
}

func listActivities(ctx context.Context, ws *clientele.Workspace, in *activityQuery) (*pageOf[crm.Activity], error) {
	l, err := ws.Activities.List(ctx, in.ID, crm.ActivityFilter{Type: in.Type, Completed: in.Completed.pointer()}, in.page())
	return list(l, err)
}

type newActivity struct {
	ID   core.ID[crm.Contact] `path:"id"`
	Body crm.NewActivity
}

func createActivity(ctx context.Context, ws *clientele.Workspace, in *newActivity) (*resource[crm.Activity], error) {
	a, err := ws.Activities.Create(ctx, in.ID, in.Body)
	return one(a, a.Version, err)
}

// ActivityID is an activity as paths name it.
type ActivityID struct {
	ID       core.ID[crm.Contact]  `path:"id"`
	Activity core.ID[crm.Activity] `path:"activityId"`
}

func getActivity(ctx context.Context, ws *clientele.Workspace, in *ActivityID) (*resource[crm.Activity], error) {
	a, err := ws.Activities.Get(ctx, in.Activity)
	if err == nil {
		err = readUnder(ctx, ws, a.ContactID, in.ID, "activity")
	}
	return one(a, a.Version, err)
}

type activityChange struct {
	ActivityID
	IfMatch
	Body Patch[crm.NewActivity]
}

func updateActivity(ctx context.Context, ws *clientele.Workspace, in *activityChange) (*resource[crm.Activity], error) {
	a, err := ws.Activities.Update(ctx, in.Activity, func(a *crm.Activity) error {
		if err := ofContact(a.ContactID, in.ID, "activity"); err != nil {
			return err
		}
		if err := in.matches(a.Version, *a); err != nil {
			return err
		}
		return in.Body.apply(&a.NewActivity)
	})
	return one(a, a.Version, err)
}

type activityDeletion struct {
	ActivityID
	IfMatch
}

func deleteActivity(ctx context.Context, ws *clientele.Workspace, in *activityDeletion) (*nothing, error) {
	return done(ws.Activities.Delete(ctx, in.Activity, func(a crm.Activity) error {
		if err := ofContact(a.ContactID, in.ID, "activity"); err != nil {
			return err
		}
		return in.matches(a.Version, a)
	}))
}

type dueQuery struct {
	Paged
	Due  string `query:"due" required:"true" enum:"overdue,today,upcoming"`
	Zone string `query:"zone" default:"UTC" doc:"The time zone that says which day it is: a name of the IANA database."`
	Days int    `query:"days" minimum:"1" maximum:"366" default:"7" doc:"How far upcoming looks ahead."`
}

func listDue(ctx context.Context, ws *clientele.Workspace, in *dueQuery) (*pageOf[crm.Activity], error) {
	l, err := ws.Activities.Due(ctx, crm.DueFilter{Due: crm.Due(in.Due), Zone: in.Zone, Days: in.Days}, in.page())
	return list(l, err)
}
