package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out, time.Date(2030, time.March, 4, 12, 0, 0, 0, time.UTC)))
	for _, line := range []string{
		"DTSTART;TZID=Europe/Lisbon:20300305T160000", "RRULE:FREQ=WEEKLY;COUNT=10", "SUMMARY:Piano lesson", "TZOFFSETTO:+0100",
	} {
		require.Contains(t, out.String(), line+"\r\n")
	}
	require.NotContains(t, out.String(), "EXDATE")
}
