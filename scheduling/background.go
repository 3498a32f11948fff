package scheduling

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
)

// Across is what the background work needs of all companies.
type Across interface {
	// In is scheduling in a scope.
	In(core.Scope) core.Work[Tx]

	// HoldsOver are up to limit of the companies that have holds which are over at now; WaitsOver, of
	// those in which somebody waits for what is past.
	HoldsOver(ctx context.Context, now time.Time, limit int) ([]core.CompanyID, error)
	WaitsOver(ctx context.Context, now time.Time, limit int) ([]core.CompanyID, error)

	Env() core.Env
}

// Background does what nobody waits for: it ends holds, tells clients of their appointments, reminds them,
// and offers what has become free to those who wait.
type Background struct {
	across  Across
	senders map[string]Sender // by their channel
	links   *Links
}

// expiry is the job of ending holds, of which there is one for all companies.
var expiry = jobs.Kind[struct{}]{Name: "scheduling.expire_holds", Timeout: 10 * time.Minute}

// waitsExpiry is the job of ending the waiting for what is past, likewise.
var waitsExpiry = jobs.Kind[struct{}]{Name: "scheduling.expire_waits", Timeout: 10 * time.Minute}

// freeing are the events after which something may be free for those who wait.
var freeing = []core.EventType[Appointment]{AppointmentCancelled, AppointmentRejected, AppointmentExpired, AppointmentMoved, AppointmentUpdated}

// NewBackground has the relay's events and the worker's jobs handled, and notices sent by the
// senders of their channels.
func NewBackground(across Across, senders map[string]Sender, links *Links, relay *events.Relay, worker *jobs.Worker) *Background {
	b := &Background{across, senders, links}
	jobs.Handle(worker, sendReminder, b.remind)
	jobs.Handle(worker, expiry, func(ctx context.Context, _ jobs.Run[struct{}]) error { return b.ExpireHolds(ctx) })
	worker.Periodic(expiry.Name, jobs.Every(time.Minute), expiry.Of(struct{}{}))
	jobs.Handle(worker, waitsExpiry, func(ctx context.Context, _ jobs.Run[struct{}]) error { return b.ExpireWaits(ctx) })
	worker.Periodic(waitsExpiry.Name, jobs.Every(time.Hour), waitsExpiry.Of(struct{}{}))
	names := []string{AgendaUpdated.Name, AgendaActivated.Name, HolidaysSet.Name, WaitlistJoined.Name}
	for _, e := range freeing {
		names = append(names, e.Name)
	}
	relay.Subscribe(events.Subscriber{Name: "waitlist", Events: names}, b.freed)
	relay.Subscribe(events.Subscriber{Name: "waitlist.offers", Events: []string{WaitlistOffered.Name}, Queue: sendReminder.Queue}, b.tellOffer)
	relay.Subscribe(events.Subscriber{Name: "confirmations", Events: slices.Sorted(maps.Keys(confirming)), Queue: sendReminder.Queue}, b.confirm)
	return b
}

// system is scheduling in a company, for the system itself.
func (b *Background) system(company core.CompanyID) core.Work[Tx] {
	return b.across.In(core.Scope{Company: company, Actor: core.System()})
}

// ExpireHolds ends the holds of all companies that are over.
func (b *Background) ExpireHolds(ctx context.Context) error {
	return b.everywhere(ctx, b.across.HoldsOver, func(work core.Work[Tx]) (int, error) { return NewAppointments(work).ExpireHolds(ctx) })
}

// ExpireWaits ends the waiting in all companies of those for whom no time is left.
func (b *Background) ExpireWaits(ctx context.Context) error {
	return b.everywhere(ctx, b.across.WaitsOver, func(work core.Work[Tx]) (int, error) { return NewWaitlist(work).Expire(ctx) })
}

// everywhere ends what is over in batches, in one company after another, until none is left that has any.
func (b *Background) everywhere(ctx context.Context, left func(context.Context, time.Time, int) ([]core.CompanyID, error), end func(core.Work[Tx]) (int, error)) error {
	for {
		companies, err := left(ctx, b.across.Env().Time(), expiryBatch)
		if err != nil || len(companies) == 0 {
			return err
		}
		for _, id := range companies {
			for n := expiryBatch; n == expiryBatch; {
				if n, err = end(b.system(id)); err != nil {
					return err
				}
			}
		}
	}
}

func (b *Background) remind(ctx context.Context, r jobs.Run[core.ID[PlannedReminder]]) error {
	return b.SendReminder(ctx, r.CompanyID, r.Args)
}

// SendReminder sends a planned reminder and notes that it did. A crash between the two, or an error
// of the note, has it sent again with the same key. One that is not planned any more is not sent,
// nor one whose appointment has begun.
func (b *Background) SendReminder(ctx context.Context, company core.CompanyID, id core.ID[PlannedReminder]) error {
	work := b.system(company)
	tx := work.Plain()
	r, err := tx.Store.Reminder(ctx, id)
	if errors.Is(err, core.ErrNotFound) || err == nil && r.State != ReminderPlanned {
		return nil
	}
	if err != nil {
		return err
	}
	n, err := b.notice(ctx, tx, RemindsOf, r.AppointmentID)
	if err != nil {
		return err
	}
	n.Key = r.ID.String()
	sender := b.senders[r.Channel]
	switch now := tx.Env.Time(); {
	case n.Appointment.Status != Scheduled || !n.Appointment.StartDate.Equal(r.StartDate):
		return nil // it has just been changed
	case now.Before(r.DueAt):
		return jobs.Snooze(r.DueAt.Sub(now))
	case !now.Before(r.StartDate):
		return r.skipped(ctx, work, "the appointment had begun")
	case sender == nil:
		return r.skipped(ctx, work, "nothing is sent by "+r.Channel+" here")
	}
	err = sender.Send(ctx, n)
	if errors.Is(err, ErrNoAddress) {
		return r.skipped(ctx, work, ErrNoAddress.Message)
	}
	if err != nil {
		return err
	}
	return r.sent(ctx, work)
}

func (r PlannedReminder) sent(ctx context.Context, work core.Work[Tx]) error {
	return r.done(ctx, work, ReminderSent, func(r *PlannedReminder) { r.State, r.SentAt = ReminderDone, &r.UpdatedAt })
}

func (r PlannedReminder) skipped(ctx context.Context, work core.Work[Tx], why string) error {
	return r.done(ctx, work, ReminderMissing, func(r *PlannedReminder) { r.State, r.Reason = ReminderSkipped, why })
}

// done notes what became of a reminder. One that was dropped meanwhile has no need of it.
func (r PlannedReminder) done(ctx context.Context, work core.Work[Tx], event core.EventType[PlannedReminder], change func(*PlannedReminder)) error {
	return work.Atomic(ctx, func(tx Tx) error {
		was := r
		r.UpdatedAt = tx.Env.Time()
		change(&r)
		err := tx.Store.NoteReminder(ctx, r)
		if errors.Is(err, core.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.Events.Emit(ctx, event.Of(r.ID, &was, &r))
	})
}

// notice is what a client is told of an appointment, with the links that are of use.
func (b *Background) notice(ctx context.Context, tx Tx, kind NoticeKind, id core.ID[Appointment]) (n Notice, err error) {
	n.Kind = kind
	if n.Appointment, err = tx.Store.Appointment(ctx, id); err != nil {
		return n, err
	}
	if n.Agenda, err = tx.Store.Agenda(ctx, n.Appointment.AgendaID); err != nil {
		return n, err
	}
	if !n.Appointment.SeriesID.IsZero() {
		s, err := tx.Store.Series(ctx, n.Appointment.SeriesID)
		if err != nil {
			return n, err
		}
		n.Series = &s
	}
	if !n.Appointment.ClientID.IsZero() && tx.Clients != nil {
		if n.To, err = tx.Clients.Person(ctx, n.Appointment.ClientID); err != nil && !errors.Is(err, core.ErrNotFound) {
			return n, err
		}
	}
	if s := n.Appointment.Status; s != Scheduled && s != Pending {
		return n, nil
	}
	for p, url := range map[Purpose]*string{ToMove: &n.MoveURL, ToCancel: &n.CancelURL} {
		if tx.Env.Time().Before(n.Agenda.Latest(p, n.Appointment.StartDate)) {
			*url = b.links.URL(p, tx.Scope.Company, id.UUID)
		}
	}
	return n, nil
}
