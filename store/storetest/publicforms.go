package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// begun is the token of a public form and of an attempt at it.
func (w *world) begun(t *testing.T, f assessment.Form) (link, attempt string) {
	link, err := w.ws().Assessments.Share(t.Context(), f.ID)
	require.NoError(t, err)
	attempt, err = w.app.PublicForms.Start(t.Context(), assessment.Assessment, link)
	require.NoError(t, err)
	return link, attempt
}

func said(answers []assessment.Answer, who ...string) assessment.Input {
	in := assessment.Input{Answers: answers}
	if len(who) > 0 {
		in.Name, in.Email = &who[0], &who[1]
	}
	return in
}

var publicFormContracts = []contract{
	{"Public forms/are answered by strangers, who become contacts on submit only", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		link, attempt := w.begun(t, f)
		public := w.app.PublicForms
		v, err := public.See(t.Context(), assessment.Assessment, link)
		require.NoError(t, err)
		require.True(t, v.Open)
		require.Nil(t, v.Attempt)
		v, err = public.Save(t.Context(), assessment.Assessment, attempt, said(rated(5, 2)[:1], "Ada Lovelace", "ada@example.org"))
		require.NoError(t, err)
		require.Len(t, v.Attempt.Questions, 2)
		require.Equal(t, rated(5, 2)[:1], v.Attempt.Answers)
		contacts, err := w.ws().Contacts.List(t.Context(), crm.ContactFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, contacts.Items)
		v, err = public.Submit(t.Context(), assessment.Assessment, attempt, said(rated(5, 2)[1:]))
		require.NoError(t, err)
		require.True(t, v.Attempt.Submitted)
		require.Equal(t, "Energy", v.Attempt.Result.PersonalityType)
		require.Equal(t, "High", v.Attempt.Result.Band)
		contacts, err = w.ws().Contacts.List(t.Context(), crm.ContactFilter{}, core.Page{})
		require.NoError(t, err)
		require.Len(t, contacts.Items, 1)
		require.Equal(t, "Ada Lovelace", contacts.Items[0].Name)
		require.Equal(t, "Energy", contacts.Items[0].PersonalityType)
		l, err := w.ws().AssessmentResponses.List(t.Context(), assessment.ResponseFilter{}, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 1)
		require.Equal(t, assessment.ContactID(contacts.Items[0].ID), l.Items[0].ContactID)
	}},
	{"Public forms/match the contact that has the address", func(t *testing.T, w *world) {
		ada, err := w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		require.NoError(t, err)
		_, attempt := w.begun(t, personality(t, w.ws()))
		_, err = w.app.PublicForms.Submit(t.Context(), assessment.Assessment, attempt, said(rated(5, 2), "Somebody", "ADA@example.org"))
		require.NoError(t, err)
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, "Energy", got.PersonalityType)
		require.Equal(t, "Ada", got.Name)
	}},
	{"Public forms/are submitted once, by two tabs at once too", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		_, attempt := w.begun(t, f)
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				v, err := w.app.PublicForms.Submit(t.Context(), assessment.Assessment, attempt, said(rated(5, 2), "Ada", "ada@example.org"))
				require.NoError(t, err)
				require.True(t, v.Attempt.Submitted)
			})
		}
		group.Wait()
		l, err := w.ws().AssessmentResponses.List(t.Context(), assessment.ResponseFilter{}, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 1)
		_, err = w.app.PublicForms.Save(t.Context(), assessment.Assessment, attempt, said(rated(1, 1)))
		require.ErrorIs(t, err, core.ErrState)
		v, err := w.app.PublicForms.Submit(t.Context(), assessment.Assessment, attempt, said(rated(1, 1)))
		require.NoError(t, err, "a lost answer is asked for again")
		require.Equal(t, assessment.Int(7), v.Attempt.Result.TotalScore)
	}},
	{"Public forms/lose nothing that several devices save", func(t *testing.T, w *world) {
		_, attempt := w.begun(t, personality(t, w.ws()))
		var group sync.WaitGroup
		for _, a := range rated(4, 3) {
			group.Go(func() {
				_, err := w.app.PublicForms.Save(t.Context(), assessment.Assessment, attempt, said([]assessment.Answer{a}))
				require.NoError(t, err)
			})
		}
		group.Wait()
		v, err := w.app.PublicForms.See(t.Context(), assessment.Assessment, attempt)
		require.NoError(t, err)
		require.ElementsMatch(t, rated(4, 3), v.Attempt.Answers)
		v, err = w.app.PublicForms.Save(t.Context(), assessment.Assessment, attempt, said([]assessment.Answer{{QuestionID: "party"}}))
		require.NoError(t, err)
		require.Equal(t, rated(4, 3)[1:], v.Attempt.Answers, "an empty answer takes one away")
	}},
	{"Public forms/save what was sent with a submit that is refused", func(t *testing.T, w *world) {
		_, attempt := w.begun(t, personality(t, w.ws(), func(f *assessment.Form) { f.AskWho = assessment.AskRequired }))
		_, err := w.app.PublicForms.Submit(t.Context(), assessment.Assessment, attempt, said(rated(4, 3)[:1], "Ada", "ada@example.org"))
		require.ErrorIs(t, err, core.ErrInvalid)
		require.ErrorContains(t, err, "/answers/plan")
		v, err := w.app.PublicForms.See(t.Context(), assessment.Assessment, attempt)
		require.NoError(t, err)
		require.Equal(t, rated(4, 3)[:1], v.Attempt.Answers)
		require.Equal(t, "Ada", v.Attempt.Name)
		_, err = w.app.PublicForms.Submit(t.Context(), assessment.Assessment, attempt, said(rated(4, 3), "", ""))
		require.ErrorContains(t, err, "/email")
		for _, send := range []func(context.Context, assessment.Kind, string, assessment.Input) (assessment.View, error){w.app.PublicForms.Submit, w.app.PublicForms.Save} {
			_, err = send(t.Context(), assessment.Assessment, attempt, said(rated(5, 99), "Grace", "no address"))
			require.Equal(t, []string{"/answers/plan range", "/email email"}, faults(t, err))
			v, err = w.app.PublicForms.See(t.Context(), assessment.Assessment, attempt)
			require.NoError(t, err)
			require.ElementsMatch(t, rated(5, 3), v.Attempt.Answers, "what is right of it is kept, and what was there")
			require.Equal(t, "Grace", v.Attempt.Name)
		}
	}},
	{"Public forms/are answered by one person as often as the form allows", func(t *testing.T, w *world) {
		f := personality(t, w.ws(), func(f *assessment.Form) { f.MaxAttempts = 1 })
		link, first := w.begun(t, f)
		second, err := w.app.PublicForms.Start(t.Context(), assessment.Assessment, link)
		require.NoError(t, err)
		_, err = w.app.PublicForms.Submit(t.Context(), assessment.Assessment, first, said(rated(5, 2), "Ada", "ada@example.org"))
		require.NoError(t, err)
		_, err = w.app.PublicForms.Submit(t.Context(), assessment.Assessment, second, said(rated(1, 2), "Ada", "ada@example.org"))
		require.ErrorIs(t, err, core.ErrState)
		v, err := w.app.PublicForms.See(t.Context(), assessment.Assessment, second)
		require.NoError(t, err)
		require.False(t, v.Attempt.Submitted)
		require.Equal(t, rated(1, 2), v.Attempt.Answers, "and nothing is lost")
		require.Equal(t, assessment.AskRequired, v.AskWho, "who does not say who they are cannot be counted")
		nobody, err := w.app.PublicForms.Start(t.Context(), assessment.Assessment, link)
		require.NoError(t, err)
		_, err = w.app.PublicForms.Submit(t.Context(), assessment.Assessment, nobody, said(rated(1, 2)))
		require.ErrorContains(t, err, "/email")
		l, err := w.ws().AssessmentResponses.List(t.Context(), assessment.ResponseFilter{}, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 1)
	}},
	{"Public forms/that are made inactive keep what is on its way", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		_, attempt := w.begun(t, f)
		set := func(active bool) {
			_, err := w.ws().Assessments.Update(t.Context(), f.ID, func(f *assessment.Form) error { f.IsActive = active; return nil })
			require.NoError(t, err)
		}
		set(false)
		_, err := w.app.PublicForms.Submit(t.Context(), assessment.Assessment, attempt, said(rated(5, 2), "Ada", "ada@example.org"))
		require.ErrorIs(t, err, core.ErrState)
		v, err := w.app.PublicForms.See(t.Context(), assessment.Assessment, attempt)
		require.NoError(t, err)
		require.False(t, v.Open)
		require.NotEmpty(t, v.Closed)
		require.Equal(t, rated(5, 2), v.Attempt.Answers)
		contacts, err := w.ws().Contacts.List(t.Context(), crm.ContactFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, contacts.Items, "nobody becomes a contact by what is refused")
		set(true)
		v, err = w.app.PublicForms.Submit(t.Context(), assessment.Assessment, attempt, said(nil))
		require.NoError(t, err)
		require.Equal(t, assessment.Int(7), v.Attempt.Result.TotalScore)
	}},
	{"Public forms/are not found by a revoked or wrong token, nor as another kind", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		link, attempt := w.begun(t, f)
		public := w.app.PublicForms
		newer, err := w.ws().Assessments.Share(t.Context(), f.ID)
		require.NoError(t, err)
		for _, token := range []string{link, "", "x", strings.Repeat("A", 43), strings.Repeat("x", 100_000), newer[:42] + "\x00"} {
			_, err := public.See(t.Context(), assessment.Assessment, token)
			require.ErrorIs(t, err, core.ErrNotFound, "%.50q", token)
			_, err = public.Start(t.Context(), assessment.Assessment, token)
			require.ErrorIs(t, err, core.ErrNotFound)
		}
		_, err = public.See(t.Context(), assessment.Questionnaire, newer)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = public.See(t.Context(), assessment.Assessment, newer)
		require.NoError(t, err)
		require.NoError(t, w.ws().Assessments.Unshare(t.Context(), f.ID))
		_, err = public.See(t.Context(), assessment.Assessment, newer)
		require.ErrorIs(t, err, core.ErrNotFound)
		f, err = w.ws().Assessments.Get(t.Context(), f.ID)
		require.NoError(t, err)
		require.False(t, f.IsPublic)
		_, err = public.Submit(t.Context(), assessment.Assessment, attempt, said(rated(1, 2)))
		require.NoError(t, err, "what has begun can be finished")
	}},
	{"Public forms/are sent to a contact without a public link", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		ada, who := aContact(t, w.ws())
		_, token, err := w.ws().AssessmentResponses.Start(t.Context(), f.ID, who)
		require.NoError(t, err)
		v, err := w.app.PublicForms.Submit(t.Context(), assessment.Assessment, token, said(rated(2, 5), "Eve", "eve@example.org"))
		require.NoError(t, err)
		require.True(t, v.Attempt.Known)
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, "Order", got.PersonalityType, "an answer for Ada is Ada's, whatever is typed")
	}},
	{"Public forms/of every state tell no points, keys or correct answers", func(t *testing.T, w *world) {
		f := personality(t, w.ws(), func(f *assessment.Form) {
			f.Questions = append(f.Questions, assessment.Question{
				ID: "quiz", Text: "Which?", Type: assessment.MultipleChoice, Required: true, Points: assessment.Int(7919),
				Options: []assessment.Option{{ID: "a", Text: "A", Correct: true}, {ID: "b", Text: "B", Points: assessment.Int(104729)}},
			})
			f.Scoring.Items = append(f.Scoring.Items, assessment.Item{
				Question: "quiz", Kind: assessment.SingleItem, Points: map[string]assessment.Number{"a": assessment.Int(611953), "b": assessment.Int(154858)},
			})

		})
		link, attempt := w.begun(t, f)
		public := w.app.PublicForms
		var all []string
		see := func(token string) {
			v, err := public.See(t.Context(), assessment.Assessment, token)
			require.NoError(t, err)
			all = append(all, told(t, v))
		}
		see(link)
		see(attempt)
		_, err := public.Submit(t.Context(), assessment.Assessment, attempt, said(rated(1, 1)))
		require.ErrorIs(t, err, core.ErrInvalid)
		all = append(all, told(t, err), err.Error())
		see(attempt)
		_, err = public.Submit(t.Context(), assessment.Assessment, attempt, said([]assessment.Answer{{QuestionID: "quiz", OptionIDs: []assessment.OptionID{"z"}}}))
		require.ErrorIs(t, err, core.ErrInvalid)
		all = append(all, told(t, err), err.Error())
		_, err = w.ws().Assessments.Update(t.Context(), f.ID, func(f *assessment.Form) error { f.ShowResult = false; return nil })
		require.NoError(t, err)
		_, err = public.Submit(t.Context(), assessment.Assessment, attempt, said([]assessment.Answer{{QuestionID: "quiz", OptionIDs: []assessment.OptionID{"b"}}}))
		require.NoError(t, err)
		see(attempt)
		require.NotContains(t, all[len(all)-1], "result", "the author has switched it off")
		for _, text := range all {
			for _, planted := range []string{"points", "isCorrect", "scoring", "weight", "7919", "104729", "611953", "154858", "imension"} {
				require.NotContains(t, text, planted)
			}
		}
	}},
	{"Public forms/show how all results are distributed, from thirty on", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		_, attempt := w.begun(t, f)
		for range 29 {
			_, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(5, 5)})
			require.NoError(t, err)
		}
		v, err := w.app.PublicForms.Submit(t.Context(), assessment.Assessment, attempt, said(rated(2, 2)))
		require.NoError(t, err)
		require.Equal(t, []int{0, 0, 0, 0, 1, 0, 0, 0, 0, 29}, v.Attempt.Result.Distribution)
	}},
	{"Public forms/have an order of their own for each attempt", func(t *testing.T, w *world) {
		f := personality(t, w.ws(), func(f *assessment.Form) {
			f.Shuffle = true
			for i := range 12 {
				f.Questions = append(f.Questions, assessment.Question{ID: assessment.QuestionID(fmt.Sprintf("x%d", i)), Text: "?", Type: assessment.RatingScale})
			}
		})
		link, attempt := w.begun(t, f)
		order := func(token string) (ids []assessment.QuestionID) {
			v, err := w.app.PublicForms.See(t.Context(), assessment.Assessment, token)
			require.NoError(t, err)
			for _, q := range v.Attempt.Questions {
				ids = append(ids, q.ID)
			}
			return ids
		}
		first := order(attempt)
		require.Len(t, first, 14)
		require.Equal(t, first, order(attempt), "an attempt keeps its order")
		other, err := w.app.PublicForms.Start(t.Context(), assessment.Assessment, link)
		require.NoError(t, err)
		require.NotEqual(t, first, order(other))
	}},
}

var questionnaireContracts = []contract{
	{"Questionnaires/ask what the answers before call for", func(t *testing.T, w *world) {
		ws := w.ws()
		f, err := ws.Questionnaires.Create(t.Context(), assessment.NewForm{Title: "Feedback"})
		require.NoError(t, err)
		f, err = ws.Questionnaires.SetQuestions(t.Context(), f.ID, []assessment.Question{
			{ID: "nps", Text: "Would you recommend us?", Type: assessment.RatingScale, Scale: &assessment.Scale{Min: 0, Max: 10}, Promoter: true, Required: true},
			{ID: "why", Text: "What went wrong?", Type: assessment.Text, Required: true, ShowIf: &assessment.Condition{Question: "nps", Lte: new(int64(6))}},
			{ID: "call", Text: "May we call?", Type: assessment.YesNo, Required: true, ShowIf: &assessment.Condition{All: []assessment.Condition{
				{Question: "why", Answered: new(true)}, {Not: &assessment.Condition{Question: "nps", Eq: &assessment.Operand{Value: new(int64(0))}}}}}},
			{ID: "like", Text: "What do you like?", Type: assessment.Checkbox, Options: []assessment.Option{{ID: "a", Text: "A"}, {ID: "b", Text: "B"}}},
			{ID: "how", Text: "How did you find us?", Type: assessment.MultipleChoice, Options: []assessment.Option{{ID: "a", Text: "A"}, {ID: "b", Text: "B"}}},
		})
		require.NoError(t, err)
		_, err = ws.Questionnaires.Publish(t.Context(), f.ID)
		require.NoError(t, err)
		link, err := ws.Questionnaires.Share(t.Context(), f.ID)
		require.NoError(t, err)
		public := w.app.PublicForms
		token, err := public.Start(t.Context(), assessment.Questionnaire, link)
		require.NoError(t, err)
		asked := func(v assessment.View) (ids []assessment.QuestionID) {
			for _, q := range v.Attempt.Questions {
				ids = append(ids, q.ID)
			}
			return ids
		}
		v, err := public.Save(t.Context(), assessment.Questionnaire, token, said([]assessment.Answer{{QuestionID: "nps", Value: new(int64(3))}}))
		require.NoError(t, err)
		require.Equal(t, []assessment.QuestionID{"nps", "why", "like", "how"}, asked(v))
		_, err = public.Submit(t.Context(), assessment.Questionnaire, token, said([]assessment.Answer{{QuestionID: "why", Text: "The wait."}}))
		require.ErrorContains(t, err, "/answers/call", "required once it is shown")
		v, err = public.Save(t.Context(), assessment.Questionnaire, token, said([]assessment.Answer{
			{QuestionID: "call", OptionIDs: []assessment.OptionID{"yes"}}, {QuestionID: "like", OptionIDs: []assessment.OptionID{"b", "a"}},
		}))
		require.NoError(t, err)
		require.Equal(t, []assessment.QuestionID{"nps", "why", "call", "like", "how"}, asked(v))
		_, err = public.Submit(t.Context(), assessment.Questionnaire, token, said([]assessment.Answer{{QuestionID: "nps", Value: new(int64(9))}}))
		require.NoError(t, err)
		l, err := ws.QuestionnaireResponses.List(t.Context(), assessment.ResponseFilter{}, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 1)
		require.Nil(t, l.Items[0].Outcome)
		require.Equal(t, []assessment.Answer{
			{QuestionID: "nps", Value: new(int64(9))}, {QuestionID: "like", OptionIDs: []assessment.OptionID{"b", "a"}},
		}, l.Items[0].Answers, "what the final answers hide is no answer")
		assessments, err := ws.AssessmentResponses.List(t.Context(), assessment.ResponseFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, assessments.Items)
	}},
	{"Questionnaires/count promoters in whole numbers and without who skipped", func(t *testing.T, w *world) {
		ws := w.ws()
		f, err := ws.Questionnaires.Create(t.Context(), assessment.NewForm{Title: "Recommend"})
		require.NoError(t, err)
		_, err = ws.Questionnaires.AddQuestion(t.Context(), f.ID, assessment.Question{
			ID: "nps", Text: "Would you recommend us?", Type: assessment.RatingScale, Scale: &assessment.Scale{Min: 0, Max: 10}, Promoter: true,
		})
		require.NoError(t, err)
		_, err = ws.Questionnaires.Publish(t.Context(), f.ID)
		require.NoError(t, err)
		for _, n := range []int64{10, 9, 9, 8, 6, 0, -1, -1} {
			in := assessment.NewResponse{}
			if n >= 0 {
				in.Answers = []assessment.Answer{{QuestionID: "nps", Value: &n}}
			}
			_, err := ws.QuestionnaireResponses.Record(t.Context(), f.ID, in)
			require.NoError(t, err)
		}
		s, err := ws.QuestionnaireResponses.Statistics(t.Context(), f.ID, 0)
		require.NoError(t, err)
		require.Equal(t, 8, s.Responses)
		require.Equal(t, &assessment.PromoterScore{QuestionID: "nps", Promoters: 3, Passives: 1, Detractors: 2, Score: 17}, s.Promoter)
		require.Nil(t, s.MeanPercent)
		_, err = ws.QuestionnaireResponses.Rescore(t.Context(), f.ID, 1, 1)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Questionnaires/have no points and no rules", func(t *testing.T, w *world) {
		_, err := w.ws().Questionnaires.Create(t.Context(), assessment.NewForm{Title: "x", Scoring: &assessment.Scoring{}})
		require.ErrorIs(t, err, core.ErrInvalid)
		_, err = w.ws().Questionnaires.Create(t.Context(), assessment.NewForm{Title: "x", Trait: assessment.Sales})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
}
