package slots_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/scheduling/slots"
)

// crowded is a query of so many days in which one member has so many appointments, in order: of five minutes, with
// ten that are kept free after each, by day and night. It is open for seven hours on working days, of
// whose 28 quarters so many appointments leave a third: 198 slots in a month, 3,154 in a year.
func crowded(tb testing.TB, days, busy int) (*slots.Plan, slots.Query) {
	plan, err := slots.Compile(slots.Rules{
		Hours: slots.Hours{Timezone: "America/New_York", Week: slots.Workdays("09:00-12:00", "13:00-17:00")}, Duration: 15,
	}, nil)
	require.NoError(tb, err)
	from := at("2030-01-01 00:00")
	to := from.AddDate(0, 0, days)
	every := to.Sub(from) / time.Duration(busy)
	list := make([]slots.Busy, busy)
	for i := range list {
		start := from.Add(time.Duration(i) * every)
		list[i] = slots.Busy{Start: start, End: start.Add(5 * time.Minute), After: 10}
	}
	return plan, slots.Query{From: from, To: to, Now: from, Members: []slots.Member{{Busy: list}}}
}

func BenchmarkSlots(b *testing.B) {
	for _, size := range []struct{ days, busy int }{{30, 0}, {30, 1000}, {365, 10_000}} {
		b.Run(fmt.Sprintf("%d days, %d busy", size.days, size.busy), func(b *testing.B) {
			plan, q := crowded(b, size.days, max(size.busy, 1))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n = len(plan.Slots(q))
			}
			b.ReportMetric(float64(n), "slots")
		})
	}
}

// BenchmarkLeast is the least that any of many short tries took, in turns: what the engine needs where nothing
// else disturbs it, beside a plain look at each busy interval. Slots has to get its list from
// somewhere, which Append has; neither was disturbed by collecting garbage, which BenchmarkSlots is.
func BenchmarkLeast(b *testing.B) {
	for _, size := range []struct{ days, busy int }{{30, 1000}, {365, 10_000}} {
		b.Run(fmt.Sprintf("%d days, %d busy", size.days, size.busy), func(b *testing.B) {
			plan, q := crowded(b, size.days, size.busy)
			room := plan.Slots(q)
			for b.Loop() {
				took := least(20_000/size.busy, func() { overlaps(q.Members[0].Busy) },
					func() {
						for range plan.All(q) {
						}
					},
					func() { plan.Append(room[:0], q) },
					func() { plan.Slots(q) })
				for i, unit := range []string{"µs-sweep", "µs-All", "µs-Append", "µs-Slots"} {
					b.ReportMetric(float64(took[i].Nanoseconds())/1000, unit)
				}
			}
			b.ReportMetric(float64(len(room)), "slots")
		})
	}
}

// least is the least that so many calls of each took, in 200 turns.
func least(calls int, fns ...func()) []time.Duration {
	took := slices.Repeat([]time.Duration{time.Hour}, len(fns))
	for range 200 {
		for i, fn := range fns {
			begin := time.Now()
			for range calls {
				fn()
			}
			took[i] = min(took[i], time.Since(begin)/time.Duration(calls))
		}
	}
	return took
}

// overlaps looks at each interval once.
func overlaps(busy []slots.Busy) (n int) {
	for i := 1; i < len(busy); i++ {
		if busy[i].Start.Before(busy[i-1].End) {
			n++
		}
	}
	return n
}

func BenchmarkTwentyMembers(b *testing.B) {
	plan, q := crowded(b, 30, 500)
	for range 19 {
		q.Members = append(q.Members, q.Members[0])
	}
	b.ReportAllocs()
	for b.Loop() {
		plan.Slots(q)
	}
}

func BenchmarkCompile(b *testing.B) {
	r := rules(nil)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = slots.Compile(r, nil)
	}
}

func TestAllocationsDoNotGrowWithTheBusyTime(t *testing.T) {
	count := func(busy int) float64 {
		plan, q := crowded(t, 30, busy)
		q.To = q.From.AddDate(0, 0, 1) // the same few slots
		return testing.AllocsPerRun(20, func() {
			for range plan.All(q) {
			}
		})
	}
	require.Equal(t, count(10), count(10_000))
}
