package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/scheduling"
)

// backOffice is the background work of a diary, at the diary's time, with the notices that it sends.
// The test says when it works.
type backOffice struct {
	*scheduling.Background
	d *diary

	mu     sync.Mutex
	sent   []scheduling.Notice
	broken error // what sending fails with
}

func (d *diary) backOffice() *backOffice {
	b := &backOffice{d: d}
	links := scheduling.NewLinks([]byte("key"), "https://crm.example.org")
	worker := jobs.NewWorker(d.w.backend.Jobs())
	senders := map[string]scheduling.Sender{"email": b}
	b.Background = scheduling.NewBackground(b, senders, links, events.NewRelay(d.w.backend.Events(), worker), worker)
	return b
}

// In implements [scheduling.Across]. Everybody has an address.
func (b *backOffice) In(scope core.Scope) core.Work[scheduling.Tx] {
	return known{timed{b.d.w.backend.Session(scope).Scheduling(), b.d.now, b.d.heard, b.d.other}}
}

func (b *backOffice) Env() core.Env { return core.Env{Now: func() time.Time { return *b.d.now }} }

func (b *backOffice) HoldsOver(ctx context.Context, now time.Time, limit int) ([]core.CompanyID, error) {
	found, err := b.d.w.backend.HoldsOver(ctx, now, limit)
	return b.ours(found), err
}

func (b *backOffice) WaitsOver(ctx context.Context, now time.Time, limit int) ([]core.CompanyID, error) {
	found, err := b.d.w.backend.WaitsOver(ctx, now, limit)
	return b.ours(found), err
}

// ours are the companies without those of other contracts, at other times.
func (b *backOffice) ours(list []core.CompanyID) []core.CompanyID {
	return slices.DeleteFunc(list, func(id core.CompanyID) bool { return id != b.d.w.company && id != b.d.w.foreign })
}

// Send implements [scheduling.Sender].
func (b *backOffice) Send(_ context.Context, n scheduling.Notice) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil {
		return b.broken
	}
	b.sent = append(b.sent, n)
	return nil
}

// send sends the reminders of an appointment that are due.
func (b *backOffice) send(id core.ID[scheduling.Appointment]) {
	list, err := b.d.Reminders(b.d.w.t.Context(), id)
	require.NoError(b.d.w.t, err)
	for _, r := range list {
		if r.DueAt.After(*b.d.now) {
			continue
		}
		require.NoError(b.d.w.t, b.SendReminder(b.d.w.t.Context(), b.d.w.company, r.ID))
	}
}

// deliver brings the new events to those who wait for them, and those that come of that.
func (b *backOffice) deliver() {
	t := b.d.w.t
	for e, some := b.d.heard.next(); some; e, some = b.d.heard.next() {
		if e.Name == scheduling.WaitlistOffered.Name {
			require.NoError(t, b.TellOffer(t.Context(), e))
			continue
		}
		require.NoError(t, b.Freed(t.Context(), e))
		require.NoError(t, b.Freed(t.Context(), e), "an event may come twice")
	}
}

// heard are the events of a company that nobody has been told of. The relay's own way to them has
// contracts of its own, and is held up by others' transactions.
type heard struct {
	company core.CompanyID

	mu     sync.Mutex
	events []core.StoredEvent
}

func (s *heard) next() (e core.StoredEvent, some bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.events) == 0 {
		return e, false
	}
	e, s.events = s.events[0], s.events[1:]
	return e, true
}

// outbox is one whose events are noted.
type outbox struct {
	core.Outbox
	heard *heard
}

func (o outbox) Emit(ctx context.Context, events ...core.Event) error {
	for _, e := range events {
		data, err := json.Marshal(map[string]any{"before": e.Before, "after": e.After})
		if err != nil {
			return err
		}
		o.heard.mu.Lock()
		o.heard.events = append(o.heard.events, core.StoredEvent{ID: uuid.New(), CompanyID: o.heard.company, Name: e.Name, Subject: e.Subject, Data: data})
		o.heard.mu.Unlock()
	}
	return o.Outbox.Emit(ctx, events...)
}

// known is a work of clients of whom all have an address.
type known struct{ timed }

func (k known) Plain() scheduling.Tx {
	tx := k.timed.Plain()
	tx.Clients = everybody{}
	return tx
}

func (k known) Atomic(ctx context.Context, fn func(scheduling.Tx) error) error {
	return k.timed.Atomic(ctx, func(tx scheduling.Tx) error {
		tx.Clients = everybody{}
		return fn(tx)
	})
}

type everybody struct{}

func (everybody) Check(context.Context, core.ID[scheduling.Client]) error { return nil }

func (everybody) Receive(context.Context, scheduling.Person) (core.ID[scheduling.Client], error) {
	return core.ID[scheduling.Client]{}, errors.New("nobody says who they are here")
}

func (everybody) Person(_ context.Context, id core.ID[scheduling.Client]) (scheduling.Person, error) {
	return scheduling.Person{Name: "Ada", Email: id.String() + "@example.org"}, nil
}

func newClient() core.ID[scheduling.Client] { return core.ID[scheduling.Client]{UUID: uuid.New()} }
