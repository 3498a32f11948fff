package crm

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Due is when an open activity is due, by the days of the caller's time zone. What is
// scheduled for this morning is due today until the day is over.
type Due string

// The parts of the calendar.
const (
	Overdue  Due = "overdue"  // before today
	Today    Due = "today"    // from the first instant of today to the first of tomorrow
	Upcoming Due = "upcoming" // from tomorrow on, for as many days as the filter says
)

// DueFilter says which activities are asked for.
type DueFilter struct {
	Due  Due
	Zone string // a name of the IANA database; empty: UTC
	Days int    // how many days Upcoming looks ahead, 1 to 366; 0: 7
}

// Days that Upcoming looks ahead.
const (
	defaultDueDays = 7
	maxDueDays     = 366
)

// span is the half-open range of instants that the filter means at the time now.
func (d DueFilter) span(now time.Time) (from, before time.Time, err error) {
	var f core.Faults
	zone := time.UTC
	if d.Zone != "" {
		if zone, err = core.ParseZone(d.Zone); err != nil {
			f.Add("/zone", "timezone", "is not a time zone of the IANA database")
		}
	}
	if d.Days == 0 {
		d.Days = defaultDueDays
	}
	if d.Days < 1 || d.Days > maxDueDays {
		f.Add("/days", "range", "has to be from 1 to 366")
	}
	if d.Due != Overdue && d.Due != Today && d.Due != Upcoming {
		f.Add("/due", "enum", "has to be overdue, today or upcoming")
	}
	if err := f.Err(); err != nil {
		return from, before, err
	}
	today, tomorrow := core.Day(now, zone, 0)
	switch d.Due {
	case Overdue:
		return time.Time{}, today, nil
	case Today:
		return today, tomorrow, nil
	}
	_, before = core.Day(now, zone, d.Days)
	return tomorrow, before, nil
}

// Due reads a page of the open activities that are due then, of all live contacts that the
// actor sees, in the order of their time.
func (s *Activities) Due(ctx context.Context, d DueFilter, p core.Page) (core.List[Activity], error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return core.List[Activity]{}, err
	}
	tx := s.work.Plain()
	from, before, err := d.span(tx.Env.Time())
	if err != nil {
		return core.List[Activity]{}, err
	}
	return tx.Store.OpenActivities(ctx, from, before, p)
}
