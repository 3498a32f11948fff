package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
)

// jobContracts are what jobs.Store promises its workers.
var jobContracts = []contract{
	{"Jobs/are claimed by one of many at once, with no limit passed", func(t *testing.T, w *world) {
		q := w.newQueue()
		const n = 60
		for range n {
			q.enqueue(q.job())
		}
		var mu sync.Mutex
		var claimants sync.WaitGroup
		seen := map[int64]int{}
		for range 6 {
			claimants.Go(func() {
				for {
					claimed, err := q.tryClaim(7)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for _, j := range claimed {
						seen[j.ID]++
					}
					all := len(seen) == n
					mu.Unlock()
					if len(claimed) > 7 {
						t.Errorf("%d were claimed", len(claimed))
					}
					if all || len(claimed) == 0 {
						return
					}
				}
			})
		}
		claimants.Wait()
		for len(q.claim(100)) > 0 { // what nobody had: they pass over each other's
			t.Log("somebody passed over some")
		}
		for id, times := range seen {
			require.Equal(t, 1, times, "job %d", id)
		}
	}},
	{"Jobs/come out as they went in", func(t *testing.T, w *world) {
		q, actor := w.newQueue(), core.Actor{ID: core.UserID{UUID: uuid.New()}}
		job := q.job()
		job.Args = map[string]string{"Text": "é\u2028\"\\'; --"}
		require.NoError(t, w.as(actor).Jobs.Enqueue(t.Context(), job.At(q.now.Add(-time.Minute))))
		j := q.claim(1)[0]
		require.Equal(t, w.company, j.CompanyID)
		require.Equal(t, actor.ID, j.ActorID)
		require.JSONEq(t, `{"Text": "é\u2028\"\\'; --"}`, string(j.Args))
		require.Equal(t, q.name, j.Queue)
		require.Equal(t, jobs.Live, j.State)
		require.Equal(t, 1, j.Attempt)
		require.Equal(t, q.now.Add(time.Minute), j.DueAt, "the end of the lease")
		require.Nil(t, j.FinishedAt)
		again, err := q.store.Job(t.Context(), j.ID)
		require.NoError(t, err)
		require.Equal(t, j, again)
		require.NoError(t, w.app.Jobs.Enqueue(t.Context(), q.job().At(q.now)))
		require.True(t, q.claim(1)[0].CompanyID.IsZero(), "of no company")
	}},
	{"Jobs/are refused without a kind or with arguments that do not encode", func(t *testing.T, w *world) {
		q := w.newQueue()
		nameless, endless := q.job(), q.job()
		nameless.Kind, endless.Args = "", func() {}
		for _, job := range []jobs.New{nameless, endless} {
			require.ErrorIs(t, w.ws().Jobs.Enqueue(t.Context(), q.job(), job), core.ErrInvalid)
		}
		require.NoError(t, w.ws().Jobs.Enqueue(t.Context()))
		require.Empty(t, q.claim(1), "all or none")
	}},
	{"Jobs/go with the transaction that they were made in", func(t *testing.T, w *world) {
		q, undone := w.newQueue(), errors.New("undone")
		err := w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
			require.NoError(t, ws.Jobs.Enqueue(t.Context(), q.job().At(q.now)))
			return undone
		})
		require.ErrorIs(t, err, undone)
		require.Empty(t, q.claim(1))
	}},
	{"Jobs/may be enqueued in thousands", func(t *testing.T, w *world) {
		q := w.newQueue()
		many := make([]jobs.New, 1200)
		for i := range many {
			many[i] = q.job()
		}
		q.enqueue(many...)
		require.Len(t, q.claim(5000), 1200)
	}},
	{"Jobs/of one key live once for each company and kind", func(t *testing.T, w *world) {
		q := w.newQueue()
		other := q.job().Once("key")
		other.Kind += "2"
		q.kinds = append(q.kinds, other.Kind)
		for range 2 {
			require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), q.job().Once("key").At(q.now), other.At(q.now)))
			require.NoError(t, w.theirs().Jobs.Enqueue(t.Context(), q.job().Once("key").At(q.now)))
		}
		claimed := q.claim(10)
		require.Len(t, claimed, 3)
		require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), q.job().Once("key").At(q.now)))
		require.Empty(t, q.claim(10), "one that is claimed lives too")
		q.finish(jobs.Outcome{Held: held(claimed[0]), State: jobs.Dead, At: q.now, Error: "no"})
		require.NoError(t, w.ws().Jobs.Enqueue(t.Context(), q.job().Once("key").At(q.now)))
		require.Len(t, q.claim(10), 1)
		require.ErrorIs(t, q.store.Retry(t.Context(), claimed[0].ID, q.now), core.ErrExists)
	}},
	{"Jobs/can be finished under their lease alone, and once", func(t *testing.T, w *world) {
		q := w.newQueue()
		q.enqueue(q.job())
		first := q.claim(1)[0]
		require.Empty(t, q.claim(1), "it is claimed")
		q.now = q.now.Add(time.Minute)
		second := q.claim(1)[0]
		require.Equal(t, first.ID, second.ID, "its lease is over")
		require.Equal(t, 2, second.Attempt)
		for _, state := range []jobs.State{jobs.Done, jobs.Live, jobs.Dead} {
			require.Zero(t, q.finish(jobs.Outcome{Held: held(first), State: state, At: q.now}))
		}
		done := jobs.Outcome{Held: held(second), State: jobs.Done, At: q.now}
		require.Equal(t, 1, q.finish(done))
		require.Zero(t, q.finish(done))
		q.now = q.now.Add(time.Hour)
		require.Empty(t, q.claim(1))
	}},
	{"Jobs/of many leases are finished at once, each as it went", func(t *testing.T, w *world) {
		q := w.newQueue()
		for range 4 {
			q.enqueue(q.job())
		}
		a, b := q.claim(2), q.claim(2)
		later := q.now.Add(time.Hour)
		kept := q.finish(
			jobs.Outcome{Held: held(a[0]), State: jobs.Done, At: q.now},
			jobs.Outcome{Held: held(b[0]), State: jobs.Done, At: q.now},
			jobs.Outcome{Held: jobs.Held{ID: a[1].ID, Lease: b[1].Lease}, State: jobs.Done, At: q.now},
			jobs.Outcome{Held: held(a[1]), State: jobs.Live, At: later, Error: "not yet"},
			jobs.Outcome{Held: held(b[1]), State: jobs.Live, At: later, Uncount: true},
		)
		require.Equal(t, 4, kept)
		job := func(id int64) jobs.Job {
			j, err := q.store.Job(t.Context(), id)
			require.NoError(t, err)
			require.True(t, j.Lease.IsZero())
			return j
		}
		require.Equal(t, jobs.Done, job(a[0].ID).State)
		require.NotNil(t, job(b[0].ID).FinishedAt)
		require.Equal(t, "not yet", job(a[1].ID).Error)
		require.Equal(t, 1, job(a[1].ID).Attempt)
		require.Equal(t, later, job(b[1].ID).DueAt)
		require.Zero(t, job(b[1].ID).Attempt)
	}},
	{"Jobs/keep their lease when it is extended, and tell who lost it", func(t *testing.T, w *world) {
		q := w.newQueue()
		q.enqueue(q.job(), q.job())
		first := q.claim(2)
		until := q.now.Add(2 * time.Minute)
		lost, err := q.store.Extend(t.Context(), []jobs.Held{held(first[0])}, until)
		require.NoError(t, err)
		require.Empty(t, lost)
		q.now = q.now.Add(time.Minute)
		second := q.claim(2)
		require.Len(t, second, 1)
		require.Equal(t, first[1].ID, second[0].ID)
		lost, err = q.store.Extend(t.Context(), []jobs.Held{held(first[0]), held(first[1])}, until)
		require.NoError(t, err)
		require.Equal(t, []jobs.Held{held(first[1])}, lost)
	}},
	{"Jobs/of an order are claimed when those before are over", func(t *testing.T, w *world) {
		q := w.newQueue()
		q.enqueue(q.job().InOrder("a"), q.job().InOrder("a"), q.job().InOrder("b"), q.job())
		first := q.claim(10)
		require.Len(t, first, 3)
		require.Empty(t, q.claim(10))
		later := q.now.Add(time.Hour)
		q.finish(jobs.Outcome{Held: held(first[0]), State: jobs.Live, At: later, OrderKey: first[0].OrderKey})
		require.Empty(t, q.claim(10), "the second waits for the first to be over, not only tried")
		look, err := q.store.Look(t.Context(), []string{q.name})
		require.NoError(t, err)
		require.Equal(t, q.now.Add(time.Minute), look.Due[q.name], "nobody need look at the second before: the leases end first")
		q.now = later
		again := q.claim(10)
		require.Len(t, again, 3, "the first, and those whose leases ended")
		q.finish(jobs.Outcome{Held: held(again[0]), State: jobs.Dead, At: later, OrderKey: first[0].OrderKey})
		require.Len(t, q.claim(10), 1)
	}},
	{"Jobs/are looked for in one go", func(t *testing.T, w *world) {
		q, none := w.newQueue(), w.newQueue()
		q.enqueue(q.job().At(q.now.Add(time.Hour)), q.job().At(q.now.Add(time.Minute)))
		look, err := q.store.Look(t.Context(), []string{q.name, none.name})
		require.NoError(t, err)
		require.Equal(t, map[string]time.Time{q.name: q.now.Add(time.Minute)}, look.Due)
		claim := q.request(10)
		claim.Kinds = []string{"another"}
		q.now = q.now.Add(2 * time.Hour)
		claimed, err := q.store.Claim(t.Context(), claim)
		require.NoError(t, err)
		require.Empty(t, claimed, "of a kind that this worker does not know")
	}},
	{"Jobs/are listed, retried and dropped by an operator", func(t *testing.T, w *world) {
		q := w.newQueue()
		q.enqueue(q.job(), q.job(), q.job().At(q.now.Add(time.Hour)))
		claimed := q.claim(2)
		require.ErrorIs(t, q.store.Drop(t.Context(), claimed[0].ID), core.ErrState)
		q.finish(jobs.Outcome{Held: held(claimed[0]), State: jobs.Dead, At: q.now, Error: "no"},
			jobs.Outcome{Held: held(claimed[1]), State: jobs.Done, At: q.now})
		require.ErrorIs(t, q.store.Retry(t.Context(), claimed[1].ID, q.now), core.ErrState, "it is done")
		require.ErrorIs(t, q.store.Drop(t.Context(), claimed[1].ID), core.ErrState)
		dead, err := q.store.List(t.Context(), jobs.Filter{Queue: q.name, State: jobs.Dead, Company: w.company, Kind: q.kind}, 0, 10)
		require.NoError(t, err)
		require.Len(t, dead, 1)
		require.Equal(t, "no", dead[0].Error)
		depth, err := q.store.Depth(t.Context(), q.name, q.now.Add(2*time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, jobs.Depth{Live: 1, Dead: 1, Oldest: time.Hour}, depth)

		require.NoError(t, q.store.Retry(t.Context(), dead[0].ID, q.now))
		retried := q.claim(1)
		require.Equal(t, dead[0].ID, retried[0].ID)
		require.Equal(t, 1, retried[0].Attempt)
		require.Nil(t, retried[0].FinishedAt)
		waiting := dead[0].ID + 2
		require.NoError(t, q.store.Drop(t.Context(), waiting))
		_, err = q.store.Job(t.Context(), waiting)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, q.store.Retry(t.Context(), waiting, q.now), core.ErrNotFound)
	}},
	{"Schedules/make one job for each instant, whoever asks first", func(t *testing.T, w *world) {
		q, name := w.newQueue(), uuid.NewString()
		last, err := q.store.Schedule(t.Context(), name, q.now)
		require.NoError(t, err)
		require.Equal(t, q.now, last)
		last, err = q.store.Schedule(t.Context(), name, q.now.Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, q.now, last, "it has begun already")
		var asked sync.WaitGroup
		var mu sync.Mutex
		count := 0
		for range 8 {
			asked.Go(func() {
				ok, err := q.store.Tick(t.Context(), name, q.now.Add(time.Second), q.now, q.job())
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if ok {
					count++
				}
			})
		}
		asked.Wait()
		require.Equal(t, 1, count)
		ok, err := q.store.Tick(t.Context(), name, q.now, q.now, q.job())
		require.NoError(t, err)
		require.False(t, ok, "an earlier one is over")
	}},
}

// queue is one that no other test has, and a clock of its own.
type queue struct {
	*world
	store      jobs.Store
	name, kind string
	kinds      []string
	now        time.Time
}

func (w *world) newQueue() *queue {
	name := uuid.NewString()
	return &queue{world: w, store: w.backend.Jobs(), name: name, kind: "test." + name, kinds: []string{"test." + name},
		now: time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)}
}

func (q *queue) job() jobs.New {
	return jobs.New{Kind: q.kind, Queue: q.name, Args: struct{}{}}
}

// enqueue enqueues jobs of our company, due now unless they say otherwise.
func (q *queue) enqueue(news ...jobs.New) {
	for i := range news {
		if news[i].DueAt.IsZero() {
			news[i].DueAt = q.now
		}
	}
	require.NoError(q.t, q.ws().Jobs.Enqueue(q.t.Context(), news...))
}

func (q *queue) request(limit int) jobs.Claim {
	return jobs.Claim{Lease: core.ID[jobs.Lease]{UUID: uuid.New()}, Queue: q.name, Kinds: q.kinds, Limit: limit, Now: q.now, Until: q.now.Add(time.Minute)}
}

// tryClaim claims up to limit jobs for a minute, under a new lease.
func (q *queue) tryClaim(limit int) ([]jobs.Job, error) {
	return q.store.Claim(q.t.Context(), q.request(limit))
}

func (q *queue) claim(limit int) []jobs.Job {
	claimed, err := q.tryClaim(limit)
	require.NoError(q.t, err)
	return claimed
}

func (q *queue) finish(outcomes ...jobs.Outcome) (kept int) {
	kept, err := q.store.Finish(q.t.Context(), outcomes)
	require.NoError(q.t, err, fmt.Sprint(outcomes))
	return kept
}

func held(j jobs.Job) jobs.Held { return jobs.Held{ID: j.ID, Lease: j.Lease} }
