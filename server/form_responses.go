package server

import (
	"context"
	"fmt"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
)

func (k formKind) responseOperations() []Operation {
	tag, at := k.name+" responses", "/"+k.lower()+"-responses/{id}"
	conflicts := []int{http.StatusConflict, http.StatusPreconditionFailed}
	ops := []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: k.path + "/{id}/responses", ID: "list" + k.name + "Responses", Tag: tag,
			Summary: "List what was answered", Details: "The newest first, each with its current outcome.", Access: needs(k.readResponses),
		}, k.listResponses),
		inCompany(Operation{
			Method: http.MethodPost, Path: k.path + "/{id}/responses", ID: "record" + k.name + "Response", Tag: tag,
			Summary: "Record a response", Details: "To the latest version, as given on paper or elsewhere. Of an assessment the contact's profile is filled.",
			Access: needs(k.writeResponses), Status: http.StatusCreated, Required: []string{"answers"}, Example: map[string]any{"answers": k.answers},
		}, k.record),
		inCompany(Operation{
			Method: http.MethodPost, Path: k.path + "/{id}/attempts", ID: "start" + k.name + "Attempt", Tag: tag,
			Summary: "Begin an attempt for a contact", Details: "The address is theirs alone: send it to them. It works without a public link.",
			Access: needs(k.writeResponses), Status: http.StatusCreated, Required: []string{"contactId"}, Secret: true,
			Example: map[string]any{"contactId": "0198c0de-0000-7000-8000-000000000000"},
		}, k.startAttempt),
		inCompany(Operation{
			Method: http.MethodGet, Path: k.path + "/{id}/statistics", ID: "get" + k.name + "Statistics", Tag: tag,
			Summary: "Read the statistics of a version", Details: "Below five responses only their number is told.", Access: needs(k.readResponses),
		}, k.statistics),
		inCompany(Operation{
			Method: http.MethodGet, Path: k.path + "/{id}/export", ID: "export" + k.name + "Responses", Tag: tag,
			Summary: "Download the responses to a version as CSV", Details: "One column for each option; cells that a spreadsheet would run are made plain text.",
			Access: needs(k.exportResponses), Errors: conflicts, Stream: true, Gives: csvType,
		}, k.export),
		inCompany(Operation{
			Method: http.MethodGet, Path: at, ID: "get" + k.name + "Response", Tag: tag, Summary: "Read a response", Access: needs(k.readResponses),
		}, k.getResponse),
		inCompany(Operation{
			Method: http.MethodDelete, Path: at, ID: "delete" + k.name + "Response", Tag: tag, Summary: "Delete a response for good",
			Details: "What it wrote into the contact's profile stays.", Access: needs(k.writeResponses), Errors: conflicts,
		}, k.deleteResponse),
	}
	if k.kind == assessment.Questionnaire {
		return ops
	}
	return append(ops,
		inCompany(Operation{
			Method: http.MethodPost, Path: k.path + "/{id}/rescore", ID: "rescoreAssessment", Tag: tag,
			Summary: "Score the responses to one version by the key of another",
			Details: "The two have to ask the same. The outcomes before are kept, and contacts' profiles left as they are.",
			Access:  needs(k.writeResponses), Required: []string{"version", "key"}, Example: map[string]any{"version": 1, "key": 2},
		}, k.rescore),
		inCompany(Operation{
			Method: http.MethodPut, Path: at + "/marks", ID: "markAssessmentResponse", Tag: tag,
			Summary: "Give points for subjective answers", Details: "Over those given before. When the last is marked, the response is final.",
			Access: needs(k.writeResponses), Errors: conflicts, Required: []string{"marks"},
			Example: map[string]any{"marks": []any{map[string]any{"questionId": "why", "points": "1/3", "comment": "Short."}}},
		}, k.mark),
		inCompany(Operation{
			Method: http.MethodGet, Path: at + "/outcomes", ID: "listAssessmentResponseOutcomes", Tag: tag,
			Summary: "List all scorings of a response", Details: "The oldest first.", Access: needs(k.readResponses),
		}, k.outcomes),
		inCompany(Operation{
			Method: http.MethodGet, Path: at + "/explanation", ID: "explainAssessmentResponse", Tag: tag,
			Summary: "Read how each number of the outcome came about", Access: needs(k.readResponses),
		}, k.explain),
	)
}

type responseID struct {
	ID core.ID[assessment.Response] `path:"id"`
}

// oneResponse answers a response.
func oneResponse(r assessment.Response, err error) (*resource[assessment.Response], error) {
	if err != nil {
		return nil, err
	}
	return &resource[assessment.Response]{ETag: responseTag(&r), Body: r}, nil
}

// responseTag is that of the version and, where it was scored again, of the outcome: scoring many again
// changes what they came to, and not the responses.
func responseTag(r *assessment.Response) string {
	if r.Outcome == nil || r.Outcome.Reason != assessment.Rescored {
		return etag(r.Version)
	}
	return fmt.Sprintf(`"%d-%s"`, r.Version, r.Outcome.ID)
}

type responseQuery struct {
	ID core.ID[assessment.Form] `path:"id"`
	Paged
	Contact assessment.ContactID `query:"contactId"`
	Status  assessment.Status    `query:"status"`
	Oldest  bool                 `query:"oldestFirst"`
}

func (k formKind) listResponses(ctx context.Context, ws *clientele.Workspace, in *responseQuery) (*pageOf[assessment.Response], error) {
	l, err := k.responses(ws).List(ctx, assessment.ResponseFilter{Form: in.ID, Contact: in.Contact, Status: in.Status, OldestFirst: in.Oldest}, in.page())
	return list(l, err)
}

type newResponse struct {
	ID   core.ID[assessment.Form] `path:"id"`
	Body assessment.NewResponse
}

func (k formKind) record(ctx context.Context, ws *clientele.Workspace, in *newResponse) (*resource[assessment.Response], error) {
	r, err := k.responses(ws).Record(ctx, in.ID, in.Body)
	return oneResponse(r, err)
}

type newAttempt struct {
	ID   core.ID[assessment.Form] `path:"id"`
	Body struct {
		ContactID assessment.ContactID `json:"contactId"`
	}
}

func (k formKind) startAttempt(ctx context.Context, ws *clientele.Workspace, in *newAttempt) (*answered[PublicAddress], error) {
	_, token, err := k.responses(ws).Start(ctx, in.ID, in.Body.ContactID)
	return bare(PublicAddress{token, k.page + token}, err)
}

type statisticsQuery struct {
	ID      core.ID[assessment.Form] `path:"id"`
	Version int64                    `query:"version" minimum:"0" doc:"0: the latest."`
}

func (k formKind) statistics(ctx context.Context, ws *clientele.Workspace, in *statisticsQuery) (*answered[assessment.Statistics], error) {
	s, err := k.responses(ws).Statistics(ctx, in.ID, in.Version)
	return bare(s, err)
}

type exportQuery struct {
	ID        core.ID[assessment.Form] `path:"id"`
	Version   int64                    `query:"version" minimum:"0" doc:"0: the latest."`
	Anonymous bool                     `query:"anonymous" doc:"Without who answered, when, and what was written in words; fewer than five responses are 409."`
}

func (k formKind) export(ctx context.Context, ws *clientele.Workspace, in *exportQuery) (*fileOut, error) {
	e, err := k.responses(ws).Export(ctx, in.ID, in.Version, in.Anonymous)
	if err != nil {
		return nil, err
	}
	return streamed(ctx, csvType+"; charset=utf-8", "responses.csv", e.Write), nil
}

func (k formKind) getResponse(ctx context.Context, ws *clientele.Workspace, in *responseID) (*resource[assessment.Response], error) {
	r, err := k.responses(ws).Get(ctx, in.ID)
	return oneResponse(r, err)
}

// ResponseTarget is a response to change, perhaps in one version only.
type ResponseTarget struct {
	ID core.ID[assessment.Response] `path:"id"`
	IfMatch
}

// in does something with the response in one transaction, if it is in the version that the
// caller has seen.
func (in ResponseTarget) in(ctx context.Context, k formKind, ws *clientele.Workspace, do func(*assessment.Responses) error) error {
	return in.guardTag(ctx, ws, func(ws *clientele.Workspace) (int64, string, any, error) {
		r, err := k.responses(ws).Get(ctx, in.ID)
		return r.Version, responseTag(&r), r, err
	}, func(ws *clientele.Workspace) error { return do(k.responses(ws)) })
}

func (k formKind) deleteResponse(ctx context.Context, ws *clientele.Workspace, in *ResponseTarget) (*nothing, error) {
	return done(in.in(ctx, k, ws, func(rs *assessment.Responses) error { return rs.Delete(ctx, in.ID) }))
}

type rescoring struct {
	ID   core.ID[assessment.Form] `path:"id"`
	Body struct {
		Version int64 `json:"version" minimum:"1"`
		Key     int64 `json:"key" minimum:"1"`
	}
}

func (k formKind) rescore(ctx context.Context, ws *clientele.Workspace, in *rescoring) (*answered[assessment.Rescore], error) {
	r, err := k.responses(ws).Rescore(ctx, in.ID, in.Body.Version, in.Body.Key)
	return bare(r, err)
}

type marking struct {
	ResponseTarget
	Body struct {
		Marks []assessment.Mark `json:"marks"`
	}
}

func (k formKind) mark(ctx context.Context, ws *clientele.Workspace, in *marking) (*resource[assessment.Response], error) {
	var r assessment.Response
	err := in.in(ctx, k, ws, func(rs *assessment.Responses) (err error) {
		r, err = rs.Mark(ctx, in.ID, in.Body.Marks)
		return err
	})
	return oneResponse(r, err)
}

func (k formKind) outcomes(ctx context.Context, ws *clientele.Workspace, in *responseID) (*answered[Outcomes], error) {
	all, err := k.responses(ws).Outcomes(ctx, in.ID)
	return bare(Outcomes{all}, err)
}

// Outcomes are all scorings of a response.
type Outcomes struct {
	Items []assessment.Outcome `json:"items"`
}

func (k formKind) explain(ctx context.Context, ws *clientele.Workspace, in *responseID) (*answered[assessment.Explanation], error) {
	e, err := k.responses(ws).Explain(ctx, in.ID)
	return bare(e, err)
}
