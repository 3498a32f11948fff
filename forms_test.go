package clientele_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// timed is an assessment of two ratings with ten minutes and thirty seconds of grace, open at a
// public link, under a clock that the test turns.
type timed struct {
	app  *clientele.Clientele
	ws   *clientele.Workspace
	form assessment.Form
	link string
	now  time.Time
}

// onBoth runs a test over SQLite and over Postgres, where there is one.
func onBoth(t *testing.T, test func(t *testing.T, x *timed)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		db, err := sqlite.Memory(t.Context())
		require.NoError(t, err)
		test(t, newTimedIn(t, db))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		db, err := postgres.Open(t.Context(), pgtest.Database(t))
		require.NoError(t, err)
		test(t, newTimedIn(t, db))
	})
}

func newTimedIn(t *testing.T, db *bunstore.DB) *timed {
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	x := &timed{app: clientele.New(db), now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	db.Env.Now = func() time.Time { return x.now }
	company := core.CompanyID{UUID: uuid.New()}
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Ours", ContactPolicy: []string{}}))
	x.ws = x.app.Workspace(core.Scope{Company: company, Actor: core.System()})
	f, err := x.ws.Assessments.Create(t.Context(), assessment.NewForm{
		Title: "Timed", Trait: assessment.Sales, TimeLimit: 10, Grace: 30, ShowResult: true,
		OpensAt: new(x.now), ClosesAt: new(x.now.Add(time.Hour)),
	})
	require.NoError(t, err)
	_, err = x.ws.Assessments.SetQuestions(t.Context(), f.ID, []assessment.Question{
		{ID: "a", Text: "A?", Type: assessment.RatingScale, Required: true},
		{ID: "b", Text: "B?", Type: assessment.RatingScale, Required: true},
	})
	require.NoError(t, err)
	_, err = x.ws.Assessments.Publish(t.Context(), f.ID)
	require.NoError(t, err)
	x.link, err = x.ws.Assessments.Share(t.Context(), f.ID)
	require.NoError(t, err)
	x.form, err = x.ws.Assessments.Get(t.Context(), f.ID)
	require.NoError(t, err)
	return x
}

func (x *timed) start(t *testing.T) string {
	token, err := x.app.PublicForms.Start(t.Context(), assessment.Assessment, x.link)
	require.NoError(t, err)
	return token
}

func answer(question assessment.QuestionID, value int64) assessment.Input {
	return assessment.Input{Answers: []assessment.Answer{{QuestionID: question, Value: &value}}}
}

func TestAnAnswerWithinTheGraceCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, x *timed) {
		token := x.start(t)
		_, err := x.app.PublicForms.Save(t.Context(), assessment.Assessment, token, answer("a", 5))
		require.NoError(t, err)
		x.now = x.now.Add(10*time.Minute + 30*time.Second)
		v, err := x.app.PublicForms.Submit(t.Context(), assessment.Assessment, token, answer("b", 5))
		require.NoError(t, err)
		require.False(t, v.Attempt.Late)
		require.Equal(t, assessment.Int(10), v.Attempt.Result.TotalScore)
	})
}

func TestAnAnswerAfterTheTimeIsKeptAndDoesNotCount(t *testing.T) {
	onBoth(t, func(t *testing.T, x *timed) {
		token := x.start(t)
		_, err := x.app.PublicForms.Save(t.Context(), assessment.Assessment, token, answer("a", 5))
		require.NoError(t, err)
		x.now = x.now.Add(10*time.Minute + 31*time.Second)
		_, err = x.app.PublicForms.Save(t.Context(), assessment.Assessment, token, answer("b", 4))
		require.ErrorIs(t, err, core.ErrState)
		v, err := x.app.PublicForms.See(t.Context(), assessment.Assessment, token)
		require.NoError(t, err)
		require.True(t, v.Attempt.Over, "and they are told")
		v, err = x.app.PublicForms.Submit(t.Context(), assessment.Assessment, token, answer("b", 4))
		require.NoError(t, err)
		require.True(t, v.Attempt.Late)
		require.Equal(t, assessment.Int(5), v.Attempt.Result.TotalScore)
		l, err := x.ws.AssessmentResponses.List(t.Context(), assessment.ResponseFilter{}, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 1)
		require.Equal(t, answer("a", 5).Answers, l.Items[0].Answers)
		require.Equal(t, answer("b", 4).Answers, l.Items[0].LateAnswers, "nothing is lost")
		require.True(t, l.Items[0].Late)
	})
}

func TestAPublicFormOpensAndCloses(t *testing.T) {
	onBoth(t, func(t *testing.T, x *timed) {
		begun := x.start(t)
		opens := x.now
		for _, at := range []time.Time{opens.Add(-time.Microsecond), opens.Add(time.Hour)} {
			x.now = at
			_, err := x.app.PublicForms.Start(t.Context(), assessment.Assessment, x.link)
			require.ErrorIs(t, err, core.ErrState)
			v, err := x.app.PublicForms.See(t.Context(), assessment.Assessment, x.link)
			require.NoError(t, err)
			require.False(t, v.Open)
			require.NotEmpty(t, v.Closed)
		}
		x.now = opens.Add(time.Hour)
		_, err := x.app.PublicForms.Submit(t.Context(), assessment.Assessment, begun, answer("a", 1))
		require.NoError(t, err, "who has begun may hand in, late")

		x.now = opens.Add(55 * time.Minute)
		last := x.start(t)
		v, err := x.app.PublicForms.See(t.Context(), assessment.Assessment, last)
		require.NoError(t, err)
		require.True(t, opens.Add(time.Hour).Equal(*v.Attempt.Deadline), "what is begun by the link counts as long as the link does")
		require.EqualValues(t, 5*60, *v.Attempt.Left, "by the server's clock")
		x.now = opens.Add(time.Hour + 31*time.Second) // beyond the grace
		v, err = x.app.PublicForms.Submit(t.Context(), assessment.Assessment, last, answer("a", 1))
		require.NoError(t, err)
		require.True(t, v.Attempt.Late)
		ada, err := x.ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		a, sent, err := x.ws.AssessmentResponses.Start(t.Context(), x.form.ID, assessment.ContactID(ada.ID))
		require.NoError(t, err)
		require.True(t, x.now.Add(10*time.Minute).Equal(*a.Deadline), "what is sent to somebody does not wait for the link")
		v, err = x.app.PublicForms.See(t.Context(), assessment.Assessment, sent)
		require.NoError(t, err)
		require.True(t, v.Open)
	})
}

func TestAbandonedAttemptsAreSweptAndNoOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, x *timed) {
		submitted, abandoned, touched := x.start(t), x.start(t), x.start(t)
		_, err := x.app.PublicForms.Submit(t.Context(), assessment.Assessment, submitted, assessment.Input{
			Answers: append(answer("a", 1).Answers, answer("b", 2).Answers...),
		})
		require.NoError(t, err)
		x.now = x.now.Add(time.Minute)
		_, err = x.app.PublicForms.Save(t.Context(), assessment.Assessment, touched, answer("a", 3))
		require.NoError(t, err)
		see := func(token string) error {
			_, err := x.app.PublicForms.See(t.Context(), assessment.Assessment, token)
			return err
		}
		x.now = x.now.Add(assessment.AbandonedAfter - time.Minute)
		_, err = x.app.Step(t.Context())
		require.NoError(t, err)
		require.NoError(t, see(abandoned), "it is not abandoned yet")
		x.now = x.now.Add(11 * time.Minute) // the job is due every ten
		for range 3 {
			_, err = x.app.Step(t.Context())
			require.NoError(t, err)
		}
		require.ErrorIs(t, see(abandoned), core.ErrNotFound)
		require.ErrorIs(t, see(touched), core.ErrNotFound, "a minute later, it is too")
		require.NoError(t, see(submitted), "what is submitted stays")
	})
}

func TestTheProfileBeforeAResponseStaysInTheAudit(t *testing.T) {
	onBoth(t, func(t *testing.T, x *timed) {
		ada, err := x.ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", PersonalityType: "Before"})
		require.NoError(t, err)
		_, err = x.ws.Assessments.Update(t.Context(), x.form.ID, func(f *assessment.Form) error {
			f.Scoring = &assessment.Scoring{
				Items: []assessment.Item{
					{Question: "a", Kind: assessment.LikertItem, Weights: map[string]assessment.Number{"x": assessment.Int(1)}},
					{Question: "b", Kind: assessment.LikertItem, Weights: map[string]assessment.Number{"y": assessment.Int(1)}},
				},
				Dimensions: []assessment.Dimension{{Key: "x", Label: "X"}, {Key: "y", Label: "Y"}},
				Type:       &assessment.TypeRule{Highest: &assessment.HighestRule{Among: []string{"x", "y"}, Tie: "first"}},
				Profile:    &assessment.Profile{PersonalityType: true},
			}
			return nil
		})
		require.NoError(t, err)
		_, err = x.ws.Assessments.Publish(t.Context(), x.form.ID)
		require.NoError(t, err)
		r, err := x.ws.AssessmentResponses.Record(t.Context(), x.form.ID, assessment.NewResponse{
			ContactID: assessment.ContactID(ada.ID), Answers: append(answer("a", 2).Answers, answer("b", 4).Answers...),
		})
		require.NoError(t, err)
		entries, err := x.ws.Audit.List(t.Context(), identity.AuditFilter{}, core.Page{})
		require.NoError(t, err)
		actions := map[string]core.AuditEntry{}
		for _, e := range entries.Items {
			actions[e.Action] = e
		}
		require.JSONEq(t, `"Before"`, string(actions["contact.updated"].Changes["personalityType"].Old))
		require.JSONEq(t, `"Y"`, string(actions["contact.updated"].Changes["personalityType"].New))
		require.Equal(t, r.ID.UUID, actions["response.submitted"].SubjectID)
		for _, action := range []string{"form.created", "form.updated", "form.published", "form_link.created"} {
			require.Contains(t, actions, action)
		}
		for _, e := range entries.Items {
			for field, c := range e.Changes {
				require.NotContains(t, string(c.New), x.link, "%s %s: a token is no word of the audit", e.Action, field)
			}
		}
	})
}
