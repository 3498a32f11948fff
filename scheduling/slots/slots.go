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
func (p *Plan) Slots(q Query) []Slot { return slices.Collect(p.All(q)) }

// All runs through the slots of a query by their start.
func (p *Plan) All(q Query) iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		lanes, limits := p.lanes(q), p.limiters(q.Taken)
		latest := min(q.To.UnixMicro(), p.latest(q.Now))
		for {
			s, seats := earliest(lanes)
			if s >= latest {
				return
			}
			if !allowed(limits, s, p.duration) {
				continue
			}
			slot := Slot{time.UnixMicro(s).UTC(), time.UnixMicro(s + p.duration).UTC(), seats}
			if !yield(slot) {
				return
			}
		}
	}
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

	at    int64 // from where on the next slot is looked for
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
	all := lane{plan: p, party: max(q.Party, 1), windows: open, at: math.MinInt64}
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
		lanes[i].advance()
	}
	return lanes
}

// advance finds the next slot.
func (l *lane) advance() {
	p := l.plan
	for ; len(l.windows) > 0; l.windows, l.at = l.windows[1:], math.MinInt64 {
		w := l.windows[0]
		if l.at < w.from {
			l.at = l.begin(w)
		}
		for l.at < w.until && l.at+p.duration <= w.end {
			s := l.at
			from, seats := l.free(s)
			switch {
			case from > s && p.rules.Anchor == Packed:
				l.at = from
			case from > s:
				l.at = onGrid(w.anchor, p.step, from)
			default:
				l.at += p.step
				if s >= l.first {
					l.head, l.seats = s, seats
					return
				}
			}
		}
	}
	l.head = math.MaxInt64
}

// begin is the first time of a window at which a slot might be.
func (l *lane) begin(w window) int64 {
	if l.plan.rules.Anchor == Packed {
		return w.from // what is packed builds on what comes before
	}
	return onGrid(w.anchor, l.plan.step, max(w.from, l.first))
}

// free is s and the seats that are left then, or the time before which nothing is free.
func (l *lane) free(s int64) (from int64, left int) {
	taken := 0
	for i := range l.members {
		from, seats := l.members[i].free(l.plan, s, l.party)
		if from > s {
			return from, 0
		}
		taken = max(taken, seats)
	}
	return s, l.plan.rules.Capacity - taken
}

// onGrid is the first time from t on that is a number of steps after the anchor.
func onGrid(anchor, step, t int64) int64 {
	return t + floorMod(anchor-t, step)
}
