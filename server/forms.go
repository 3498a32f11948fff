package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
)

// formKind is what differs between the operations of assessments and of questionnaires.
type formKind struct {
	kind                                           assessment.Kind
	path, name                                     string // "/assessments", "Assessment"
	page                                           string // where strangers answer: "/a/"
	read, write                                    core.Permission
	readResponses, writeResponses, exportResponses core.Permission

	forms     func(*clientele.Workspace) *assessment.Forms
	responses func(*clientele.Workspace) *assessment.Responses
	example   map[string]any
	question  map[string]any
	answers   []any
}

var formKinds = []formKind{
	{
		kind: assessment.Assessment, path: "/assessments", name: "Assessment", page: "/a/",
		read: core.AssessmentsRead, write: core.AssessmentsWrite, readResponses: core.AssessmentResponsesRead,
		writeResponses: core.AssessmentResponsesWrite, exportResponses: core.AssessmentResponsesExport,
		forms:     func(ws *clientele.Workspace) *assessment.Forms { return &ws.Assessments },
		responses: func(ws *clientele.Workspace) *assessment.Responses { return &ws.AssessmentResponses },
		example:   map[string]any{"title": "Who are you?", "trait": "communication", "showResult": true},
		question:  map[string]any{"id": "party", "question": "A party gives me energy", "type": "rating_scale", "isRequired": true},
		answers:   []any{map[string]any{"questionId": "party", "value": 4}},
	},
	{
		kind: assessment.Questionnaire, path: "/questionnaires", name: "Questionnaire", page: "/q/",
		read: core.QuestionnairesRead, write: core.QuestionnairesWrite, readResponses: core.QuestionnaireResponsesRead,
		writeResponses: core.QuestionnaireResponsesWrite, exportResponses: core.QuestionnaireResponsesExport,
		forms:     func(ws *clientele.Workspace) *assessment.Forms { return &ws.Questionnaires },
		responses: func(ws *clientele.Workspace) *assessment.Responses { return &ws.QuestionnaireResponses },
		example:   map[string]any{"title": "How was it?"},
		question:  map[string]any{"id": "again", "question": "Would you come again?", "type": "yes_no", "isRequired": true},
		answers:   []any{map[string]any{"questionId": "again", "optionIds": []string{"yes"}}},
	},
}

func formOperations() (ops []Operation) {
	for _, k := range formKinds {
		ops = slices.Concat(ops, k.operations(), k.questionOperations(), k.publishOperations(), k.responseOperations(), k.publicOperations())
	}
	return slices.Concat(ops, scoringOperations())
}

// plural is the name of several, for an operation's id.
func (k formKind) plural() string { return k.name + "s" }

// lower is the name within a sentence.
func (k formKind) lower() string { return strings.ToLower(k.name) }

func (k formKind) operations() []Operation {
	conflicts := []int{http.StatusConflict, http.StatusPreconditionFailed}
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: k.path, ID: "list" + k.plural(), Tag: k.plural(),
			Summary: "List " + k.lower() + "s", Details: "By title.", Access: needs(k.read),
		}, k.list),
		inCompany(Operation{
			Method: http.MethodPost, Path: k.path, ID: "create" + k.name, Tag: k.plural(),
			Summary: "Make a new " + k.lower(), Details: "It is a draft without questions, which nobody can answer until it is published.",
			Access: needs(k.write), Status: http.StatusCreated, Required: []string{"title"}, Example: k.example,
		}, k.create),
		inCompany(Operation{
			Method: http.MethodGet, Path: k.path + "/{id}", ID: "get" + k.name, Tag: k.plural(),
			Summary: "Read one with its draft", Access: needs(k.read),
		}, k.get),
		inCompany(Operation{
			Method: http.MethodPatch, Path: k.path + "/{id}", ID: "update" + k.name, Tag: k.plural(),
			Summary: "Change the draft and the settings", Details: "A JSON merge patch: what is absent stays, null clears. What is published stays as it was.",
			Access: needs(k.write), Errors: conflicts, Example: map[string]any{"description": "Takes five minutes", "closesAt": nil},
		}, k.update),
		inCompany(Operation{
			Method: http.MethodDelete, Path: k.path + "/{id}", ID: "delete" + k.name, Tag: k.plural(),
			Summary: "Delete one for good", Details: "One that has responses is 409: make it inactive instead.", Access: needs(k.write), Errors: conflicts,
		}, k.delete),
		inCompany(Operation{
			Method: http.MethodPost, Path: k.path + "/{id}/duplicate", ID: "duplicate" + k.name, Tag: k.plural(),
			Summary: "Make a new one of a draft", Details: "The ids of questions and options are kept, so that the rules fit.",
			Access: needs(k.write), Status: http.StatusCreated, Example: map[string]any{"title": "Who are you, really?"},
		}, k.duplicate),
	}
}

type formID struct {
	ID core.ID[assessment.Form] `path:"id"`
}

type formQuery struct {
	Paged
	Active optional[bool]   `query:"active"`
	Trait  assessment.Trait `query:"trait"`
}

func (k formKind) list(ctx context.Context, ws *clientele.Workspace, in *formQuery) (*pageOf[assessment.Form], error) {
	l, err := k.forms(ws).List(ctx, assessment.FormFilter{Active: in.Active.pointer(), Trait: in.Trait}, in.page())
	return list(l, err)
}

type newForm struct{ Body assessment.NewForm }

func (k formKind) create(ctx context.Context, ws *clientele.Workspace, in *newForm) (*resource[assessment.Form], error) {
	f, err := k.forms(ws).Create(ctx, in.Body)
	return one(f, f.Version, err)
}

func (k formKind) get(ctx context.Context, ws *clientele.Workspace, in *formID) (*resource[assessment.Form], error) {
	f, err := k.forms(ws).Get(ctx, in.ID)
	return one(f, f.Version, err)
}

type formChange struct {
	FormTarget
	Body Patch[assessment.FormValues]
}

// FormTarget is a form to change, perhaps in one version only.
type FormTarget struct {
	ID core.ID[assessment.Form] `path:"id"`
	IfMatch
}

func (k formKind) update(ctx context.Context, ws *clientele.Workspace, in *formChange) (*resource[assessment.Form], error) {
	return k.change(ctx, ws, in.FormTarget, func(f *assessment.Form) error { return in.Body.apply(&f.FormValues) })
}

// change changes a form if it is in the version that the caller has seen.
func (k formKind) change(ctx context.Context, ws *clientele.Workspace, in FormTarget, edit func(*assessment.Form) error) (*resource[assessment.Form], error) {
	f, err := k.forms(ws).Update(ctx, in.ID, func(f *assessment.Form) error {
		if err := in.matches(f.Version, *f); err != nil {
			return err
		}
		return edit(f)
	})
	return one(f, f.Version, err)
}

func (k formKind) delete(ctx context.Context, ws *clientele.Workspace, in *FormTarget) (*nothing, error) {
	return done(ws.Atomic(ctx, func(ws *clientele.Workspace) error {
		if err := k.check(ctx, ws, *in); err != nil {
			return err
		}
		return k.forms(ws).Delete(ctx, in.ID)
	}))
}

// check refuses another version than the caller has seen.
func (k formKind) check(ctx context.Context, ws *clientele.Workspace, in FormTarget) error {
	if !in.given() {
		return nil
	}
	f, err := k.forms(ws).Get(ctx, in.ID)
	if err != nil {
		return err
	}
	return in.matches(f.Version, f)
}

type duplication struct {
	ID   core.ID[assessment.Form] `path:"id"`
	Body struct {
		Title string `json:"title" doc:"Empty: the same one."`
	}
}

func (k formKind) duplicate(ctx context.Context, ws *clientele.Workspace, in *duplication) (*resource[assessment.Form], error) {
	f, err := k.forms(ws).Duplicate(ctx, in.ID, in.Body.Title)
	return one(f, f.Version, err)
}
