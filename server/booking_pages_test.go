package server_test

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/server"
)

// visit opens a page as a browser does, or sends a form on it.
func (w *world) visit(address string, form url.Values) (status int, at, text string) {
	w.t.Helper()
	var res *http.Response
	var err error
	if form == nil {
		res, err = http.Get(address)
	} else {
		res, err = http.PostForm(address, form)
	}
	require.NoError(w.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return res.StatusCode, res.Request.URL.String(), string(body)
}

var slotButtons = regexp.MustCompile(`name="start" value="([^"]+)"`)

func TestPagesAnswerWithPagesWhateverIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *server.Config) { c.Limits.Strict = server.Rate{PerSecond: 1.0 / 3600, Burst: 1} })
	body := agendaJSON(w.clerks(1)...)
	body["slug"] = "cut-" + uuid.NewString()
	require.Equal(t, http.StatusCreated, w.call("POST", "/api/v1/agendas", body).StatusCode)
	booking := "/book/" + body["slug"].(string)
	for _, path := range []string{booking, "/appointment/cancel?token=x", "/auth/verify-email?token=x"} {
		w.visit(w.url+path, url.Values{})
		a := w.stranger("POST", path, url.Values{})
		require.Equal(t, http.StatusTooManyRequests, a.StatusCode, path)
		require.NotEmpty(t, a.Header.Get("Retry-After"), path)
		require.Contains(t, a.Header.Get("Content-Type"), "text/html", path)
		require.Contains(t, a.text, "There were too many requests: try again later.", path)
	}
	status, _, text := w.visit(w.url+booking+"?zone=%zz", nil)
	require.Equal(t, http.StatusBadRequest, status)
	require.Regexp(t, `<h1>Haircut</h1>(.|\n)*The form is not understood.`, text)
}

func TestAnybodyBooksAtThePublicPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := agendaJSON(w.clerks(1)...)
	slug := "cut-" + uuid.NewString()
	body["slug"] = slug
	made := w.call("POST", "/api/v1/agendas", body)
	require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
	page := w.url + "/book/" + slug + "?zone=Asia/Tokyo&from=" + nextWeek().Format(time.DateOnly)

	status, _, text := w.visit(page, nil)
	require.Equal(t, http.StatusOK, status)
	starts := slotButtons.FindAllStringSubmatch(html.UnescapeString(text), -1)
	require.NotEmpty(t, starts)
	require.Contains(t, starts[0][1], "+09:00")
	require.Contains(t, text, "18:00", "nine o'clock of UTC")
	require.NotContains(t, text, "<script")

	form := url.Values{"start": {starts[0][1]}, "zone": {"Asia/Tokyo"}}
	status, held, text := w.visit(w.url+"/book/"+slug, form)
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "We keep this time for you")
	status, _, text = w.visit(w.url+"/book/"+slug, form)
	require.Equal(t, http.StatusConflict, status, "it is held")
	require.Contains(t, text, "Somebody else was faster")

	status, _, text = w.visit(held, url.Values{"name": {"Grace"}, "email": {"nonsense"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, text, `value="Grace"`, "what was typed is kept")
	require.Regexp(t, `name="email"[^>]+ aria-invalid="true" aria-describedby="fault"`, text, "and the field is told")
	require.NotRegexp(t, `name="name"[^>]+ aria-invalid`, text)
	status, _, text = w.visit(held, url.Values{"name": {"Grace"}, "email": {"grace@example.org"}, "note": {"<b>short</b>"}})
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "it is booked")
	require.Contains(t, text, "We send you a mail")
	status, _, text = w.visit(held, url.Values{"name": {"Grace"}, "email": {"grace@example.org"}})
	require.Equal(t, http.StatusOK, status, "sent twice, it is booked once")
	require.Contains(t, text, "it is booked")

	link := regexp.MustCompile(`href="([^"]+)" download`).FindStringSubmatch(html.UnescapeString(text))
	require.NotNil(t, link, text)
	status, _, file := w.visit(w.url+link[1], nil)
	require.Equal(t, http.StatusOK, status, file)
	calendar, err := goical.NewDecoder(strings.NewReader(file)).Decode()
	require.NoError(t, err)
	start, err := calendar.Events()[0].DateTimeStart(nil)
	require.NoError(t, err)
	require.Equal(t, starts[0][1], start.Format(time.RFC3339))
	require.NotContains(t, file, "short", "what somebody has typed is not in it")

	booked := w.call("GET", "/api/v1/appointments", nil).json(t)["items"].([]any)
	require.Len(t, booked, 1)
	appointment := booked[0].(map[string]any)
	require.Equal(t, "scheduled", appointment["status"])
	require.Equal(t, "Asia/Tokyo", appointment["timezone"])
	require.Equal(t, "<b>short</b>", appointment["description"])
	l, err := w.ws(w.company).Contacts.List(t.Context(), crm.ContactFilter{Email: "grace@example.org"}, core.Page{})
	require.NoError(t, err)
	require.Len(t, l.Items, 1)
	require.Equal(t, l.Items[0].ID.String(), appointment["clientId"])

	t.Run("with a seal that was not given it shows nothing", func(t *testing.T) {
		forged := regexp.MustCompile(`hold=[^&]{8}`).ReplaceAllString(held, "hold=AAAAAAAA")
		require.NotEqual(t, held, forged)
		status, _, text := w.visit(forged, nil)
		require.Equal(t, http.StatusNotFound, status)
		require.NotContains(t, text, "booked.")
		require.Contains(t, text, "Choose a time")
	})
	t.Run("is there for active agendas with a slug only", func(t *testing.T) {
		for _, path := range []string{"/book/none", "/book/" + strings.ToUpper(slug)} {
			status, _, text := w.visit(w.url+path, nil)
			require.Equal(t, http.StatusNotFound, status)
			require.Contains(t, text, "<h1>", "it is a page for people")
			require.Contains(t, text, "There is nothing to book here")
		}
		require.Equal(t, http.StatusOK, w.call("POST", "/api/v1/agendas/"+made.json(t)["id"].(string)+"/deactivate", nil).StatusCode)
		status, _, _ := w.visit(page, nil)
		require.Equal(t, http.StatusNotFound, status)
	})
	t.Run("says that there is no such zone", func(t *testing.T) {
		body["slug"] = "other-" + uuid.NewString()
		require.Equal(t, http.StatusCreated, w.call("POST", "/api/v1/agendas", body).StatusCode)
		status, _, text := w.visit(w.url+"/book/"+body["slug"].(string)+"?zone=Mars", nil)
		require.Equal(t, http.StatusUnprocessableEntity, status)
		require.Contains(t, text, "There is no time zone of this name")
		require.Regexp(t, `name="zone" value="Mars"[^>]+ aria-invalid="true" aria-describedby="fault"`, text, "what was written is there to be mended")
	})
}
