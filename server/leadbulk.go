package server

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func leadBulkOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodPost, Path: "/leads/bulk", ID: "changeLeads", Tag: "Leads",
			Summary: "Do the same to many leads",
			Details: "One of move, assign, set and delete, to up to 500 leads. Each is answered by itself, in the order of ids: what goes wrong with one leaves the others alone. " +
				"Assigning needs leads:assign, deleting leads:delete.",
			Access: needs(core.LeadsWrite), Required: []string{"ids"},
			Example: map[string]any{"ids": []string{"01900000-0000-7000-8000-000000000001"}, "move": map[string]any{"status": "contacted"}},
		}, changeLeads),
	}
}

// LeadsChange is what is done to each of many leads: one of move, assign, set and delete.
type LeadsChange struct {
	IDs    []core.ID[crm.Lead] `json:"ids"`              // the leads: 1 to 500
	Move   *LeadStep           `json:"move,omitempty"`   // to another stage
	Assign *LeadAssignee       `json:"assign,omitempty"` // to a member
	Set    json.RawMessage     `json:"set,omitempty"`    // a JSON merge patch, as of updateLead
	Delete bool                `json:"delete,omitempty"` // for good
}

// ChangedLead is what became of one lead.
type ChangedLead struct {
	ID      core.ID[crm.Lead] `json:"id"`
	Done    bool              `json:"done"`              // false: nothing was done to it
	Version int64             `json:"version,omitempty"` // that it has now
	Problem *Problem          `json:"problem,omitempty"` // why nothing was done
}

type leadsChange struct{ Body LeadsChange }

func changeLeads(ctx context.Context, ws *clientele.Workspace, in *leadsChange) (*answered[partsOf[ChangedLead]], error) {
	c := crm.BulkChange{Delete: in.Body.Delete}
	if in.Body.Move != nil {
		move := in.Body.Move.move()
		c.Move = &move
	}
	if in.Body.Assign != nil {
		c.Assign = &crm.BulkAssign{To: in.Body.Assign.AssignedToID, ByRule: in.Body.Assign.ByRule}
	}
	if in.Body.Set != nil {
		edit, err := editLead(ctx, ws, Patch[EditedLead]{in.Body.Set})
		if err != nil {
			return nil, err
		}
		c.Set = edit
	}
	answer := partsOf[ChangedLead]{Items: []ChangedLead{}}
	err := ws.Atomic(ctx, func(ws *clientele.Workspace) error { // so that each is a savepoint of one transaction
		rows, err := ws.Leads.Bulk(ctx, in.Body.IDs, c)
		answer.Items = make([]ChangedLead, len(rows))
		for i, row := range rows {
			answer.Items[i] = ChangedLead{ID: row.ID, Done: row.Err == nil, Version: row.Version}
			if row.Err != nil {
				answer.Items[i].Problem = problemOf(ctx, row.Err)
			}
		}
		return err
	})
	return bare(answer, err)
}
