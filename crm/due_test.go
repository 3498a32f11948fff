package crm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestDueIsByLocalDays(t *testing.T) {
	t.Parallel()
	// Clocks in Brazil skipped the midnight to the 4th of November 2018.
	now := time.Date(2018, 11, 3, 22, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		filter       DueFilter
		from, before string
	}{
		{DueFilter{Due: Overdue, Zone: "America/Sao_Paulo"}, "", "2018-11-03T03:00:00Z"},
		{DueFilter{Due: Today, Zone: "America/Sao_Paulo"}, "2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z"},
		{DueFilter{Due: Upcoming, Zone: "America/Sao_Paulo", Days: 1}, "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
		{DueFilter{Due: Upcoming, Zone: "America/Sao_Paulo"}, "2018-11-04T03:00:00Z", "2018-11-11T02:00:00Z"},
		{DueFilter{Due: Today, Zone: "Asia/Tokyo"}, "2018-11-03T15:00:00Z", "2018-11-04T15:00:00Z"},
		{DueFilter{Due: Today}, "2018-11-03T00:00:00Z", "2018-11-04T00:00:00Z"},
	} {
		from, before, err := c.filter.span(now)
		require.NoError(t, err)
		if c.from == "" {
			require.True(t, from.IsZero())
		} else {
			require.Equal(t, c.from, from.Format(time.RFC3339), c.filter)
		}
		require.Equal(t, c.before, before.Format(time.RFC3339), c.filter)
	}
	for fault, d := range map[string]DueFilter{
		"/due": {Due: "someday"}, "/zone": {Due: Today, Zone: "Mars/Olympus"}, "/days": {Due: Upcoming, Days: 367},
	} {
		_, _, err := d.span(now)
		var e *core.Error
		require.ErrorAs(t, err, &e)
		require.Len(t, e.Fields, 1)
		require.Equal(t, fault, e.Fields[0].Field)
	}
}
