package ical_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/ical"
)

// file is what a parser that is not ours finds in a calendar file. Times are seconds of Unix.
type file struct {
	Method, Name  string
	Errors, Zones []string
	Events        []struct {
		UID, Status, Summary, Description, Location, URL string
		Sequence, Attendees                              int
		Start, End, Recurrence                           int64
		Times                                            []int64
	}
}

// readBack reads a file by Debian's python3-icalendar. Where there is none the test is skipped, unless
// CLIENTELE_REQUIRE_ICALENDAR says that there has to be.
func readBack(t *testing.T, text []byte) (f file) {
	t.Helper()
	const python = "/usr/bin/python3" // Debian's, which has Debian's packages
	if exec.CommandContext(t.Context(), python, "-c", "import icalendar, dateutil").Run() != nil {
		if os.Getenv("CLIENTELE_REQUIRE_ICALENDAR") != "" {
			t.Fatal("there is no python3-icalendar")
		}
		t.Skip("there is no python3-icalendar to read the file back")
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/read.py")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(text), os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s", text)
	require.NoError(t, json.Unmarshal(out, &f))
	require.Empty(t, f.Errors)
	return f
}

func instant(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

func appointment(start time.Time) scheduling.Appointment {
	id := core.ID[scheduling.Appointment]{UUID: uuid.New()}
	return scheduling.Appointment{
		ID: id, UID: id.String(), StartDate: start, EndDate: start.Add(30 * time.Minute), Status: scheduling.Scheduled,
		Details: scheduling.Details{Title: "Cut"}, Stamp: scheduling.Stamp{CreatedAt: instant("2030-01-01 00:00"), UpdatedAt: instant("2030-01-02 00:00")},
	}
}

func write(t *testing.T, c ical.Calendar, fill func(*ical.Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := ical.NewWriter(&out, c)
	require.NoError(t, err)
	fill(w)
	require.NoError(t, w.Close())
	for line := range strings.SplitSeq(strings.TrimSuffix(out.String(), "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(line), 75, line)
		require.NotContains(t, line, "\n")
		require.True(t, strings.ToValidUTF8(line, "") == line, "%q is cut inside a character", line)
	}
	return out.Bytes()
}

var year = ical.Calendar{From: instant("2030-01-01 00:00"), Until: instant("2031-01-01 00:00")}

func TestAFileIsReadByAnother(t *testing.T) {
	t.Parallel()
	a := appointment(instant("2030-07-09 08:30"))
	a.Title, a.Location, a.URL = `Cut, wash; "and" \ blow-dry`, "Rua Augusta 1, Lisboa", "https://example.org/?a=1,2;3"
	a.Description = strings.Repeat("Não há só acentos: 💇‍♀️, vírgulas; e \\ barras.\n", 20) + "\tend"
	a.Sequence = 3
	calendar := year
	calendar.Method = ical.MethodOf(a)
	text := write(t, calendar, func(w *ical.Writer) {
		require.NoError(t, w.Appointment(a, ical.Event{
			Zone: "Europe/Lisbon", Organizer: ical.Party{Name: `The "barber"; shop`, URI: "mailto:shop@example.org"},
			Attendees: []ical.Party{{Name: "Ada", URI: "mailto:ada@example.org"}, {URI: "urn:uuid:" + uuid.NewString()}},
		}))
	})
	require.Contains(t, string(text), "DTSTART;TZID=Europe/Lisbon:20300709T093000\r\n")
	f := readBack(t, text)
	require.Equal(t, "REQUEST", f.Method)
	require.Equal(t, []string{"Europe/Lisbon"}, f.Zones)
	require.Len(t, f.Events, 1)
	e := f.Events[0]
	require.Equal(t, []string{a.UID, "CONFIRMED", a.Title, a.Description, a.Location, a.URL}, []string{e.UID, e.Status, e.Summary, e.Description, e.Location, e.URL})
	require.Equal(t, []int{3, 2}, []int{e.Sequence, e.Attendees})
	require.Equal(t, []int64{a.StartDate.Unix(), a.EndDate.Unix(), 0}, []int64{e.Start, e.End, e.Recurrence})
}

func TestTimesAreTheSameInAllZones(t *testing.T) {
	t.Parallel()
	zones := []string{"", "UTC", "Europe/Lisbon", "America/Sao_Paulo", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Chatham", "Africa/Casablanca", "Etc/GMT+3"}
	var made []scheduling.Appointment
	text := write(t, year, func(w *ical.Writer) {
		for _, zone := range zones {
			for day := range 52 {
				a := appointment(year.From.AddDate(0, 0, 7*day).Add(time.Duration(day) * 37 * time.Minute))
				made = append(made, a)
				require.NoError(t, w.Appointment(a, ical.Event{Zone: zone}))
			}
		}
		// An hour of the night in which clocks are set back, twice.
		for _, at := range []string{"2030-11-03 05:30", "2030-11-03 06:30"} {
			a := appointment(instant(at))
			made = append(made, a)
			require.NoError(t, w.Appointment(a, ical.Event{Zone: "America/New_York"}))
		}
	})
	f := readBack(t, text)
	require.Len(t, f.Zones, len(zones)-2)
	require.Len(t, f.Events, len(made))
	for i, e := range f.Events {
		require.Equal(t, []int64{made[i].StartDate.Unix(), made[i].EndDate.Unix()}, []int64{e.Start, e.End}, "%s", made[i].StartDate)
	}
	w, err := ical.NewWriter(&bytes.Buffer{}, year)
	require.NoError(t, err)
	require.ErrorIs(t, w.Appointment(made[0], ical.Event{Zone: "Mars/Olympus"}), core.ErrInvalid)
}

func TestASeriesIsAnEventWithItsExceptions(t *testing.T) {
	t.Parallel()
	s, list := seriesOf(t, "FREQ=WEEKLY;UNTIL=20301231T000000Z", "Europe/Lisbon", instant("2030-01-08 09:00"))
	require.Len(t, list, 51)
	list = append(list[:3], list[5:]...) // two are cancelled
	list[10].StartDate, list[10].EndDate = list[10].StartDate.Add(26*time.Hour), list[10].EndDate.Add(27*time.Hour)
	list[10].Sequence = 2
	list[20].Title = "Shave"
	text := write(t, year, func(w *ical.Writer) {
		require.NoError(t, w.Series(s, list, ical.Event{}))
		require.NoError(t, w.Series(s, nil, ical.Event{}))
	})
	f := readBack(t, text)
	require.Len(t, f.Events, 3)
	master, moved, renamed := f.Events[0], f.Events[1], f.Events[2]
	var want []int64
	for _, a := range list {
		want = append(want, a.RecurrenceDate.Unix())
	}
	require.Equal(t, want, master.Times, "through both changes of the clocks")
	require.Equal(t, int64(30*60), master.End-master.Start)
	require.Equal(t, []string{s.UID, s.UID, s.UID}, []string{master.UID, moved.UID, renamed.UID})
	require.Equal(t, []int64{list[10].RecurrenceDate.Unix(), list[10].StartDate.Unix(), list[10].EndDate.Unix()}, []int64{moved.Recurrence, moved.Start, moved.End})
	require.Equal(t, []int{1, 2, 1}, []int{master.Sequence, moved.Sequence, renamed.Sequence})
	require.Equal(t, "Shave", renamed.Summary)
	require.Equal(t, list[20].RecurrenceDate.Unix(), renamed.Recurrence)

	one := write(t, year, func(w *ical.Writer) { require.NoError(t, w.Appointment(list[10], ical.Event{Zone: s.Zone})) })
	alone := readBack(t, one).Events[0]
	require.Equal(t, []int64{moved.Recurrence, moved.Start, moved.End}, []int64{alone.Recurrence, alone.Start, alone.End})
}

// seriesOf is a series and the appointments that its rule has.
func seriesOf(t *testing.T, rule, zone string, start time.Time) (scheduling.Series, []scheduling.Appointment) {
	usual := appointment(start)
	s := scheduling.Series{
		ID: core.ID[scheduling.Series]{UUID: uuid.New()}, SeriesPlan: scheduling.SeriesPlan{StartDate: start, Rule: rule, Details: usual.Details},
		Zone: zone, Duration: 30, Sequence: 1, Stamp: usual.Stamp,
	}
	s.UID = s.ID.String()
	times, err := s.Occurrences()
	require.NoError(t, err)
	list := make([]scheduling.Appointment, len(times))
	for i, at := range times {
		list[i] = appointment(at.At)
		list[i].SeriesID, list[i].UID, list[i].RecurrenceDate = s.ID, s.UID, &times[i].At
	}
	return s, list
}

func TestATimeThatClocksSkipIsWrittenAsTheRuleHasIt(t *testing.T) {
	t.Parallel()
	s, list := seriesOf(t, "FREQ=DAILY;COUNT=3", "Europe/Berlin", instant("2030-03-30 01:30"))
	list[1].Title = "Shave" // on the day when there is no 02:30
	require.Equal(t, instant("2030-03-31 01:30"), list[1].StartDate, "half past three")
	text := string(write(t, year, func(w *ical.Writer) { require.NoError(t, w.Series(s, append(list[:2], list[3:]...), ical.Event{})) }))
	require.Contains(t, text, "RECURRENCE-ID;TZID=Europe/Berlin:20300331T023000\r\n")
	require.Contains(t, text, "DTSTART;TZID=Europe/Berlin:20300331T033000\r\n")
	require.Contains(t, text, "EXDATE;TZID=Europe/Berlin:20300401T023000\r\n")
}

func TestStatesAreThoseOfEvents(t *testing.T) {
	t.Parallel()
	for state, want := range map[scheduling.Status]string{
		scheduling.Held: "TENTATIVE", scheduling.Pending: "TENTATIVE", scheduling.Scheduled: "CONFIRMED", scheduling.Completed: "CONFIRMED",
		scheduling.NoShow: "CONFIRMED", scheduling.Cancelled: "CANCELLED", scheduling.Expired: "CANCELLED", scheduling.Rejected: "CANCELLED",
	} {
		a := appointment(instant("2030-01-08 09:00"))
		a.Status = state
		text := string(write(t, year, func(w *ical.Writer) { require.NoError(t, w.Appointment(a, ical.Event{})) }))
		require.Contains(t, text, "STATUS:"+want+"\r\n")
		require.Equal(t, want == "CANCELLED", ical.MethodOf(a) == ical.Cancel)
	}
}

func TestAnEmptyFeedIsACalendar(t *testing.T) {
	t.Parallel()
	text := write(t, ical.Calendar{Name: "Haircut, shave"}, func(*ical.Writer) {})
	require.Equal(t, "BEGIN:VCALENDAR\r\nNAME:Haircut\\, shave\r\nPRODID:-//Clientele//Scheduling//EN\r\nVERSION:2.0\r\nX-WR-CALNAME:Haircut\\, shave\r\nEND:VCALENDAR\r\n", string(text))
	require.Equal(t, "Haircut, shave", readBack(t, text).Name)
}
