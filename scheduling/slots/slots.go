package slots

import (
	"iter"
	"math"
	"slices"
	"time"
)

// Query asks for the slots that begin in [From, To), as things stand at Now.
type Query struct {
	From, To time.Time
	Now      time.Time
	Party    int // how many seats are wanted; 0 is one

	// Members are those who take the agenda's appointments, with their busy time over the
	// range of [Plan.Reach]. Nobody is free in an agenda without members.
	Members []Member

	// Taken are the appointments of this agenda over the range of [Plan.Counted].
	Taken []Interval
}

// Member is somebody who takes appointments.
type Member struct {
	Hours *Schedule // their own, within the agenda's; nil: the agenda's
	Busy  []Busy    // in the order of their starts; otherwise it is copied and sorted
}

// Slot is a time that can be booked.
type Slot struct {
	Start time.Time `json:"start"` // when it begins
	End   time.Time `json:"end"`   // when it is over
	Seats int       `json:"seats"` // that are left
}

// Slots lists the slots of a query by their start. It allocates nothing that grows with the
// busy time, if that is in order.
func (p *Plan) Slots(q Query) (list []Slot) {
	f := p.find(q)
	for s, seats := f.next(); s < f.latest; s, seats = f.next() {
		if len(list) == cap(list) {
			list = slices.Grow(list, f.most()/2+1) // of busy time about half is free
		}
		list = append(list, f.slot(s, seats))
	}
	return list
}

// All runs through the slots of a query by their start.
func (p *Plan) All(q Query) iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		f := p.find(q)
		for s, seats := f.next(); s < f.latest; s, seats = f.next() {
			if !yield(f.slot(s, seats)) {
				return
			}
		}
	}
}

// finder runs through the slots of a query.
type finder struct {
	plan   *Plan
	lanes  []lane
	limits []limiter
	latest int64 // nothing begins from then on
	length time.Duration
}

func (p *Plan) find(q Query) finder {
	return finder{p, p.lanes(q), p.limiters(q.Taken), min(q.To.UnixMicro(), p.latest(q.Now)), p.rules.Duration.Duration()}
}

// next is when the next slot begins, and the seats that are left of it.
func (f *finder) next() (s int64, seats int) {
	for {
		s, seats = earliest(f.lanes)
		if len(f.limits) == 0 || s >= f.latest || allowed(f.limits, s, f.plan.duration) {
			return s, seats
		}
	}
}

func (f *finder) slot(s int64, seats int) Slot {
	start := time.UnixMicro(s).UTC()
	return Slot{start, start.Add(f.length), seats}
}

// most is about how many slots are still to come, if nothing is taken.
func (f *finder) most() int {
	n := int64(0)
	for i := range f.lanes[0].windows {
		w := &f.lanes[0].windows[i]
		n += (min(w.until, f.latest) - w.from) / f.plan.step
	}
	return int(max(n, 0))
}

// FreeAt says which of the query's members can take an appointment that begins at the start, by
// their places in the query: those who are free or, of a collective agenda, all or none. From
// and To of the query do not matter. Nobody can where no slot is listed.
func (p *Plan) FreeAt(q Query, start time.Time) (members []int) {
	q.From, q.To = start, start.Add(time.Microsecond)
	s := start.UnixMicro()
	if start.Nanosecond()%1000 != 0 || s >= p.latest(q.Now) || !allowed(p.limiters(q.Taken), s, p.duration) {
		return nil
	}
	lanes := p.lanes(q)
	for i := range lanes {
		if lanes[i].head != s {
			continue
		}
		if p.rules.Assignment != Collective {
			members = append(members, i)
			continue
		}
		for i := range q.Members {
			members = append(members, i)
		}
	}
	return members
}

func allowed(limits []limiter, s, duration int64) bool {
	for i := range limits {
		if !limits[i].allows(s, duration) {
			return false
		}
	}
	return true
}

// earliest takes the first slot of all lanes, with the most seats that any has left.
func earliest(lanes []lane) (s int64, seats int) {
	if len(lanes) == 1 {
		l := &lanes[0]
		if s, seats = l.head, l.seats; s < math.MaxInt64 {
			l.advance()
		}
		return s, seats
	}
	s = math.MaxInt64
	for i := range lanes {
		s = min(s, lanes[i].head)
	}
	for i := range lanes {
		if l := &lanes[i]; l.head == s && s < math.MaxInt64 {
			seats = max(seats, l.seats)
			l.advance()
		}
	}
	return s, seats
}

// lane runs through the slots at which all of some members are free.
type lane struct {
	plan    *Plan
	party   int
	first   int64 // slots before are not asked for, or too soon to be booked
	windows []window
	members []cursor
	only    *cursor // the one member, if it is one

	at    int64 // from where on the next slot is looked for, in a window that has none from last on
	last  int64
	head  int64 // the slot that is found; MaxInt64: there is none any more
	seats int   // that are left of it
}

// lanes are one for each member, or one for all of a collective agenda.
func (p *Plan) lanes(q Query) []lane {
	if len(q.Members) == 0 || !q.From.Before(q.To) || q.Party > p.rules.Capacity {
		return nil
	}
	open := windows(p.pieces(q.From, q.To))
	if p.rules.Anchor == AtHour {
		open = byTheHour(open, p.zone)
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
		if l := &lanes[i]; len(l.members) == 1 {
			l.only = &l.members[0]
		}
		lanes[i].advance()
	}
	return lanes
}

// advance finds the next slot.
func (l *lane) advance() {
	p := l.plan
	for l.enter() {
		for l.at < l.last {
			s := l.at
			from, seats := s, p.rules.Capacity
			if l.only == nil || !l.only.clear(s) {
				from, seats = l.free(s)
			}
			switch {
			case from == s:
				l.at = s + p.step
				if s >= l.first {
					l.head, l.seats = s, seats
					return
				}
			case p.rules.Anchor == Packed:
				l.at = from
			default:
				l.at = s + stepsTo(from-s, p.step)
			}
		}
	}
	l.head = math.MaxInt64
}

// enter goes on to the next window where there is nothing more in this one. It reports whether
// there is another.
func (l *lane) enter() bool {
	for l.at >= l.last {
		if len(l.windows) == 0 {
			return false
		}
		w := &l.windows[0]
		l.at, l.last = l.begin(w), min(w.until, w.end-l.plan.duration+1)
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

// free is s and the seats that are left then, or the time before which nothing is free.
func (l *lane) free(s int64) (from int64, left int) {
	taken := 0
	for i := range l.members {
		c := &l.members[i]
		if c.clear(s) {
			continue
		}
		from, seats := c.free(l.plan, s, l.party)
		if from > s {
			return from, 0
		}
		taken = max(taken, seats)
	}
	return s, l.plan.rules.Capacity - taken
}

// stepsTo is as many steps as it takes to pass over a stretch of time.
func stepsTo(stretch, step int64) int64 {
	if stretch <= step {
		return step // as it mostly is: divisions are slow
	}
	return (stretch + step - 1) / step * step
}

// onGrid is the first time from t on that is a number of steps after the anchor.
func onGrid(anchor, step, t int64) int64 {
	return t + floorMod(anchor-t, step)
}
