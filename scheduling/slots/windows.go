package slots

import (
	"cmp"
	"slices"
	"time"
)

// piece is an open span of one day, in microseconds of Unix, as all times from here on.
type piece struct {
	start, end int64
	day        int64
}

// window is open time: slots begin in [from, until), on the grid of the anchor, and are over
// at the end.
type window struct{ anchor, from, until, end int64 }

const second = int64(time.Second / time.Microsecond)

// margin is how many days beyond a query its windows are looked at. A window of at most two
// days is then seen whole, and of a longer one enough to know that it is.
const margin = 3

// pieces are the open spans of the days around [from, to), in order. No two overlap.
func (s *Schedule) pieces(from, to time.Time) []piece {
	r := resolver{zone: s.zone}
	first, last := dayOf(s.zone, from)-margin, dayOf(s.zone, to)+margin
	list := make([]piece, 0, int(last-first+1)*s.most)
	for day := first; day <= last; day++ {
		if spans := s.spans(day); len(spans) > 0 {
			list = r.append(list, day, spans)
		}
	}
	return list
}

func (r *resolver) append(list []piece, day int64, spans []Span) []piece {
	if r.calm(day) {
		midnight := day*daySeconds - r.offset
		for _, s := range spans {
			list = append(list, piece{(midnight + int64(s.From)*60) * second, (midnight + int64(s.To)*60) * second, day})
		}
		return list
	}
	// What clocks skip may move past what comes after it, and out of the day.
	begin, end := r.midnight(day), r.midnight(day+1)
	today := len(list)
	for _, s := range spans {
		from := max(begin, r.at(day*daySeconds+int64(s.From)*60))
		to := end
		if s.To < DayEnd {
			to = min(end, r.at(day*daySeconds+int64(s.To)*60))
		}
		if from < to {
			list = append(list, piece{from * second, to * second, day})
		}
	}
	slices.SortFunc(list[today:], func(a, b piece) int { return cmp.Compare(a.start, b.start) })
	return list
}

// run is how many of the pieces, which touch or overlap, are one, and its end.
func run(pieces []piece) (n int, end int64) {
	n, end = 1, pieces[0].end
	for n < len(pieces) && pieces[n].start <= end {
		end = max(end, pieces[n].end)
		n++
	}
	return n, end
}

// windows joins the pieces. The grid of a window begins where it does; one that goes on over
// several midnights, such as open all week, begins anew each day.
func windows(pieces []piece) []window {
	list := make([]window, 0, len(pieces))
	for len(pieces) > 0 {
		n, end := run(pieces)
		list = append(list, window{pieces[0].start, pieces[0].start, end, end})
		if pieces[n-1].day-pieces[0].day > 1 {
			for i := 1; i < n; i++ {
				if pieces[i].day != pieces[i-1].day {
					list[len(list)-1].until = pieces[i].start
					list = append(list, window{pieces[i].start, pieces[i].start, end, end})
				}
			}
		}
		pieces = pieces[n:]
	}
	return list
}

// within is the part of the windows, whose grids stay as they are, in which other hours are
// open too.
func within(list []window, pieces []piece) []window {
	both := make([]window, 0, len(list))
	for len(pieces) > 0 && len(list) > 0 {
		n, end := run(pieces)
		start := pieces[0].start
		for len(list) > 0 && list[0].until <= start {
			list = list[1:]
		}
		for _, w := range list { // one may reach into the next run as well
			if w.from >= end {
				break
			}
			w.from, w.until, w.end = max(w.from, start), min(w.until, end), min(w.end, end)
			if w.from < w.until {
				both = append(both, w)
			}
		}
		pieces = pieces[n:]
	}
	return both
}

// byTheHour are the windows with their grids on the full hour, as the zone's clocks show it.
func byTheHour(list []window, zone *time.Location) []window {
	const hour = 3600
	r := resolver{zone: zone}
	aligned := make([]window, 0, len(list))
	for _, w := range list {
		for w.from < w.until {
			t := floorDiv(w.from, second)
			if t < r.start || t >= r.end {
				r.load(t)
			}
			local := t + r.offset
			part := w
			part.anchor = (local - floorMod(local, hour) - r.offset) * second
			part.until = min(w.until, r.end*second)
			aligned = append(aligned, part)
			w.from = part.until
		}
	}
	return aligned
}

// OpenAt reports whether it is open from one instant to another without a break.
func (s *Schedule) OpenAt(from, to time.Time) bool {
	pieces := s.pieces(from, to)
	for len(pieces) > 0 {
		n, end := run(pieces)
		if pieces[0].start <= from.UnixMicro() && to.UnixMicro() <= end {
			return true
		}
		pieces = pieces[n:]
	}
	return false
}
