package clientele

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/store"
)

// keying makes the keys by which duplicates are found, of contacts that were there before the
// program knew of them.
var keying = jobs.Kind[struct{}]{Name: "crm.key_contacts"}

// keyedAtOnce is how many contacts get their keys in one transaction.
const keyedAtOnce = 500

// keyContacts has the worker see every ten minutes whether there are contacts without keys. Each
// contact gets them once, so that it asks in vain from the second time on.
func keyContacts(w *jobs.Worker, backend store.Backend) {
	jobs.Handle(w, keying, func(ctx context.Context, _ jobs.Run[struct{}]) error {
		for {
			if n, err := backend.KeyContacts(ctx, keyedAtOnce); err != nil || n < keyedAtOnce {
				return err
			}
		}
	})
	w.Periodic(keying.Name, jobs.Every(10*time.Minute), keying.Of(struct{}{}))
}

// sweeping removes files that no row names.
var sweeping = jobs.Kind[struct{}]{Name: "core.sweep_files", Timeout: time.Hour}

// fileGrace is how long a file may be there before the row that names it is: longer than any
// transaction.
const fileGrace = 24 * time.Hour

// sweepFiles has the worker look once a day for files that were left behind: put, and then the
// program died before the row that should name it was written, or the transaction was rolled back.
func sweepFiles(w *jobs.Worker, backend store.Backend, files core.Blobs) {
	sweeper, ok := files.(core.BlobSweeper)
	if !ok {
		return
	}
	jobs.Handle(w, sweeping, func(ctx context.Context, _ jobs.Run[struct{}]) error {
		env := backend.Jobs().Env()
		n, err := sweeper.Sweep(ctx, env.Time().Add(-fileGrace), backend.FilesNamed)
		if n > 0 {
			env.Logger().InfoContext(ctx, "files that no row names were removed", "files", n)
		}
		return err
	})
	w.Periodic(sweeping.Name, jobs.Daily(4, 0, time.UTC), sweeping.Of(struct{}{}))
}
