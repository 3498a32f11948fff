package assessmentstore

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// many is how many responses the benchmarks have.
const many = 100_000

// BenchmarkResponses times what goes through all responses to a version of 20 ratings on 5
// dimensions: scoring them again under a new key, and their statistics.
//
//	go test -run ^$ -bench Responses -benchtime 1x ./store/assessmentstore
func BenchmarkResponses(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "crm.db"))
		benchResponses(b, db, err)
	})
	b.Run("postgres", func(b *testing.B) {
		db, err := postgres.Open(b.Context(), pgtest.Database(b))
		benchResponses(b, db, err)
	})
}

func benchResponses(b *testing.B, db *bunstore.DB, err error) {
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	require.NoError(b, db.Migrate(b.Context()))
	company := core.CompanyID{UUID: uuid.New()}
	require.NoError(b, db.EnsureCompany(b.Context(), core.Tenant{ID: company, Name: "Ours"}))
	session := db.Session(core.Scope{Company: company, Actor: core.System()})
	work := Work(session)
	form := benchForm(b, assessment.NewAssessments(work))
	responses := assessment.NewAssessmentResponses(work)
	fill(b, session, responses, form)

	b.Run("statistics", func(b *testing.B) {
		for b.Loop() {
			s, err := responses.Statistics(b.Context(), form, 1)
			require.NoError(b, err)
			require.Equal(b, many, s.Responses)
		}
	})
	b.Run("rescore", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			started := time.Now()
			report, err := responses.Rescore(b.Context(), form, 1, int64(2-i%2))
			require.NoError(b, err)
			require.Equal(b, many, report.Changed)
			b.ReportMetric(many/time.Since(started).Seconds(), "responses/s")
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapInuse)/(1<<20), "heap-MiB")
		}
	})
}

// benchForm has two versions: the second reverses every rating.
func benchForm(b *testing.B, forms *assessment.Forms) core.ID[assessment.Form] {
	f, err := forms.Create(b.Context(), assessment.NewForm{Title: "Many", Trait: assessment.Sales})
	require.NoError(b, err)
	for _, reverse := range []bool{false, true} {
		_, err = forms.Update(b.Context(), f.ID, func(f *assessment.Form) error {
			f.Questions, f.Scoring = nil, &assessment.Scoring{}
			for i := range 5 {
				f.Scoring.Dimensions = append(f.Scoring.Dimensions, assessment.Dimension{Key: fmt.Sprint("d", i)})
			}
			for i := range 20 {
				id := assessment.QuestionID(fmt.Sprint("q", i))
				f.Questions = append(f.Questions, assessment.Question{ID: id, Text: "?", Type: assessment.RatingScale})
				f.Scoring.Items = append(f.Scoring.Items, assessment.Item{
					Question: id, Kind: assessment.LikertItem, Reverse: reverse,
					Weights: map[string]assessment.Number{fmt.Sprint("d", i%5): assessment.Int(1)},
				})
			}
			return nil
		})
		require.NoError(b, err)
		_, err = forms.Publish(b.Context(), f.ID)
		require.NoError(b, err)
	}
	return f.ID
}

// fill copies one response into many, a batch at a time.
func fill(b *testing.B, session *bunstore.Session, responses *assessment.Responses, form core.ID[assessment.Form]) {
	var answers []assessment.Answer
	for i := range 20 {
		answers = append(answers, assessment.Answer{QuestionID: assessment.QuestionID(fmt.Sprint("q", i)), Value: new(int64(i%5 + 1))})
	}
	first, err := responses.Record(b.Context(), form, assessment.NewResponse{Answers: answers})
	require.NoError(b, err)
	require.NoError(b, responses.Delete(b.Context(), first.ID))
	version, err := store{session}.NumberedVersion(b.Context(), form, 1)
	require.NoError(b, err)
	first.VersionID = version.ID
	first.Outcome.AnsweredID, first.Outcome.VersionID = version.ID, version.ID
	for n := 0; n < many; n += 1000 {
		require.NoError(b, session.Atomic(b.Context(), func(s *bunstore.Session) error {
			rows := make([]responseRow, 1000)
			outcomes := make([]assessment.Outcome, len(rows))
			for i := range rows {
				r, o := first.Sheet, *first.Outcome
				r.ID, o.ID = core.NewID[assessment.Response](core.Env{}), core.NewID[assessment.Outcome](core.Env{})
				o.ResponseID = r.ID
				r.CreatedAt = r.CreatedAt.Add(time.Duration(n+i) * time.Millisecond)
				rows[i] = responseRow{CompanyID: s.Scope().Company, Sheet: r, Choices: "1,2,3,4,5,1,2,3,4,5,1,2,3,4,5,1,2,3,4,5"}
				outcomes[i] = o
			}
			if _, err := s.Insert(&rows).Exec(b.Context()); err != nil {
				return err
			}
			return store{s}.InsertOutcomes(b.Context(), outcomes...)
		}))
	}
}
