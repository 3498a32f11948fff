package server

import (
	"context"
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
	IDs    []core.ID[crm.Lead]  `json:"ids"`              // the leads: 1 to 500
	Move   *LeadStep            `json:"move,omitempty"`   // to another stage
	Assign *Patch[LeadAssignee] `json:"assign,omitempty"` // to a member
	Set    *Patch[EditedLead]   `json:"set,omitempty"`    // a JSON merge patch, as of updateLead
	Delete bool                 `json:"delete,omitempty"` // for good
}

type leadsChange struct{ Body LeadsChange }

func changeLeads(ctx context.Context, ws *clientele.Workspace, in *leadsChange) (*answered[partsOf[ChangedRow[crm.Lead]]], error) {
	c := crm.BulkLeads{Delete: in.Body.Delete}
	if in.Body.Move != nil {
		move := in.Body.Move.move()
		c.Move = &move
	}
	if in.Body.Assign != nil {
		to, err := assignee("/assign", *in.Body.Assign)
		if err != nil {
			return nil, err
		}
		c.Assign = &crm.BulkAssign{To: to.AssignedToID, ByRule: to.ByRule}
	}
	if in.Body.Set != nil {
		edit, err := editLead(ctx, ws, *in.Body.Set)
		if err != nil {
			return nil, err
		}
		c.Set = edit
	}
	return changeRows(ctx, ws, func(ws *clientele.Workspace) ([]crm.BulkRow[crm.Lead], error) {
		return ws.Leads.Bulk(ctx, in.Body.IDs, c)
	})
}
