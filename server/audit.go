package server

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func auditOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/audit", ID: "listAudit", Tag: "Audit",
			Summary: "Read the audit", Details: "Who did what to which row, and the values before and after.",
			Access: needs(core.AuditRead),
		}, listAudit),
	}
}

type auditQuery struct {
	Paged
	Sort        string      `query:"sort" enum:"createdAt,-createdAt" default:"-createdAt"`
	SubjectKind string      `query:"subjectKind" doc:"Such as contact."`
	SubjectID   uuid.UUID   `query:"subjectId"`
	Actor       core.UserID `query:"actorId" doc:"A user or an API key."`
	Action      string      `query:"action" doc:"Such as contact.updated."`
	From        time.Time   `query:"createdFrom"`
	Before      time.Time   `query:"createdBefore"`
}

func listAudit(ctx context.Context, ws *clientele.Workspace, in *auditQuery) (*pageOf[core.AuditEntry], error) {
	f := identity.AuditFilter{
		SubjectKind: in.SubjectKind, SubjectID: in.SubjectID, Actor: in.Actor, Action: in.Action,
		From: in.From, Before: in.Before, Sort: identity.AuditSort(in.Sort),
	}
	l, err := ws.Audit.List(ctx, f, in.page())
	return list(l, err)
}
