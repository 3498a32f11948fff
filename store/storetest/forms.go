package storetest

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// personality is an assessment of two ratings and an essay, which fills a contact's profile.
func personality(t *testing.T, ws *clientele.Workspace, change ...func(*assessment.Form)) assessment.Form {
	scoring, err := assessment.ParseScoring([]byte(`{
		"items": [
			{"question": "party", "kind": "likert", "weights": {"energy": 1}},
			{"question": "plan", "kind": "likert", "weights": {"order": "1/3"}}],
		"dimensions": [{"key": "energy", "label": "Energy"}, {"key": "order", "label": "Order"}],
		"bands": [{"from": 0, "key": "low", "label": "Low"}, {"from": 50, "key": "high", "label": "High"}],
		"type": {"highest": {"among": ["energy", "order"], "tie": "Both"}},
		"ranking": {"by": "band"},
		"profile": {"personalityType": true, "traits": ["energy", "order"]}}`))
	require.NoError(t, err)
	f, err := ws.Assessments.Create(t.Context(), assessment.NewForm{Title: "Personality", Trait: assessment.Leadership, ShowResult: true})
	require.NoError(t, err)
	f, err = ws.Assessments.Update(t.Context(), f.ID, func(f *assessment.Form) error {
		f.Questions = []assessment.Question{
			{ID: "party", Text: "A party gives me energy", Type: assessment.RatingScale, Required: true},
			{ID: "plan", Text: "I plan my week", Type: assessment.RatingScale, Required: true},
		}
		f.Scoring = &scoring
		for _, c := range change {
			c(f)
		}
		return nil
	})
	require.NoError(t, err)
	_, err = ws.Assessments.Publish(t.Context(), f.ID)
	require.NoError(t, err)
	f, err = ws.Assessments.Get(t.Context(), f.ID)
	require.NoError(t, err)
	return f
}

func withEssay(f *assessment.Form) {
	f.Questions = append(f.Questions, assessment.Question{ID: "why", Text: "Why?", Type: assessment.Subjective, Points: assessment.Int(2)})
}

func rated(party, plan int64) []assessment.Answer {
	return []assessment.Answer{{QuestionID: "party", Value: &party}, {QuestionID: "plan", Value: &plan}}
}

func aContact(t *testing.T, ws *clientele.Workspace) (crm.Contact, assessment.ContactID) {
	c, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada Lovelace"})
	require.NoError(t, err)
	return c, assessment.ContactID(c.ID)
}

var formContracts = []contract{
	{"Forms/are read back as they were written", func(t *testing.T, w *world) {
		opens := time.Date(2026, 11, 1, 12, 0, 0, 0, time.FixedZone("", 3600))
		f := personality(t, w.ws(), withEssay, func(f *assessment.Form) { f.OpensAt = &opens })
		require.Equal(t, int64(1), f.Published)
		require.True(t, opens.Equal(*f.OpensAt))
		require.Equal(t, "1/3", f.Scoring.Items[1].Weights["order"].String())
		l, err := w.ws().Assessments.List(t.Context(), assessment.FormFilter{Trait: assessment.Leadership}, core.Page{})
		require.NoError(t, err)
		require.Equal(t, []assessment.Form{f}, l.Items)
		l, err = w.ws().Assessments.List(t.Context(), assessment.FormFilter{Trait: assessment.Sales}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, l.Items)
		_, err = w.ws().Questionnaires.Get(t.Context(), f.ID)
		require.ErrorIs(t, err, core.ErrNotFound, "an assessment is no questionnaire")
	}},
	{"Forms/of another company are not found and not changed", func(t *testing.T, w *world) {
		f := personality(t, w.theirs())
		ours := w.ws().Assessments
		_, err := ours.Get(t.Context(), f.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.Update(t.Context(), f.ID, func(f *assessment.Form) error { f.Title = "Ours"; return nil })
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, ours.Delete(t.Context(), f.ID), core.ErrNotFound)
		_, err = ours.Publish(t.Context(), f.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.Share(t.Context(), f.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.Version(t.Context(), f.ID, 1)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(1, 2)})
		require.ErrorIs(t, err, core.ErrNotFound)
		same, err := w.theirs().Assessments.Get(t.Context(), f.ID)
		require.NoError(t, err)
		require.Equal(t, f, same)
	}},
	{"Forms/need their permissions", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		reader := w.as(person(core.AssessmentsRead))
		_, err := reader.Assessments.Get(t.Context(), f.ID)
		require.NoError(t, err)
		_, err = reader.Questionnaires.List(t.Context(), assessment.FormFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = reader.Assessments.Publish(t.Context(), f.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = reader.AssessmentResponses.List(t.Context(), assessment.ResponseFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = reader.AssessmentResponses.Export(t.Context(), f.ID, 0, false)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = reader.Assessments.SetProfiling(t.Context(), false)
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
	{"Forms/have their questions edited one by one", func(t *testing.T, w *world) {
		ws := w.ws().Questionnaires
		f, err := ws.Create(t.Context(), assessment.NewForm{Title: "Feedback"})
		require.NoError(t, err)
		for _, text := range []string{"One", "Two", "Three"} {
			f, err = ws.AddQuestion(t.Context(), f.ID, assessment.Question{Text: text, Type: assessment.YesNo})
			require.NoError(t, err)
		}
		require.Len(t, f.Questions[0].Options, 2)
		f, err = ws.MoveQuestion(t.Context(), f.ID, f.Questions[2].ID, 0)
		require.NoError(t, err)
		f, err = ws.UpdateQuestion(t.Context(), f.ID, f.Questions[1].ID, func(q *assessment.Question) error {
			q.ID, q.Text = "other", "First"
			return nil
		})
		require.NoError(t, err)
		f, err = ws.DeleteQuestion(t.Context(), f.ID, f.Questions[2].ID)
		require.NoError(t, err)
		require.Equal(t, "Three", f.Questions[0].Text)
		require.Equal(t, "First", f.Questions[1].Text)
		require.NotEqual(t, assessment.QuestionID("other"), f.Questions[1].ID, "an id stays")
		_, err = ws.DeleteQuestion(t.Context(), f.ID, "absent")
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ws.MoveQuestion(t.Context(), f.ID, f.Questions[0].ID, 2)
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"Forms/are not published with faults", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		f, err := w.ws().Assessments.DeleteQuestion(t.Context(), f.ID, "plan")
		require.NoError(t, err, "a draft may be between two states")
		_, err = w.ws().Assessments.Publish(t.Context(), f.ID)
		require.ErrorIs(t, err, core.ErrInvalid)
		require.ErrorContains(t, err, "/scoringLogic/items/1/question")
		require.ErrorIs(t, w.ws().Assessments.Check(t.Context(), f.ID), core.ErrInvalid)
		_, err = w.ws().Assessments.Update(t.Context(), f.ID, func(f *assessment.Form) error {
			f.Scoring = &assessment.Scoring{Items: []assessment.Item{{Question: "absent", Kind: assessment.SingleItem}}}
			return nil
		})
		require.ErrorIs(t, err, core.ErrInvalid, "rules are checked when they are saved")
	}},
	{"Forms/are versions for good", func(t *testing.T, w *world) {
		ws := w.ws().Assessments
		f := personality(t, w.ws())
		one, err := ws.Version(t.Context(), f.ID, 1)
		require.NoError(t, err)
		same, err := ws.Publish(t.Context(), f.ID)
		require.NoError(t, err)
		require.Equal(t, one, same, "what did not change is no new version")
		_, err = ws.Update(t.Context(), f.ID, func(f *assessment.Form) error { f.Questions[0].Text = "Parties tire me"; return nil })
		require.NoError(t, err)
		two, err := ws.Publish(t.Context(), f.ID)
		require.NoError(t, err)
		require.Equal(t, int64(2), two.Number)
		require.NotEqual(t, one.Hash, two.Hash)
		again, err := ws.Version(t.Context(), f.ID, 1)
		require.NoError(t, err)
		require.Equal(t, one, again)
		l, err := ws.Versions(t.Context(), f.ID, core.Page{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, []assessment.Version{two}, l.Items)
		l, err = ws.Versions(t.Context(), f.ID, core.Page{Limit: 1, Cursor: l.Next})
		require.NoError(t, err)
		require.Equal(t, []assessment.Version{one}, l.Items)
	}},
	{"Forms/are published once by two at once", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		_, err := w.ws().Assessments.Update(t.Context(), f.ID, func(f *assessment.Form) error { f.Description = "New"; return nil })
		require.NoError(t, err)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				_, err := w.ws().Assessments.Publish(t.Context(), f.ID)
				require.NoError(t, err)
			})
		}
		group.Wait()
		l, err := w.ws().Assessments.Versions(t.Context(), f.ID, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 2)
	}},
	{"Forms/are duplicated with their questions and rules", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		d, err := w.ws().Assessments.Duplicate(t.Context(), f.ID, "Copy")
		require.NoError(t, err)
		require.NotEqual(t, f.ID, d.ID)
		require.Equal(t, f.Questions, d.Questions)
		require.Equal(t, f.Scoring, d.Scoring)
		require.Zero(t, d.Published)
		_, err = w.ws().Assessments.Publish(t.Context(), d.ID)
		require.NoError(t, err)
	}},
	{"Forms/with responses are not deleted, others with all that is theirs", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		r, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(1, 2)})
		require.NoError(t, err)
		err = w.ws().Assessments.Delete(t.Context(), f.ID)
		require.ErrorIs(t, err, core.ErrState)
		require.NoError(t, w.ws().AssessmentResponses.Delete(t.Context(), r.ID))
		_, err = w.ws().Assessments.Share(t.Context(), f.ID)
		require.NoError(t, err)
		require.NoError(t, w.ws().Assessments.Delete(t.Context(), f.ID))
		_, err = w.ws().Assessments.Get(t.Context(), f.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Forms/are as they were after a rollback", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		ada, who := aContact(t, w.ws())
		failed := fmt.Errorf("no")
		err := w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
			_, err := ws.Assessments.Update(t.Context(), f.ID, func(f *assessment.Form) error { f.Title = "Changed"; return nil })
			require.NoError(t, err)
			_, err = ws.AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: who, Answers: rated(5, 1)})
			require.NoError(t, err)
			return failed
		})
		require.ErrorIs(t, err, failed)
		same, err := w.ws().Assessments.Get(t.Context(), f.ID)
		require.NoError(t, err)
		require.Equal(t, f, same)
		l, err := w.ws().AssessmentResponses.List(t.Context(), assessment.ResponseFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, l.Items)
		c, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, c)
	}},
}

// told is all that a stranger was told.
func told(t *testing.T, v any) string {
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}
