package ical

import (
	"strconv"
	"time"

	goical "github.com/emersion/go-ical"

	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Series adds those of a series's appointments that are given, as one event with its rule: times
// without an appointment are left out of it, and appointments that differ are exceptions. Without any
// appointment nothing is written. Of who takes part all have the same; the zone is the series's.
func (w *Writer) Series(s scheduling.Series, list []scheduling.Appointment, who Event) error {
	if len(list) == 0 {
		return nil
	}
	times, err := s.Occurrences()
	if err != nil {
		return err
	}
	zone, err := w.zone(orUTC(s.Zone))
	if err != nil {
		return err
	}
	f := &family{series: s, usual: status(list[0].Status), zone: zone, who: who, walls: make(map[int64]scheduling.Occurrence, len(times))}
	for _, at := range times {
		f.walls[at.At.UnixMicro()] = at
	}
	if err := w.write(f.rule(times, list)); err != nil {
		return err
	}
	for _, a := range list {
		if f.differs(a) {
			if err := w.write(f.exception(a)); err != nil {
				return err
			}
		}
	}
	return nil
}

// family is a series as a file has it.
type family struct {
	series scheduling.Series
	usual  string // the status
	zone   *time.Location
	who    Event
	walls  map[int64]scheduling.Occurrence // the times of the rule, by when they are
}

// rule is the event that has the rule.
func (f *family) rule(times []scheduling.Occurrence, list []scheduling.Appointment) *goical.Component {
	given := make(map[int64]bool, len(list))
	for _, a := range list {
		if a.RecurrenceDate != nil {
			given[a.RecurrenceDate.UnixMicro()] = true
		}
	}
	c := details(f.series.UID, f.series.Sequence, f.series.Details, f.series.Stamp)
	c.Props.SetText(goical.PropStatus, f.usual)
	addWall(c, goical.PropDateTimeStart, times[0].Day, times[0].Clock, f.zone)
	set(c, goical.PropDuration, duration(f.series.Duration))
	set(c, goical.PropRecurrenceRule, f.series.Rule)
	for _, at := range times {
		if !given[at.At.UnixMicro()] && f.usual != cancelled {
			addWall(c, goical.PropExceptionDates, at.Day, at.Clock, f.zone)
		}
	}
	f.who.into(c)
	return c
}

// differs reports whether an appointment is not as its series says.
func (f *family) differs(a scheduling.Appointment) bool {
	if a.RecurrenceDate == nil || f.usual == cancelled {
		return false
	}
	by, known := f.walls[a.RecurrenceDate.UnixMicro()]
	return !known || !a.StartDate.Equal(by.At) || length(a) != f.series.Duration || status(a.Status) != f.usual || shown(a.Details) != shown(f.series.Details)
}

func (f *family) exception(a scheduling.Appointment) *goical.Component {
	c := event(a, f.zone)
	set(c, goical.PropSequence, strconv.Itoa(max(a.Sequence, f.series.Sequence)))
	set(c, goical.PropDuration, duration(length(a)))
	if by, known := f.walls[a.RecurrenceDate.UnixMicro()]; known {
		addWall(c, goical.PropRecurrenceID, by.Day, by.Clock, f.zone)
	} else {
		setTime(c, goical.PropRecurrenceID, *a.RecurrenceDate, f.zone)
	}
	f.who.into(c)
	return c
}

func length(a scheduling.Appointment) slots.Minutes {
	return slots.Minutes(a.EndDate.Sub(a.StartDate) / time.Minute)
}

// shown is what of the details a file has.
func shown(d scheduling.Details) [4]string {
	return [4]string{d.Title, d.Description, d.Location, d.URL}
}

// duration is a length of time that is the same where clocks change, as PT90M.
func duration(m slots.Minutes) string { return "PT" + strconv.Itoa(int(m)) + "M" }
