package assessment

import (
	"context"
	"iter"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// Forms is the service of a company's assessments, or of its questionnaires: what is made,
// edited and published. [Responses] is the service of what is answered.
//
// Reading needs [core.AssessmentsRead] or [core.QuestionnairesRead], changing
// [core.AssessmentsWrite] or [core.QuestionnairesWrite]. Every member who may read sees all.
type Forms struct {
	work core.Work[Tx]
	kind Kind
}

// NewAssessments is the service of assessments over a store, in the scope of work.
func NewAssessments(work core.Work[Tx]) *Forms { return &Forms{work, Assessment} }

// NewQuestionnaires is the service of questionnaires over a store, in the scope of work.
func NewQuestionnaires(work core.Work[Tx]) *Forms { return &Forms{work, Questionnaire} }

// rights are the permissions of a kind of forms.
type rights struct{ read, write, readResponses, writeResponses, exportResponses core.Permission }

func (k Kind) rights() rights {
	if k == Questionnaire {
		return rights{
			core.QuestionnairesRead, core.QuestionnairesWrite,
			core.QuestionnaireResponsesRead, core.QuestionnaireResponsesWrite, core.QuestionnaireResponsesExport,
		}
	}
	return rights{
		core.AssessmentsRead, core.AssessmentsWrite,
		core.AssessmentResponsesRead, core.AssessmentResponsesWrite, core.AssessmentResponsesExport,
	}
}

// allowed is [core.ErrForbidden] unless the actor has the permission.
func allowed(work core.Work[Tx], p core.Permission) error {
	return work.Plain().Scope.Actor.Require(p)
}

// Create makes a form, active and without questions.
func (s *Forms) Create(ctx context.Context, n NewForm) (Form, error) {
	return s.create(ctx, n, nil)
}

func (s *Forms) create(ctx context.Context, n NewForm, questions []Question) (Form, error) {
	if err := allowed(s.work, s.kind.rights().write); err != nil {
		return Form{}, err
	}
	var f Form
	err := s.work.Atomic(ctx, func(tx Tx) error {
		f = Form{
			ID: core.NewID[Form](tx.Env), Kind: s.kind, FormValues: FormValues{NewForm: n, IsActive: true},
			Questions: append([]Question{}, questions...), Stamp: newStamp(tx),
		}
		if err := f.check(tx, nil); err != nil {
			return err
		}
		if err := tx.Store.InsertForm(ctx, f); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, FormCreated.Of(f.ID, nil, &f))
	})
	if err != nil {
		return Form{}, err
	}
	return f, nil
}

// Duplicate makes a new form of another's draft, under a title of its own; "" is the same one.
// The ids of questions and options are kept, so the rules fit.
func (s *Forms) Duplicate(ctx context.Context, id core.ID[Form], title string) (Form, error) {
	f, err := s.Get(ctx, id)
	if err != nil {
		return Form{}, err
	}
	if title != "" {
		f.Title = title
	}
	return s.create(ctx, f.NewForm, f.Questions)
}

// Get reads a form with its draft.
func (s *Forms) Get(ctx context.Context, id core.ID[Form]) (Form, error) {
	if err := allowed(s.work, s.kind.rights().read); err != nil {
		return Form{}, err
	}
	return s.work.Plain().Store.Form(ctx, s.kind, id)
}

// List reads a page of the forms that the filter lets through, by title.
func (s *Forms) List(ctx context.Context, f FormFilter, p core.Page) (core.List[Form], error) {
	if err := allowed(s.work, s.kind.rights().read); err != nil {
		return core.List[Form]{}, err
	}
	return s.work.Plain().Store.ListForms(ctx, s.kind, f, p)
}

// All runs through the forms that the filter lets through, page by page.
func (s *Forms) All(ctx context.Context, f FormFilter) iter.Seq2[Form, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Form], error) {
		return s.List(ctx, f, p)
	})
}

// Update changes a form's draft: edit is given it as it is and writes into FormValues and
// Questions. A question or option without an id is given one. Rules that change have to fit the
// questions; questions that change may leave rules behind that no longer do, until Publish
// asks. If somebody else changes the form meanwhile, edit is called again with what they wrote;
// an error of edit is returned as it is and changes nothing.
func (s *Forms) Update(ctx context.Context, id core.ID[Form], edit func(*Form) error) (Form, error) {
	return s.change(ctx, id, FormUpdated, func(tx Tx, was, f *Form) error {
		f.Questions = cloneQuestions(was.Questions)
		if err := edit(f); err != nil {
			return err
		}
		f.ID, f.Kind, f.Published, f.IsPublic = was.ID, was.Kind, was.Published, was.IsPublic
		return f.check(tx, was)
	})
}

// change is the change of one form.
func (s *Forms) change(ctx context.Context, id core.ID[Form], event core.EventType[Form], edit func(tx Tx, was, f *Form) error) (Form, error) {
	if err := allowed(s.work, s.kind.rights().write); err != nil {
		return Form{}, err
	}
	var f Form
	err := core.Retry(ctx, s.work, func(tx Tx) error {
		was, err := tx.Store.Form(ctx, s.kind, id)
		if err != nil {
			return err
		}
		f = was
		if err := edit(tx, &was, &f); err != nil || !edited(tx, &was, &f) {
			return err
		}
		if err := tx.Store.ReplaceForm(ctx, f, was.Version); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, event.Of(id, &was, &f))
	})
	if err != nil {
		return Form{}, err
	}
	return f, nil
}

// cloneQuestions is a copy that may be written into.
func cloneQuestions(qs []Question) []Question {
	qs = slices.Clone(qs)
	for i := range qs {
		qs[i].Options = slices.Clone(qs[i].Options)
	}
	return qs
}

// Delete deletes a form for good, with its versions, links and open attempts. One that has
// responses is [core.ErrState]: it can be made inactive.
func (s *Forms) Delete(ctx context.Context, id core.ID[Form]) error {
	if err := allowed(s.work, s.kind.rights().write); err != nil {
		return err
	}
	return s.work.Atomic(ctx, func(tx Tx) error {
		f, err := tx.Store.Form(ctx, s.kind, id)
		if err != nil {
			return err
		}
		if err := tx.Store.DeleteForm(ctx, id); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, FormDeleted.Of(id, &f, nil))
	})
}

// SetQuestions replaces all questions of the draft.
func (s *Forms) SetQuestions(ctx context.Context, id core.ID[Form], questions []Question) (Form, error) {
	return s.Update(ctx, id, func(f *Form) error {
		f.Questions = cloneQuestions(questions)
		return nil
	})
}

// AddQuestion adds a question to the end of the draft.
func (s *Forms) AddQuestion(ctx context.Context, id core.ID[Form], q Question) (Form, error) {
	return s.Update(ctx, id, func(f *Form) error {
		f.Questions = append(f.Questions, q)
		return nil
	})
}

// UpdateQuestion changes a question of the draft. Its id stays.
func (s *Forms) UpdateQuestion(ctx context.Context, id core.ID[Form], question QuestionID, edit func(*Question) error) (Form, error) {
	return s.Update(ctx, id, func(f *Form) error {
		i, err := f.place(question)
		if err != nil {
			return err
		}
		err = edit(&f.Questions[i])
		f.Questions[i].ID = question
		return err
	})
}

// MoveQuestion puts a question of the draft at a place, from 0.
func (s *Forms) MoveQuestion(ctx context.Context, id core.ID[Form], question QuestionID, to int) (Form, error) {
	return s.Update(ctx, id, func(f *Form) error {
		i, err := f.place(question)
		if err != nil {
			return err
		}
		if to < 0 || to >= len(f.Questions) {
			return core.Faults{{Field: "/to", Rule: "range", Message: "is not a place among the questions"}}.Err()
		}
		q := f.Questions[i]
		f.Questions = slices.Insert(slices.Delete(f.Questions, i, i+1), to, q)
		return nil
	})
}

// DeleteQuestion takes a question out of the draft.
func (s *Forms) DeleteQuestion(ctx context.Context, id core.ID[Form], question QuestionID) (Form, error) {
	return s.Update(ctx, id, func(f *Form) error {
		i, err := f.place(question)
		if err != nil {
			return err
		}
		f.Questions = slices.Delete(f.Questions, i, i+1)
		return nil
	})
}

func (f *Form) place(id QuestionID) (int, error) {
	i := slices.IndexFunc(f.Questions, func(q Question) bool { return q.ID == id })
	if i < 0 {
		return 0, core.NotFound("question")
	}
	return i, nil
}
