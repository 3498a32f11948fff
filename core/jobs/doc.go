// Package jobs is work that is done in the background: stored in the transaction of the
// change that it belongs to, claimed with a lease by one of any number of workers, tried
// again when it fails, and kept for an operator when it fails for good.
//
//	var Welcome = jobs.Kind[Letter]{Name: "letters.welcome"}
//
//	err = tx.Jobs.Enqueue(ctx, Welcome.Of(Letter{To: ada.ID}))                  // where the change is made
//	jobs.Handle(worker, Welcome, func(ctx context.Context, r jobs.Run[Letter]) error { … }) // where the program starts
//
// A job runs at least once. Once its handler has returned nil and that has been stored, it
// never runs again; before that a crash, or a lease that is lost, may run it a second time.
// So a handler is idempotent, or makes its change in the transaction of one that is.
//
// There is no leader: every process may run a [Worker], and none has to. What a worker needs
// of a database is a [Store], which package store/workstore has for both.
package jobs
