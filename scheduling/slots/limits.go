package slots

import (
	"math"
	"time"
)

// of is the period in the zone that t is in.
func (p Period) of(zone *time.Location, t time.Time) (from, before time.Time) {
	day := DateOf(t.In(zone))
	first, next := day, day.AddDays(1)
	switch p {
	case PerWeek:
		first = day.AddDays(-int(floorMod(int64(day.Weekday())-int64(time.Monday), 7)))
		next = first.AddDays(7)
	case PerMonth:
		first = Date{day.Year, day.Month, 1}
		next = Date{day.Year, day.Month + 1, 1} // a thirteenth month is January
	}
	r := resolver{zone: zone}
	return time.Unix(r.midnight(first.number()), 0).UTC(), time.Unix(r.midnight(next.number()), 0).UTC()
}

// limiter counts what is taken of one limit, for starts that only ever go up.
type limiter struct {
	Limit
	zone  *time.Location
	taken []Interval // those that are not counted yet

	until   int64 // of the period that is counted
	count   int
	minutes int64 // microseconds
}

// allows reports whether one more of the duration can begin at s.
func (l *limiter) allows(s, duration int64) bool {
	if s >= l.until {
		l.enter(s)
	}
	if l.Count > 0 && l.count >= l.Count {
		return false
	}
	return l.Minutes == 0 || l.minutes+duration <= int64(l.Minutes)*60*second
}

func (l *limiter) enter(s int64) {
	from, before := l.Per.of(l.zone, time.UnixMicro(s))
	l.until, l.count, l.minutes = before.UnixMicro(), 0, 0
	for ; len(l.taken) > 0 && l.taken[0].Start.Before(before); l.taken = l.taken[1:] {
		if t := l.taken[0]; !t.Start.Before(from) {
			l.count++
			l.minutes += int64(t.End.Sub(t.Start) / time.Microsecond)
		}
	}
}

func (p *Plan) limiters(taken []Interval) []limiter {
	if len(p.rules.Limits) == 0 {
		return nil
	}
	taken = inOrder(taken, func(t *Interval) time.Time { return t.Start })
	list := make([]limiter, len(p.rules.Limits))
	for i, l := range p.rules.Limits {
		list[i] = limiter{Limit: l, zone: p.zone, taken: taken, until: math.MinInt64}
	}
	return list
}
