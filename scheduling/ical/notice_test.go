package ical_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/ical"
)

func TestANoticeCarriesWhatTheClientsCalendarTakes(t *testing.T) {
	t.Parallel()
	s, list := seriesOf(t, "FREQ=WEEKLY;COUNT=4", "Europe/Lisbon", instant("2030-07-08 09:00"))
	for _, by := range []time.Duration{0, 26 * time.Hour, -26 * time.Hour} {
		a := list[2]
		a.StartDate, a.EndDate = a.StartDate.Add(by), a.EndDate.Add(by)
		a.Timezone, a.Description, a.Sequence = "Asia/Tokyo", "Buy this", 3
		n := scheduling.Notice{Kind: scheduling.TellsMove, Appointment: a, Series: &s, To: scheduling.Person{Name: "Buy that", Email: "ada@example.org"}}
		mediaType, text, err := ical.Notice(n)
		require.NoError(t, err)
		require.Equal(t, "text/calendar; charset=utf-8; method=REQUEST", mediaType)
		require.NotContains(t, string(text), "Buy", "nothing that the client has typed")
		f := readBack(t, text)
		require.Equal(t, []string{"Europe/Lisbon"}, f.Zones, "the series's, by which it is an exception to it")
		e := f.Events[0]
		require.Equal(t, []any{s.UID, 3, 1}, []any{e.UID, e.Sequence, e.Attendees})
		require.Equal(t, []int64{a.RecurrenceDate.Unix(), a.StartDate.Unix(), a.EndDate.Unix()}, []int64{e.Recurrence, e.Start, e.End})
	}
	gone := appointment(instant("2030-07-09 08:30"))
	gone.Status, gone.Timezone = scheduling.Cancelled, "Asia/Tokyo"
	_, text, err := ical.Notice(scheduling.Notice{Kind: scheduling.TellsCancel, Appointment: gone})
	require.NoError(t, err)
	f := readBack(t, text)
	require.Equal(t, []any{"CANCEL", "CANCELLED", gone.StartDate.Unix()}, []any{f.Method, f.Events[0].Status, f.Events[0].Start})
}
