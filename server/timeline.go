package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func timelineOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/timeline", ID: "getContactTimeline", Tag: "Contacts",
			Summary: "Read what happened with a contact",
			Details: "Notes, activities, moves of leads, appointments and responses in one list, the newest first. " +
				"Of each kind it has what the caller may see.",
			Access: needs(core.ContactsRead),
		}, getTimeline),
	}
}

func getTimeline(ctx context.Context, ws *clientele.Workspace, in *ofContactQuery) (*pageOf[crm.TimelineEntry], error) {
	l, err := ws.Timeline.List(ctx, in.ID, in.page())
	return list(l, err)
}
