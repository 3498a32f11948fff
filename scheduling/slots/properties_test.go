package slots_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/scheduling/slots"
)

// zones are of all kinds: far east and west, north and south, half hours, changes at midnight.
var zones = []string{
	"UTC", "Europe/Lisbon", "Europe/Berlin", "Europe/Chisinau", "America/New_York", "America/St_Johns", "America/Havana",
	"America/Santiago", "America/Asuncion", "America/Nuuk", "America/Sao_Paulo", "Africa/Casablanca", "Africa/Cairo",
	"Asia/Tehran", "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Chatham", "Pacific/Apia",
}

func drawSpans(t *rapid.T, most int) (list []slots.Span) {
	for range rapid.IntRange(0, most).Draw(t, "spans") {
		from := rapid.IntRange(0, 24*4-1).Draw(t, "from")
		to := rapid.IntRange(from+1, 24*4).Draw(t, "to")
		list = append(list, slots.Span{From: slots.Clock(from * 15), To: slots.Clock(to * 15)})
	}
	return list
}

func drawHours(t *rapid.T) slots.Hours {
	h := slots.Hours{Timezone: rapid.SampledFrom(zones).Draw(t, "zone")}
	for _, day := range []*[]slots.Span{
		&h.Week.Monday, &h.Week.Tuesday, &h.Week.Wednesday, &h.Week.Thursday, &h.Week.Friday, &h.Week.Saturday, &h.Week.Sunday,
	} {
		if *day = drawSpans(t, 3); rapid.IntRange(0, 3).Draw(t, "all day") == 0 {
			*day = slots.Spans("00:00-24:00")
		}
	}
	return h
}

func drawRules(t *rapid.T) slots.Rules {
	minutes := func(name string, values ...slots.Minutes) slots.Minutes {
		return rapid.SampledFrom(values).Draw(t, name)
	}
	return slots.Rules{
		Hours:    drawHours(t),
		Duration: minutes("duration", 7, 30, 50, 240), Step: minutes("step", 0, 5, 45, 300),
		Before: minutes("before", 0, 0, 10, 100), After: minutes("after", 0, 0, 10, 100), Notice: minutes("notice", 0, 120),
		Anchor:   rapid.SampledFrom([]slots.Anchor{slots.AtWindow, slots.AtHour, slots.Packed}).Draw(t, "anchor"),
		Buffers:  rapid.SampledFrom([]slots.Policy{slots.Sum, slots.Max}).Draw(t, "policy"),
		Capacity: rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "capacity"), Horizon: rapid.SampledFrom([]int{0, 0, 5}).Draw(t, "horizon"),
		Assignment: rapid.SampledFrom([]slots.Assignment{slots.AnyMember, slots.Collective}).Draw(t, "assignment"),
	}
}

// drawDay is any day of a week around a change of the clocks in most zones.
func drawDay(t *rapid.T) time.Time {
	day := rapid.SampledFrom([]string{"2024-03-27", "2024-10-24", "2024-11-01", "2024-04-03", "2024-09-05", "2024-07-01"}).Draw(t, "day")
	return at(day + " 00:00").Add(time.Duration(rapid.IntRange(0, 5*24*60).Draw(t, "minute")) * time.Minute)
}

func drawBusy(t *rapid.T, around time.Time, r slots.Rules) (list []slots.Busy) {
	for range rapid.IntRange(0, 12).Draw(t, "busy") {
		start := around.Add(time.Duration(rapid.IntRange(-3*24*12, 4*24*12).Draw(t, "start")) * 5 * time.Minute)
		b := slots.Busy{Start: start, End: start.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "length")) * 5 * time.Minute)}
		if rapid.Bool().Draw(t, "same agenda") {
			b.End, b.Seats = start.Add(r.Duration.Duration()), rapid.IntRange(1, 3).Draw(t, "seats")
			b.Before, b.After, b.Larger = r.Before, r.After, r.Buffers == slots.Max
		}
		list = append(list, b)
	}
	return list
}

func drawQuery(t *rapid.T, r slots.Rules) slots.Query {
	from := drawDay(t)
	q := slots.Query{
		From: from, To: from.Add(time.Duration(rapid.IntRange(1, 3*24*60).Draw(t, "minutes")) * time.Minute),
		Now: from.Add(time.Duration(rapid.IntRange(-2000, 200).Draw(t, "now")) * time.Minute), Party: rapid.IntRange(0, 2).Draw(t, "party"),
	}
	for range rapid.IntRange(1, 3).Draw(t, "members") {
		m := slots.Member{Busy: drawBusy(t, from, r)}
		if rapid.IntRange(0, 3).Draw(t, "own hours") == 0 {
			var err error
			m.Hours, err = slots.CompileHours(drawHours(t), nil)
			require.NoError(t, err)
		}
		q.Members = append(q.Members, m)
	}
	return q
}

// drawPlan is compiled rules, and a query that asks something of them.
func drawPlan(t *rapid.T) (slots.Rules, *slots.Plan, slots.Query) {
	r := drawRules(t)
	plan, err := slots.Compile(r, nil)
	require.NoError(t, err)
	return r, plan, drawQuery(t, r)
}

func TestAdjacentQueriesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, plan, q := drawPlan(t)
		whole := plan.Slots(q)
		first, second := q, q
		first.To = q.From.Add(time.Duration(rapid.Int64Range(0, int64(q.To.Sub(q.From))).Draw(t, "cut")))
		second.From = first.To
		require.Equal(t, whole, append(plan.Slots(first), plan.Slots(second)...))
	})
}

// A list is appended to, whether there is room in it or not; and is what the iterator yields.
func TestSlotsAreAppended(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, plan, q := drawPlan(t)
		want := append([]slots.Slot{{Seats: 7}}, slices.Collect(plan.All(q))...)
		list := slices.Grow([]slots.Slot{{Seats: 7}}, rapid.IntRange(0, 300).Draw(t, "room"))
		require.Equal(t, want, plan.Append(list, q))
	})
}

// What is busy beyond the reach of a query is no matter to it.
func TestReachIsAllThatMatters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, plan, q := drawPlan(t)
		want := plan.Slots(q)
		first, last := plan.Reach(q.From, q.To)
		q.Members = slices.Clone(q.Members)
		for i := range q.Members {
			q.Members[i].Busy = slices.DeleteFunc(slices.Clone(q.Members[i].Busy), func(b slots.Busy) bool {
				return !b.End.After(first) || !b.Start.Before(last)
			})
		}
		require.Equal(t, want, plan.Slots(q))
	})
}

func TestWhoLooksDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, plan, q := drawPlan(t)
		want := plan.Slots(q)
		viewer, err := slots.Zone(rapid.SampledFrom(zones).Draw(t, "viewer"))
		require.NoError(t, err)
		q.From, q.To, q.Now = q.From.In(viewer), q.To.In(viewer), q.Now.In(viewer)
		for _, m := range q.Members {
			for i := range m.Busy {
				m.Busy[i].Start = m.Busy[i].Start.In(viewer)
			}
		}
		require.Equal(t, want, plan.Slots(q))
	})
}

func TestWhatIsListedCanBeBookedAndNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, plan, q := drawPlan(t)
		q.To = q.From.Add(min(q.To.Sub(q.From), 6*time.Hour))
		listed := map[time.Time]bool{}
		for _, s := range plan.Slots(q) {
			listed[s.Start] = true
		}
		for start := q.From; start.Before(q.To); start = start.Add(time.Minute) {
			require.Equal(t, listed[start], len(plan.FreeAt(q, start)) > 0, start)
		}
	})
}

func TestBookingsNeverTouch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawRules(t)
		r.Assignment = slots.AnyMember
		plan, err := slots.Compile(r, nil)
		require.NoError(t, err)
		q := drawQuery(t, r)
		q.Members = q.Members[:1]
		q.Members[0].Busy = nil
		var booked []slots.Busy
		for range 20 {
			free := plan.Slots(q)
			if len(free) == 0 {
				break
			}
			s := rapid.SampledFrom(free).Draw(t, "slot")
			b := slots.Busy{Start: s.Start, End: s.End, Before: r.Before, After: r.After, Larger: r.Buffers == slots.Max, Seats: max(q.Party, 1)}
			for _, other := range booked {
				requireApart(t, plan.Rules(), b, other)
			}
			booked = append(booked, b)
			q.Members[0].Busy = booked
		}
	})
}

// requireApart says by itself what two appointments of one agenda may be to each other.
func requireApart(t *rapid.T, r slots.Rules, a, b slots.Busy) {
	if a.Start.Equal(b.Start) {
		require.LessOrEqual(t, a.Seats+b.Seats, r.Capacity)
		return
	}
	if b.Start.Before(a.Start) {
		a, b = b, a
	}
	gap := r.After + r.Before
	if r.Buffers == slots.Max {
		gap = max(r.After, r.Before)
	}
	require.False(t, b.Start.Before(a.End.Add(gap.Duration())), "%v and %v are too near", a, b)
}

// The model is a minute of a bitmap at a time: slow, and nothing like the engine.
func TestSlotsAreThoseOfAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawRules(t)
		r.Timezone, r.Anchor, r.Assignment, r.Capacity, r.Horizon, r.Notice = "UTC", slots.AtWindow, slots.AnyMember, 1, 0, 0
		plan, err := slots.Compile(r, nil)
		require.NoError(t, err)
		r = plan.Rules()
		q := drawQuery(t, r)
		q.Members, q.Party = []slots.Member{{Busy: drawBusy(t, q.From, r)}}, 1
		var want []time.Time
		for start := q.From; start.Before(q.To); start = start.Add(time.Minute) {
			if !start.Before(q.Now) && modelOpen(r, start) && modelFree(r, q.Members[0].Busy, start) {
				want = append(want, start)
			}
		}
		var got []time.Time
		for s := range plan.All(q) {
			got = append(got, s.Start)
		}
		require.Equal(t, want, got)
	})
}

func modelOpen(r slots.Rules, start time.Time) bool {
	open := func(at time.Time) bool {
		week := [7][]slots.Span{r.Week.Sunday, r.Week.Monday, r.Week.Tuesday, r.Week.Wednesday, r.Week.Thursday, r.Week.Friday, r.Week.Saturday}
		clock := slots.Clock(at.Hour()*60 + at.Minute())
		for _, s := range week[at.Weekday()] {
			if s.From <= clock && clock < s.To {
				return true
			}
		}
		return false
	}
	for i := range r.Duration {
		if !open(start.Add(i.Duration())) {
			return false
		}
	}
	first, last := start, start
	for open(first.Add(-time.Minute)) && start.Sub(first) < 72*time.Hour {
		first = first.Add(-time.Minute)
	}
	for open(last.Add(time.Minute)) && last.Sub(start) < 72*time.Hour {
		last = last.Add(time.Minute)
	}
	if midnight := start.Truncate(24 * time.Hour); last.Truncate(24*time.Hour).Sub(first.Truncate(24*time.Hour)) > 24*time.Hour && first.Before(midnight) {
		first = midnight
	}
	return start.Sub(first)%r.Step.Duration() == 0
}

func modelFree(r slots.Rules, busy []slots.Busy, start time.Time) bool {
	end := start.Add(r.Duration.Duration())
	for _, b := range busy {
		before, after := r.Before+b.After, r.After+b.Before
		if r.Buffers == slots.Max && b.Larger {
			before, after = max(r.Before, b.After), max(r.After, b.Before)
		}
		if start.Before(b.End.Add(before.Duration())) && b.Start.Before(end.Add(after.Duration())) {
			return false
		}
	}
	return true
}

// Between any two midnights there are as many quarters of an hour as there are slots, on the
// days when clocks change as well: all of them from 2020 to 2030, in every zone.
func TestTheSlotsOfADayAddUp(t *testing.T) {
	t.Parallel()
	for _, name := range zones {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone, err := slots.Zone(name)
			require.NoError(t, err)
			plan, err := slots.Compile(slots.Rules{Hours: slots.Hours{Timezone: name, Week: slots.EveryDay("00:00-24:00")}, Duration: 15}, nil)
			require.NoError(t, err)
			q := slots.Query{Members: make([]slots.Member, 1)}
			changes := 0
			for day := (slots.Date{Year: 2020, Month: 1, Day: 1}); day.Year <= 2030; day = day.AddDays(1) {
				q.From, q.To = slots.DayIn(zone, day)
				length := q.To.Sub(q.From)
				if length != 24*time.Hour {
					changes++
				}
				last := q.From
				n := 0
				for s := range plan.All(q) {
					require.True(t, s.Start.Equal(last), "%s follows %s", s.Start, last)
					require.Equal(t, day, slots.DateOf(s.Start.In(zone)))
					last = s.End
					n++
				}
				require.Equal(t, int(length/(15*time.Minute)), n, day)
				require.True(t, last.Equal(q.To))
			}
			fixed := map[string]bool{"UTC": true, "America/Sao_Paulo": true, "Asia/Kathmandu": true}
			require.Equal(t, fixed[name], changes == 0, fmt.Sprint(changes))
		})
	}
}
