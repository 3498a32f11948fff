package slots

import "math"

// lane runs through the slots at which all of some members are free.
type lane struct {
	plan    *Plan
	party   int
	first   int64 // slots before are not asked for, or too soon to be booked
	windows []window
	members []cursor

	at     int64 // from where on the next slot is looked for, in a window that has none from last on
	last   int64
	anchor int64       // of that window's grid
	ahead  [16]stretch // what is found, of which so much is taken
	found  int
	taken  int
}

// stretch is slots that begin in [from, until), a step after each other, with the same seats left.
type stretch struct {
	from, until int64
	seats       int
}

// none is later than all others.
var none = stretch{from: math.MaxInt64}

// open is when slots of the query can begin. It is empty if there is nobody to take them.
func (p *Plan) open(q Query) []window {
	latest := min(q.To.UnixMicro(), p.latest(q.Now))
	if len(q.Members) == 0 || q.Party > p.rules.Capacity || q.From.UnixMicro() >= latest {
		return nil
	}
	open := windows(p.pieces(q.From, q.To))
	if p.rules.Anchor == AtHour {
		open = byTheHour(open, p.zone)
	}
	for i := range open {
		w := &open[i]
		w.until = min(w.until, latest)
	}
	return open
}

// lanes are one for each member, or one for all of a collective agenda.
func (p *Plan) lanes(q Query, open []window) []lane {
	if len(open) == 0 {
		return nil
	}
	cursors := make([]cursor, len(q.Members))
	lanes := make([]lane, 0, len(q.Members))
	all := lane{plan: p, party: max(q.Party, 1), windows: open}
	all.first = max(q.From.UnixMicro(), q.Now.UnixMicro()+p.notice)
	for i, m := range q.Members {
		cursors[i] = newCursor(p, m.Busy)
		l := all
		if m.Hours != nil {
			l.windows = within(l.windows, m.Hours.pieces(q.From, q.To))
		}
		if p.rules.Assignment == Collective {
			all.windows = l.windows
			continue
		}
		l.members = cursors[i : i+1]
		lanes = append(lanes, l)
	}
	if p.rules.Assignment == Collective {
		all.members = cursors
		lanes = append(lanes, all)
	}
	for i := range lanes {
		lanes[i].look()
	}
	return lanes
}

// head is the first slots that are not taken.
func (l *lane) head() *stretch { return &l.ahead[l.taken] }

// take takes the head.
func (l *lane) take() stretch {
	r := l.ahead[l.taken]
	if l.taken++; l.taken == l.found {
		l.look()
	}
	return r
}

// look finds the next slots.
func (l *lane) look() {
	l.taken, l.found = 0, 0
	if len(l.members) == 1 && l.plan.rules.Anchor != Packed {
		l.alone(&l.members[0])
	} else {
		l.together()
	}
	if l.found == 0 {
		l.ahead[0], l.found = none, 1
	}
}

// alone looks for slots on the grid of one member. It writes what it may not keep, since a branch that
// nobody can guess costs more; and goes on from the grid's anchor, not from the slot before, for which
// the processor would have to wait.
func (l *lane) alone(c *cursor) {
	p := l.plan
	for l.found < len(l.ahead) && l.enter() {
		at, last, anchor, found := l.at, l.last, l.anchor, l.found
		for at < last && found < len(l.ahead) {
			if c.released <= at {
				c.advance(p, c.next+1, at)
			}
			until, resume, seats := c.start-c.reach+1, c.released, 0
			if c.blocks >= until { // not all that begins from until on is blocked
				until, resume, seats = c.free(p, at, l.party)
			}
			l.ahead[found] = stretch{at, min(until, last), p.rules.Capacity - seats}
			if at < min(until, last) {
				found++
			}
			at = onGrid(anchor, p.step, max(until, resume))
		}
		l.at, l.found = at, found
	}
}

// together looks for slots of any grid, at which all members are free.
func (l *lane) together() {
	for l.found < len(l.ahead) && l.enter() {
		s := l.at
		until, resume, seats := l.free(s)
		until = min(until, l.last)
		l.at = l.onward(s, until, resume)
		if s < l.first { // as what is packed may be
			s += stepsTo(l.first-s, l.plan.step)
		}
		if s < until {
			l.ahead[l.found] = stretch{s, until, seats}
			l.found++
		}
	}
}

// onward is where slots go on, of which one is at s, others until a time, and none between that and
// when they resume.
func (l *lane) onward(s, until, resume int64) int64 {
	if l.plan.rules.Anchor == Packed {
		return max(resume, s+stepsTo(until-s, l.plan.step))
	}
	return onGrid(l.anchor, l.plan.step, max(until, resume))
}

// prospect is how many slots are found, and until when they were looked for.
func (l *lane) prospect() (n int, until int64) {
	for _, r := range l.ahead[:l.found] {
		n += int(max(0, r.until-r.from+l.plan.step-1) / l.plan.step)
	}
	return n, min(l.at, l.last)
}

// enter goes on to the next window where there is nothing more in this one. It reports whether
// there is another.
func (l *lane) enter() bool {
	for l.at >= l.last {
		if len(l.windows) == 0 {
			return false
		}
		w := &l.windows[0]
		l.at, l.last, l.anchor = l.begin(w), min(w.until, w.end-l.plan.duration+1), w.anchor
		l.windows = l.windows[1:]
	}
	return true
}

// begin is the first time of a window at which a slot might be.
func (l *lane) begin(w *window) int64 {
	if l.plan.rules.Anchor == Packed {
		return w.from // what is packed builds on what comes before
	}
	return onGrid(w.anchor, l.plan.step, max(w.from, l.first))
}

// free is until when slots can begin, from s on, with so many seats left, and from when on there
// may be others again.
func (l *lane) free(s int64) (until, resume int64, left int) {
	until = math.MaxInt64
	taken := 0
	for i := range l.members {
		clear, again, seats := l.members[i].free(l.plan, s, l.party)
		if clear < until {
			until, resume = clear, again
		}
		taken = max(taken, seats)
	}
	return until, resume, l.plan.rules.Capacity - taken
}

// stepsTo is as many steps as it takes to pass over some time.
func stepsTo(stretch, step int64) int64 { return (stretch + step - 1) / step * step }

// onGrid is the first time from t on that is a number of steps after the anchor, which is not after t.
func onGrid(anchor, step, t int64) int64 { return anchor + stepsTo(t-anchor, step) }
