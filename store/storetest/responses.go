package storetest

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var responseContracts = []contract{
	{"Responses/fill the contact's profile in the same transaction", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		ada, who := aContact(t, w.ws())
		r, err := w.as(person(core.AssessmentResponsesWrite, core.AssessmentResponsesRead)).AssessmentResponses.
			Record(t.Context(), f.ID, assessment.NewResponse{ContactID: who, Answers: rated(5, 2)})
		require.NoError(t, err)
		require.Equal(t, assessment.Final, r.Status)
		require.Equal(t, assessment.Int(7), r.Outcome.TotalScore)
		require.Equal(t, assessment.Fraction(2, 3), r.Outcome.Dimensions[1].Value, "a third of a point is exact")
		require.Equal(t, "Energy", r.Outcome.PersonalityType)
		require.Equal(t, "High", r.Outcome.Ranking)
		c, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, "Energy", c.PersonalityType)
		require.Equal(t, "Energy: 100 %\nOrder: 40 %", c.Traits)
		require.Equal(t, ada.Version+1, c.Version)
		got, err := w.ws().AssessmentResponses.Get(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, r, got)
	}},
	{"Responses/leave the profile alone where the company has switched that off", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		ada, who := aContact(t, w.ws())
		before, err := w.ws().Assessments.Settings(t.Context())
		require.NoError(t, err)
		require.True(t, before.Profiling)
		_, err = w.ws().Assessments.SetProfiling(t.Context(), false)
		require.NoError(t, err)
		_, err = w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: who, Answers: rated(5, 2)})
		require.NoError(t, err)
		c, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, c)
		_, err = w.ws().Assessments.SetProfiling(t.Context(), true)
		require.NoError(t, err)
		_, err = w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: who, Answers: rated(5, 2)})
		require.NoError(t, err)
		c, err = w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, "Energy", c.PersonalityType)
	}},
	{"Responses/of another company are not found", func(t *testing.T, w *world) {
		f := personality(t, w.theirs(), withEssay)
		r, err := w.theirs().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: append(rated(5, 2), assessment.Answer{QuestionID: "why", Text: "Because."})})
		require.NoError(t, err)
		ours := w.ws().AssessmentResponses
		_, err = ours.Get(t.Context(), r.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.Mark(t.Context(), r.ID, []assessment.Mark{{QuestionID: "why", Points: assessment.Int(1)}})
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, ours.Delete(t.Context(), r.ID), core.ErrNotFound)
		_, err = ours.Statistics(t.Context(), f.ID, 0)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.Rescore(t.Context(), f.ID, 1, 1)
		require.ErrorIs(t, err, core.ErrNotFound)
		ada, err := w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		mine := personality(t, w.ws())
		_, err = ours.Record(t.Context(), mine.ID, assessment.NewResponse{ContactID: assessment.ContactID(ada.ID), Answers: rated(1, 1)})
		require.ErrorIs(t, err, core.ErrInvalid, "another company's contact does not answer")
		same, err := w.theirs().AssessmentResponses.Get(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, r, same)
	}},
	{"Responses/are seen by those who recorded them or look after the contact", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		partner := person(core.AssessmentsRead, core.AssessmentResponsesRead, core.AssessmentResponsesWrite, core.ContactsRead, core.ContactsWrite)
		partner.OwnRows = true
		_, others := aContact(t, w.ws())
		_, own := aContact(t, w.as(partner))
		_, err := w.as(partner).AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: others, Answers: rated(1, 1)})
		require.ErrorIs(t, err, core.ErrInvalid, "a contact that they do not see")
		hidden, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: others, Answers: rated(1, 1)})
		require.NoError(t, err)
		ofOwn, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: own, Answers: rated(1, 1)})
		require.NoError(t, err)
		recorded, err := w.as(partner).AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(2, 1)})
		require.NoError(t, err)
		_, err = w.as(partner).AssessmentResponses.Get(t.Context(), hidden.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, w.as(partner).AssessmentResponses.Delete(t.Context(), hidden.ID), core.ErrNotFound)
		l, err := w.as(partner).AssessmentResponses.List(t.Context(), assessment.ResponseFilter{OldestFirst: true}, core.Page{})
		require.NoError(t, err)
		require.Equal(t, []assessment.Response{ofOwn, recorded}, l.Items)
	}},
	{"Responses/wait for marks, and are scored again with them", func(t *testing.T, w *world) {
		f := personality(t, w.ws(), withEssay)
		ada, who := aContact(t, w.ws())
		r, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{
			ContactID: who, Answers: append(rated(5, 2), assessment.Answer{QuestionID: "why", Text: "Because."}),
		})
		require.NoError(t, err)
		require.Equal(t, assessment.PendingReview, r.Status)
		c, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Empty(t, c.PersonalityType, "not before it is final")
		_, err = w.ws().AssessmentResponses.Mark(t.Context(), r.ID, []assessment.Mark{{QuestionID: "why", Points: assessment.Int(3)}})
		require.ErrorIs(t, err, core.ErrInvalid)
		marked, err := w.ws().AssessmentResponses.Mark(t.Context(), r.ID, []assessment.Mark{{QuestionID: "why", Points: assessment.Fraction(1, 3), Comment: "Short."}})
		require.NoError(t, err)
		require.Equal(t, assessment.Final, marked.Status)
		require.Equal(t, assessment.Fraction(22, 3), marked.Outcome.TotalScore)
		c, err = w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, "Energy", c.PersonalityType)
		all, err := w.ws().AssessmentResponses.Outcomes(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, []assessment.Outcome{*r.Outcome, *marked.Outcome}, all, "both are kept")
		same, err := w.ws().AssessmentResponses.Mark(t.Context(), r.ID, marked.Marks)
		require.NoError(t, err)
		require.Equal(t, marked, same, "the same marks change nothing")
		e, err := w.ws().AssessmentResponses.Explain(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, marked.Outcome.TotalScore, e.TotalScore)
		require.Contains(t, e.Questions[2].Why, "1/3")
	}},
	{"Responses/that are older leave what a newer one wrote into the profile, in whatever order they are marked", func(t *testing.T, w *world) {
		f := personality(t, w.ws(), withEssay)
		ada, who := aContact(t, w.ws())
		said := func(party, plan int64) assessment.NewResponse {
			return assessment.NewResponse{ContactID: who, Answers: append(rated(party, plan), assessment.Answer{QuestionID: "why", Text: "Because."})}
		}
		traits := func() string {
			c, err := w.ws().Contacts.Get(t.Context(), ada.ID)
			require.NoError(t, err)
			return c.Traits
		}
		record := func(n assessment.NewResponse) core.ID[assessment.Response] {
			r, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, n)
			require.NoError(t, err)
			return r.ID
		}
		mark := func(id core.ID[assessment.Response], points int64) {
			_, err := w.ws().AssessmentResponses.Mark(t.Context(), id, []assessment.Mark{{QuestionID: "why", Points: assessment.Int(points)}})
			require.NoError(t, err)
		}
		older, newer := record(said(1, 5)), record(said(5, 1))
		mark(newer, 1)
		require.Equal(t, "Energy: 100 %\nOrder: 20 %", traits())
		mark(older, 1)
		require.Equal(t, "Energy: 100 %\nOrder: 20 %", traits(), "the newest wins")
		mark(newer, 2)
		mark(older, 2)
		require.Equal(t, "Energy: 100 %\nOrder: 20 %", traits())

		waiting := record(said(2, 4)) // not final, so it has written nothing
		require.NoError(t, w.ws().AssessmentResponses.Delete(t.Context(), newer))
		mark(older, 0)
		require.Equal(t, "Energy: 20 %\nOrder: 100 %", traits())
		mark(waiting, 1)
		require.Equal(t, "Energy: 40 %\nOrder: 80 %", traits())
	}},
	{"Responses/that are marked at once leave the profile of the newest", func(t *testing.T, w *world) {
		f := personality(t, w.ws(), withEssay)
		for range 12 {
			ada, who := aContact(t, w.ws())
			record := func(party, plan int64) func() error {
				n := assessment.NewResponse{ContactID: who, Answers: append(rated(party, plan), assessment.Answer{QuestionID: "why", Text: "Because."})}
				r, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, n)
				require.NoError(t, err)
				return func() error {
					_, err := w.ws().AssessmentResponses.Mark(t.Context(), r.ID, []assessment.Mark{{QuestionID: "why", Points: assessment.Int(1)}})
					return err
				}
			}
			older, newer := record(1, 5), record(5, 1)
			require.Equal(t, [2]error{}, race(older, newer))
			c, err := w.ws().Contacts.Get(t.Context(), ada.ID)
			require.NoError(t, err)
			require.Equal(t, "Energy: 100 %\nOrder: 20 %", c.Traits)
		}
	}},
	{"Responses/of a contact that was deleted meanwhile are handed in and marked, and leave the profile alone", func(t *testing.T, w *world) {
		f := personality(t, w.ws(), withEssay)
		ada, who := aContact(t, w.ws())
		said := append(rated(5, 2), assessment.Answer{QuestionID: "why", Text: "Because."})
		_, token, err := w.ws().AssessmentResponses.Start(t.Context(), f.ID, who)
		require.NoError(t, err)
		r, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: who, Answers: said})
		require.NoError(t, err)
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), ada.ID))
		deleted, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)

		r, err = w.ws().AssessmentResponses.Mark(t.Context(), r.ID, []assessment.Mark{{QuestionID: "why", Points: assessment.Int(1)}})
		require.NoError(t, err)
		require.Equal(t, assessment.Final, r.Status)
		v, err := w.app.PublicForms.Submit(t.Context(), assessment.Assessment, token, assessment.Input{Answers: rated(5, 2)})
		require.NoError(t, err)
		require.True(t, v.Attempt.Submitted)
		same, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, deleted, same)
		l, err := w.ws().AssessmentResponses.List(t.Context(), assessment.ResponseFilter{Contact: who}, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 2)
	}},
	{"Responses/are numbered by contact, and limited where the form says so", func(t *testing.T, w *world) {
		f := personality(t, w.ws(), func(f *assessment.Form) { f.MaxAttempts = 2 })
		_, who := aContact(t, w.ws())
		var group sync.WaitGroup
		errs := make([]error, 5)
		for i := range errs {
			group.Go(func() {
				_, errs[i] = w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: who, Answers: rated(1, 1)})
			})
		}
		group.Wait()
		taken := 0
		for _, err := range errs {
			if err == nil {
				taken++
			} else {
				require.ErrorIs(t, err, core.ErrState)
			}
		}
		require.Equal(t, 2, taken)
		_, _, err := w.ws().AssessmentResponses.Start(t.Context(), f.ID, who)
		require.ErrorIs(t, err, core.ErrState)
		for range 3 {
			_, err = w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(1, 1)})
			require.NoError(t, err, "who is nobody is not limited")
		}
	}},
	{"Responses/are scored again under a new key, with both outcomes kept", func(t *testing.T, w *world) {
		ws := w.ws()
		f := personality(t, ws)
		var before []assessment.Response
		for i := range 7 {
			r, err := ws.AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(int64(i%5)+1, 1)})
			require.NoError(t, err)
			before = append(before, r)
		}
		_, err := ws.Assessments.Update(t.Context(), f.ID, func(f *assessment.Form) error {
			items := append([]assessment.Item{}, f.Scoring.Items...)
			items[0].Reverse = true
			scoring := *f.Scoring
			scoring.Items = items
			f.Scoring = &scoring
			f.Questions[0].Text = "Worded anew"
			return nil
		})
		require.NoError(t, err)
		_, err = ws.Assessments.Publish(t.Context(), f.ID)
		require.NoError(t, err)
		same, err := ws.AssessmentResponses.Rescore(t.Context(), f.ID, 1, 1)
		require.NoError(t, err)
		require.Equal(t, assessment.Rescore{Version: 1, Key: 1, Responses: 7}, same, "the same key changes nothing")
		report, err := ws.AssessmentResponses.Rescore(t.Context(), f.ID, 1, 2)
		require.NoError(t, err)
		require.Equal(t, assessment.Rescore{Version: 1, Key: 2, Responses: 7, Changed: 7}, report)
		for i, was := range before {
			all, err := ws.AssessmentResponses.Outcomes(t.Context(), was.ID)
			require.NoError(t, err)
			require.Len(t, all, 2)
			require.Equal(t, *was.Outcome, all[0])
			require.Equal(t, assessment.Int(6-(int64(i%5)+1)+1), all[1].TotalScore)
			now, err := ws.AssessmentResponses.Get(t.Context(), was.ID)
			require.NoError(t, err)
			require.Equal(t, was.Sheet, now.Sheet, "what was answered, and to which version, stays")
			require.Equal(t, all[1], *now.Outcome)
		}
		_, err = ws.Assessments.AddQuestion(t.Context(), f.ID, assessment.Question{ID: "new", Text: "?", Type: assessment.RatingScale})
		require.NoError(t, err)
		_, err = ws.Assessments.Publish(t.Context(), f.ID)
		require.NoError(t, err)
		_, err = ws.AssessmentResponses.Rescore(t.Context(), f.ID, 1, 3)
		require.ErrorIs(t, err, core.ErrInvalid, "other questions are no key")
	}},
	{"Responses/keep each result once when many are scored again to and fro", func(t *testing.T, w *world) {
		ws, f := w.ws(), personality(t, w.ws())
		first := map[core.ID[assessment.Response]]assessment.Outcome{}
		for i := range 60 { // as many as are changed all at once
			r, err := ws.AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(int64(i%5)+1, 1)})
			require.NoError(t, err)
			first[r.ID] = *r.Outcome
		}
		_, err := ws.Assessments.Update(t.Context(), f.ID, func(f *assessment.Form) error {
			scoring := *f.Scoring
			scoring.Items = slices.Clone(scoring.Items)
			scoring.Items[0].Reverse = true
			f.Scoring = &scoring
			return nil
		})
		require.NoError(t, err)
		_, err = ws.Assessments.Publish(t.Context(), f.ID)
		require.NoError(t, err)
		for i := range 6 {
			report, err := ws.AssessmentResponses.Rescore(t.Context(), f.ID, 1, int64(2-i%2))
			require.NoError(t, err)
			require.Equal(t, 60, report.Changed)
		}
		for id, was := range first {
			all, err := ws.AssessmentResponses.Outcomes(t.Context(), id)
			require.NoError(t, err)
			require.Len(t, all, 4, "as submitted, by each key, and the current one")
			require.Equal(t, was, all[0])
			require.Equal(t, was.Result, all[2].Result)
			require.Equal(t, was.Result, all[3].Result)
			require.NotEqual(t, was.VersionID, all[1].VersionID)
		}
	}},
	{"Responses/show what was asked after the form has changed", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		r, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(4, 1)})
		require.NoError(t, err)
		before, err := w.ws().AssessmentResponses.Explain(t.Context(), r.ID)
		require.NoError(t, err)
		_, err = w.ws().Assessments.Update(t.Context(), f.ID, func(f *assessment.Form) error {
			f.Questions[0].Text, f.Questions[0].Scale = "Something else", &assessment.Scale{Min: 0, Max: 2}
			f.Title = "Something else"
			return nil
		})
		require.NoError(t, err)
		_, err = w.ws().Assessments.Publish(t.Context(), f.ID)
		require.NoError(t, err)
		after, err := w.ws().AssessmentResponses.Explain(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, before, after)
		got, err := w.ws().AssessmentResponses.Get(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, r, got)
	}},
}
