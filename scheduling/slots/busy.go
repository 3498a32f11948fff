package slots

import (
	"math"
	"slices"
	"time"
)

// Interval is a half-open stretch of time.
type Interval struct{ Start, End time.Time }

// Busy is time of a member that is taken: by an appointment or a hold of any agenda, or by an
// event of another calendar, which has only a start and an end.
type Busy struct {
	Start, End    time.Time
	Before, After Minutes // what the appointment keeps free around it
	Larger        bool    // its agenda's policy is Max

	// Seats are how many an appointment of this same agenda takes. Others may sit beside it,
	// at the very same time, up to the agenda's capacity. 0: nobody may.
	Seats int
}

// cursor runs through the busy time of one member, for starts that only ever go up.
type cursor struct {
	busy  []Busy
	reach int64 // how long after the start of a slot one has to begin, to be no matter whatever it keeps free

	next     int   // those before are over
	start    int64 // when the next one begins
	blocks   int64 // no slot begins later than this and before it is released; forever if others may sit beside it
	released int64 // when it is over
}

func newCursor(p *Plan, busy []Busy) cursor {
	before, sorted := survey(busy)
	if !sorted {
		busy = slices.SortedStableFunc(slices.Values(busy), func(a, b Busy) int { return a.Start.Compare(b.Start) })
	}
	c := cursor{busy: busy, reach: p.duration + p.after + int64(before)*60*second}
	c.advance(p, 0, -forever*second)
	return c
}

// survey is the most that any keeps free before it, and whether they are in order.
func survey(busy []Busy) (before Minutes, sorted bool) {
	last := int64(math.MinInt64)
	sorted = true
	for i := range busy {
		b := &busy[i]
		before = max(before, b.Before)
		start := b.Start.Unix()
		if start < last || start == last && b.Start.Before(busy[i-1].Start) {
			sorted = false
		}
		last = start
	}
	return before, sorted
}

// advance goes from the one at the place on to the first that is not over at s.
func (c *cursor) advance(p *Plan, place int, s int64) {
	for place = c.skip(p, place, s); place < len(c.busy); place++ {
		b := &c.busy[place]
		if c.released = p.released(b); c.released <= s {
			continue
		}
		c.next, c.start, c.blocks = place, b.Start.UnixMicro(), forever*second
		if b.Seats == 0 {
			c.blocks = c.start - p.gap(p.after, b.Before, b.Larger) - p.duration
		}
		return
	}
	c.next, c.start, c.blocks, c.released = place, forever*second, forever*second, forever*second
}

// skip goes from the one at the place on to the first that may not be over at s. It looks at full
// seconds, which is quicker: most busy time is passed over here, such as all that is at night.
func (c *cursor) skip(p *Plan, place int, s int64) int {
	sure := (s-p.before)/second - 1
	for place < len(c.busy) {
		if b := &c.busy[place]; b.End.Unix()+int64(b.After)*60 > sure {
			break
		}
		place++
	}
	return place
}

// inOrder is the list by its starts: itself if it is so already, as stores give it, else a copy.
func inOrder[T any](list []T, start func(*T) time.Time) []T {
	for i := 1; i < len(list); i++ {
		if start(&list[i]).Before(start(&list[i-1])) {
			return slices.SortedStableFunc(slices.Values(list), func(a, b T) int { return start(&a).Compare(start(&b)) })
		}
	}
	return list
}

// free is until when a party can have slots of the plan, from s on, with the seats that others have
// of them, and from when on it may have some again.
func (c *cursor) free(p *Plan, s int64, party int) (until, resume int64, seats int) {
	if c.released <= s {
		c.advance(p, c.next+1, s)
	}
	until = c.start - c.reach + 1
	if c.blocks < until {
		return until, c.released, 0
	}
	if s < until {
		return until, until, 0
	}
	from, seats := c.look(p, s, party)
	if from > s {
		return s, from, 0
	}
	return s + 1, s + 1, seats
}

// look is free of a single slot that begins at s, and near to which something is taken.
func (c *cursor) look(p *Plan, s int64, party int) (from int64, seats int) {
	end := s + p.duration
	for i := c.next; i < len(c.busy); i++ {
		b := &c.busy[i]
		start := b.Start.UnixMicro()
		if start >= s+c.reach {
			break
		}
		if b.Seats > 0 && start == s && b.End.UnixMicro() == end {
			if seats += b.Seats; seats+party > p.rules.Capacity {
				return max(s+1, p.released(b)), 0
			}
			continue
		}
		if start >= end+p.gap(p.after, b.Before, b.Larger) {
			continue
		}
		if b.Seats > 0 && start > s {
			return start, 0 // there may be seats
		}
		if from := p.released(b); from > s {
			return from, 0
		}
	}
	return s, seats
}

// released is when the next appointment can begin after b.
func (p *Plan) released(b *Busy) int64 {
	return b.End.UnixMicro() + p.gap(p.before, b.After, b.Larger)
}

// gap is the time between two appointments of which this plan's wants so much and the other so
// many minutes.
func (p *Plan) gap(own int64, others Minutes, larger bool) int64 {
	other := int64(others) * 60 * second
	if larger && p.larger {
		return max(own, other)
	}
	return own + other
}
