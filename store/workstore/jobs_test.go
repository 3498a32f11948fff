package workstore_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/crm"
)

func TestAJobIsMadeWithItsChangeOrNotAtAll(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app := t.Context(), w.app()
		var got []string
		jobs.Handle(app.Jobs, letters, func(_ context.Context, r jobs.Run[letter]) error {
			require.Equal(t, w.company, r.CompanyID)
			got = append(got, r.Args.To)
			return nil
		})
		undone := errors.New("undone")
		write := func(to string, fail error) error {
			pool, _ := w.db.Pools()
			tx, err := pool.BeginTx(ctx, nil)
			require.NoError(t, err)
			defer tx.Rollback()
			ws := app.WorkspaceIn(w.db.Join(w.ws().Scope(), tx))
			_, err = ws.Contacts.Create(ctx, crm.NewContact{Name: to})
			require.NoError(t, err)
			require.NoError(t, ws.Jobs.Enqueue(ctx, letters.Of(letter{to})))
			if fail != nil {
				return fail
			}
			return tx.Commit()
		}
		require.ErrorIs(t, write("Grace", undone), undone)
		require.NoError(t, write("Ada", nil))
		w.step(app)
		require.Equal(t, []string{"Ada"}, got)
		w.step(app)
		require.Equal(t, []string{"Ada"}, got, "a job that is done is not done again")
		require.Equal(t, jobs.Done, w.of(app, letters.Name)[0].State)
	})
}

func TestAJobIsNotDueBeforeItsTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app, n := w.app(), 0
		jobs.Handle(app.Jobs, letters, func(context.Context, jobs.Run[letter]) error { n++; return nil })
		require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), letters.Of(letter{"Ada"}).At(w.now.Add(time.Hour))))
		w.step(app)
		w.pass(time.Hour - time.Microsecond)
		w.step(app)
		require.Zero(t, n)
		w.pass(time.Microsecond)
		w.step(app)
		require.Equal(t, 1, n)
	})
}

func TestOneJobOfAKeyLives(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app := t.Context(), w.app()
		var n atomic.Int32
		jobs.Handle(app.Jobs, letters, func(context.Context, jobs.Run[letter]) error { n.Add(1); return nil })
		ada := letters.Of(letter{"Ada"}).Once("ada")
		require.NoError(t, w.ws().Jobs.Enqueue(ctx, ada, letters.Of(letter{"Grace"}).Once("grace"), ada))
		require.NoError(t, w.ws().Jobs.Enqueue(ctx, ada))
		w.step(app)
		require.EqualValues(t, 2, n.Load())
		require.NoError(t, w.ws().Jobs.Enqueue(ctx, ada))
		w.step(app)
		require.EqualValues(t, 3, n.Load(), "one that is done makes room for the next")
	})
}

func TestAFailureIsTriedAgainAndThenDead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app := t.Context(), w.app()
		var attempts []int
		kind := letters
		kind.Backoff = func(attempt int) time.Duration { return time.Duration(attempt) * time.Minute }
		fault, mended := errors.New("no \x00 paper"), false
		jobs.Handle(app.Jobs, kind, func(ctx context.Context, r jobs.Run[letter]) error {
			attempts = append(attempts, r.Attempt)
			deadline, has := ctx.Deadline()
			require.True(t, has)
			require.Equal(t, r.Deadline, deadline)
			require.Equal(t, r.Attempt == 3, r.Last())
			switch {
			case mended:
				return nil
			case r.Attempt == 2:
				panic("out of ink")
			}
			return fault
		})
		require.NoError(t, w.ws().Jobs.Enqueue(ctx, kind.Of(letter{"Ada"})))
		w.step(app)
		require.Equal(t, []int{1}, attempts)
		require.Equal(t, "no  paper", w.of(app, kind.Name)[0].Error)
		w.pass(time.Minute)
		w.step(app)
		require.Contains(t, w.of(app, kind.Name)[0].Error, "panic: out of ink")
		w.pass(time.Minute)
		w.step(app)
		require.Equal(t, []int{1, 2}, attempts, "it is not due again yet")
		w.pass(time.Minute)
		w.step(app)
		dead := w.of(app, kind.Name)[0]
		require.Equal(t, jobs.Dead, dead.State)
		w.pass(time.Hour)
		w.step(app)
		require.Equal(t, []int{1, 2, 3}, attempts)

		mended = true
		require.NoError(t, app.Jobs.Retry(ctx, dead.ID))
		require.ErrorIs(t, app.Jobs.Retry(ctx, dead.ID), core.ErrState)
		w.step(app)
		require.Equal(t, []int{1, 2, 3, 1}, attempts)
		require.Equal(t, jobs.Done, w.of(app, kind.Name)[0].State)

		metrics, err := app.Jobs.Metrics(ctx)
		require.NoError(t, err)
		require.Equal(t, jobs.Count{Done: 1, Failed: 2, Dead: 1}, metrics.Kinds[kind.Name])
	})
}

func TestAHandlerMayFailForGoodOrSnooze(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app := w.app()
		var attempts []int
		jobs.Handle(app.Jobs, letters, func(_ context.Context, r jobs.Run[letter]) error {
			attempts = append(attempts, r.Attempt)
			if len(attempts) < 5 {
				return jobs.Snooze(time.Minute)
			}
			return jobs.Fail(errors.New("no such person"))
		})
		require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), letters.Of(letter{"Nobody"})))
		for range 6 {
			w.step(app)
			w.pass(time.Minute)
		}
		require.Equal(t, []int{1, 1, 1, 1, 1}, attempts)
		dead := w.of(app, letters.Name)[0]
		require.Equal(t, jobs.Dead, dead.State)
		require.Equal(t, "no such person", dead.Error)
		require.NoError(t, app.Jobs.Drop(t.Context(), dead.ID))
		require.ErrorIs(t, app.Jobs.Drop(t.Context(), dead.ID), core.ErrNotFound)
	})
}

// A worker that is believed dead finishes its job after another has taken it: the other's
// word counts.
func TestALostLeaseFinishesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		slow, quick := w.app(), w.app()
		claimed, release := make(chan struct{}), make(chan struct{})
		jobs.Handle(slow.Jobs, letters, func(context.Context, jobs.Run[letter]) error {
			close(claimed)
			<-release
			return nil
		})
		var attempt atomic.Int32
		jobs.Handle(quick.Jobs, letters, func(_ context.Context, r jobs.Run[letter]) error {
			attempt.Store(int32(r.Attempt))
			return errors.New("not yet")
		})
		require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), letters.Of(letter{"Ada"})))
		var working sync.WaitGroup
		working.Go(func() { _, _ = slow.Step(t.Context()) })
		<-claimed
		w.step(quick)
		require.Zero(t, attempt.Load(), "the lease holds")
		w.pass(jobs.DefaultLease)
		w.step(quick)
		require.EqualValues(t, 2, attempt.Load())
		close(release)
		working.Wait()
		job := w.of(quick, letters.Name)[0]
		require.Equal(t, jobs.Live, job.State, "the first worker's success is no longer believed")
		require.Equal(t, "not yet", job.Error)
	})
}

func TestAWorkerThatDiesEveryTimeIsNotTriedForEver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app, n := t.Context(), w.app(), 0
		jobs.Handle(app.Jobs, letters, func(context.Context, jobs.Run[letter]) error { n++; return nil })
		require.NoError(t, w.ws().Jobs.Enqueue(ctx, letters.Of(letter{"Ada"})))
		for range letters.Attempts { // those who claim, and are heard of no more
			claimed, err := storeOf(w).Claim(ctx, claimOf(w))
			require.NoError(t, err)
			require.Len(t, claimed, 1)
			w.pass(time.Minute)
		}
		w.step(app)
		require.Zero(t, n)
		require.Equal(t, jobs.Dead, w.of(app, letters.Name)[0].State)
	})
}

func TestTheLeasesOfRunningJobsAreExtended(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app := w.app()
		app.Jobs.Lease = 90 * time.Millisecond // a sign of life every 30 by the real clock
		claimed, release := make(chan struct{}), make(chan struct{})
		jobs.Handle(app.Jobs, letters, func(ctx context.Context, _ jobs.Run[letter]) error {
			close(claimed)
			select {
			case <-release:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
		require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), letters.Of(letter{"Ada"})))
		var working sync.WaitGroup
		working.Go(func() { _, _ = app.Step(t.Context()) })
		<-claimed
		before := w.of(app, letters.Name)[0].DueAt
		w.pass(50 * time.Millisecond)
		require.Eventually(t, func() bool { return w.of(app, letters.Name)[0].DueAt.After(before) }, 10*time.Second, time.Millisecond)
		close(release)
		working.Wait()
		require.Equal(t, jobs.Done, w.of(app, letters.Name)[0].State)
	})
}

func TestAHandlerHearsThatItsLeaseIsLost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app := w.app()
		app.Jobs.Lease = 90 * time.Millisecond
		claimed, heard := make(chan struct{}), make(chan error, 1)
		jobs.Handle(app.Jobs, letters, func(ctx context.Context, _ jobs.Run[letter]) error {
			close(claimed)
			<-ctx.Done()
			heard <- context.Cause(ctx)
			return ctx.Err()
		})
		require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), letters.Of(letter{"Ada"})))
		var working sync.WaitGroup
		working.Go(func() { _, _ = app.Step(t.Context()) })
		<-claimed
		w.pass(time.Hour) // nobody can have heard of the worker
		taken, err := storeOf(w).Claim(t.Context(), claimOf(w))
		require.NoError(t, err)
		if len(taken) == 1 { // else the worker was quicker, with a sign of life
			require.ErrorIs(t, <-heard, jobs.ErrLost)
		} else {
			t.Skip("the worker gave a sign of life in between")
		}
		working.Wait()
		require.Equal(t, 2, w.of(app, letters.Name)[0].Attempt)
	})
}

func TestAStoppingWorkerWaitsAndThenGivesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app := w.app()
		app.Jobs.Drain = 50 * time.Millisecond
		started, release := make(chan string, 3), make(chan struct{})
		t.Cleanup(func() { close(release) })
		jobs.Handle(app.Jobs, letters, func(ctx context.Context, r jobs.Run[letter]) error {
			started <- r.Args.To
			switch r.Args.To {
			case "quick": // finishes while the worker waits
				time.Sleep(10 * time.Millisecond)
				return ctx.Err()
			case "obedient":
				<-ctx.Done()
				require.ErrorIs(t, context.Cause(ctx), jobs.ErrStopping)
				return ctx.Err()
			}
			<-release // deaf
			return nil
		})
		for _, to := range []string{"quick", "obedient", "deaf"} {
			require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), letters.Of(letter{to})))
		}
		ctx, stop := context.WithCancel(t.Context())
		var working sync.WaitGroup
		working.Go(func() { require.NoError(t, app.Work(ctx)) })
		for range 3 {
			<-started
		}
		stop()
		working.Wait()
		list := w.of(app, letters.Name)
		require.Equal(t, jobs.Done, list[0].State)
		for _, back := range list[1:] {
			require.Equal(t, jobs.Live, back.State)
			require.Zero(t, back.Attempt, "an attempt that was broken off does not count")
			require.True(t, back.Lease.IsZero())
			require.False(t, back.DueAt.After(w.now))
		}
	})
}

func TestJobsOfAnOrderRunOneByOne(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app := w.app()
		var mu sync.Mutex
		var got []string
		failed := false
		jobs.Handle(app.Jobs, letters, func(_ context.Context, r jobs.Run[letter]) error {
			mu.Lock()
			defer mu.Unlock()
			if r.Args.To == "a2" && !failed {
				failed = true
				return errors.New("not yet")
			}
			got = append(got, r.Args.To)
			return nil
		})
		var news []jobs.New
		for _, to := range []string{"a1", "a2", "a3", "b1", "a4", "b2"} {
			news = append(news, letters.Of(letter{to}).InOrder(to[:1]))
		}
		require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), news...))
		w.step(app)
		require.ElementsMatch(t, []string{"a1", "b1", "b2"}, got, "what failed holds up its own order alone")
		w.pass(2 * time.Second)
		w.step(app)
		a := slices.DeleteFunc(slices.Clone(got), func(to string) bool { return to[0] != 'a' })
		require.Equal(t, []string{"a1", "a2", "a3", "a4"}, a)
	})
}

func TestQueuesHaveTheirPriorityAndTheirLimit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app := w.app()
		app.Jobs.Queues["low"] = jobs.Limit{Concurrency: 1}
		app.Jobs.Queues["high"] = jobs.Limit{Priority: 1, Concurrency: 3}
		var mu sync.Mutex
		var order []string
		atOnce, most := map[string]int{}, map[string]int{}
		gate := make(chan struct{})
		for _, queue := range []string{"low", "high"} {
			kind := jobs.Kind[letter]{Name: "test." + queue, Queue: queue}
			jobs.Handle(app.Jobs, kind, func(_ context.Context, r jobs.Run[letter]) error {
				mu.Lock()
				order = append(order, queue)
				atOnce[queue]++
				most[queue] = max(most[queue], atOnce[queue])
				if len(order) == 4 { // all the slots are taken
					close(gate)
				}
				mu.Unlock()
				<-gate
				mu.Lock()
				atOnce[queue]--
				mu.Unlock()
				return nil
			})
			for range 6 {
				require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), kind.Of(letter{})))
			}
		}
		w.step(app)
		require.Equal(t, map[string]int{"low": 1, "high": 3}, most)
		require.Len(t, order, 12)
	})
}

func TestFinishedJobsAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		app := w.app()
		jobs.Handle(app.Jobs, letters, func(_ context.Context, r jobs.Run[letter]) error {
			if r.Args.To == "nobody" {
				return jobs.Fail(errors.New("no such person"))
			}
			return nil
		})
		require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), letters.Of(letter{"Ada"}), letters.Of(letter{"nobody"}),
			letters.Of(letter{"Grace"}).At(w.now.Add(365*24*time.Hour))))
		w.step(app)
		w.pass(23 * time.Hour)
		w.step(app)
		require.Len(t, w.of(app, letters.Name), 3)
		w.pass(2 * time.Hour)
		w.step(app)
		require.Len(t, w.of(app, letters.Name), 2, "the one that is done is gone")
		w.pass(90 * 24 * time.Hour)
		w.step(app)
		require.Len(t, w.of(app, letters.Name), 1, "the dead one too, and the one to come is there")
	})
}
