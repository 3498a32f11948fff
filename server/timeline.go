package server

import (
	"context"
	"net/http"
	"slices"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func timelineOperations() []Operation {
	ops := []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/timeline", ID: "getContactTimeline", Tag: "Contacts",
			Summary: "Read what happened with a contact",
			Details: "Notes, activities, moves of leads, appointments and responses in one list, the newest first. " +
				"Of each kind it has what the caller may see.",
			Access: needs(core.ContactsRead),
		}, getTimeline),
	}
	return slices.Concat(ops, alias(ops, "/contacts", "/clients", "Contact", "Client"))
}

func getTimeline(ctx context.Context, ws *clientele.Workspace, in *ofContactQuery) (*pageOf[crm.TimelineEntry], error) {
	l, err := ws.Timeline.List(ctx, in.ID, in.page())
	return list(l, err)
}
