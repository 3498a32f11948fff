package storetest

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
)

var responseListContracts = []contract{
	{"Responses/are ranked by percentile within their version", func(t *testing.T, w *world) {
		f := personality(t, w.ws(), func(f *assessment.Form) {
			f.Scoring.Ranking = &assessment.Ranking{By: "percentile", Minimum: 4}
		})
		var rankings []string
		for _, rating := range []int64{1, 3, 2, 5, 3} {
			r, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(rating, 1)})
			require.NoError(t, err)
			rankings = append(rankings, r.Outcome.Ranking)
		}
		require.Equal(t, []string{"", "", "", "percentile 87", "percentile 60"}, rankings)
	}},
	{"Responses/are listed by form, contact and status, page by page", func(t *testing.T, w *world) {
		f, g := personality(t, w.ws(), withEssay), personality(t, w.ws())
		_, who := aContact(t, w.ws())
		var want []assessment.Response
		for i := range 5 {
			answers := rated(1, 1)
			if i == 0 {
				answers = append(answers, assessment.Answer{QuestionID: "why", Text: "x"})
			}
			r, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: who, Answers: answers})
			require.NoError(t, err)
			want = append(want, r)
		}
		_, err := w.ws().AssessmentResponses.Record(t.Context(), g.ID, assessment.NewResponse{Answers: rated(1, 1)})
		require.NoError(t, err)
		var got []assessment.Response
		page := core.Page{Limit: 2}
		for {
			l, err := w.ws().AssessmentResponses.List(t.Context(), assessment.ResponseFilter{Form: f.ID, OldestFirst: true}, page)
			require.NoError(t, err)
			got = append(got, l.Items...)
			if page.Cursor = l.Next; page.Cursor == "" {
				break
			}
		}
		require.Equal(t, want, got)
		l, err := w.ws().AssessmentResponses.List(t.Context(), assessment.ResponseFilter{Contact: who, Status: assessment.PendingReview}, core.Page{})
		require.NoError(t, err)
		require.Equal(t, want[:1], l.Items)
	}},
	{"Responses/with faults are refused and change nothing", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		for _, answers := range [][]assessment.Answer{
			nil, rated(6, 1), rated(1, 1)[:1], append(rated(1, 1), rated(1, 1)...), append(rated(1, 1), assessment.Answer{QuestionID: "z", Text: "x"}),
		} {
			_, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: answers})
			require.ErrorIs(t, err, core.ErrInvalid)
		}
		_, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: assessment.ContactID{UUID: uuid.New()}, Answers: rated(1, 1)})
		require.ErrorIs(t, err, core.ErrInvalid)
		_, err = w.ws().Assessments.Update(t.Context(), f.ID, func(f *assessment.Form) error { f.IsActive = false; return nil })
		require.NoError(t, err)
		_, err = w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(1, 1)})
		require.ErrorIs(t, err, core.ErrState)
	}},
	{"Responses/are exported as CSV without formulas, and anonymously only in company", func(t *testing.T, w *world) {
		f := personality(t, w.ws(), withEssay)
		_, who := aContact(t, w.ws())
		record := func() {
			_, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{
				ContactID: who, Answers: append(rated(5, 2), assessment.Answer{QuestionID: "why", Text: `=cmd|"/c calc"!A1`}),
				Marks: []assessment.Mark{{QuestionID: "why", Points: assessment.Fraction(1, 3)}},
			})
			require.NoError(t, err)
		}
		record()
		var out bytes.Buffer
		e, err := w.ws().AssessmentResponses.Export(t.Context(), f.ID, 0, false)
		require.NoError(t, err)
		require.NoError(t, e.Write(t.Context(), &out))
		lines := strings.Split(out.String(), "\n")
		require.Equal(t, "response,contact,submitted,status,late,party,plan,why,total,max,percentage,band,type,ranking,dimension:energy,dimension:order", lines[0])
		require.Contains(t, lines[1], who.String())
		require.Contains(t, lines[1], `,5,2,"'=cmd|""/c calc""!A1",22/3,12,61.11,high,Energy,High,5,2/3`)
		out.Reset()
		_, err = w.ws().AssessmentResponses.Export(t.Context(), f.ID, 0, true)
		require.ErrorIs(t, err, core.ErrState)
		for range 4 {
			record()
		}
		_, err = w.ws().AssessmentResponses.Export(t.Context(), f.ID, 0, true)
		require.ErrorIs(t, err, core.ErrState, "all are one person's")
		for range 4 {
			_, who = aContact(t, w.ws())
			record()
		}
		e, err = w.ws().AssessmentResponses.Export(t.Context(), f.ID, 0, true)
		require.NoError(t, err)
		out.Reset()
		require.NoError(t, e.Write(t.Context(), &out))
		require.NotContains(t, out.String(), who.String())
		require.NotContains(t, out.String(), "cmd")
	}},
	{"Responses/to two versions that ask different things are exported each by its own questions, told apart from other columns", func(t *testing.T, w *world) {
		ctx := t.Context()
		f := personality(t, w.ws())
		_, err := w.ws().AssessmentResponses.Record(ctx, f.ID, assessment.NewResponse{Answers: rated(5, 2)})
		require.NoError(t, err)
		_, err = w.ws().Assessments.Update(ctx, f.ID, func(f *assessment.Form) error {
			f.Questions = append(f.Questions, assessment.Question{ID: "status", Text: "What are you?", Type: assessment.Subjective, Points: assessment.Int(2)},
				assessment.Question{ID: "total", Text: "How much in all?", Type: assessment.RatingScale})
			f.Questions[1].ID = "question"
			f.Scoring.Items[1].Question = "question"
			return nil
		})
		require.NoError(t, err)
		_, err = w.ws().Assessments.Publish(ctx, f.ID)
		require.NoError(t, err)
		three, four := int64(3), int64(4)
		_, err = w.ws().AssessmentResponses.Record(ctx, f.ID, assessment.NewResponse{Answers: []assessment.Answer{
			{QuestionID: "party", Value: &three}, {QuestionID: "question", Value: &four}, {QuestionID: "status", Text: "Fine."}, {QuestionID: "total", Value: &four},
		}})
		require.NoError(t, err)
		lines := func(number int64) [][]string {
			e, err := w.ws().AssessmentResponses.Export(ctx, f.ID, number, false)
			require.NoError(t, err)
			var out bytes.Buffer
			require.NoError(t, e.Write(ctx, &out))
			rows, err := csv.NewReader(&out).ReadAll()
			require.NoError(t, err)
			require.Len(t, rows, 2, "each version has one response")
			return rows
		}
		first, second := lines(1), lines(2)
		require.Equal(t, []string{"response", "contact", "submitted", "status", "late", "party", "plan"}, first[0][:7])
		require.Equal(t, []string{"5", "2"}, first[1][5:7])
		require.Equal(t, []string{"response", "contact", "submitted", "status", "late", "party", "question", "question:status", "question:total", "total"}, second[0][:10])
		require.Equal(t, []string{"3", "4", "Fine.", "4"}, second[1][5:9])
	}},
	{"Responses/that fewer than five people share are left out of an anonymous export", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		for i, ratings := range [][]int64{{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 2}, {3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 4}, {5, 5}} {
			_, who := aContact(t, w.ws())
			_, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{ContactID: who, Answers: rated(ratings[0], ratings[1])})
			require.NoError(t, err, i)
		}
		e, err := w.ws().AssessmentResponses.Export(t.Context(), f.ID, 0, true)
		require.NoError(t, err)
		var out bytes.Buffer
		require.NoError(t, e.Write(t.Context(), &out))
		rows, err := csv.NewReader(&out).ReadAll()
		require.NoError(t, err)
		counts := map[string]int{}
		for _, row := range rows[1:] {
			counts[strings.Join(row[:2], ",")]++
		}
		// The one 5 would be known by being empty: so the next rarest, the five 3s, are too.
		require.Equal(t, map[string]int{"1,": 6, ",": 6}, counts, "nor are five 1s, where one would be left over")
	}},
	{"Responses/have statistics", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		few, err := w.ws().AssessmentResponses.Statistics(t.Context(), f.ID, 0)
		require.NoError(t, err)
		require.Equal(t, assessment.Statistics{Version: 1, Minimum: 5}, few)
		for _, rating := range []int64{1, 2, 3, 4, 5, 1, 2, 3, 4, 5} {
			_, err := w.ws().AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: rated(rating, rating)})
			require.NoError(t, err)
		}
		s, err := w.ws().AssessmentResponses.Statistics(t.Context(), f.ID, 1)
		require.NoError(t, err)
		require.Equal(t, 10, s.Responses)
		require.Equal(t, assessment.Percent(6000), *s.MeanPercent)
		require.Equal(t, []int{0, 0, 2, 0, 2, 0, 2, 0, 2, 2}, s.Distribution)
		require.InDelta(t, 1, *s.Alpha, 1e-9)
		require.InDelta(t, 0.6, *s.Questions[0].Facility, 1e-9)
		require.InDelta(t, 1, *s.Questions[0].Discrimination, 1e-9)
		require.Equal(t, 2, s.Questions[1].Counts[4].Count)
	}},
}
