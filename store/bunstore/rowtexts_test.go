package bunstore

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTimesAreReadAsBothDatabasesWriteThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := time.UnixMicro(rapid.Int64Range(-60_000_000_000_000_000, 250_000_000_000_000_000).Draw(t, "micros"))
		zone := time.FixedZone("", rapid.SampledFrom([]int{0, 0, -3 * 3600, 5*3600 + 1800, 3600}).Draw(t, "zone"))
		layout := rapid.SampledFrom([]string{"2006-01-02 15:04:05.999999-07:00", "2006-01-02 15:04:05.999999-07", "2006-01-02 15:04:05.000000-07:00"}).Draw(t, "layout")
		text := want.In(zone).Format(layout)
		if parsed, err := time.Parse(layout, text); err != nil || !parsed.Equal(want) {
			t.Skip("the layout has not the minutes of the zone")
		}
		got, ok := parseTimeText(text)
		require.True(t, ok, text)
		require.Equal(t, want.UTC(), got, text)
	})
	for _, text := range []string{
		"", "31.01.2026 12:30:00 UTC", "2026-06-31 12:30:00+00", "2026-01-31 12:30:60+00", "2026-01-31T12:30:00+00", "2026-13-01 12:30:00+00", "2026-01-31 24:00:00+00",
		"2026-01-31 12:30:00", "2026-01-31 1x:30:00+00", "0044-03-15 12:00:00+00 BC", "2026-01-31 12:30:00.+00:0", "2026-01-31 12:30:00.+00", "infinity",
	} {
		_, ok := parseTimeText(text)
		require.False(t, ok, text)
	}
}

func FuzzTimesAreNotMisread(f *testing.F) {
	f.Add("2026-01-31 12:30:00.5+00:00")
	f.Fuzz(func(t *testing.T, text string) {
		if got, ok := parseUTC(text); ok {
			want, err := time.Parse("2006-01-02 15:04:05Z07:00", text)
			if err != nil {
				want, err = time.Parse("2006-01-02 15:04:05Z07", text)
			}
			require.NoError(t, err, text)
			require.True(t, want.Equal(got), text)
		}
	})
}
