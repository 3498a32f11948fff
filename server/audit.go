package server

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
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
		inCompany(Operation{
			Method: http.MethodGet, Path: "/audit/export", ID: "exportAudit", Tag: "Audit",
			Summary: "Download the audit", Details: "As JSON lines, an entry each, however many there are. A download that breaks off is not complete.",
			Access: needs(core.AuditRead), Stream: true, Gives: linesType,
		}, exportAudit),
	}
}

// linesType is JSON lines: a document on each.
const linesType = "application/x-ndjson"

type auditQuery struct {
	Paged
	AuditFilter
}

// AuditFilter is the parameters that say which entries.
type AuditFilter struct {
	Sort        string      `query:"sort" enum:"createdAt,-createdAt" default:"-createdAt"`
	SubjectKind string      `query:"subjectKind" doc:"Such as contact."`
	SubjectID   uuid.UUID   `query:"subjectId"`
	Actor       core.UserID `query:"actorId" doc:"A user or an API key."`
	Action      string      `query:"action" doc:"Such as contact.updated."`
	From        time.Time   `query:"createdFrom"`
	Before      time.Time   `query:"createdBefore"`
}

func (f AuditFilter) filter() identity.AuditFilter {
	return identity.AuditFilter{
		SubjectKind: f.SubjectKind, SubjectID: f.SubjectID, Actor: f.Actor, Action: f.Action,
		From: f.From, Before: f.Before, Sort: identity.AuditSort(f.Sort),
	}
}

func listAudit(ctx context.Context, ws *clientele.Workspace, in *auditQuery) (*pageOf[core.AuditEntry], error) {
	l, err := ws.Audit.List(ctx, in.filter(), in.page())
	return list(l, err)
}

type auditExport struct{ AuditFilter }

// lines is an answer that is written bit by bit.
type lines struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        func(huma.Context)
}

// exportAudit reads an entry before it answers, to say properly what is wrong if it cannot.
// After that all it can do is to break off.
func exportAudit(ctx context.Context, ws *clientele.Workspace, in *auditExport) (*lines, error) {
	if _, err := ws.Audit.List(ctx, in.filter(), core.Page{Limit: 1}); err != nil {
		return nil, err
	}
	return &lines{linesType, `attachment; filename="audit.ndjson"`, func(out huma.Context) {
		to := json.NewEncoder(out.BodyWriter())
		for e, err := range ws.Audit.Export(ctx, in.filter()) {
			if err != nil {
				loggerOf(ctx).ErrorContext(ctx, "the export of the audit broke off", "error", err)
				panic(http.ErrAbortHandler)
			}
			if to.Encode(e) != nil {
				return // whoever went away needs no more
			}
		}
	}}, nil
}
