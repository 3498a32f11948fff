package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
)

func (k formKind) publishOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodPost, Path: k.path + "/{id}/publish", ID: "publish" + k.name, Tag: k.plural(),
			Summary: "Publish the draft as a new version",
			Details: "What cannot be proved right is 422 with all that is wrong. A draft that is as it was published makes no new version. " +
				"A response belongs to the version that it answered, for good.",
			Access: needs(k.write),
		}, k.publish),
		inCompany(Operation{
			Method: http.MethodGet, Path: k.path + "/{id}/versions", ID: "list" + k.name + "Versions", Tag: k.plural(),
			Summary: "List what was published", Details: "The newest first.", Access: needs(k.read),
		}, k.versions),
		inCompany(Operation{
			Method: http.MethodGet, Path: k.path + "/{id}/versions/{number}", ID: "get" + k.name + "Version", Tag: k.plural(),
			Summary: "Read a version", Access: needs(k.read),
		}, k.version),
		inCompany(Operation{
			Method: http.MethodPost, Path: k.path + "/{id}/public-link", ID: "share" + k.name, Tag: k.plural(),
			Summary: "Give it a public link", Details: "Its token is shown this once. A link that there was no longer works.",
			Access: needs(k.write), Status: http.StatusCreated, Secret: true,
		}, k.share),
		inCompany(Operation{
			Method: http.MethodDelete, Path: k.path + "/{id}/public-link", ID: "unshare" + k.name, Tag: k.plural(),
			Summary: "Revoke the public link", Details: "What people have begun can be finished.", Access: needs(k.write),
			Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, k.unshare),
	}
}

func (k formKind) publish(ctx context.Context, ws *clientele.Workspace, in *formID) (*answered[assessment.Version], error) {
	v, err := k.forms(ws).Publish(ctx, in.ID)
	return bare(v, err)
}

type versionQuery struct {
	ID core.ID[assessment.Form] `path:"id"`
	Paged
}

func (k formKind) versions(ctx context.Context, ws *clientele.Workspace, in *versionQuery) (*pageOf[assessment.Version], error) {
	l, err := k.forms(ws).Versions(ctx, in.ID, in.page())
	return list(l, err)
}

type numberedVersion struct {
	ID     core.ID[assessment.Form] `path:"id"`
	Number string                   `path:"number" doc:"From 1, without gaps."`
}

func (k formKind) version(ctx context.Context, ws *clientele.Workspace, in *numberedVersion) (*answered[assessment.Version], error) {
	number, err := strconv.ParseInt(in.Number, 10, 64)
	if err != nil || number < 1 {
		number = -1 // there is no such version
	}
	v, err := k.forms(ws).Version(ctx, in.ID, number)
	return bare(v, err)
}

// PublicAddress is where somebody can answer.
type PublicAddress struct {
	Token     string `json:"token"` // the secret itself, which is shown this once
	PublicURL string `json:"publicUrl" doc:"The path of the page on this server."`
}

func (k formKind) share(ctx context.Context, ws *clientele.Workspace, in *formID) (*answered[PublicAddress], error) {
	token, err := k.forms(ws).Share(ctx, in.ID)
	return bare(PublicAddress{token, k.page + token}, err)
}

func (k formKind) unshare(ctx context.Context, ws *clientele.Workspace, in *FormTarget) (*nothing, error) {
	return done(ws.Atomic(ctx, func(ws *clientele.Workspace) error {
		if err := k.check(ctx, ws, *in); err != nil {
			return err
		}
		return k.forms(ws).Unshare(ctx, in.ID)
	}))
}

func scoringOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodPost, Path: "/assessments/validate", ID: "validateAssessment", Tag: "Assessments",
			Summary: "Check a definition without keeping it",
			Details: "It tells all that is wrong with questions and rules, up to a hundred things, each with a JSON pointer and a reason.",
			Access:  needs(core.AssessmentsRead), Required: []string{"kind", "questions"},
			Example: map[string]any{"kind": "assessment", "questions": []any{formKinds[0].question}},
		}, validateDefinition),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/assessments/scoring-schema", ID: "getScoringSchema", Tag: "Assessments",
			Summary: "Read the JSON Schema of a scoring document", Access: needs(core.AssessmentsRead),
		}, scoringSchema),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/assessments/settings", ID: "getAssessmentSettings", Tag: "Assessments",
			Summary: "Read what the company has decided about assessments", Access: needs(core.AssessmentsRead),
		}, assessmentSettings),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/assessments/settings", ID: "putAssessmentSettings", Tag: "Assessments",
			Summary: "Decide whether results are written into contacts' personality fields",
			Access:  needs(core.CompanyWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed}, Required: []string{"profiling"}, Example: map[string]any{"profiling": false},
		}, putAssessmentSettings),
	}
}

type definition struct{ Body assessment.Definition }

// Verdict is what a check of a definition found.
type Verdict struct {
	Valid    bool               `json:"valid"`              // it can be published
	Errors   []core.FieldError  `json:"errors"`             // what is wrong where
	MinScore *assessment.Number `json:"minScore,omitempty"` // the least and the most that the total can be
	MaxScore *assessment.Number `json:"maxScore,omitempty"`
}

func validateDefinition(_ context.Context, ws *clientele.Workspace, in *definition) (*answered[Verdict], error) {
	if err := ws.Scope().Actor.Require(core.AssessmentsRead); err != nil {
		return nil, err
	}
	d := in.Body.WithDefaults()
	s, err := assessment.Compile(d)
	if err == nil {
		err = assessment.Validate(d)
	}
	var invalid *core.Error
	if errors.As(err, &invalid) {
		return bare(Verdict{Errors: invalid.Fields}, nil)
	}
	if err != nil {
		return nil, err
	}
	low, high := s.Range()
	return bare(Verdict{Valid: true, Errors: []core.FieldError{}, MinScore: &low, MaxScore: &high}, nil)
}

func scoringSchema(_ context.Context, ws *clientele.Workspace, _ *nothing) (*answered[map[string]any], error) {
	if err := ws.Scope().Actor.Require(core.AssessmentsRead); err != nil {
		return nil, err
	}
	var schema map[string]any
	err := json.Unmarshal(assessment.Schema, &schema)
	return bare(schema, err)
}

func assessmentSettings(ctx context.Context, ws *clientele.Workspace, _ *nothing) (*resource[assessment.Settings], error) {
	s, err := ws.Assessments.Settings(ctx)
	return one(s, s.Version, err)
}

type profiling struct {
	IfMatch
	Body struct {
		Profiling bool `json:"profiling"`
	}
}

func putAssessmentSettings(ctx context.Context, ws *clientele.Workspace, in *profiling) (*resource[assessment.Settings], error) {
	var s assessment.Settings
	err := in.guard(ctx, ws, func(ws *clientele.Workspace) (int64, any, error) {
		now, err := ws.Assessments.Settings(ctx)
		return now.Version, now, err
	}, func(ws *clientele.Workspace) (err error) {
		s, err = ws.Assessments.SetProfiling(ctx, in.Body.Profiling)
		return err
	})
	return one(s, s.Version, err)
}
