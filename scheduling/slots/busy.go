package slots

import (
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
	busy     []Busy
	ahead    int64 // the most that any of them keeps free before it
	next     int   // those before are over
	released int64 // when the next one is
}

func newCursor(p *Plan, busy []Busy) cursor {
	busy = inOrder(busy, func(b *Busy) time.Time { return b.Start })
	c := cursor{busy: busy, next: -1}
	var before Minutes
	for i := range busy {
		before = max(before, busy[i].Before)
	}
	c.ahead = int64(before) * 60 * second
	c.advance(p)
	return c
}

func (c *cursor) advance(p *Plan) {
	if c.next++; c.next < len(c.busy) {
		c.released = p.released(&c.busy[c.next])
	} else {
		c.released = forever * second
	}
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

// free is s if a party can have a slot of the plan that begins at s, with the seats that others
// have of it, or else the time before which none can begin.
func (c *cursor) free(p *Plan, s int64, party int) (from int64, seats int) {
	for c.released <= s {
		c.advance(p)
	}
	end := s + p.duration
	for i := c.next; i < len(c.busy); i++ {
		b := &c.busy[i]
		start := b.Start.UnixMicro()
		if start >= end+p.after+c.ahead {
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
