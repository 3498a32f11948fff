package slots

import (
	"iter"
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
func (p *Plan) Slots(q Query) []Slot { return p.Append(nil, q) }

// Append is Slots at the end of a list, which has room for them or is made to have it.
func (p *Plan) Append(list []Slot, q Query) []Slot {
	f := p.find(q)
	before := len(list)
	for r := f.next(); r.from < r.until; r = f.next() {
		for s := r.from; s < r.until; s += p.step {
			if len(list) == cap(list) {
				list = slices.Grow(list, f.room(s, len(list)-before))
			}
			list = list[:len(list)+1]
			list[len(list)-1].set(p, s, r.seats)
		}
	}
	return list
}

// All runs through the slots of a query by their start.
func (p *Plan) All(q Query) iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		f := p.find(q)
		var slot Slot
		for r := f.next(); r.from < r.until; r = f.next() {
			for s := r.from; s < r.until; s += p.step {
				if slot.set(p, s, r.seats); !yield(slot) {
					return
				}
			}
		}
	}
}

// set makes it the slot at s. In its place, which is three times as fast as a copy.
func (slot *Slot) set(p *Plan, s int64, seats int) {
	at, part := s/second, s%second*int64(time.Microsecond)
	slot.Start = time.Unix(at, part).UTC()
	slot.End = time.Unix(at+int64(p.rules.Duration)*60, part).UTC()
	slot.Seats = seats
}

// finder finds the slots of a query.
type finder struct {
	plan   *Plan
	open   []window
	lanes  []lane
	limits []limiter
}

func (p *Plan) find(q Query) finder {
	open := p.open(q)
	return finder{p, open, p.lanes(q, open), p.limiters(q.Taken)}
}

// next is the next slots; none, if there are none any more.
func (f *finder) next() stretch {
	if len(f.lanes) == 1 && len(f.limits) == 0 {
		return f.lanes[0].take()
	}
	for {
		r := f.earliest()
		if r.from >= r.until || allowed(f.limits, r.from, f.plan.duration) {
			return r
		}
	}
}

// earliest takes the first slot of all lanes, with the most seats that any has left.
func (f *finder) earliest() stretch {
	first := none
	for i := range f.lanes {
		first.from = min(first.from, f.lanes[i].head().from)
	}
	for i := range f.lanes {
		if r := f.lanes[i].head(); r.from == first.from && r.from < r.until {
			first.until, first.seats = r.from+1, max(first.seats, r.seats)
			if r.from += f.plan.step; r.from >= r.until {
				f.lanes[i].take()
			}
		}
	}
	return first
}

// room is for how many slots more there should be some at s, if so many were found before: as many as
// if what is open later were as free. Of none that were found, the first lane's next ones tell.
func (f *finder) room(s int64, found int) int {
	if found == 0 {
		found, s = f.lanes[0].prospect()
	}
	var before, after int64
	for i := range f.open {
		w := &f.open[i]
		before += max(0, min(w.until, s)-max(w.from, f.lanes[0].first))
		after += max(0, w.until-max(w.from, s))
	}
	alike := float64(found) * float64(after) / float64(max(before, 1))
	return found + 8 + int(min(alike*17/16, float64(after/f.plan.step)))
}

// FreeAt says which of the query's members can take an appointment that begins at the start, by
// their places in the query: those who are free or, of a collective agenda, all or none. From
// and To of the query do not matter. Nobody can where no slot is listed.
func (p *Plan) FreeAt(q Query, start time.Time) (members []int) {
	q.From, q.To = start, start.Add(time.Microsecond)
	s := start.UnixMicro()
	if start.Nanosecond()%1000 != 0 || !allowed(p.limiters(q.Taken), s, p.duration) {
		return nil
	}
	lanes := p.lanes(q, p.open(q))
	for i := range lanes {
		if lanes[i].head().from != s {
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
