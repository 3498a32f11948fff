package jobs

import (
	"context"
	"time"
)

// Retention is how long finished jobs are kept.
type Retention struct {
	Done time.Duration // those that were handled
	Dead time.Duration // those that failed for good
}

// DefaultRetention is that of a worker that is told no other.
var DefaultRetention = Retention{Done: 24 * time.Hour, Dead: 90 * 24 * time.Hour}

// sweep deletes what is kept no longer: up to limit of it, and tells how much that was.
type sweep func(ctx context.Context, limit int) (deleted int, err error)

// sweepBatch bounds what one statement deletes, so that none holds its locks for long.
const sweepBatch = 1000

// retention is the job of the sweeping, of which there is one for all workers.
var retention = Kind[struct{}]{Name: "core.retention", Queue: "core.retention", Timeout: 30 * time.Minute}

// Retain has delete called again and again, every ten minutes, by one worker of all, until
// it has less to delete than the limit that it is given.
func (w *Worker) Retain(delete func(ctx context.Context, limit int) (deleted int, err error)) {
	w.sweeps = append(w.sweeps, delete)
}

func (w *Worker) retain() {
	Handle(w, retention, func(ctx context.Context, _ Run[struct{}]) error {
		for _, sweep := range w.sweeps {
			for {
				n, err := sweep(ctx, sweepBatch)
				if err != nil {
					return err
				}
				if n < sweepBatch {
					break
				}
			}
		}
		return nil
	})
	w.Periodic(retention.Name, Every(10*time.Minute), retention.Of(struct{}{}))
	w.Retain(func(ctx context.Context, limit int) (int, error) {
		return w.store.Sweep(ctx, Done, w.store.Env().Time().Add(-w.Keep.Done), limit)
	})
	w.Retain(func(ctx context.Context, limit int) (int, error) {
		return w.store.Sweep(ctx, Dead, w.store.Env().Time().Add(-w.Keep.Dead), limit)
	})
}
