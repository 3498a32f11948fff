package slots_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

func TestWallClockTimesBecomeInstants(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, zone, wall, want string }{
		{"an ordinary time", "America/New_York", "2030-01-08 09:00", "2030-01-08T14:00:00Z"},
		{"in a gap, it has the offset from before", "America/New_York", "2030-03-10 02:30", "2030-03-10T07:30:00Z"},
		{"so too in the east", "Europe/Berlin", "2030-03-31 02:30", "2030-03-31T01:30:00Z"},
		{"and in the south", "Australia/Sydney", "2030-10-06 02:30", "2030-10-05T16:30:00Z"},
		{"the end of a gap is past it", "Europe/Berlin", "2030-03-31 03:00", "2030-03-31T01:00:00Z"},
		{"what occurs twice is the first", "America/New_York", "2030-11-03 01:30", "2030-11-03T05:30:00Z"},
		{"so too in the east", "Europe/Berlin", "2030-10-27 02:30", "2030-10-27T00:30:00Z"},
		{"after it, there is no doubt", "America/New_York", "2030-11-03 02:00", "2030-11-03T07:00:00Z"},
		{"half an hour skipped on Lord Howe", "Australia/Lord_Howe", "2030-10-06 02:15", "2030-10-05T15:45:00Z"},
		{"half an hour twice on Lord Howe", "Australia/Lord_Howe", "2030-04-07 01:45", "2030-04-06T14:45:00Z"},
		{"midnight skipped in Sao Paulo", "America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04T03:00:00Z"},
		{"midnight twice in Havana", "America/Havana", "2030-11-03 00:30", "2030-11-03T04:30:00Z"},
		{"a day skipped in Apia", "Pacific/Apia", "2011-12-30 12:00", "2011-12-30T22:00:00Z"},
		{"a day twice in Kwajalein's own way", "Pacific/Kwajalein", "1993-08-20 12:00", "1993-08-21T00:00:00Z"},
		{"24:00 is the next day's 00:00", "Europe/Lisbon", "2030-01-07 24:00", "2030-01-08T00:00:00Z"},
		{"no change at all", "UTC", "2030-01-08 09:00", "2030-01-08T09:00:00Z"},
		{"long ago", "Europe/Amsterdam", "1850-01-01 00:00", "1849-12-31T23:40:28Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			zone, err := slots.Zone(c.zone)
			require.NoError(t, err)
			day, err := slots.ParseDate(c.wall[:10])
			require.NoError(t, err)
			clock, err := slots.ParseClock(c.wall[11:])
			require.NoError(t, err)
			require.Equal(t, c.want, slots.At(zone, day, clock).Format(time.RFC3339))
		})
	}
}

func TestADayThatWasSkippedIsEmpty(t *testing.T) {
	t.Parallel()
	apia, err := slots.Zone("Pacific/Apia")
	require.NoError(t, err)
	from, before := slots.DayIn(apia, slots.Date{Year: 2011, Month: time.December, Day: 30})
	require.Equal(t, from, before)
	r := slots.Rules{Hours: slots.Hours{Timezone: "Pacific/Apia", Week: slots.EveryDay("09:00-17:00")}, Duration: 480}
	plan, err := slots.Compile(r, nil)
	require.NoError(t, err)
	list := plan.Slots(slots.Query{From: at("2011-12-29 00:00"), To: at("2012-01-01 00:00"), Members: make([]slots.Member, 1)})
	days := []string{}
	for _, s := range list {
		days = append(days, s.Start.In(apia).Format("01-02 15:04"))
	}
	require.Equal(t, []string{"12-29 09:00", "12-31 09:00", "01-01 09:00"}, days)
}

func TestZonesAreThoseOfTheIANADatabase(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Local", "Mars/Olympus", "../etc/passwd", "america/new_york\x00"} {
		_, err := slots.Zone(name)
		require.ErrorIs(t, err, core.ErrInvalid, name)
	}
	once, err := slots.Zone("Asia/Tokyo")
	require.NoError(t, err)
	again, err := slots.Zone("Asia/Tokyo")
	require.NoError(t, err)
	require.Same(t, once, again)
}

func TestDaysAndTimesAreTextInJSON(t *testing.T) {
	t.Parallel()
	var o slots.Override
	text := `{"from":"2030-01-31","until":"2030-02-28","spans":[{"from":"00:00","to":"24:00"}]}`
	require.NoError(t, json.Unmarshal([]byte(text), &o))
	back, err := json.Marshal(o)
	require.NoError(t, err)
	require.JSONEq(t, text, string(back))
	for _, bad := range []string{"2030-02-29", "30-01-01", "2030-1-1", "x"} {
		_, err := slots.ParseDate(bad)
		require.ErrorIs(t, err, core.ErrInvalid, bad)
	}
	for _, bad := range []string{"", "24:01", "9:00", "09:60", "+9:00", "09-00", "99:00"} {
		_, err := slots.ParseClock(bad)
		require.ErrorIs(t, err, core.ErrInvalid, bad)
	}
	require.Equal(t, time.Thursday, slots.Date{Year: 1970, Month: 1, Day: 1}.Weekday())
	require.Equal(t, time.Wednesday, slots.Date{Year: 1969, Month: 12, Day: 31}.Weekday())
	require.Panics(t, func() { slots.Spans("9-10") })
}

func faults(t *testing.T, err error) (list []string) {
	var e *core.Error
	require.ErrorAs(t, err, &e)
	for _, f := range e.Fields {
		list = append(list, f.Field+" "+f.Rule)
	}
	return list
}
