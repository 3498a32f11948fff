package slots_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/scheduling/slots"
)

// crowded is a query of so many days in which one member has so many appointments of a few minutes.
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
