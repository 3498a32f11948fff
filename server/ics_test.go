package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/identity"
)

func TestCalendarFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.agenda(1)
	client := w.call("POST", "/api/v1/contacts", `{"name": "Ada", "email": "ada@example.org"}`).json(t)["id"]
	start := nextWeek().Add(9 * time.Hour)
	made := w.call("POST", "/api/v1/appointments", map[string]any{
		"agendaId": id, "startDate": clockOf(start), "clientId": client, "title": "Cut; wash", "timezone": "Asia/Tokyo",
	})
	require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
	path := "/api/v1/appointments/" + made.json(t)["id"].(string)

	t.Run("ask the client to note an appointment", func(t *testing.T) {
		file := w.call("GET", path+".ics", nil)
		require.Equal(t, http.StatusOK, file.StatusCode, file.text)
		require.Equal(t, "text/calendar; charset=utf-8; method=REQUEST", file.Header.Get("Content-Type"))
		for _, line := range []string{
			"METHOD:REQUEST", "UID:" + made.json(t)["uid"].(string), "SEQUENCE:0", `SUMMARY:Cut\; wash`, "ATTENDEE;CN=Ada:mailto:ada@example.org", "BEGIN:VTIMEZONE",
			"DTSTART;TZID=Asia/Tokyo:" + start.Add(9*time.Hour).Format("20060102T150405"),
		} {
			require.Contains(t, file.text, line+"\r\n")
		}
		require.Equal(t, http.StatusNotModified, w.call("GET", path+".ics", nil, "If-None-Match: "+file.Header.Get("ETag")).StatusCode)
		moved := w.call("PUT", path+"/date", map[string]any{"startDate": clockOf(start.Add(time.Hour))})
		require.Equal(t, http.StatusOK, moved.StatusCode, moved.text)
		again := w.call("GET", path+".ics", nil, "If-None-Match: "+file.Header.Get("ETag"))
		require.Equal(t, http.StatusOK, again.StatusCode)
		require.Contains(t, again.text, "SEQUENCE:1\r\n")
		require.Contains(t, again.text, "UID:"+made.json(t)["uid"].(string)+"\r\n")
	})
	t.Run("take a cancelled one back", func(t *testing.T) {
		require.Equal(t, http.StatusOK, w.call("POST", path+"/cancel", `{}`).StatusCode)
		file := w.call("GET", path+".ics", nil)
		require.Contains(t, file.text, "METHOD:CANCEL\r\n")
		require.Contains(t, file.text, "STATUS:CANCELLED\r\n")
		require.Contains(t, file.text, "SEQUENCE:2\r\n")
	})
	t.Run("have a series with its exceptions", func(t *testing.T) {
		series := w.call("POST", "/api/v1/appointments/series", map[string]any{"agendaId": id, "startDate": clockOf(start), "rule": "FREQ=DAILY;COUNT=3"})
		require.Equal(t, http.StatusOK, series.StatusCode, series.text)
		second := series.json(t)["appointments"].([]any)[1].(map[string]any)["id"].(string)
		require.Equal(t, http.StatusOK, w.call("PUT", "/api/v1/appointments/"+second+"/date", map[string]any{"startDate": clockOf(start.AddDate(0, 0, 1).Add(time.Hour))}).StatusCode)
		seriesPath := "/api/v1/series/" + series.json(t)["series"].(map[string]any)["id"].(string)
		file := w.call("GET", seriesPath+".ics", nil)
		require.Equal(t, http.StatusOK, file.StatusCode, file.text)
		require.Contains(t, file.text, "RRULE:FREQ=DAILY;COUNT=3\r\n")
		require.Equal(t, 2, strings.Count(file.text, "BEGIN:VEVENT"))
		exception := "RECURRENCE-ID:" + start.AddDate(0, 0, 1).Format("20060102T150405Z") + "\r\n"
		require.Contains(t, file.text, exception)
		require.Contains(t, w.call("GET", "/api/v1/appointments/"+second+".ics", nil).text, exception)
		require.Equal(t, http.StatusOK, w.call("POST", seriesPath+"/cancel", `{}`).StatusCode)
		require.Contains(t, w.call("GET", seriesPath+".ics", nil).text, "METHOD:CANCEL\r\n")
	})
	w.problem(http.StatusNotFound, "appointment_not_found", "GET", "/api/v1/appointments/"+uuid.NewString()+".ics", nil)
	w.problem(http.StatusNotFound, "no_such_route", "GET", "/api/v1/contacts/"+uuid.NewString()+".ics", nil)
	w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/appointments/x.ics", nil)
}

func TestFeeds(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		_, id := w.agenda(2)
		book := func(clock time.Duration) map[string]any {
			made := w.call("POST", "/api/v1/appointments", map[string]any{"agendaId": id, "startDate": clockOf(nextWeek().Add(clock))})
			require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
			return made.json(t)
		}
		single := book(9 * time.Hour)
		series := w.call("POST", "/api/v1/appointments/series", map[string]any{"agendaId": id, "startDate": clockOf(nextWeek().Add(10 * time.Hour)), "rule": "FREQ=WEEKLY;COUNT=4"})
		require.Equal(t, http.StatusOK, series.StatusCode, series.text)
		made := w.call("POST", "/api/v1/feeds", map[string]any{"agendaId": id})
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
		address := made.json(t)["path"].(string)
		stranger := []string{"Authorization:", "X-Company-ID:"}
		read := func(path string, headers ...string) answer {
			return w.call("GET", path, nil, append(headers, stranger...)...)
		}

		file := read(address)
		require.Equal(t, http.StatusOK, file.StatusCode, file.text)
		require.Equal(t, "text/calendar; charset=utf-8", file.Header.Get("Content-Type"))
		require.Contains(t, file.text, "X-WR-CALNAME:Haircut\r\n")
		require.Contains(t, file.text, "UID:"+single["uid"].(string)+"\r\n")
		require.Contains(t, file.text, "RRULE:FREQ=WEEKLY;COUNT=4\r\n")
		require.True(t, strings.HasSuffix(file.text, "END:VCALENDAR\r\n"))
		tag := file.Header.Get("ETag")
		require.Equal(t, http.StatusNotModified, read(address, "If-None-Match: "+tag).StatusCode)
		require.Equal(t, http.StatusNotModified, read(address, "If-Modified-Since: "+time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)).StatusCode)
		require.Equal(t, http.StatusOK, read(address, "If-Modified-Since: "+time.Now().Add(-24*time.Hour).UTC().Format(http.TimeFormat)).StatusCode)
		head := w.call("HEAD", address, nil, stranger...)
		require.Equal(t, tag, head.Header.Get("ETag"))
		require.Empty(t, head.text)

		require.Equal(t, http.StatusOK, w.call("POST", "/api/v1/appointments/"+single["id"].(string)+"/cancel", `{}`).StatusCode)
		changed := read(address, "If-None-Match: "+tag)
		require.Equal(t, http.StatusOK, changed.StatusCode)
		require.NotContains(t, changed.text, single["uid"])
		tag = changed.Header.Get("ETag")
		following := series.json(t)["appointments"].([]any)[1].(map[string]any)["id"].(string)
		seriesPath := "/api/v1/series/" + series.json(t)["series"].(map[string]any)["id"].(string)
		require.Equal(t, http.StatusOK, w.call("POST", seriesPath+"/cancel", map[string]any{"from": following}).StatusCode)
		changed = read(address, "If-None-Match: "+tag)
		require.Equal(t, http.StatusOK, changed.StatusCode)
		require.Contains(t, changed.text, "RRULE:FREQ=WEEKLY;COUNT=1\r\n")

		feed := "/api/v1/feeds/" + made.json(t)["id"].(string)
		require.Len(t, w.call("GET", "/api/v1/feeds?agenda="+id, nil).json(t)["items"], 1)
		require.NotContains(t, w.call("GET", feed, nil).text, "path")
		rotated := w.call("POST", feed+"/rotate", nil)
		require.Equal(t, http.StatusOK, rotated.StatusCode, rotated.text)
		require.Equal(t, http.StatusNotFound, read(address).StatusCode)
		address = rotated.json(t)["path"].(string)
		require.Equal(t, http.StatusOK, read(address).StatusCode)
		w.problem(http.StatusPreconditionFailed, "version_mismatch", "DELETE", feed, nil, `If-Match: "1"`)
		require.Equal(t, http.StatusNoContent, w.call("DELETE", feed, nil, `If-Match: "2"`).StatusCode)
		for _, gone := range []string{address, "/feeds/x.ics", strings.TrimSuffix(address, ".ics")} {
			require.Equal(t, http.StatusNotFound, read(gone).StatusCode)
		}
		w.problem(http.StatusUnprocessableEntity, "invalid", "POST", "/api/v1/feeds", `{}`)
	})
}

func TestAFeedEndsWithItsMember(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.hire("grace", w.builtin(identity.Partner))
		me := w.user("grace").ID.String()
		made := w.call("POST", "/api/v1/feeds", map[string]any{"memberId": me})
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
		address := made.json(t)["path"].(string)
		read := func() int { return w.call("GET", address, nil, "Authorization:", "X-Company-ID:").StatusCode }
		require.Equal(t, http.StatusOK, read())
		left := w.call("POST", "/api/v1/members/leave", nil, "As: grace")
		require.Equal(t, http.StatusNoContent, left.StatusCode, left.text)
		require.Equal(t, http.StatusNotFound, read())
	})
}
