package clientele

import (
	"context"
	"time"

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
