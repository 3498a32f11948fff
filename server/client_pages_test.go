package server_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/scheduling"
)

// path is where a link leads, at the test's server.
func (w *world) path(link any) string {
	w.t.Helper()
	u, err := url.Parse(link.(string))
	require.NoError(w.t, err)
	return w.url + u.RequestURI()
}

// booking is an agenda with a slug and an appointment in it at nine, with the pages of its client.
func (w *world) booking(change func(agenda map[string]any)) (slug, appointment string, links map[string]any) {
	w.t.Helper()
	body := agendaJSON(w.clerks(1)...)
	slug = "cut-" + uuid.NewString()
	body["slug"] = slug
	if change != nil {
		change(body)
	}
	made := w.call("POST", "/api/v1/agendas", body)
	require.Equal(w.t, http.StatusCreated, made.StatusCode, made.text)
	booked := w.call("POST", "/api/v1/appointments", map[string]any{
		"agendaId": made.json(w.t)["id"], "startDate": clockOf(nextWeek().Add(9 * time.Hour)), "timezone": "Asia/Tokyo",
	})
	require.Equal(w.t, http.StatusCreated, booked.StatusCode, booked.text)
	appointment = "/api/v1/appointments/" + booked.json(w.t)["id"].(string)
	got := w.call("GET", appointment+"/links", nil)
	require.Equal(w.t, http.StatusOK, got.StatusCode, got.text)
	return slug, appointment, got.json(w.t)
}

// work does the background work that there is.
func (w *world) work() {
	w.t.Helper()
	_, err := w.app.Step(w.t.Context())
	require.NoError(w.t, err)
}

func (w *world) status(appointment string) any {
	w.t.Helper()
	return w.call("GET", appointment, nil).json(w.t)["status"]
}

func TestClientsCancelByTheirLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, appointment, links := w.booking(nil)
	page := w.path(links["cancel"])
	status, _, text := w.visit(page, nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "18:00</time>", "nine o'clock of UTC in Tokyo")
	require.Contains(t, text, "09:00 in UTC")
	require.NotContains(t, text, "<script")
	require.Equal(t, "scheduled", w.status(appointment), "to look changes nothing")

	status, _, text = w.visit(page, url.Values{"reason": {strings.Repeat("x", 201)}})
	require.Equal(t, http.StatusUnprocessableEntity, status, text)
	status, _, text = w.visit(page, url.Values{"reason": {"ill"}})
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "Your appointment is cancelled.")
	got := w.call("GET", appointment, nil).json(t)
	require.Equal(t, "cancelled", got["status"])
	require.Equal(t, "ill", got["cancelReason"])

	for _, form := range []url.Values{nil, {"reason": {"again"}}} {
		status, _, text = w.visit(page, form)
		require.Equal(t, http.StatusGone, status, "the link has died with it")
		require.NotContains(t, text, "<form")
	}
	w.problem(http.StatusConflict, "appointment_cancelled", "GET", appointment+"/links", nil)
}

func TestClientsMoveByTheirLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, appointment, links := w.booking(nil)
	page := w.path(links["move"])
	status, _, text := w.visit(page+"&from="+nextWeek().Format(time.DateOnly), nil)
	require.Equal(t, http.StatusOK, status)
	starts := slotButtons.FindAllStringSubmatch(html.UnescapeString(text), -1)
	require.NotEmpty(t, starts)
	require.Contains(t, starts[0][1], "+09:00")
	to := nextWeek().Add(10 * time.Hour)
	status, _, text = w.visit(page+"&start="+url.QueryEscape(clockOf(to)), nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "It would be moved to")
	require.EqualValues(t, 0, w.call("GET", appointment, nil).json(t)["sequence"], "to look changes nothing")

	status, _, text = w.visit(page, url.Values{"start": {clockOf(to)}})
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "Your appointment is moved.")
	require.Contains(t, text, "19:00</time>")
	got := w.call("GET", appointment, nil).json(t)
	require.Equal(t, clockOf(to), got["startDate"])
	require.EqualValues(t, 1, got["sequence"])

	taken := w.call("POST", "/api/v1/appointments", map[string]any{"agendaId": got["agendaId"], "startDate": clockOf(to.Add(30 * time.Minute))})
	require.Equal(t, http.StatusCreated, taken.StatusCode, taken.text)
	status, _, text = w.visit(page, url.Values{"start": {clockOf(to.Add(30 * time.Minute))}})
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, text, "Somebody else was faster")
	require.Regexp(t, slotButtons, text, "there is something to choose from")
	status, _, _ = w.visit(page, url.Values{"start": {"soon"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
}

func TestClientsAreToldThatItIsTooLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, appointment, links := w.booking(func(a map[string]any) { a["moveNotice"], a["cancelNotice"] = 60*24*30, 60 })
	status, _, text := w.visit(w.path(links["move"]), nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "It is too late to move the appointment here")
	require.NotContains(t, text, "<form")
	status, _, text = w.visit(w.path(links["move"]), url.Values{"start": {clockOf(nextWeek().Add(10 * time.Hour))}})
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, text, "It is too late to move the appointment here")
	status, _, text = w.visit(w.path(links["cancel"]), nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "<form", "it is not too late for that")
	require.Equal(t, "scheduled", w.status(appointment))
}

func TestLinksOfClientsAreForOnePurposeOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, appointment, links := w.booking(nil)
	token := regexp.MustCompile(`token=([^&]+)`).FindStringSubmatch(links["move"].(string))[1]
	for _, forged := range []string{
		w.url + "/appointment/cancel?token=" + token,
		w.url + "/appointment/take?token=" + token,
		w.url + "/appointment/leave?token=" + token,
		w.url + "/appointment/move?token=" + token[:len(token)-2] + "AA",
		w.url + "/appointment/move?token=" + token + "A",
		w.url + "/appointment/move?token=" + strings.ToLower(token),
		w.url + "/appointment/move",
	} {
		for _, form := range []url.Values{nil, {"start": {clockOf(nextWeek().Add(10 * time.Hour))}}} {
			status, _, text := w.visit(forged, form)
			require.Equal(t, http.StatusNotFound, status, forged)
			require.NotContains(t, text, "Haircut", "it tells nothing")
		}
	}
	require.Equal(t, "scheduled", w.status(appointment))
	require.EqualValues(t, 0, w.call("GET", appointment, nil).json(t)["sequence"])
}

func TestVisitorsWaitForADayThatIsFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slug, appointment, _ := w.booking(func(a map[string]any) { a["rules"].(map[string]any)["duration"] = 120 })
	w.work() // who listens from now on hears of what follows
	day := nextWeek().Format(time.DateOnly)
	status, _, text := w.visit(w.url+"/book/"+slug+"?from="+day, nil)
	require.Equal(t, http.StatusOK, status)
	address := regexp.MustCompile(`href="([^"]+/wait[^"]+)"`).FindStringSubmatch(html.UnescapeString(text))
	require.NotNil(t, address, "the day is full")
	status, _, text = w.visit(w.url+address[1], nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "Join the waitlist")
	form := url.Values{"day": {day}, "zone": {"UTC"}, "name": {"Grace"}, "email": {"nonsense"}}
	status, _, text = w.visit(w.url+"/book/"+slug+"/wait", form)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, text, `value="Grace"`, "what was typed is kept")
	form.Set("email", "grace@example.org")
	for range 2 {
		status, _, text = w.visit(w.url+"/book/"+slug+"/wait", form)
		require.Equal(t, http.StatusOK, status, text)
		require.Contains(t, text, "You are on the waitlist")
	}
	agenda := "/api/v1/agendas/" + w.call("GET", appointment, nil).json(t)["agendaId"].(string)
	line := w.call("GET", agenda+"/waitlist?state=waiting", nil).json(t)["items"].([]any)
	require.Len(t, line, 1, "sent twice, they wait once")

	require.Equal(t, http.StatusOK, w.call("POST", appointment+"/cancel", `{}`).StatusCode)
	offered := w.offer(agenda)
	token := w.app.Links.Path(scheduling.ToTake, w.company, uuid.MustParse(offered["appointmentId"].(string)))
	status, _, text = w.visit(w.url+token, nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "We keep this time for you until")
	status, _, text = w.visit(w.url+token, url.Values{})
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "Thank you: it is booked.")
	require.Contains(t, text, "/appointment/cancel?token=")
	status, _, text = w.visit(w.url+token, url.Values{})
	require.Equal(t, http.StatusOK, status, "sent twice, it is booked once")
	require.Contains(t, text, "Thank you: it is booked.")
	require.Equal(t, "booked", w.call("GET", agenda+"/waitlist/"+offered["id"].(string), nil).json(t)["state"])
}

// offer does the background work until the first of an agenda's waitlist has an offer.
func (w *world) offer(agenda string) map[string]any {
	w.t.Helper()
	for range 20 {
		w.work()
		if list := w.call("GET", agenda+"/waitlist?state=offered", nil).json(w.t)["items"].([]any); len(list) > 0 {
			return list[0].(map[string]any)
		}
	}
	require.Fail(w.t, "nobody was offered anything")
	return nil
}

func TestVisitorsDeclineAndLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, appointment, _ := w.booking(func(a map[string]any) { a["rules"].(map[string]any)["duration"] = 120 })
	agenda := "/api/v1/agendas/" + w.call("GET", appointment, nil).json(t)["agendaId"].(string)
	w.work()
	var entries []map[string]any
	for _, name := range []string{"Ada", "Grace"} {
		contact := w.call("POST", "/api/v1/contacts", map[string]any{"name": name}).json(t)["id"]
		joined := w.call("POST", agenda+"/waitlist", map[string]any{"clientId": contact, "fromDate": clockOf(nextWeek()), "untilDate": clockOf(nextWeek().AddDate(0, 0, 1))})
		require.Equal(t, http.StatusCreated, joined.StatusCode, joined.text)
		entries = append(entries, joined.json(t))
	}
	require.Equal(t, http.StatusOK, w.call("POST", appointment+"/cancel", `{}`).StatusCode)
	first := w.offer(agenda)
	require.Equal(t, entries[0]["id"], first["id"])
	take := w.url + w.app.Links.Path(scheduling.ToTake, w.company, uuid.MustParse(first["appointmentId"].(string)))
	status, _, text := w.visit(take, url.Values{"otherwise": {"yes"}})
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "somebody else can have this time")
	status, _, _ = w.visit(take, nil)
	require.Equal(t, http.StatusGone, status)

	second := w.offer(agenda)
	require.Equal(t, entries[1]["id"], second["id"])
	leave := w.url + w.app.Links.Path(scheduling.ToLeave, w.company, uuid.MustParse(second["id"].(string)))
	status, _, text = w.visit(leave, nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "<form")
	for range 2 {
		status, _, text = w.visit(leave, url.Values{})
		require.Equal(t, http.StatusOK, status, text)
	}
	status, _, text = w.visit(leave, nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "You are not on the waitlist.")
	w.problem(http.StatusPreconditionFailed, "version_mismatch", "DELETE", agenda+"/waitlist/"+second["id"].(string), nil, `If-Match: "1"`)
	require.Equal(t, http.StatusNoContent, w.call("DELETE", agenda+"/waitlist/"+second["id"].(string), nil).StatusCode)
}

func TestRemindersAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, appointment, _ := w.booking(func(a map[string]any) { a["reminders"] = []any{map[string]any{"before": 60, "channel": "email"}} })
	list := w.call("GET", appointment+"/reminders", nil).json(t)["items"].([]any)
	require.Len(t, list, 1)
	require.Equal(t, clockOf(nextWeek().Add(8*time.Hour)), list[0].(map[string]any)["dueAt"])
	require.Equal(t, "planned", list[0].(map[string]any)["state"])
}
