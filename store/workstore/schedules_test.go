package workstore_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/store/workstore"
)

func storeOf(w *world) jobs.Store { return workstore.Jobs(w.db) }

// claimOf claims one job of the tests, as a worker of its own.
func claimOf(w *world) jobs.Claim {
	now := w.clock()
	return jobs.Claim{Lease: core.ID[jobs.Lease]{UUID: uuid.New()}, Queue: jobs.Default, Kinds: []string{letters.Name}, Limit: 1, Now: now, Until: now.Add(time.Minute)}
}

var digests = jobs.Kind[struct{}]{Name: "test.digest"}

// Ten servers, whose clocks are up to five seconds apart, have a job each second for a
// minute: each second has one.
func TestOneOfTenServersMakesAPeriodicJob(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		const servers = 10
		begin := w.now
		var runs atomic.Int32
		apps := make([]*clientele.Clientele, servers)
		for i := range apps {
			ahead := time.Duration(i) * 5 * time.Second / (servers - 1)
			db := w.another(core.Env{Now: func() time.Time { return w.clock().Add(ahead) }})
			apps[i] = clientele.New(db)
			jobs.Handle(apps[i].Jobs, digests, func(context.Context, jobs.Run[struct{}]) error { runs.Add(1); return nil })
			apps[i].Jobs.Periodic("digest", jobs.Every(time.Second), digests.Of(struct{}{}))
		}
		all := func() {
			var at sync.WaitGroup
			for _, app := range apps {
				at.Go(func() {
					if _, err := app.Step(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			at.Wait()
		}
		w.step(apps[0]) // the schedule begins now, by the slowest clock
		require.Zero(t, runs.Load())
		for w.clock().Before(begin.Add(time.Minute)) {
			w.pass(500 * time.Millisecond)
			all()
		}
		// The fastest clock is five seconds ahead, and so are its jobs.
		due := map[time.Time]int{}
		for _, j := range w.of(apps[0], digests.Name) {
			due[j.DueAt]++
		}
		require.Len(t, w.of(apps[0], digests.Name), 65)
		require.EqualValues(t, 65, runs.Load(), "each ran once")
	})
}

func TestInstantsThatWereMissedForLongAreSkipped(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		made := func(app *clientele.Clientele) (at []string) {
			for _, j := range w.of(app, digests.Name) {
				at = append(at, j.CreatedAt.Format("15:04:05"))
			}
			return at
		}
		periodic := func() *clientele.Clientele {
			app := w.app()
			jobs.Handle(app.Jobs, digests, func(context.Context, jobs.Run[struct{}]) error { return nil })
			app.Jobs.Periodic("digest", jobs.Every(time.Hour), digests.Of(struct{}{}))
			return app
		}
		app := periodic()
		w.step(app)
		require.Empty(t, made(app), "a new schedule begins with its next instant")
		w.pass(31 * time.Minute)
		w.step(app)
		require.Equal(t, []string{"10:01:00"}, made(app))

		w.pass(3*time.Hour + 30*time.Minute) // nobody works; the instants of 11, 12 and 13 pass
		app = periodic()
		w.step(app)
		require.Equal(t, []string{"10:01:00", "13:31:00"}, made(app), "the last one is made up for")
		w.step(periodic())
		require.Len(t, made(app), 2, "a restart makes none again")
	})
}

func TestAClockThatWasWrongHoldsUpNoSchedule(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		store := storeOf(w)
		_, err := store.Schedule(t.Context(), "digest", w.now)
		require.NoError(t, err)
		next := w.now.AddDate(1, 0, 0)
		made, err := store.Tick(t.Context(), "digest", next, next, digests.Of(struct{}{}))
		require.NoError(t, err)
		require.True(t, made, "a worker that is a year ahead")

		app := w.app()
		jobs.Handle(app.Jobs, digests, func(context.Context, jobs.Run[struct{}]) error { return nil })
		app.Jobs.Periodic("digest", jobs.Every(time.Minute), digests.Of(struct{}{}))
		w.step(app)
		w.pass(time.Minute)
		w.step(app)
		require.Len(t, w.of(app, digests.Name), 2)
	})
}
