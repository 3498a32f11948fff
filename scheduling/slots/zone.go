package slots

import (
	"sync"
	"time"
	_ "time/tzdata" // zones do not depend on what the machine has

	"github.com/clientele-crm/clientele/core"
)

// Zone is [core.ParseZone], which reads a file, with a memory.
func Zone(name string) (*time.Location, error) {
	if zone, known := zones.Load(name); known {
		return zone.(*time.Location), nil
	}
	zone, err := core.ParseZone(name)
	if err == nil {
		zones.Store(name, zone) // there are some 600 names
	}
	return zone, err
}

var zones sync.Map

// At is the instant at which a clock in the zone shows the time on the day, by RFC 5545,
// 3.3.5: a time that occurs twice is the first, and one that clocks skip is read with the
// offset from before the gap, so that 02:30 becomes 03:30. [time.Date] promises neither.
func At(zone *time.Location, d Date, c Clock) time.Time {
	r := resolver{zone: zone}
	return time.Unix(r.at(d.number()*daySeconds+int64(c)*60), 0).UTC()
}

// DayIn is the day in the zone: its first instant, and the first of the next day. They are one
// where the day was skipped, as 2011-12-30 in Apia.
func DayIn(zone *time.Location, d Date) (from, before time.Time) {
	r := resolver{zone: zone}
	number := d.number()
	return time.Unix(r.midnight(number), 0).UTC(), time.Unix(r.midnight(number+1), 0).UTC()
}

// resolver makes instants of wall-clock times, both in seconds: of Unix, and of a Unix whose
// clocks show the zone's time. It remembers the stretch between two changes of the clocks.
type resolver struct {
	zone       *time.Location
	start, end int64 // of the stretch; end 0: none yet
	offset     int64
}

// forever is beyond all times, and small enough to be counted in microseconds.
const forever = int64(1) << 42

func (r *resolver) load(t int64) {
	at := time.Unix(t, 0).In(r.zone)
	_, offset := at.Zone()
	r.offset = int64(offset)
	start, end := at.ZoneBounds()
	r.start, r.end = -forever, forever
	if !start.IsZero() {
		r.start = start.Unix()
	}
	if !end.IsZero() {
		r.end = end.Unix()
	}
}

// at is the instant of a wall-clock time.
func (r *resolver) at(local int64) int64 {
	t, _ := r.find(local)
	return t
}

// midnight is the first instant of a day. Where clocks skip it, that is when they change.
func (r *resolver) midnight(day int64) int64 {
	t, skipped := r.find(day * daySeconds)
	if skipped {
		return r.start
	}
	return t
}

// find is the instant of a wall-clock time, and whether clocks skip it; they do so at start.
func (r *resolver) find(local int64) (t int64, skipped bool) {
	if t := local - r.offset; t-2*daySeconds >= r.start && t < r.end {
		return t, false // no change is near enough for the time to occur before
	}
	r.load(local - daySeconds) // no offset is as large as a day
	for {
		before := r.offset
		if t := local - before; t < r.end {
			return t, false
		}
		r.load(r.end)
		if local-r.offset < r.start {
			return local - before, true
		}
	}
}

// calm reports whether the clocks do not change near the day.
func (r *resolver) calm(day int64) bool {
	for range 2 {
		t := day*daySeconds - r.offset
		if t-2*daySeconds >= r.start && t+3*daySeconds < r.end {
			return true
		}
		r.load(t)
	}
	return false
}

// dayOf is the day that it is at an instant.
func dayOf(zone *time.Location, t time.Time) int64 { return DateOf(t.In(zone)).number() }
