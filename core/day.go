package core

import "time"

// ParseZone is the time zone of a name of the IANA database, such as "America/Sao_Paulo".
// "Local", the machine's own, is refused. The error is [ErrInvalid].
func ParseZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, &Error{Kind: ErrInvalid, Code: "not_a_timezone", Message: "is not a time zone of the IANA database"}
	}
	return zone, nil
}

// Instant notes in f that a time is not of the years 1 to 9999 in UTC: others can be written
// neither as RFC 3339 has it nor into every database. Field is a JSON pointer.
func (f *Faults) Instant(field string, t time.Time) {
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		f.Add(field, "range", "has to be in the years from 1 to 9999")
	}
}

// Day is the day in the zone that is days after the one of t: its first instant, and the
// first of the next day. Where clocks change it has 23 or 25 hours, or begins at one o'clock.
func Day(t time.Time, zone *time.Location, days int) (from, before time.Time) {
	y, m, d := t.In(zone).Date()
	return midnight(y, m, d+days, zone), midnight(y, m, d+days+1, zone)
}

// midnight is the first instant of a day. [time.Date] alone will not do: where clocks skip
// midnight it may answer an hour of the day before, and where they repeat it the second one.
func midnight(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC) // d may be beyond the month
	start, end := t.ZoneBounds()
	switch {
	case t.Day() != want.Day(): // skipped, and t lies before
		return end.UTC()
	case t.Hour() != 0 || t.Minute() != 0: // skipped, and t lies behind
		return start.UTC()
	case start.IsZero():
		return t.UTC()
	}
	_, now := t.Zone()
	_, then := start.Add(-1).Zone()
	if first := t.Add(time.Duration(now-then) * time.Second); first.Before(start) && first.In(zone).Day() == want.Day() {
		return first.UTC() // repeated, and t is the second
	}
	return t.UTC()
}
