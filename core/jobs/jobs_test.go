package jobs

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEveryIsTheMultiplesOfItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(1, 100*24*3600).Draw(t, "seconds")) * time.Second
		at := time.Unix(rapid.Int64Range(-1e9, 5e9).Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "nano"))
		next := Every(d).Next(at)
		require.True(t, next.After(at))
		require.LessOrEqual(t, next.Sub(at), d)
		require.Zero(t, next.Sub(time.Unix(0, 0))%d)
		require.Equal(t, next.Add(d), Every(d).Next(next))
	})
	require.Panics(t, func() { Every(time.Millisecond) })
}

func TestDailyIsByTheClockOfItsPlace(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	at := func(text string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", text)
		require.NoError(t, err)
		return at
	}
	for _, c := range []struct{ after, next string }{
		{"2026-01-10 00:00", "2026-01-10 01:30"},
		{"2026-01-10 01:30", "2026-01-11 01:30"},
		{"2026-03-28 02:00", "2026-03-29 01:30"}, // 02:30 is not on that day's clocks: 03:30
		{"2026-03-29 01:30", "2026-03-30 00:30"},
		{"2026-10-24 12:00", "2026-10-25 01:30"}, // 02:30 is twice: once
		{"2026-10-25 01:30", "2026-10-26 01:30"},
		{"2026-12-31 12:00", "2027-01-01 01:30"},
	} {
		require.Equal(t, at(c.next), Daily(2, 30, berlin).Next(at(c.after)), c.after)
	}
}

func TestBackoffGrowsToAnHour(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		attempt := rapid.IntRange(1, 1_000_000).Draw(t, "attempt")
		want := time.Hour
		if attempt <= 12 {
			want = time.Second * time.Duration(1<<(attempt-1))
		}
		wait := Backoff(attempt)
		require.GreaterOrEqual(t, wait, want*3/4)
		require.LessOrEqual(t, wait, want*5/4)
	})
}

func TestTheTextOfAnErrorIsWhatADatabaseTakes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\x00", "a\x00b", "\xff\xfe", strings.Repeat("é", maxError)} {
		kept := errorText(errors.New(text))
		require.NotEmpty(t, kept)
		require.LessOrEqual(t, len(kept), maxError)
		require.True(t, utf8.ValidString(kept))
		require.NotContains(t, kept, "\x00")
	}
}

func TestUrgentQueuesComeFirst(t *testing.T) {
	t.Parallel()
	w := &Worker{handlers: map[string]*handler{}, Queues: map[string]Limit{"mail": {Priority: 2, Concurrency: 3}, "bulk": {Priority: -1}}}
	for kind, queue := range map[string]string{"a": "bulk", "b": Default, "c": "mail", "d": "mail"} {
		w.add(&handler{kind: kind, queue: queue})
	}
	var names []string
	for _, q := range w.queues() {
		names = append(names, q.name)
	}
	require.Equal(t, []string{"mail", Default, "bulk"}, names)
	require.Equal(t, []string{"c", "d"}, w.queues()[0].kinds)
	require.Equal(t, 3, w.queues()[0].Concurrency)
	require.Equal(t, DefaultConcurrency, w.queues()[2].Concurrency)
	require.Panics(t, func() { w.add(&handler{kind: "a"}) }, "twice")
	require.Panics(t, func() { w.add(&handler{}) }, "no name")
}

func TestCountsAreOfTheLastMinute(t *testing.T) {
	t.Parallel()
	var c counts
	now := time.Unix(1_000_000, 0)
	done := []finished{{&running{Job: Job{Kind: "a"}}, Outcome{State: Done}}, {&running{Job: Job{Kind: "a"}}, Outcome{State: Live}}}
	c.add(done, 2, now)
	c.add(done, 1, now.Add(59*time.Second))
	kinds, perSecond := c.read(now.Add(59 * time.Second))
	require.Equal(t, map[string]Count{"a": {Done: 2, Failed: 2}}, kinds)
	require.InDelta(t, 3.0/60, perSecond, 1e-9)
	_, perSecond = c.read(now.Add(60 * time.Second))
	require.InDelta(t, 1.0/60, perSecond, 1e-9)
}
