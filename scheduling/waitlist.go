package scheduling

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Waitlist is the service of those who wait for a time of an agenda to become free. A time that
// does is held for the first in line whom it suits; if they do not take it in time, for the next.
// It needs [core.AppointmentsRead] to read and [core.AppointmentsWrite] to change. An actor with
// OwnRows sees the entries that they made.
type Waitlist struct{ work core.Work[Tx] }

// NewWaitlist is the service over a store, in the scope of work.
func NewWaitlist(work core.Work[Tx]) *Waitlist { return &Waitlist{work} }

// WaitlistEntry is a client who waits.
type WaitlistEntry struct {
	ID       core.ID[WaitlistEntry] `json:"id"`
	AgendaID core.ID[Agenda]        `json:"agendaId"` // what they wait for
	NewWaitlistEntry

	State         WaitlistState        `json:"state"`                  // how far they are
	AppointmentID core.ID[Appointment] `json:"appointmentId,omitzero"` // the hold that they were offered
	OfferedUntil  *time.Time           `json:"offeredUntil,omitzero"`  // until when they can take it
	Stamp
}

// NewWaitlistEntry asks for a time.
type NewWaitlistEntry struct {
	ClientID  core.ID[Client] `json:"clientId"`  // who waits
	FromDate  time.Time       `json:"fromDate"`  // the first start that suits them
	UntilDate time.Time       `json:"untilDate"` // the end of what does, at most 366 days later: a start is before it
	PartySize int             `json:"partySize"` // the seats that they want; 0 is one
	Timezone  string          `json:"timezone"`  // theirs: a name of the IANA database; empty is the agenda's
}

// WaitlistState is how far somebody is who waits.
type WaitlistState string

// The states.
const (
	Waiting     WaitlistState = "waiting"
	OfferMade   WaitlistState = "offered" // a time is held for them
	OfferTaken  WaitlistState = "booked"  // they took it
	OfferLapsed WaitlistState = "lapsed"  // they did not take it in time
	LeftLine    WaitlistState = "left"    // they do not wait any more
	WaitExpired WaitlistState = "expired" // what they waited for is past
)

func waitlistEvent(name string) core.EventType[WaitlistEntry] {
	return core.EventType[WaitlistEntry]{Name: "waitlist." + name, Kind: "waitlist_entry"}
}

// The events of an entry.
var (
	WaitlistJoined  = waitlistEvent("joined")
	WaitlistOffered = waitlistEvent("offered")
	WaitlistBooked  = waitlistEvent("booked")
	WaitlistLapsed  = waitlistEvent("lapsed")
	WaitlistLeft    = waitlistEvent("left")
	WaitlistExpired = waitlistEvent("expired")
)

// WaitlistFilter says which entries a list has. Several conditions are met all at once.
type WaitlistFilter struct {
	Agenda core.ID[Agenda]
	State  WaitlistState
}

// Join puts a client at the end of the line of an active agenda. [core.ErrExists]: they wait for
// the same time already.
func (s *Waitlist) Join(ctx context.Context, agenda core.ID[Agenda], n NewWaitlistEntry) (WaitlistEntry, error) {
	return s.join(ctx, agenda, n, nil)
}

// JoinFor is [Waitlist.Join] for somebody who says who they are: the client who has one of their
// addresses, or a new one.
func (s *Waitlist) JoinFor(ctx context.Context, agenda core.ID[Agenda], p Person, n NewWaitlistEntry) (WaitlistEntry, error) {
	return s.join(ctx, agenda, n, &p)
}

func (s *Waitlist) join(ctx context.Context, agenda core.ID[Agenda], n NewWaitlistEntry, p *Person) (e WaitlistEntry, err error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return WaitlistEntry{}, err
	}
	err = again(ctx, s.work, func(tx Tx) error {
		a, err := tx.Store.Agenda(ctx, agenda)
		if err != nil {
			return err
		}
		if !a.Active {
			return errInactive
		}
		if p != nil {
			if n.ClientID, err = receive(ctx, tx, *p); err != nil {
				return err
			}
		}
		e = WaitlistEntry{ID: core.NewID[WaitlistEntry](tx.Env), AgendaID: agenda, NewWaitlistEntry: n, State: Waiting, Stamp: newStamp(tx)}
		if err := e.check(ctx, tx, &a); err != nil {
			return err
		}
		if err := tx.Store.InsertEntry(ctx, e); err != nil {
			return waitsAlready(err)
		}
		return tx.Events.Emit(ctx, WaitlistJoined.Of(e.ID, nil, &e))
	})
	if err != nil {
		return WaitlistEntry{}, err
	}
	return e, nil
}

func waitsAlready(err error) error {
	if !errors.Is(err, core.ErrExists) {
		return err
	}
	return &core.Error{Kind: core.ErrExists, Code: "waits_already", Message: "the client is on the waitlist for this time already"}
}

// check brings the entry into its canonical form, or says all that is wrong with it.
func (e *WaitlistEntry) check(ctx context.Context, tx Tx, agenda *Agenda) error {
	var f core.Faults
	e.FromDate, e.UntilDate = e.FromDate.UTC().Truncate(time.Microsecond), e.UntilDate.UTC().Truncate(time.Microsecond)
	f.Instant("/fromDate", e.FromDate)
	f.Instant("/untilDate", e.UntilDate)
	switch now := tx.Env.Time(); {
	case e.FromDate.IsZero():
		f.Add("/fromDate", "required", "has to be given")
	case !e.UntilDate.After(e.FromDate):
		f.Add("/untilDate", "order", "has to be after fromDate")
	case e.UntilDate.Sub(e.FromDate) > maxRange:
		f.Add("/untilDate", "range", "is more than 366 days after fromDate")
	case !e.UntilDate.After(now):
		f.Add("/untilDate", "past", "is past")
	}
	if e.PartySize == 0 {
		e.PartySize = 1
	}
	switch {
	case e.PartySize < 1:
		f.Add("/partySize", "range", "has to be 1 at least")
	case e.PartySize > max(agenda.Rules.Capacity, 1):
		f.Add("/partySize", "capacity", "is larger than the agenda's capacity")
	}
	if e.Timezone == "" {
		e.Timezone = agenda.Rules.Timezone
	}
	if _, err := slots.Zone(e.Timezone); err != nil {
		f.Add("/timezone", "timezone", "is not a time zone of the IANA database")
	}
	if e.ClientID.IsZero() {
		f.Add("/clientId", "required", "somebody has to wait")
	}
	if err := checkClient(ctx, tx, &f, e.ClientID); err != nil {
		return err
	}
	return f.Err()
}

// Leave takes a client out of the line. What is held for them is free again. One who does not wait
// any more is left as they are.
func (s *Waitlist) Leave(ctx context.Context, id core.ID[WaitlistEntry]) (e WaitlistEntry, err error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return WaitlistEntry{}, err
	}
	err = again(ctx, s.work, func(tx Tx) error {
		if e, err = tx.Store.Entry(ctx, id); err != nil || e.State != Waiting && e.State != OfferMade {
			return err
		}
		if e.State == OfferMade {
			if err := decline(ctx, tx, e.AppointmentID); err != nil {
				return err
			}
			e, err = tx.Store.Entry(ctx, id)
			return err
		}
		return settle(ctx, tx, &e, LeftLine)
	})
	return e, err
}

// Expire ends the waiting of those for whom no time is left, up to 100 of them, and answers how many there
// were: background work calls it until there are none. Nothing is offered to them in the meantime.
func (s *Waitlist) Expire(ctx context.Context) (n int, err error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return 0, err
	}
	err = again(ctx, s.work, func(tx Tx) error {
		past, err := tx.Store.WaitsOver(ctx, tx.Env.Time(), expiryBatch)
		if err != nil {
			return err
		}
		for n = 0; n < len(past); n++ {
			if err := settle(ctx, tx, &past[n], WaitExpired); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// decline cancels what is held; the entry follows.
func decline(ctx context.Context, tx Tx, id core.ID[Appointment]) error {
	was, err := tx.Store.Appointment(ctx, id)
	if err != nil {
		return err
	}
	if was.Status != Held {
		return core.Stale("waitlist_entry") // they took it since the entry was read, or it ended
	}
	now := was
	if err := now.to(Cancelled); err != nil {
		return err
	}
	return replace(ctx, tx, AppointmentCancelled, was, &now, nil)
}

// settle brings an entry into another state.
func settle(ctx context.Context, tx Tx, e *WaitlistEntry, next WaitlistState) error {
	was := *e
	e.State = next
	e.Version++
	e.UpdatedAt = tx.Env.Time()
	if err := tx.Store.ReplaceEntry(ctx, *e, was.Version); err != nil {
		return err
	}
	return tx.Events.Emit(ctx, waitlistEvent(string(next)).Of(e.ID, &was, e))
}

// settleOffer follows the fate of a hold, if somebody on a waitlist was offered it.
func settleOffer(ctx context.Context, tx Tx, was, now *Appointment) error {
	if was.Status != Held || now.Status == Held {
		return nil
	}
	e, err := tx.Store.EntryOffered(ctx, now.ID)
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	next := map[Status]WaitlistState{Scheduled: OfferTaken, Pending: OfferTaken, Expired: OfferLapsed, Cancelled: LeftLine}[now.Status]
	return settle(ctx, tx, &e, next)
}

// Get reads an entry.
func (s *Waitlist) Get(ctx context.Context, id core.ID[WaitlistEntry]) (WaitlistEntry, error) {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return WaitlistEntry{}, err
	}
	return s.work.Plain().Store.Entry(ctx, id)
}

// List reads a page of the entries that the filter lets through, the first in line first.
func (s *Waitlist) List(ctx context.Context, f WaitlistFilter, p core.Page) (core.List[WaitlistEntry], error) {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return core.List[WaitlistEntry]{}, err
	}
	return s.work.Plain().Store.ListEntries(ctx, f, p)
}

// All runs through the entries that the filter lets through, page by page.
func (s *Waitlist) All(ctx context.Context, f WaitlistFilter) iter.Seq2[WaitlistEntry, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[WaitlistEntry], error) {
		return s.List(ctx, f, p)
	})
}
