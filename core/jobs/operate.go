package jobs

import (
	"context"
	"iter"
)

// The methods of this file are for an operator: they cross companies, and ask for no
// permission.

// List runs through the jobs that the filter lets through, in the order in which they were
// enqueued. It holds nothing open, so the caller may retry and drop them meanwhile.
func (w *Worker) List(ctx context.Context, f Filter) iter.Seq2[Job, error] {
	return func(yield func(Job, error) bool) {
		const page = 200
		var after int64
		for {
			jobs, err := w.store.List(ctx, f, after, page)
			if err != nil {
				yield(Job{}, err)
				return
			}
			for _, j := range jobs {
				if after = j.ID; !yield(j, nil) {
					return
				}
			}
			if len(jobs) < page {
				return
			}
		}
	}
}

// Job reads one, or answers [core.ErrNotFound].
func (w *Worker) Job(ctx context.Context, id int64) (Job, error) { return w.store.Job(ctx, id) }

// Retry makes a dead job due, with all its attempts before it. [core.ErrState]: the job is not
// dead. [core.ErrExists]: meanwhile there is another one with its key.
func (w *Worker) Retry(ctx context.Context, id int64) error {
	return w.store.Retry(ctx, id, w.store.Env().Time())
}

// Drop deletes a job that is dead or waits. [core.ErrState]: it runs, or is done.
func (w *Worker) Drop(ctx context.Context, id int64) error { return w.store.Drop(ctx, id) }

// Enqueue stores jobs of no company, at once. Those of a company are enqueued through a
// workspace, or the Tx of a package, in the transaction of the change.
func (w *Worker) Enqueue(ctx context.Context, jobs ...New) error {
	return w.store.Enqueue(ctx, jobs...)
}
