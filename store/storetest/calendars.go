package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// calendars are those of all members, in memory.
type calendars struct {
	mu     sync.Mutex
	events []scheduling.ExternalEvent
	broken error
}

func (c *calendars) add(e scheduling.ExternalEvent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, e)
}

// Busy answers more than it is asked for, as a provider may.
func (c *calendars) Busy(context.Context, core.CompanyID, []core.UserID, time.Time, time.Time) ([]scheduling.ExternalEvent, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]scheduling.ExternalEvent{}, c.events...), c.broken
}

func (c *calendars) Push(_ context.Context, _ core.CompanyID, a scheduling.Appointment) error {
	for _, m := range a.Members {
		c.add(scheduling.ExternalEvent{MemberID: m, UID: a.UID, Start: a.StartDate, End: a.EndDate, AppointmentID: a.ID})
	}
	return nil
}

func (c *calendars) Pull(context.Context, core.CompanyID, core.UserID, string) ([]scheduling.ExternalEvent, string, error) {
	events, err := c.Busy(context.Background(), core.CompanyID{}, nil, time.Time{}, time.Time{})
	return events, "all", err
}

var calendarContracts = []contract{
	{"Calendars/take the time of what is in them", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		me := a.Members[0].ID
		all := []string{"09:00", "09:30", "10:00", "10:30"}
		event := func(change func(*scheduling.ExternalEvent)) scheduling.ExternalEvent {
			e := scheduling.ExternalEvent{MemberID: me, Start: tuesday("09:15"), End: tuesday("09:45")}
			change(&e)
			return e
		}
		for _, free := range []scheduling.ExternalEvent{
			event(func(e *scheduling.ExternalEvent) { e.Transparent = true }),
			event(func(e *scheduling.ExternalEvent) { e.Declined = true }),
			event(func(e *scheduling.ExternalEvent) { e.Cancelled = true }),
			event(func(e *scheduling.ExternalEvent) { e.MemberID = newUser() }),
			event(func(e *scheduling.ExternalEvent) { e.End = e.Start }),
		} {
			d.other.add(free)
		}
		require.Equal(t, all, d.free(a))
		d.other.add(event(func(*scheduling.ExternalEvent) {}))
		require.Equal(t, []string{"10:00", "10:30"}, d.free(a), "a listed slot vanishes when an event comes")
		_, err := d.Book(t.Context(), at(a, "09:30"))
		require.ErrorIs(t, err, core.ErrConflict)
		require.Equal(t, []string{"10:00", "10:30"}, nearby(t, err)[:2])
		_, err = d.BookSeries(t.Context(), weekly(a, "FREQ=DAILY;COUNT=2"))
		require.ErrorIs(t, err, core.ErrConflict)
		elsewhere := d.agenda(1, nil)
		made := d.booked(at(elsewhere, "09:00"))
		_, err = d.AddMember(t.Context(), made.ID, me)
		require.ErrorIs(t, err, core.ErrConflict)
	}},
	{"Calendars/have days of their own zone", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) {
			n.Rules.Hours.Week = slots.EveryDay("00:00-24:00")
			n.Rules.Duration = 60
		})
		day := slots.Date{Year: 2030, Month: 1, Day: 8}
		d.other.add(scheduling.ExternalEvent{MemberID: a.Members[0].ID, FirstDay: day, Zone: "America/New_York"})
		require.Equal(t, []string{"00:00", "01:00", "02:00", "03:00", "04:00"}, d.free(a), "until midnight there, five hours later")
		d.other.add(scheduling.ExternalEvent{MemberID: a.Members[0].ID, FirstDay: day.AddDays(-1), LastDay: day.AddDays(-1), Zone: "America/New_York"})
		require.Empty(t, d.free(a))
	}},
	{"Calendars/have copies of appointments, which are not in their way", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Step = 10 })
		made := d.booked(at(a, "09:00"))
		require.NoError(t, d.other.Push(t.Context(), w.company, made))
		moved, err := d.Move(t.Context(), made.ID, tuesday("09:10"))
		require.NoError(t, err)
		require.Equal(t, tuesday("09:10"), moved.StartDate)
	}},
	{"Calendars/that do not answer let nothing be booked", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		d.other.broken = errors.New("broken")
		_, err := d.Book(t.Context(), at(a, "09:00"))
		require.ErrorIs(t, err, d.other.broken)
		d.other.broken = nil
		d.other.add(scheduling.ExternalEvent{MemberID: a.Members[0].ID, FirstDay: slots.Date{Year: 2030, Month: 1, Day: 8}, Zone: "Mars/Olympus"})
		_, err = d.Book(t.Context(), at(a, "09:00"))
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
}
