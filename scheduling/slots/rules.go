package slots

import (
	"fmt"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Rules are what an agenda says of its slots.
type Rules struct {
	Hours

	Duration Minutes `json:"duration"`         // of an appointment: from 1 minute to 24 hours
	Step     Minutes `json:"step,omitempty"`   // from one slot to the next; 0 in a literal is the duration
	Anchor   Anchor  `json:"anchor,omitempty"` // where the steps begin

	Before  Minutes `json:"before,omitempty"`  // kept free before an appointment: up to 24 hours
	After   Minutes `json:"after,omitempty"`   // likewise, after it
	Buffers Policy  `json:"buffers,omitempty"` // what holds between two appointments that both want some

	Notice  Minutes `json:"notice,omitempty"`  // how long before its start a slot can last be booked; up to a year
	Horizon int     `json:"horizon,omitempty"` // how many days after today can be booked, in the agenda's zone; 0: all
	LastDay Date    `json:"lastDay,omitzero"`  // the last day that can be booked; none: there is no last

	Capacity int     `json:"capacity,omitempty"` // the seats of a slot, up to 1,000; 0 in a literal is one
	Limits   []Limit `json:"limits,omitempty"`   // how much can be booked in a day, a week or a month: up to 10

	Assignment Assignment `json:"assignment,omitempty"` // which members an appointment has
}

// Anchor says where the steps from slot to slot begin.
type Anchor string

// The anchors.
const (
	AtWindow Anchor = ""       // where the agenda opens: 09:10, 09:40, …
	AtHour   Anchor = "hour"   // on the full hour: 09:30, 10:00, …
	Packed   Anchor = "packed" // where the agenda opens, and anew where an appointment ends
)

// Policy says how much time is between two appointments of which the first keeps free some
// after it, and the second some before it.
type Policy string

// The policies.
const (
	Sum Policy = ""    // both
	Max Policy = "max" // the larger, where both appointments say so
)

// Assignment says which members an appointment has.
type Assignment string

// The assignments.
const (
	AnyMember  Assignment = ""            // one who is free, the first in the agenda's order
	RoundRobin Assignment = "round_robin" // one who is free, in turns by weight
	Collective Assignment = "collective"  // all of them
)

// Limit is how much can be booked in a period of the agenda's zone. An appointment counts
// where it begins.
type Limit struct {
	Per     Period  `json:"per"`               // the period
	Count   int     `json:"count,omitempty"`   // of appointments; 0: any
	Minutes Minutes `json:"minutes,omitempty"` // of all their durations; 0: any
}

// Period is what a limit is for.
type Period string

// The periods. A week begins on Monday.
const (
	PerDay   Period = "day"
	PerWeek  Period = "week"
	PerMonth Period = "month"
)

// The bounds of what rules may say.
const (
	maxDuration = 24 * 60
	maxNotice   = 366 * 24 * 60
	maxHorizon  = 3660
	maxCapacity = 1000
	maxLimits   = 10
)

// Check brings the rules into their canonical form, and notes in f what is wrong with them;
// at is the JSON pointer to them.
func (r *Rules) Check(f *core.Faults, at string) {
	r.Hours.Check(f, at)
	number := func(name string, value, from, to int) {
		if value < from || value > to {
			f.Add(at+"/"+name, "range", fmt.Sprintf("has to be from %d to %d", from, to))
		}
	}
	if r.Step == 0 {
		r.Step = r.Duration
	}
	if r.Capacity == 0 {
		r.Capacity = 1
	}
	number("duration", int(r.Duration), 1, maxDuration)
	number("step", int(r.Step), 1, maxDuration)
	number("before", int(r.Before), 0, maxDuration)
	number("after", int(r.After), 0, maxDuration)
	number("notice", int(r.Notice), 0, maxNotice)
	number("horizon", r.Horizon, 0, maxHorizon)
	number("capacity", r.Capacity, 1, maxCapacity)
	r.checkKinds(f, at)
	r.checkLimits(f, at)
}

func (r *Rules) checkKinds(f *core.Faults, at string) {
	switch r.Anchor {
	case AtWindow, AtHour, Packed:
	default:
		f.Add(at+"/anchor", "enum", "has to be hour, packed or nothing")
	}
	switch r.Buffers {
	case Sum, Max:
	default:
		f.Add(at+"/buffers", "enum", "has to be max or nothing")
	}
	switch r.Assignment {
	case AnyMember, RoundRobin, Collective:
	default:
		f.Add(at+"/assignment", "enum", "has to be round_robin, collective or nothing")
	}
}

func (r *Rules) checkLimits(f *core.Faults, at string) {
	if len(r.Limits) > maxLimits {
		f.Add(at+"/limits", "max_items", fmt.Sprintf("are more than %d", maxLimits))
		return
	}
	for i, l := range r.Limits {
		place := fmt.Sprintf("%s/limits/%d", at, i)
		switch l.Per {
		case PerDay, PerWeek, PerMonth:
		default:
			f.Add(place+"/per", "enum", "has to be day, week or month")
		}
		if l.Count < 0 || l.Minutes < 0 || l.Count == 0 && l.Minutes == 0 {
			f.Add(place, "range", "has to limit the count or the minutes")
		}
	}
}

// Plan is rules that are ready to compute with. It is safe for concurrent use.
type Plan struct {
	*Schedule
	duration, step, before, after, notice int64 // microseconds
	larger                                bool  // of two buffers, the larger holds

	rules Rules
}

// Compile readies rules. On holidays the agenda is closed, unless an override says otherwise.
// The error is [core.ErrInvalid] and lists all that is wrong.
func Compile(r Rules, holidays []Date) (*Plan, error) {
	var f core.Faults
	r.Check(&f, "")
	if err := f.Err(); err != nil {
		return nil, err
	}
	const minute = 60 * second
	return &Plan{
		Schedule: compileHours(r.Hours, holidays), rules: r,
		duration: int64(r.Duration) * minute, step: int64(r.Step) * minute,
		before: int64(r.Before) * minute, after: int64(r.After) * minute, notice: int64(r.Notice) * minute,
		larger: r.Buffers == Max,
	}, nil
}

// Rules are those that the plan was made of, in their canonical form.
func (p *Plan) Rules() Rules { return p.rules }

// Zone is the agenda's.
func (p *Plan) Zone() *time.Location { return p.zone }

// latest is the instant from which on nothing can be booked, seen from now.
func (p *Plan) latest(now time.Time) int64 {
	last := forever
	r := resolver{zone: p.zone}
	if p.rules.Horizon > 0 {
		last = r.midnight(dayOf(p.zone, now) + int64(p.rules.Horizon) + 1)
	}
	if !p.rules.LastDay.IsZero() {
		last = min(last, r.midnight(p.rules.LastDay.number()+1))
	}
	return last * second
}

// Reach is the range of which [Member.Busy] has to know all, for the slots of [from, to): a slot, what
// it keeps free around it, and the day that another may keep free. Slots that are packed build on
// what comes before them in their window.
func (p *Plan) Reach(from, to time.Time) (time.Time, time.Time) {
	const others = 24 * time.Hour
	first := from.Add(-others - time.Duration(p.before)*time.Microsecond)
	if p.rules.Anchor == Packed {
		first = from.AddDate(0, 0, -margin-1)
	}
	return first, to.Add(others + time.Duration(p.duration+p.after)*time.Microsecond)
}

// Counted is the range of which [Query.Taken] has to know all, for the slots of [from, to): the
// whole of the periods that have limits. It is empty if none has.
func (p *Plan) Counted(from, to time.Time) (time.Time, time.Time) {
	if len(p.rules.Limits) == 0 {
		return from, from
	}
	start, end := from, to
	for _, l := range p.rules.Limits {
		first, _ := l.Per.of(p.zone, from)
		_, last := l.Per.of(p.zone, to)
		if first.Before(start) {
			start = first
		}
		if last.After(end) {
			end = last
		}
	}
	return start, end
}
