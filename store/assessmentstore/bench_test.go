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
	"github.com/clientele-crm/clientele/internal/processor"
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
		benchResponses(b, db, err, func() time.Duration { return 0 })
	})
	b.Run("postgres", func(b *testing.B) {
		db, err := postgres.Open(b.Context(), pgtest.Database(b))
		require.NoError(b, err)
		pool, _ := db.Pools()
		pool.SetMaxOpenConns(1)
		var pid int
		require.NoError(b, pool.QueryRowContext(b.Context(), "SELECT pg_backend_pid()").Scan(&pid))
		benchResponses(b, db, err, func() time.Duration { return processor.TimeOf(pid) })
	})
}

// benchResponses times both; served is the processor time of a server of the database so far.
func benchResponses(b *testing.B, db *bunstore.DB, err error, served func() time.Duration) {
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
		measured(b, served, func(int) {
			s, err := responses.Statistics(b.Context(), form, 1)
			require.NoError(b, err)
			require.Equal(b, many, s.Responses)
		})
	})
	b.Run("rescore", func(b *testing.B) {
		measured(b, served, func(i int) {
			report, err := responses.Rescore(b.Context(), form, 1, int64(2-i%2))
			require.NoError(b, err)
			require.Equal(b, many, report.Changed)
		})
	})
}

// measured is a loop with the responses that are done in a second of the clock, the processor time
// that each takes here and in a server of the database, and the heap afterwards.
func measured(b *testing.B, served func() time.Duration, do func(i int)) {
	begun, begunThere := processor.Time(), served()
	for i := 0; b.Loop(); i++ {
		do(i)
	}
	per := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(many*b.N) }
	b.ReportMetric(many*float64(b.N)/b.Elapsed().Seconds(), "responses/s")
	b.ReportMetric(per(processor.Time()-begun), "cpu-µs/response")
	b.ReportMetric(per(served()-begunThere), "server-µs/response")
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapInuse)/(1<<20), "heap-MiB")
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
	o := *first.Outcome
	o.AnsweredID, o.VersionID = version.ID, version.ID
	choices := "1,2,3,4,5,1,2,3,4,5,1,2,3,4,5,1,2,3,4,5"
	for n := 0; n < many; n += 1000 {
		require.NoError(b, session.Atomic(b.Context(), func(s *bunstore.Session) error {
			rows, results := make([]responseRow, 1000), make([]resultRow, 1000)
			for i := range rows {
				r := first.Sheet
				r.VersionID = version.ID
				r.ID, o.ID = core.NewID[assessment.Response](core.Env{}), core.NewID[assessment.Outcome](core.Env{})
				r.CreatedAt = r.CreatedAt.Add(time.Duration(n+i) * time.Millisecond)
				rows[i] = responseRow{CompanyID: s.Scope().Company, Sheet: r}
				results[i] = store{s}.resultRow(&assessment.Tally{
					ResponseID: r.ID, VersionID: version.ID, Choices: choices, KeyID: version.ID,
					Units: 60, Percentage: o.Percentage, Points: choices,
				}, &o)
			}
			if _, err := s.Insert(&rows).Exec(b.Context()); err != nil {
				return err
			}
			_, err := s.Insert(&results).Exec(b.Context())
			return err
		}))
	}
}
