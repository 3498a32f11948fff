package workstore_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/workstore"
)

// eachBench runs a benchmark on a database of every kind, with the real clock.
func eachBench(b *testing.B, bench func(*testing.B, *world)) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, databases[name])
			w.db.Env = core.Env{}
			bench(b, w)
		})
	}
}

// fill makes n waiting jobs, each due a microsecond after the one before.
func (w *world) fill(n int) {
	numbers := "SELECT value FROM generate_series(1, ?) AS s(value)"
	due := "CAST(? AS TIMESTAMPTZ) + value * INTERVAL '1 microsecond'"
	if w.db.Dialect() == "sqlite" {
		numbers = "WITH RECURSIVE s(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < ?) SELECT value FROM s"
		due = "printf('%s.%06d+00:00', substr(?, 1, 19), value % 1000000)"
	}
	begin := time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	s := w.db.Session(core.Scope{})
	_, err := s.AcrossRaw("INSERT INTO core_jobs (kind, queue, args, state, due_at, attempt, unique_key, order_key, error, created_at)"+
		" SELECT 'test.letter', 'default', '{\"To\": \"Ada\"}', 'live', "+due+", 0, '', '', '', ? FROM ("+numbers+") AS numbers",
		begin, begin, n).Exec(context.Background())
	require.NoError(w.t, err)
	_, err = s.AcrossRaw("ANALYZE core_jobs").Exec(context.Background())
	require.NoError(w.t, err)
}

// BenchmarkJobs claims and finishes jobs in batches, one after the other. An operation is a job.
func BenchmarkJobs(b *testing.B) {
	for _, batch := range []int{10, 100} {
		b.Run(fmt.Sprint("batch=", batch), func(b *testing.B) {
			eachBench(b, func(b *testing.B, w *world) {
				ctx, store := b.Context(), workstore.Jobs(w.db)
				w.fill(b.N)
				b.ResetTimer()
				for done := 0; done < b.N; {
					now := time.Now().UTC()
					claimed, err := store.Claim(ctx, jobs.Claim{Lease: core.ID[jobs.Lease]{UUID: uuid.New()}, Queue: jobs.Default,
						Kinds: []string{letters.Name}, Limit: batch, Now: now, Until: now.Add(time.Minute)})
					require.NoError(b, err)
					outcomes := make([]jobs.Outcome, len(claimed))
					for i, j := range claimed {
						outcomes[i] = jobs.Outcome{Held: jobs.Held{ID: j.ID, Lease: j.Lease}, State: jobs.Done, At: now}
					}
					kept, err := store.Finish(ctx, outcomes)
					require.NoError(b, err)
					require.Positive(b, kept)
					done += kept
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
			})
		})
	}
}

// BenchmarkWorker has a worker of a hundred slots do jobs that do nothing. An operation is a job.
func BenchmarkWorker(b *testing.B) {
	eachBench(b, func(b *testing.B, w *world) {
		app := w.app()
		app.Jobs.Queues[jobs.Default] = jobs.Limit{Concurrency: 100}
		jobs.Handle(app.Jobs, letters, func(context.Context, jobs.Run[letter]) error { return nil })
		w.fill(b.N)
		b.ResetTimer()
		n, err := app.Step(b.Context())
		require.NoError(b, err)
		require.GreaterOrEqual(b, n, b.N)
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	})
}

// BenchmarkClaim claims ten jobs out of a queue of few and of very many.
func BenchmarkClaim(b *testing.B) {
	for _, waiting := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprint("waiting=", waiting), func(b *testing.B) {
			eachBench(b, func(b *testing.B, w *world) {
				ctx, store := b.Context(), workstore.Jobs(w.db)
				w.fill(waiting)
				later := time.Now().UTC()
				b.ResetTimer()
				for range b.N {
					now := time.Now().UTC()
					claimed, err := store.Claim(ctx, jobs.Claim{Lease: core.ID[jobs.Lease]{UUID: uuid.New()}, Queue: jobs.Default,
						Kinds: []string{letters.Name}, Limit: 10, Now: now, Until: now.Add(time.Minute)})
					require.NoError(b, err)
					require.Len(b, claimed, 10)
					b.StopTimer() // they go to the end of the queue, which stays as long as it is
					later = later.Add(time.Microsecond)
					outcomes := make([]jobs.Outcome, len(claimed))
					for i, j := range claimed {
						outcomes[i] = jobs.Outcome{Held: jobs.Held{ID: j.ID, Lease: j.Lease}, State: jobs.Live, At: later, Uncount: true}
					}
					_, err = store.Finish(ctx, outcomes)
					require.NoError(b, err)
					b.StartTimer()
				}
			})
		})
	}
}

// BenchmarkLatency measures from the commit to the handler, for a worker that sleeps, in the
// process that commits and in another one.
func BenchmarkLatency(b *testing.B) {
	for _, where := range []string{"same", "other"} {
		b.Run("process="+where, func(b *testing.B) {
			eachBench(b, func(b *testing.B, w *world) {
				db := w.db
				if where == "other" {
					if db.Dialect() == "sqlite" {
						b.Skip("SQLite tells other processes nothing: they poll")
					}
					db = w.another(core.Env{})
				}
				measureLatency(b, w, db)
			})
		})
	}
}

func measureLatency(b *testing.B, w *world, db *bunstore.DB) {
	app, handled := clientele.New(db), make(chan time.Time, 1)
	jobs.Handle(app.Jobs, letters, func(context.Context, jobs.Run[letter]) error { handled <- time.Now(); return nil })
	ctx, stop := context.WithCancel(b.Context())
	var working sync.WaitGroup
	working.Go(func() { _ = app.Work(ctx) })
	defer working.Wait()
	defer stop()
	time.Sleep(300 * time.Millisecond) // until it listens
	var took []time.Duration
	for range b.N {
		require.NoError(b, w.ws().Jobs.Enqueue(ctx, letters.Of(letter{})))
		committed := time.Now()
		took = append(took, (<-handled).Sub(committed))
		time.Sleep(25 * time.Millisecond) // until it sleeps again
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}
