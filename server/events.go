package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
)

func eventOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/events", ID: "listEvents", Tag: "Events",
			Summary: "List the events", Details: "What happened in the company, the oldest first, for as long as it is kept.",
			Access: needs(core.EventsRead),
		}, listEvents),
		followEventsOperation(),
	}
}

// EventFilter is the parameters by which events are chosen.
type EventFilter struct {
	Names       string    `query:"names" doc:"Only events of these names, such as contact.created,contact.updated."`
	SubjectKind string    `query:"subjectKind" doc:"Such as contact."`
	SubjectID   uuid.UUID `query:"subjectId"`
}

func (f EventFilter) filter() events.Filter {
	filter := events.Filter{Kind: f.SubjectKind, Subject: f.SubjectID}
	for name := range strings.SplitSeq(f.Names, ",") {
		if name = strings.TrimSpace(name); name != "" {
			filter.Names = append(filter.Names, name)
		}
	}
	return filter
}

type eventQuery struct {
	Paged
	EventFilter
}

func listEvents(ctx context.Context, ws *clientele.Workspace, in *eventQuery) (*pageOf[core.StoredEvent], error) {
	l, err := ws.Events.List(ctx, in.filter(), in.page())
	return list(l, err)
}
