package slots_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/scheduling/slots"
)

// TestMain pins the time zones to those that come with Go, whatever the machine has.
func TestMain(m *testing.M) {
	os.Setenv("ZONEINFO", filepath.Join(runtime.GOROOT(), "lib", "time", "zoneinfo.zip")) //nolint:staticcheck // the tests run where they are built
	os.Exit(m.Run())
}

// In these cases the agenda is in Lisbon, on Tuesday, 8 January 2030, when Lisbon has UTC, and
// now is noon of the day before, unless they say otherwise.
const lisbon = "Europe/Lisbon"

var (
	tuesday = slots.Date{Year: 2030, Month: time.January, Day: 8}
	monday  = at("2030-01-07 12:00")
)

// rules are half hours from nine to eleven on working days.
func rules(change func(*slots.Rules)) slots.Rules {
	r := slots.Rules{Hours: slots.Hours{Timezone: lisbon, Week: slots.Workdays("09:00-11:00")}, Duration: 30}
	if change != nil {
		change(&r)
	}
	return r
}

func hours(spans ...string) func(*slots.Rules) {
	return func(r *slots.Rules) { r.Week = slots.EveryDay(spans...) }
}

// taken reads busy times of the Tuesday, "09:00-09:30".
func taken(texts ...string) (list []slots.Busy) {
	for _, span := range slots.Spans(texts...) {
		list = append(list, slots.Busy{Start: clock(span.From), End: clock(span.To)})
	}
	return list
}

func clock(c slots.Clock) time.Time { return at("2030-01-08 00:00").Add(slots.Minutes(c).Duration()) }

// at reads an instant of UTC, "2030-01-08 09:00".
func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

var cases = []struct {
	name  string
	rules func(*slots.Rules)
	query func(*slots.Query) // the Tuesday, for one free member, unless it says otherwise
	want  string             // the starts as the agenda's clocks show them
}{
	{"an open span is cut into slots", nil, nil, "09:00 09:30 10:00 10:30"},
	{"a slot has to be over when it closes", func(r *slots.Rules) { r.Duration = 50 }, nil, "09:00 09:50"},
	{"a step may be shorter than a slot", func(r *slots.Rules) { r.Duration, r.Step = 60, 30 }, nil, "09:00 09:30 10:00"},
	{"a step may be longer than a slot", func(r *slots.Rules) { r.Step = 50 }, nil, "09:00 09:50"},
	{"a day has several spans", hours("09:00-10:00", "15:00-16:00"), nil, "09:00 09:30 15:00 15:30"},
	{"spans may be in any order", hours("15:00-16:00", "09:00-10:00"), nil, "09:00 09:30 15:00 15:30"},
	{"spans that overlap give no slot twice", hours("09:00-10:00", "09:30-10:30"), nil, "09:00 09:30 10:00"},
	{"spans that touch are one", func(r *slots.Rules) { r.Week, r.Duration = slots.EveryDay("09:00-10:00", "10:00-10:30"), 45 }, nil, "09:00 09:45"},
	{"on a closed day there are none", func(r *slots.Rules) { r.Week.Tuesday = nil }, nil, ""},
	{"without members there are none", nil, func(q *slots.Query) { q.Members = nil }, ""},
	{"an empty query has none", nil, func(q *slots.Query) { q.To = q.From }, ""},

	// Midnight
	{"a span until 24:00 goes on at 00:00", func(r *slots.Rules) {
		r.Week, r.Duration = slots.Week{Monday: slots.Spans("22:00-24:00"), Tuesday: slots.Spans("00:00-02:00")}, 45
	}, nil, "00:15 01:00"},
	{"what is open all week begins anew each midnight", func(r *slots.Rules) { r.Week, r.Duration = slots.EveryDay("00:00-24:00"), 7*60 }, nil, "00:00 07:00 14:00 21:00"},

	// Exceptions
	{"an override replaces the day", func(r *slots.Rules) {
		r.Overrides = []slots.Override{{From: tuesday, Spans: slots.Spans("14:00-15:00")}}
	}, nil, "14:00 14:30"},
	{"an override without spans closes the day", func(r *slots.Rules) { r.Overrides = []slots.Override{{From: tuesday.AddDays(-3), Until: tuesday}} }, nil, ""},
	{"an override of other days does not matter", func(r *slots.Rules) {
		r.Overrides = []slots.Override{{From: tuesday.AddDays(1)}, {From: tuesday.AddDays(-1)}}
	}, nil, "09:00 09:30 10:00 10:30"},
	{"before the hours begin to hold there are none", func(r *slots.Rules) { r.From = tuesday.AddDays(1) }, nil, ""},
	{"on the first and last day they hold", func(r *slots.Rules) { r.From, r.Until = tuesday, tuesday }, nil, "09:00 09:30 10:00 10:30"},
	{"after the hours have ended there are none", func(r *slots.Rules) { r.Until = tuesday.AddDays(-1) }, nil, ""},
	{"an override opens even when the hours do not hold", func(r *slots.Rules) {
		r.Until = tuesday.AddDays(-1)
		r.Overrides = []slots.Override{{From: tuesday, Spans: slots.Spans("09:00-09:30")}}
	}, nil, "09:00"},

	// The grid
	{"the grid begins where it opens", hours("09:10-10:20"), nil, "09:10 09:40"},
	{"or on the full hour", func(r *slots.Rules) { r.Week, r.Anchor = slots.EveryDay("09:10-11:00"), slots.AtHour }, nil, "09:30 10:00 10:30"},
	{"an appointment does not move the grid", nil, busy("09:10-09:20"), "09:30 10:00 10:30"},
	{"unless slots are packed", func(r *slots.Rules) { r.Anchor = slots.Packed }, busy("09:10-09:20"), "09:20 09:50 10:20"},
	{"the query's edges do not move the grid", nil, func(q *slots.Query) { q.From = clock(9*60 + 10) }, "09:30 10:00 10:30"},
	{"nor do they move packed slots", func(r *slots.Rules) { r.Anchor = slots.Packed }, func(q *slots.Query) {
		busy("09:10-09:20")(q)
		q.From = clock(9*60 + 40)
	}, "09:50 10:20"},
	{"a slot that begins in the query may end beyond it", nil, func(q *slots.Query) { q.To = clock(10*60 + 1) }, "09:00 09:30 10:00"},

	// Busy time
	{"what is taken is not free", nil, busy("09:00-09:30"), "09:30 10:00 10:30"},
	{"what ends when a slot begins is not in its way", nil, busy("08:00-09:00", "11:00-12:00"), "09:00 09:30 10:00 10:30"},
	{"what is taken in part is not free", nil, busy("09:29-10:01"), "10:30"},
	{"one long appointment hides the short ones in it", nil, busy("08:00-10:30", "09:00-09:10"), "10:30"},
	{"busy times that overlap are no problem", nil, busy("09:00-10:00", "09:30-10:30"), "10:30"},
	{"busy times in disorder are no problem", nil, busy("10:30-11:00", "09:00-09:30"), "09:30 10:00"},

	// Buffers
	{"a slot keeps time free before it", func(r *slots.Rules) { r.Before = 10 }, busy("08:30-09:00"), "09:30 10:00 10:30"},
	{"a slot keeps time free after it", func(r *slots.Rules) { r.After = 10 }, busy("11:05-12:00"), "09:00 09:30 10:00"},
	{"buffers may lie outside of the hours", func(r *slots.Rules) { r.Before, r.After = 60, 60 }, nil, "09:00 09:30 10:00 10:30"},
	{"an appointment keeps time free around it", nil, buffered(slots.Sum, 10, 10, "09:30-10:00"), "10:30"},
	{"buffers of neighbours add up", func(r *slots.Rules) { r.Before = 20 }, buffered(slots.Sum, 0, 15, "08:00-08:30"), "09:30 10:00 10:30"},
	{"or the larger holds", func(r *slots.Rules) { r.Before, r.Buffers = 20, slots.Max }, buffered(slots.Max, 0, 15, "08:00-08:30"), "09:00 09:30 10:00 10:30"},
	{"the larger holds only where both say so", func(r *slots.Rules) { r.Before, r.Buffers = 20, slots.Max }, buffered(slots.Sum, 0, 15, "08:00-08:30"), "09:30 10:00 10:30"},

	// Now
	{"what has begun cannot be booked", nil, func(q *slots.Query) { q.Now = clock(9*60 + 31) }, "10:00 10:30"},
	{"what begins now can", nil, func(q *slots.Query) { q.Now = clock(9*60 + 30) }, "09:30 10:00 10:30"},
	{"some notice may be wanted", func(r *slots.Rules) { r.Notice = 22 * 60 }, nil, "10:00 10:30"},
	{"the horizon counts whole days after today", func(r *slots.Rules) { r.Horizon = 1 }, nil, "09:00 09:30 10:00 10:30"},
	{"beyond the horizon there are none", func(r *slots.Rules) { r.Horizon = 1 }, func(q *slots.Query) { q.Now = at("2030-01-06 23:59") }, ""},
	{"the last day can be booked", func(r *slots.Rules) { r.LastDay = tuesday }, nil, "09:00 09:30 10:00 10:30"},
	{"after the last day there are none", func(r *slots.Rules) { r.LastDay = tuesday.AddDays(-1) }, nil, ""},

	// Seats
	{"seats of a slot are shared", func(r *slots.Rules) { r.Capacity = 3 }, seated(2, "09:00-09:30"), "09:00 09:30 10:00 10:30"},
	{"until there are none left", func(r *slots.Rules) { r.Capacity = 3 }, seated(3, "09:00-09:30"), "09:30 10:00 10:30"},
	{"a party needs its seats together", func(r *slots.Rules) { r.Capacity = 3 }, func(q *slots.Query) {
		seated(2, "09:00-09:30")(q)
		q.Party = 2
	}, "09:30 10:00 10:30"},
	{"a party may be too large", func(r *slots.Rules) { r.Capacity = 3 }, func(q *slots.Query) { q.Party = 4 }, ""},
	{"nobody sits beside an appointment at another time", func(r *slots.Rules) { r.Capacity, r.Step = 3, 15 }, seated(1, "09:30-10:00"), "09:00 09:30 10:00 10:15 10:30"},
	{"nobody sits beside one of another agenda", func(r *slots.Rules) { r.Capacity = 3 }, busy("09:00-09:30"), "09:30 10:00 10:30"},
	{"packed slots share seats too", func(r *slots.Rules) { r.Capacity, r.Anchor = 2, slots.Packed }, seated(2, "09:10-09:40"), "09:40 10:10"},

	// Limits
	{"a day may have no more than so many appointments", limit(slots.Limit{Per: slots.PerDay, Count: 2}), counted("2030-01-08 14:00", "2030-01-08 15:00"), ""},
	{"those of other days do not count", limit(slots.Limit{Per: slots.PerDay, Count: 2}), counted("2030-01-07 23:30", "2030-01-08 15:00", "2030-01-09 00:00"), "09:00 09:30 10:00 10:30"},
	{"a week begins on Monday", limit(slots.Limit{Per: slots.PerWeek, Count: 1}), counted("2030-01-06 23:30"), "09:00 09:30 10:00 10:30"},
	{"a week has its limit", limit(slots.Limit{Per: slots.PerWeek, Count: 1}), counted("2030-01-13 23:30"), ""},
	{"a month has its limit", limit(slots.Limit{Per: slots.PerMonth, Count: 1}), counted("2030-01-31 23:30"), ""},
	{"minutes are limited with the slot's own", limit(slots.Limit{Per: slots.PerDay, Minutes: 59}), counted("2030-01-08 14:00"), ""},
	{"up to the very minute", limit(slots.Limit{Per: slots.PerDay, Minutes: 60}), counted("2030-01-08 14:00"), "09:00 09:30 10:00 10:30"},
	{"all limits hold", limit(slots.Limit{Per: slots.PerMonth, Count: 9}, slots.Limit{Per: slots.PerDay, Count: 1}), counted("2030-01-08 14:00"), ""},

	// Members
	{"members have hours of their own", nil, members(member("UTC", "08:00-10:00")), "09:00 09:30"},
	{"in a zone of their own", nil, members(member("Europe/Berlin", "11:00-12:00")), "10:00 10:30"},
	{"a member's hours do not move the grid", nil, members(member("UTC", "09:10-10:30")), "09:30 10:00"},
	{"one free member is enough", nil, members(slots.Member{Busy: taken("09:00-10:00")}, slots.Member{Busy: taken("09:30-10:30")}), "09:00 10:00 10:30"},
	{"a slot that several have is listed once", nil, members(slots.Member{}, slots.Member{}, member("UTC", "09:00-12:00")), "09:00 09:30 10:00 10:30"},
	{"a collective needs all of them", collective, members(slots.Member{Busy: taken("09:00-09:30")}, slots.Member{Busy: taken("10:00-10:30")}), "09:30 10:30"},
	{"within the hours of all", collective, members(member("UTC", "08:00-10:30"), member("UTC", "09:30-12:00")), "09:30 10:00"},
	{"packed, each member has a grid", func(r *slots.Rules) { r.Anchor = slots.Packed }, members(slots.Member{Busy: taken("09:00-09:50")}, slots.Member{Busy: taken("09:00-10:10")}), "09:50 10:10 10:20"},
}

func busy(texts ...string) func(*slots.Query) { return members(slots.Member{Busy: taken(texts...)}) }

func members(list ...slots.Member) func(*slots.Query) {
	return func(q *slots.Query) { q.Members = list }
}

func member(zone string, spans ...string) slots.Member {
	s, err := slots.CompileHours(slots.Hours{Timezone: zone, Week: slots.EveryDay(spans...)}, nil)
	if err != nil {
		panic(err)
	}
	return slots.Member{Hours: s}
}

func buffered(policy slots.Policy, before, after slots.Minutes, texts ...string) func(*slots.Query) {
	list := taken(texts...)
	for i := range list {
		list[i].Larger, list[i].Before, list[i].After = policy == slots.Max, before, after
	}
	return members(slots.Member{Busy: list})
}

func seated(seats int, texts ...string) func(*slots.Query) {
	list := taken(texts...)
	for i := range list {
		list[i].Seats = seats
	}
	return members(slots.Member{Busy: list})
}

func limit(list ...slots.Limit) func(*slots.Rules) {
	return func(r *slots.Rules) { r.Limits = list }
}

func counted(starts ...string) func(*slots.Query) {
	return func(q *slots.Query) {
		for _, start := range starts {
			q.Taken = append(q.Taken, slots.Interval{Start: at(start), End: at(start).Add(30 * time.Minute)})
		}
	}
}

func collective(r *slots.Rules) { r.Assignment = slots.Collective }

func TestSlots(t *testing.T) {
	t.Parallel()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			plan, err := slots.Compile(rules(c.rules), nil)
			require.NoError(t, err)
			q := slots.Query{From: at("2030-01-08 00:00"), To: at("2030-01-09 00:00"), Now: monday, Members: make([]slots.Member, 1)}
			if c.query != nil {
				c.query(&q)
			}
			require.Equal(t, c.want, shown(plan, plan.Slots(q)))
		})
	}
}

func shown(plan *slots.Plan, list []slots.Slot) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = s.Start.In(plan.Zone()).Format("15:04")
	}
	return strings.Join(texts, " ")
}

func TestHolidaysCloseTheDayUnlessAnOverrideOpensIt(t *testing.T) {
	t.Parallel()
	q := slots.Query{From: at("2030-01-08 00:00"), To: at("2030-01-09 00:00"), Now: monday, Members: make([]slots.Member, 1)}
	holidays := []slots.Date{tuesday.AddDays(9), tuesday}
	plan, err := slots.Compile(rules(nil), holidays)
	require.NoError(t, err)
	require.Empty(t, plan.Slots(q))
	plan, err = slots.Compile(rules(func(r *slots.Rules) {
		r.Overrides = []slots.Override{{From: tuesday, Spans: slots.Spans("10:00-10:30")}}
	}), holidays)
	require.NoError(t, err)
	require.Equal(t, "10:00", shown(plan, plan.Slots(q)))
}

func TestASlotSaysItsEndAndItsSeats(t *testing.T) {
	t.Parallel()
	plan, err := slots.Compile(rules(func(r *slots.Rules) { r.Capacity = 3 }), nil)
	require.NoError(t, err)
	q := slots.Query{From: clock(9 * 60), To: clock(9*60 + 31), Now: monday}
	seated(2, "09:00-09:30")(&q)
	require.Equal(t, []slots.Slot{
		{Start: clock(9 * 60), End: clock(9*60 + 30), Seats: 1},
		{Start: clock(9*60 + 30), End: clock(10 * 60), Seats: 3},
	}, plan.Slots(q))
}

func TestWhoIsFree(t *testing.T) {
	t.Parallel()
	q := slots.Query{Now: monday, Members: []slots.Member{
		{Busy: taken("09:00-09:30")}, {}, {Busy: taken("10:00-10:30")}, member("UTC", "09:30-10:00"),
	}}
	each, err := slots.Compile(rules(nil), nil)
	require.NoError(t, err)
	all, err := slots.Compile(rules(collective), nil)
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, each.FreeAt(q, clock(9*60)))
	require.Equal(t, []int{0, 1, 2, 3}, each.FreeAt(q, clock(9*60+30)))
	require.Equal(t, []int{0, 1}, each.FreeAt(q, clock(10*60)))
	require.Equal(t, []int{0, 1, 2, 3}, all.FreeAt(q, clock(9*60+30)))
	require.Empty(t, all.FreeAt(q, clock(10*60)))
	for name, start := range map[string]time.Time{
		"off the grid":        clock(9*60 + 31),
		"off the microsecond": clock(9*60 + 30).Add(1),
		"outside":             clock(8*60 + 30),
		"past":                at("2030-01-07 10:00"),
	} {
		require.Empty(t, each.FreeAt(q, start), name)
	}
}

func TestRulesSayWhatIsWrongWithThem(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*slots.Rules){
		"/timezone timezone":         func(r *slots.Rules) { r.Timezone = "Mars/Olympus" },
		"/timezone timezone ":        func(r *slots.Rules) { r.Timezone = "" },
		"/week/tuesday/0/to order":   func(r *slots.Rules) { r.Week.Tuesday = []slots.Span{{From: 600, To: 600}} },
		"/week/sunday/1 range":       func(r *slots.Rules) { r.Week.Sunday = []slots.Span{{From: 1, To: 2}, {From: 600, To: 1441}} },
		"/week/monday max_items":     func(r *slots.Rules) { r.Week.Monday = make([]slots.Span, 25) },
		"/until order":               func(r *slots.Rules) { r.From, r.Until = tuesday, tuesday.AddDays(-1) },
		"/overrides/0/until order":   func(r *slots.Rules) { r.Overrides = []slots.Override{{From: tuesday, Until: tuesday.AddDays(-1)}} },
		"/overrides/0/until range":   func(r *slots.Rules) { r.Overrides = []slots.Override{{From: tuesday, Until: tuesday.AddDays(9999)}} },
		"/overrides/0/from required": func(r *slots.Rules) { r.Overrides = []slots.Override{{}} },
		"/overrides/0/reason max_length": func(r *slots.Rules) {
			r.Overrides = []slots.Override{{From: tuesday, Reason: strings.Repeat("é", 201)}}
		},
		"/overrides overlap": func(r *slots.Rules) {
			r.Overrides = []slots.Override{{From: tuesday, Until: tuesday.AddDays(2)}, {From: tuesday.AddDays(2)}}
		},
		"/overrides max_items":                func(r *slots.Rules) { r.Overrides = make([]slots.Override, 1001) },
		"/duration range, /step range":        func(r *slots.Rules) { r.Duration = 0 },
		"/step range":                         func(r *slots.Rules) { r.Step = -1 },
		"/before range":                       func(r *slots.Rules) { r.Before = 1441 },
		"/after range":                        func(r *slots.Rules) { r.After = -1 },
		"/notice range":                       func(r *slots.Rules) { r.Notice = 366*24*60 + 1 },
		"/horizon range":                      func(r *slots.Rules) { r.Horizon = -1 },
		"/capacity range":                     func(r *slots.Rules) { r.Capacity = 1001 },
		"/anchor enum":                        func(r *slots.Rules) { r.Anchor = "moon" },
		"/buffers enum":                       func(r *slots.Rules) { r.Buffers = "min" },
		"/assignment enum":                    func(r *slots.Rules) { r.Assignment = "chance" },
		"/limits/0/per enum":                  func(r *slots.Rules) { r.Limits = []slots.Limit{{Per: "year", Count: 1}} },
		"/limits/0 range":                     func(r *slots.Rules) { r.Limits = []slots.Limit{{Per: slots.PerDay}} },
		"/limits max_items":                   func(r *slots.Rules) { r.Limits = make([]slots.Limit, 11) },
		"/timezone timezone, /duration range": func(r *slots.Rules) { r.Timezone, r.Duration, r.Step = "x", 1441, 5 },
	} {
		_, err := slots.Compile(rules(change), nil)
		require.Equal(t, strings.TrimSpace(want), strings.Join(faults(t, err), ", "))
	}
}
