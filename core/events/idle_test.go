package events_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
)

// idleDatabase has nothing to do, and counts how often it is asked. A method that it does not
// have is one that an idle worker may not call.
type idleDatabase struct {
	jobs.Store
	asked atomic.Int32
}

func (d *idleDatabase) Env() core.Env { return core.Env{} }

func (d *idleDatabase) Watch(ctx context.Context, _ func()) { <-ctx.Done() }

func (d *idleDatabase) Look(context.Context, []string) (jobs.Look, error) {
	d.asked.Add(1)
	return jobs.Look{Event: 7, Due: map[string]time.Time{"events.all": time.Now().Add(time.Hour)}}, nil
}

func (d *idleDatabase) Schedule(_ context.Context, _ string, now time.Time) (time.Time, error) {
	d.asked.Add(1)
	return now, nil
}

type idleOutbox struct {
	events.Store
	*idleDatabase
}

func (d idleOutbox) Env() core.Env { return core.Env{} }

func (d idleOutbox) Settled(context.Context) (int64, error) { d.asked.Add(1); return 7, nil }

func (d idleOutbox) MakeCursor(context.Context, string, int64) error { d.asked.Add(1); return nil }

func (d idleOutbox) Forward(context.Context, events.Forward) (int, error) {
	d.asked.Add(1)
	return 0, nil
}

func TestAnIdleWorkerAsksOnceASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := &idleDatabase{}
		worker := jobs.NewWorker(db)
		relay := events.NewRelay(idleOutbox{idleDatabase: db}, worker)
		relay.Subscribe(events.Subscriber{Name: "all"}, func(context.Context, jobs.Run[core.StoredEvent]) error { return nil })
		ctx, stop := context.WithCancel(t.Context())
		working := make(chan error)
		go func() { working <- worker.Work(ctx) }()
		time.Sleep(10 * time.Second)
		before := db.asked.Load()
		time.Sleep(5 * time.Minute)
		require.LessOrEqual(t, db.asked.Load()-before, int32(301), "both ends included")
		require.Greater(t, db.asked.Load()-before, int32(250), "but it does ask")
		stop()
		require.NoError(t, <-working)
	})
}
