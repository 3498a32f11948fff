package core_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
)

// The instants are those of the IANA database.
func TestDayWhereClocksChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, at, from, before, why string }{
		{"UTC", "2026-11-21T23:59:59Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", "an ordinary day"},
		{"America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z", "midnight skipped: the day begins at one"},
		{"America/Sao_Paulo", "2018-02-17T12:00:00Z", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z", "the hour before midnight repeated"},
		{"Asia/Beirut", "2022-03-27T12:00:00Z", "2022-03-26T22:00:00Z", "2022-03-27T21:00:00Z", "midnight skipped, east of Greenwich"},
		{"America/Havana", "2022-11-06T12:00:00Z", "2022-11-06T04:00:00Z", "2022-11-07T05:00:00Z", "midnight repeated"},
		{"Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "23 hours"},
		{"Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "25 hours"},
		{"Asia/Kathmandu", "2026-12-31T18:15:00Z", "2026-12-31T18:15:00Z", "2027-01-01T18:15:00Z", "a quarter of an hour, and a new year"},
	} {
		zone, err := core.ParseZone(c.zone)
		require.NoError(t, err)
		at, err := time.Parse(time.RFC3339, c.at)
		require.NoError(t, err)
		from, before := core.Day(at, zone, 0)
		require.Equal(t, c.from, from.Format(time.RFC3339), c.why)
		require.Equal(t, c.before, before.Format(time.RFC3339), c.why)
	}
}

func TestDaysFollowEachOtherWithoutGap(t *testing.T) {
	t.Parallel()
	names := []string{"America/Sao_Paulo", "Asia/Beirut", "America/Havana", "Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Cairo"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := core.ParseZone(rapid.SampledFrom(names).Draw(t, "zone"))
		require.NoError(t, err)
		at := time.Unix(rapid.Int64Range(631152000, 1893456000).Draw(t, "second"), 0)
		from, before := core.Day(at, zone, 0)
		require.False(t, at.Before(from), "%v begins after %v", from, at)
		require.True(t, at.Before(before), "%v ends before %v", before, at)
		_, yesterdayEnds := core.Day(at, zone, -1)
		require.Equal(t, from, yesterdayEnds)
	})
}

func TestZonesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Local", "Mars/Olympus", "../etc/passwd", "UTC\x00", "America/Sao_Paulo "} {
		_, err := core.ParseZone(name)
		require.ErrorIs(t, err, core.ErrInvalid, "%q", name)
	}
}
