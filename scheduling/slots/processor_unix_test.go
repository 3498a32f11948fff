//go:build unix

package slots_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/scheduling/slots"
)

// processor is the processor time that fn takes: the least of some tries of many calls each, which
// other programs on the machine disturb less than a clock.
func processor(b *testing.B, calls int, fn func()) time.Duration {
	used := func() time.Duration {
		var u syscall.Rusage
		require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	best := time.Duration(1 << 62)
	for range 10 {
		before := used()
		for range calls {
			fn()
		}
		best = min(best, (used()-before)/time.Duration(calls))
	}
	return best
}

// BenchmarkProcessorTime compares the engine with a plain look at each busy interval, in processor
// time: 10 µs and 100 µs are 5 and 3.8 times what that took where it was first measured.
func BenchmarkProcessorTime(b *testing.B) {
	for name, size := range map[string]struct{ days, busy int }{"a month": {30, 1000}, "a year": {365, 10_000}} {
		b.Run(name, func(b *testing.B) {
			plan, q := crowded(b, size.days, size.busy)
			calls := 200_000 / size.busy
			for b.Loop() {
				sweep := processor(b, calls, func() { overlaps(q.Members[0].Busy) })
				run := processor(b, calls, func() {
					for range plan.All(q) {
					}
				})
				list := processor(b, calls, func() { plan.Slots(q) })
				b.ReportMetric(float64(sweep.Nanoseconds())/1000, "µs-sweep")
				b.ReportMetric(float64(run.Nanoseconds())/1000, "µs-All")
				b.ReportMetric(float64(list.Nanoseconds())/1000, "µs-Slots")
			}
		})
	}
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
