package scheduling

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Calendars are those that members keep elsewhere, such as with Google or on a CalDAV server. What is
// in them takes the members' time; see [ExternalEvent.Span].
type Calendars interface {
	// Busy is what of the members' calendars is in [from, until). It is asked each time that slots are
	// listed and, under the locks of a booking, when one is taken: it answers from what Pull brought, and
	// never by way of a network. An error is answered to whoever asked: nothing is booked past it.
	Busy(ctx context.Context, company core.CompanyID, members []core.UserID, from, until time.Time) ([]ExternalEvent, error)

	// Push brings an appointment into its members' calendars as it is now: made, moved, or removed since it
	// was cancelled. Doing it twice does it once: the appointment's id names the event there.
	Push(ctx context.Context, company core.CompanyID, a Appointment) error

	// Pull is what has changed in a member's calendar since a mark, with the next mark. Empty since reads all.
	Pull(ctx context.Context, company core.CompanyID, member core.UserID, since string) (changed []ExternalEvent, next string, err error)
}

// ExternalEvent is an event of a member's calendar.
type ExternalEvent struct {
	MemberID core.UserID
	UID      string
	Start    time.Time // with End, unless it is of whole days
	End      time.Time

	// FirstDay and LastDay, both included, are of an event of whole days, in the calendar's zone: a name of
	// the IANA database.
	FirstDay, LastDay slots.Date
	Zone              string

	Transparent bool // it takes no time: "free"
	Declined    bool // the member does not go
	Cancelled   bool

	// AppointmentID is of the appointment that it is a copy of, if it is one. It takes no time itself: it
	// would be in the appointment's way when that moves.
	AppointmentID core.ID[Appointment]
}

// Span is the time that an event takes; ok is false if it takes none. One of whole days takes the
// days of the calendar's zone, of 23 to 25 hours. [core.ErrInvalid]: there is no such zone.
func (e *ExternalEvent) Span() (span slots.Interval, ok bool, err error) {
	if e.Transparent || e.Declined || e.Cancelled || !e.AppointmentID.IsZero() {
		return slots.Interval{}, false, nil
	}
	span = slots.Interval{Start: e.Start, End: e.End}
	if !e.FirstDay.IsZero() {
		zone, err := slots.Zone(e.Zone)
		if err != nil {
			return slots.Interval{}, false, err
		}
		last := e.LastDay
		if last.IsZero() {
			last = e.FirstDay
		}
		span.Start, _ = slots.DayIn(zone, e.FirstDay)
		_, span.End = slots.DayIn(zone, last)
	}
	return span, span.Start.Before(span.End), nil
}

// elsewhere is the time that other calendars of the members take in [from, until).
func (tx Tx) elsewhere(ctx context.Context, members []core.UserID, from, until time.Time) (map[core.UserID][]slots.Busy, error) {
	if tx.Calendars == nil || len(members) == 0 {
		return nil, nil
	}
	events, err := tx.Calendars.Busy(ctx, tx.Scope.Company, members, from, until)
	if err != nil {
		return nil, err
	}
	busy := map[core.UserID][]slots.Busy{}
	for i := range events {
		span, ok, err := events[i].Span()
		if err != nil {
			return nil, err
		}
		if ok {
			id := events[i].MemberID
			busy[id] = append(busy[id], slots.Busy{Start: span.Start, End: span.End})
		}
	}
	return busy, nil
}
