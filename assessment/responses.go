package assessment

import (
	"context"
	"iter"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// Responses is the service of what people answered to a company's assessments, or to its
// questionnaires.
//
// Reading needs [core.AssessmentResponsesRead] or [core.QuestionnaireResponsesRead]; recording,
// marking, scoring again and deleting the like that ends in Write.
type Responses struct {
	work core.Work[Tx]
	kind Kind
}

// NewAssessmentResponses is the service of responses to assessments, in the scope of work.
func NewAssessmentResponses(work core.Work[Tx]) *Responses { return &Responses{work, Assessment} }

// NewQuestionnaireResponses is the service of responses to questionnaires, in the scope of work.
func NewQuestionnaireResponses(work core.Work[Tx]) *Responses {
	return &Responses{work, Questionnaire}
}

// NewResponse is a response that somebody records for a contact.
type NewResponse struct {
	ContactID ContactID `json:"contactId,omitzero"` // none: an anonymous response
	Answers   []Answer  `json:"answers"`            // at most one to each question
	Marks     []Mark    `json:"marks,omitempty"`    // for subjective answers, if they are judged already
}

// Record submits answers to a form's latest version, as given on paper or in an application of the
// embedder's. [core.ErrState]: the contact has answered as often as the form allows.
func (s *Responses) Record(ctx context.Context, form core.ID[Form], n NewResponse) (Response, error) {
	if err := allowed(s.work, s.kind.rights().writeResponses); err != nil {
		return Response{}, err
	}
	var r Response
	err := core.Retry(ctx, s.work, func(tx Tx) error {
		f, err := answerable(ctx, tx, s.kind, form)
		if err != nil {
			return err
		}
		if err := tx.find(ctx, n.ContactID); err != nil {
			return err
		}
		v, err := tx.latest(ctx, f)
		if err != nil {
			return err
		}
		r, err = submit(ctx, tx, v, submission{
			form: f, contact: n.ContactID, answers: n.Answers, marks: n.Marks,
		})
		return err
	})
	if err != nil {
		return Response{}, err
	}
	return r, nil
}

// answerable is the form if it takes answers.
func answerable(ctx context.Context, tx Tx, kind Kind, id core.ID[Form]) (Form, error) {
	f, err := tx.Store.Form(ctx, kind, id)
	switch {
	case err != nil:
		return Form{}, err
	case f.Published == 0:
		return Form{}, errUnpublished
	case !f.IsActive:
		return Form{}, errInactive
	}
	return f, nil
}

var errInactive = &core.Error{Kind: core.ErrState, Code: "form_not_active", Message: "it does not take answers at present"}

// latest is the compiled version that people answer now.
func (tx Tx) latest(ctx context.Context, f Form) (*compiled, error) {
	v, err := tx.Store.LatestVersion(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	return tx.version(ctx, v)
}

// find is [core.ErrInvalid] unless the contact is one that the actor sees; no contact is fine.
func (tx Tx) find(ctx context.Context, id ContactID) error {
	if id.IsZero() {
		return nil
	}
	if tx.People == nil || tx.People.Find(ctx, id) != nil {
		return core.Faults{{Field: "/contactId", Rule: "exists", Message: "no such contact"}}.Err()
	}
	return nil
}

// Get reads a response with its current outcome.
func (s *Responses) Get(ctx context.Context, id core.ID[Response]) (Response, error) {
	if err := allowed(s.work, s.kind.rights().readResponses); err != nil {
		return Response{}, err
	}
	tx := s.work.Plain()
	sheet, err := tx.Store.Response(ctx, s.kind, id)
	if err != nil {
		return Response{}, err
	}
	return tx.withOutcome(ctx, sheet)
}

// List reads a page of the responses that the filter lets through, with their current outcomes.
func (s *Responses) List(ctx context.Context, f ResponseFilter, p core.Page) (core.List[Response], error) {
	if err := allowed(s.work, s.kind.rights().readResponses); err != nil {
		return core.List[Response]{}, err
	}
	tx := s.work.Plain()
	if !f.Form.IsZero() {
		if _, err := tx.Store.Form(ctx, s.kind, f.Form); err != nil {
			return core.List[Response]{}, err
		}
	}
	sheets, err := tx.Store.ListResponses(ctx, s.kind, f, p)
	if err != nil {
		return core.List[Response]{}, err
	}
	items, err := tx.withOutcomes(ctx, sheets.Items)
	return core.List[Response]{Items: items, Next: sheets.Next}, err
}

// Titles are those of the forms that the responses are to.
func (s *Responses) Titles(ctx context.Context, rs []Response) (map[core.ID[Form]]string, error) {
	if err := allowed(s.work, s.kind.rights().readResponses); err != nil {
		return nil, err
	}
	var ids []core.ID[Form]
	for i := range rs {
		if id := rs[i].FormID; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return s.work.Plain().Store.Titles(ctx, ids)
}

// All runs through the responses that the filter lets through, page by page.
func (s *Responses) All(ctx context.Context, f ResponseFilter) iter.Seq2[Response, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Response], error) {
		return s.List(ctx, f, p)
	})
}

// Outcomes are all scorings of a response, the oldest first.
func (s *Responses) Outcomes(ctx context.Context, id core.ID[Response]) ([]Outcome, error) {
	if _, err := s.Get(ctx, id); err != nil {
		return nil, err
	}
	return s.work.Plain().Store.OutcomesOf(ctx, id)
}

// Explain says how each number of the current outcome came about.
func (s *Responses) Explain(ctx context.Context, id core.ID[Response]) (Explanation, error) {
	r, err := s.Get(ctx, id)
	if err != nil {
		return Explanation{}, err
	}
	if r.Outcome == nil {
		return Explanation{}, &core.Error{Kind: core.ErrState, Code: "response_not_scored", Message: "a questionnaire is not scored"}
	}
	key, err := s.work.Plain().version(ctx, r.Outcome.VersionID)
	if err != nil {
		return Explanation{}, err
	}
	e, err := key.Explain(r.Answers, r.Marks)
	e.Ranking = r.Outcome.Ranking
	return e, err
}

// Delete deletes a response and its outcomes for good. What it wrote into the contact's profile
// stays there.
func (s *Responses) Delete(ctx context.Context, id core.ID[Response]) error {
	if err := allowed(s.work, s.kind.rights().writeResponses); err != nil {
		return err
	}
	return s.work.Atomic(ctx, func(tx Tx) error {
		sheet, err := tx.Store.Response(ctx, s.kind, id)
		if err != nil {
			return err
		}
		r, err := tx.withOutcome(ctx, sheet)
		if err != nil {
			return err
		}
		if err := tx.Store.DeleteResponse(ctx, id); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, ResponseDeleted.Of(id, &r, nil))
	})
}

// Mark gives points for subjective answers, over those given before, and scores the response
// again. When the last one is marked, the response is final, and the contact's profile is
// written, but for the fields that a later response has written: the newest wins, in whatever order they
// are marked.
func (s *Responses) Mark(ctx context.Context, id core.ID[Response], marks []Mark) (Response, error) {
	if err := allowed(s.work, s.kind.rights().writeResponses); err != nil {
		return Response{}, err
	}
	var r Response
	err := core.Retry(ctx, s.work, func(tx Tx) error {
		tally, err := tx.Store.LockTally(ctx, id) // so that nobody scores it again meanwhile
		if err != nil {
			return err
		}
		sheet, err := tx.Store.Response(ctx, s.kind, id)
		if err != nil {
			return err
		}
		if s.kind == Questionnaire {
			return &core.Error{Kind: core.ErrState, Code: "response_not_scored", Message: "a questionnaire has no marks"}
		}
		was, err := tx.withOutcome(ctx, sheet)
		if err != nil {
			return err
		}
		r, err = remark(ctx, tx, was, tally, marks)
		return err
	})
	if err != nil {
		return Response{}, err
	}
	return r, nil
}

// remark is a response with new marks, scored by its current key.
func remark(ctx context.Context, tx Tx, was Response, tally Tally, marks []Mark) (Response, error) {
	key, err := tx.version(ctx, was.Outcome.VersionID)
	if err != nil {
		return Response{}, err
	}
	if err := key.CheckMarks(marks); err != nil {
		return Response{}, err
	}
	r := was
	r.Marks = slices.DeleteFunc(slices.Clone(was.Marks), func(m Mark) bool {
		return slices.ContainsFunc(marks, func(n Mark) bool { return n.QuestionID == m.QuestionID })
	})
	r.Marks = append(r.Marks, marks...)
	slices.SortFunc(r.Marks, func(a, b Mark) int { return key.place[a.QuestionID] - key.place[b.QuestionID] })
	outcome, err := key.outcome(tx, r.ID, r.VersionID, r.Answers, r.Marks)
	if err != nil {
		return Response{}, err
	}
	outcome.Reason = Marked
	r.Status = outcome.status()
	if !edited(tx, &was.Sheet, &r.Sheet) {
		return was, nil
	}
	if err := tx.Store.ReplaceResponse(ctx, r.Sheet, was.Version); err != nil {
		return Response{}, err
	}
	tally = key.retally(tally, &outcome)
	if err := rank(ctx, tx, key, tally, &outcome); err != nil {
		return Response{}, err
	}
	if err := tx.Store.ReplaceOutcomes(ctx, []Tally{tally}, []Outcome{outcome}); err != nil {
		return Response{}, err
	}
	r.Outcome = &outcome
	if err := tx.writeProfile(ctx, key, &r); err != nil {
		return Response{}, err
	}
	return r, tx.Events.Emit(ctx, ResponseMarked.Of(r.ID, &was, &r))
}
