package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func leadNoteOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/leads/{id}/notes", ID: "listLeadNotes", Tag: "Leads",
			Summary: "List a lead's notes", Details: "The newest first.", Access: needs(core.LeadsRead),
		}, listLeadNotes),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/leads/{id}/notes", ID: "createLeadNote", Tag: "Leads",
			Summary: "Add a note to a lead", Access: needs(core.LeadsWrite), Status: http.StatusCreated,
			Required: []string{"content"}, Example: map[string]any{"content": "Wants brass wheels"},
		}, createLeadNote),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/leads/{id}/notes/{noteId}", ID: "getLeadNote", Tag: "Leads",
			Summary: "Read a note on a lead", Access: needs(core.LeadsRead),
		}, getLeadNote),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/leads/{id}/notes/{noteId}", ID: "updateLeadNote", Tag: "Leads",
			Summary: "Change a note on a lead", Details: "A JSON merge patch.", Access: needs(core.LeadsWrite),
			Errors: []int{http.StatusConflict, http.StatusPreconditionFailed}, Example: map[string]any{"content": "Wants steel wheels"},
		}, updateLeadNote),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/leads/{id}/notes/{noteId}", ID: "deleteLeadNote", Tag: "Leads",
			Summary: "Delete a note on a lead", Details: "For good.", Access: needs(core.LeadsWrite),
			Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, deleteLeadNote),
	}
}

func listLeadNotes(ctx context.Context, ws *clientele.Workspace, in *ofLeadQuery) (*pageOf[crm.LeadNote], error) {
	l, err := ws.LeadNotes.List(ctx, in.ID, in.page())
	return list(l, err)
}

type newLeadNote struct {
	ID   core.ID[crm.Lead] `path:"id"`
	Body crm.NewLeadNote
}

func createLeadNote(ctx context.Context, ws *clientele.Workspace, in *newLeadNote) (*resource[crm.LeadNote], error) {
	n, err := ws.LeadNotes.Create(ctx, in.ID, in.Body)
	return one(n, n.Version, err)
}

// LeadNoteID is a note on a lead as paths name it.
type LeadNoteID struct {
	ID   core.ID[crm.Lead]     `path:"id"`
	Note core.ID[crm.LeadNote] `path:"noteId"`
}

// of refuses a note on another lead than that of the path.
func (in LeadNoteID) of(n crm.LeadNote) error {
	if n.LeadID != in.ID {
		return core.NotFound("lead_note")
	}
	return nil
}

func getLeadNote(ctx context.Context, ws *clientele.Workspace, in *LeadNoteID) (*resource[crm.LeadNote], error) {
	n, err := ws.LeadNotes.Get(ctx, in.Note)
	if err == nil {
		err = in.of(n)
	}
	return one(n, n.Version, err)
}

type leadNoteChange struct {
	LeadNoteID
	IfMatch
	Body Patch[crm.NewLeadNote]
}

func updateLeadNote(ctx context.Context, ws *clientele.Workspace, in *leadNoteChange) (*resource[crm.LeadNote], error) {
	n, err := ws.LeadNotes.Update(ctx, in.Note, func(n *crm.LeadNote) error {
		if err := (leadNoteCondition{in.LeadNoteID, in.IfMatch}).check(*n); err != nil {
			return err
		}
		return in.Body.apply(&n.NewLeadNote)
	})
	return one(n, n.Version, err)
}

type leadNoteCondition struct {
	LeadNoteID
	IfMatch
}

func (in leadNoteCondition) check(n crm.LeadNote) error {
	if err := in.of(n); err != nil {
		return err
	}
	return in.matches(n.Version, n)
}

func deleteLeadNote(ctx context.Context, ws *clientele.Workspace, in *leadNoteCondition) (*nothing, error) {
	return done(ws.LeadNotes.Delete(ctx, in.Note, in.check))
}
