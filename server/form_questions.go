package server

import (
	"context"
	"net/http"
	"slices"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
)

func (k formKind) questionOperations() []Operation {
	conflicts := []int{http.StatusConflict, http.StatusPreconditionFailed}
	return []Operation{
		inCompany(Operation{
			Method: http.MethodPut, Path: k.path + "/{id}/questions", ID: "put" + k.name + "Questions", Tag: k.plural(),
			Summary: "Replace all questions of the draft", Details: "In their order. A question or option without an id is given one.",
			Access: needs(k.write), Errors: conflicts, Required: []string{"questions"},
			Example: map[string]any{"questions": []any{k.question}},
		}, k.putQuestions),
		inCompany(Operation{
			Method: http.MethodPost, Path: k.path + "/{id}/questions", ID: "add" + k.name + "Question", Tag: k.plural(),
			Summary: "Add a question to the end of the draft", Access: needs(k.write), Status: http.StatusCreated, Errors: conflicts,
			Required: []string{"question", "type"}, Example: k.question,
		}, k.addQuestion),
		inCompany(Operation{
			Method: http.MethodPatch, Path: k.path + "/{id}/questions/{questionId}", ID: "update" + k.name + "Question", Tag: k.plural(),
			Summary: "Change a question of the draft", Details: "A JSON merge patch. Its id stays.",
			Access: needs(k.write), Errors: conflicts, Example: map[string]any{"helpText": "There is no wrong answer"},
		}, k.updateQuestion),
		inCompany(Operation{
			Method: http.MethodDelete, Path: k.path + "/{id}/questions/{questionId}", ID: "delete" + k.name + "Question", Tag: k.plural(),
			Summary: "Take a question out of the draft", Access: needs(k.write), Errors: conflicts,
		}, k.deleteQuestion),
		inCompany(Operation{
			Method: http.MethodPost, Path: k.path + "/{id}/questions/{questionId}/move", ID: "move" + k.name + "Question", Tag: k.plural(),
			Summary: "Put a question of the draft at another place", Access: needs(k.write), Errors: conflicts,
			Required: []string{"to"}, Example: map[string]any{"to": 0},
		}, k.moveQuestion),
	}
}

type questionList struct {
	FormTarget
	Body struct {
		Questions []assessment.Question `json:"questions"`
	}
}

func (k formKind) putQuestions(ctx context.Context, ws *clientele.Workspace, in *questionList) (*resource[assessment.Form], error) {
	return k.change(ctx, ws, in.FormTarget, func(f *assessment.Form) error {
		f.Questions = append([]assessment.Question{}, in.Body.Questions...)
		return nil
	})
}

type newQuestion struct {
	FormTarget
	Body assessment.Question
}

func (k formKind) addQuestion(ctx context.Context, ws *clientele.Workspace, in *newQuestion) (*resource[assessment.Form], error) {
	return k.change(ctx, ws, in.FormTarget, func(f *assessment.Form) error {
		f.Questions = append(f.Questions, in.Body)
		return nil
	})
}

// QuestionTarget is a question of a form's draft.
type QuestionTarget struct {
	FormTarget
	Question assessment.QuestionID `path:"questionId"`
}

// place finds the question in the draft.
func (in QuestionTarget) place(f *assessment.Form) (int, error) {
	i := slices.IndexFunc(f.Questions, func(q assessment.Question) bool { return q.ID == in.Question })
	if i < 0 {
		return 0, core.NotFound("question")
	}
	return i, nil
}

type questionChange struct {
	QuestionTarget
	Body Patch[assessment.Question]
}

func (k formKind) updateQuestion(ctx context.Context, ws *clientele.Workspace, in *questionChange) (*resource[assessment.Form], error) {
	return k.change(ctx, ws, in.FormTarget, func(f *assessment.Form) error {
		i, err := in.place(f)
		if err != nil {
			return err
		}
		err = in.Body.apply(&f.Questions[i])
		f.Questions[i].ID = in.Question
		return err
	})
}

func (k formKind) deleteQuestion(ctx context.Context, ws *clientele.Workspace, in *QuestionTarget) (*nothing, error) {
	_, err := k.change(ctx, ws, in.FormTarget, func(f *assessment.Form) error {
		i, err := in.place(f)
		if err != nil {
			return err
		}
		f.Questions = slices.Delete(f.Questions, i, i+1)
		return nil
	})
	return done(err)
}

type questionMove struct {
	QuestionTarget
	Body struct {
		To int `json:"to" minimum:"0" doc:"A place among the questions, from 0."`
	}
}

func (k formKind) moveQuestion(ctx context.Context, ws *clientele.Workspace, in *questionMove) (*resource[assessment.Form], error) {
	var f assessment.Form
	err := ws.Atomic(ctx, func(ws *clientele.Workspace) error {
		if err := k.check(ctx, ws, in.FormTarget); err != nil {
			return err
		}
		var err error
		f, err = k.forms(ws).MoveQuestion(ctx, in.ID, in.Question, in.Body.To)
		return err
	})
	return one(f, f.Version, err)
}
