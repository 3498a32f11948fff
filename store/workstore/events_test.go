package workstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/workstore"
)

// heard is what a subscriber was given, in the order in which it was.
type heard struct {
	mu     sync.Mutex
	events []core.StoredEvent
}

func (h *heard) add(e core.StoredEvent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

// names are "contact.created Ada", by subject.
func (h *heard) of(subject uuid.UUID) (names []string) {
	for _, e := range h.events {
		if e.Subject.ID == subject {
			names = append(names, e.Name)
		}
	}
	return names
}

func TestASubscriberHearsOfEachChange(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app := t.Context(), w.app()
		var got []events.Change[crm.Contact]
		events.On(app.Relay, "greeter", crm.ContactCreated, func(_ context.Context, c events.Change[crm.Contact]) error {
			got = append(got, c)
			return nil
		})
		w.step(app)
		ada, err := w.ws().Contacts.Create(ctx, crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		_, err = w.ws().Contacts.Update(ctx, ada.ID, func(c *crm.Contact) error { c.Name = "Ada Lovelace"; return nil })
		require.NoError(t, err)
		w.step(app)
		w.step(app)
		require.Len(t, got, 1)
		require.Equal(t, &ada, got[0].After)
		require.Nil(t, got[0].Before)
		require.Equal(t, w.company, got[0].Scope().Company)
		require.Equal(t, ada.ID.UUID, got[0].Subject.ID)
		require.Equal(t, "contact.created", got[0].Name)
	})
}

func TestASubscriberBeginsNowOrAtTheBeginning(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app := t.Context(), w.app()
		_, err := w.ws().Contacts.Create(ctx, crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		var fromNow, fromBeginning heard
		app.Relay.Subscribe(events.Subscriber{Name: "now"}, fromNow.handle)
		app.Relay.Subscribe(events.Subscriber{Name: "beginning", From: events.FromBeginning}, fromBeginning.handle)
		w.step(app)
		require.Empty(t, fromNow.events)
		require.Len(t, fromBeginning.events, 1)
		_, err = w.ws().Contacts.Create(ctx, crm.NewContact{Name: "Grace"})
		require.NoError(t, err)
		w.step(app)
		require.Len(t, fromNow.events, 1)
		require.Len(t, fromBeginning.events, 2)

		again := w.app() // another process, or this one after a restart
		var later heard
		again.Relay.Subscribe(events.Subscriber{Name: "beginning", From: events.FromBeginning}, later.handle)
		w.step(again)
		require.Empty(t, later.events)

		cursors, err := app.Relay.Cursors(ctx)
		require.NoError(t, err)
		var names []string
		for _, c := range cursors {
			names = append(names, c.Name)
			require.Zero(t, c.Behind, c.Name)
		}
		require.Equal(t, []string{"beginning", "confirmations", "now", "waitlist", "waitlist.offers"}, names, "appointments have three of their own")
		require.NoError(t, app.Relay.Forget(ctx, "beginning"))
		require.ErrorIs(t, app.Relay.Forget(ctx, "beginning"), core.ErrNotFound)
	})
}

func (h *heard) handle(_ context.Context, r jobs.Run[core.StoredEvent]) error {
	h.add(r.Args)
	return nil
}

func TestTheEventsOfASubjectKeepTheirOrderThroughFailures(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app := t.Context(), w.app()
		var got heard
		failures := 0
		app.Relay.Subscribe(events.Subscriber{Name: "all", From: events.FromBeginning}, func(ctx context.Context, r jobs.Run[core.StoredEvent]) error {
			if r.Args.Name == "contact.updated" && r.Attempt < 3 {
				failures++
				return errors.New("not yet")
			}
			return got.handle(ctx, r)
		})
		ada, err := w.ws().Contacts.Create(ctx, crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		_, err = w.ws().Contacts.Update(ctx, ada.ID, func(c *crm.Contact) error { c.Name = "Ada Lovelace"; return nil })
		require.NoError(t, err)
		require.NoError(t, w.ws().Contacts.Delete(ctx, ada.ID))
		grace, err := w.ws().Contacts.Create(ctx, crm.NewContact{Name: "Grace"})
		require.NoError(t, err)
		w.step(app)
		require.Equal(t, []string{"contact.created"}, got.of(ada.ID.UUID))
		require.Equal(t, []string{"contact.created"}, got.of(grace.ID.UUID), "others are not held up")
		for range 3 {
			w.pass(10 * time.Second)
			w.step(app)
		}
		require.Equal(t, []string{"contact.created", "contact.updated", "contact.deleted"}, got.of(ada.ID.UUID))
		require.Equal(t, 2, failures)
	})
}

// Two transactions emit, and the one that was later is committed first. A relay that went by
// the positions it sees would pass over the earlier event for ever.
func TestAnEventThatIsCommittedLateIsNotLeftOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		if w.db.Dialect() == "sqlite" {
			t.Skip("one transaction writes at a time")
		}
		ctx, app := t.Context(), w.app()
		var got heard
		app.Relay.Subscribe(events.Subscriber{Name: "all", From: events.FromBeginning}, got.handle)
		w.step(app)
		early, late := w.begin(app), w.begin(app)
		ada, err := early.ws.Contacts.Create(ctx, crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		grace, err := late.ws.Contacts.Create(ctx, crm.NewContact{Name: "Grace"})
		require.NoError(t, err)
		require.NoError(t, late.tx.Commit())
		w.step(app)
		require.Empty(t, got.events, "an earlier event may still appear")
		list, err := w.ws().Events.List(ctx, events.Filter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, list.Items)

		require.NoError(t, early.tx.Commit())
		w.step(app)
		require.Equal(t, []string{"contact.created"}, got.of(ada.ID.UUID))
		require.Equal(t, []string{"contact.created"}, got.of(grace.ID.UUID))

		// One that is rolled back holds up nobody from then on, and a savepoint neither.
		undone, kept := w.begin(app), w.begin(app)
		_, err = undone.ws.Contacts.Create(ctx, crm.NewContact{Name: "Undone"})
		require.NoError(t, err)
		require.Error(t, kept.ws.Atomic(ctx, func(ws *clientele.Workspace) error {
			_, err := ws.Contacts.Create(ctx, crm.NewContact{Name: "Undone too"})
			require.NoError(t, err)
			return errors.New("undone")
		}))
		_, err = kept.ws.Contacts.Create(ctx, crm.NewContact{Name: "Kept"})
		require.NoError(t, err)
		require.NoError(t, kept.tx.Commit())
		w.step(app)
		require.Len(t, got.events, 2)
		require.NoError(t, undone.tx.Rollback())
		w.step(app)
		require.Len(t, got.events, 3)
	})
}

// A transaction that is open without having emitted anything holds up nobody.
func TestAnOpenTransactionWithoutEventsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		if w.db.Dialect() == "sqlite" {
			t.Skip("one transaction writes at a time")
		}
		ctx, app := t.Context(), w.app()
		var got heard
		app.Relay.Subscribe(events.Subscriber{Name: "all", From: events.FromBeginning}, got.handle)
		open := w.begin(app)
		_, err := open.tx.ExecContext(ctx, "UPDATE id_companies SET website = 'https://example.org'")
		require.NoError(t, err)
		_, err = w.ws().Contacts.Create(ctx, crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		w.step(app)
		require.Len(t, got.events, 1)
		require.NoError(t, open.tx.Rollback())
	})
}

// opened is a transaction of the embedder's.
type opened struct {
	tx *sql.Tx
	ws *clientele.Workspace
}

func (w *world) begin(app *clientele.Clientele) opened {
	pool, _ := w.db.Pools()
	tx, err := pool.BeginTx(w.t.Context(), nil)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = tx.Rollback() })
	return opened{tx, app.WorkspaceIn(w.db.Join(core.Scope{Company: w.company, Actor: core.System()}, tx))}
}

// Many write and roll back at once while two relays run: each event is given once, and those
// of a subject in their order.
func TestNoEventIsLostOrOvertakenUnderConcurrentWriters(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app := t.Context(), w.app()
		const writers, changes = 8, 40
		got := map[uuid.UUID][]core.StoredEvent{}
		var mu sync.Mutex
		apps := []*clientele.Clientele{app, w.app()}
		for _, a := range apps {
			a.Relay.Subscribe(events.Subscriber{Name: "all", From: events.FromBeginning}, func(_ context.Context, r jobs.Run[core.StoredEvent]) error {
				mu.Lock()
				defer mu.Unlock()
				got[r.Args.Subject.ID] = append(got[r.Args.Subject.ID], r.Args)
				return nil
			})
		}
		working, stop := context.WithCancel(ctx)
		var workers, writing sync.WaitGroup
		for _, a := range apps {
			workers.Go(func() { _ = a.Work(working) })
		}
		// All writers change the same few contacts, so that their transactions wait for each other.
		var contacts []core.ID[crm.Contact]
		for i := range 4 {
			c, err := w.ws().Contacts.Create(ctx, crm.NewContact{Name: fmt.Sprint("Contact ", i)})
			require.NoError(t, err)
			contacts = append(contacts, c.ID)
		}
		for i := range writers {
			writing.Go(func() {
				for n := range changes {
					err := w.ws().Atomic(ctx, func(ws *clientele.Workspace) error {
						_, err := ws.Contacts.Create(ctx, crm.NewContact{Name: fmt.Sprint("New ", i, n)})
						if err != nil {
							return err
						}
						id := contacts[(i+n)%len(contacts)]
						if _, err := ws.Contacts.Update(ctx, id, func(c *crm.Contact) error { c.Notes += "."; return nil }); err != nil {
							return err
						}
						if n%5 == 0 {
							return errors.New("changed my mind")
						}
						return nil
					})
					_ = err // conflicts are part of the game
				}
			})
		}
		writing.Wait()
		var all []core.StoredEvent
		for e, err := range w.ws().Events.All(ctx, events.Filter{}) {
			require.NoError(t, err)
			all = append(all, e)
		}
		require.Greater(t, len(all), writers*changes/2)
		require.Eventually(t, func() bool {
			mu.Lock()
			defer mu.Unlock()
			n := 0
			for _, of := range got {
				n += len(of)
			}
			return n >= len(all)
		}, 30*time.Second, 10*time.Millisecond)
		stop()
		workers.Wait()
		for _, subject := range got {
			require.True(t, slices.IsSortedFunc(subject, func(a, b core.StoredEvent) int { return int(a.Position - b.Position) }))
			require.Len(t, slices.CompactFunc(slices.Clone(subject), func(a, b core.StoredEvent) bool { return a.ID == b.ID }), len(subject), "given once")
		}
	})
}

func TestACompanysEventsAreListedAndFollowed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, ws := t.Context(), w.ws()
		for _, name := range []string{"Ada", "Grace", "Emmy"} {
			_, err := ws.Contacts.Create(ctx, crm.NewContact{Name: name})
			require.NoError(t, err)
		}
		theirs := core.CompanyID{UUID: uuid.New()}
		require.NoError(t, w.db.EnsureCompany(ctx, core.Tenant{ID: theirs, Name: "Theirs", ContactPolicy: []string{}}))
		foreign := w.app().Workspace(core.Scope{Company: theirs, Actor: core.System()})
		_, err := foreign.Contacts.Create(ctx, crm.NewContact{Name: "Mallory"})
		require.NoError(t, err)

		first, err := ws.Events.List(ctx, events.Filter{Names: []string{"contact.created"}}, core.Page{Limit: 2})
		require.NoError(t, err)
		require.Len(t, first.Items, 2)
		rest, err := ws.Events.List(ctx, events.Filter{}, core.Page{Cursor: first.Next})
		require.NoError(t, err)
		require.Len(t, rest.Items, 1)
		require.Empty(t, rest.Next)
		_, err = ws.Events.List(ctx, events.Filter{}, core.Page{Cursor: "nonsense"})
		require.ErrorIs(t, err, core.ErrInvalid)

		following, stop := context.WithCancel(ctx)
		got := make(chan core.StoredEvent)
		go func() {
			defer close(got)
			for e, err := range ws.Events.Follow(following, events.Filter{}, first.Items[1].Position) {
				if err != nil {
					t.Error(err)
					return
				}
				got <- e
			}
		}()
		require.Equal(t, rest.Items[0], <-got)
		ada, err := ws.Contacts.Create(ctx, crm.NewContact{Name: "Sofia"})
		require.NoError(t, err)
		require.Equal(t, ada.ID.UUID, (<-got).Subject.ID)
		stop()
		_, more := <-got
		require.False(t, more)

		for _, actor := range []core.Actor{
			{Permissions: core.PermissionSet(core.ContactsRead)},
			{Permissions: core.PermissionSet(core.EventsRead), OwnRows: true},
		} {
			_, err := w.app().Workspace(core.Scope{Company: w.company, Actor: actor}).Events.List(ctx, events.Filter{}, core.Page{})
			require.ErrorIs(t, err, core.ErrForbidden)
		}
	})
}

func TestEventsAreKeptUntilAllHaveHadThem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, app, store := t.Context(), w.app(), workstore.Events(w.db)
		var got heard
		app.Relay.Subscribe(events.Subscriber{Name: "all"}, got.handle)
		w.step(app)
		require.NoError(t, store.MakeCursor(ctx, "slow", 0))
		_, err := w.ws().Contacts.Create(ctx, crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		kept := func() int {
			list, err := w.ws().Events.List(ctx, events.Filter{}, core.Page{})
			require.NoError(t, err)
			return len(list.Items)
		}
		w.step(app)
		w.pass(31 * 24 * time.Hour)
		w.step(app)
		require.Equal(t, 1, kept(), "slow has not had it")
		require.NoError(t, app.Relay.Forget(ctx, "slow"))
		w.pass(time.Hour)
		w.step(app)
		require.Zero(t, kept())
	})
}

func TestAnEventOfTheFutureHoldsUpNoSweep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, store := t.Context(), workstore.Events(w.db)
		for _, name := range []string{"Ada", "Grace", "Mary"} {
			_, err := w.ws().Contacts.Create(ctx, crm.NewContact{Name: name})
			require.NoError(t, err)
		}
		now := w.db.Env.Time()
		_, err := w.db.Session(core.Scope{}).AcrossRaw("UPDATE core_outbox SET created_at = ? WHERE position = (SELECT min(position) FROM core_outbox)", now.AddDate(1, 0, 0)).Exec(ctx)
		require.NoError(t, err)
		for _, want := range []int{1, 1, 0} {
			n, err := store.SweepEvents(ctx, now.Add(time.Hour), 1)
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		list, err := w.ws().Events.List(ctx, events.Filter{}, core.Page{})
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
	})
}

func TestARelayLeavesACursorToWhoeverHasIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		if w.db.Dialect() == "sqlite" {
			t.Skip("one transaction writes at a time")
		}
		store := workstore.Events(w.db)
		require.NoError(t, store.MakeCursor(t.Context(), "all", 0))
		err := w.db.Session(core.Scope{}).Atomic(t.Context(), func(s *bunstore.Session) error {
			var position int64
			require.NoError(t, s.AcrossRaw("SELECT position FROM core_cursors WHERE name = 'all' FOR UPDATE").Scan(t.Context(), &position))
			_, err := store.Forward(t.Context(), events.Forward{Cursor: "all", Limit: 1})
			return err
		})
		require.ErrorIs(t, err, core.ErrConflict)
		_, err = store.Forward(t.Context(), events.Forward{Cursor: "none", Limit: 1})
		require.ErrorIs(t, err, core.ErrNotFound)
	})
}
