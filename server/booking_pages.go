package server

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

var bookingTemplate = template.Must(template.ParseFS(pages, "pages/booking.html.tmpl"))

// bookingDays is how many days a page shows.
const bookingDays = 7

// bookingPages are where anybody books an agenda that has a slug: they choose a time, which is
// held for them while they fill in who they are. No script is needed.
func (s *Server) bookingPages() {
	s.mux.Handle("GET /book/{slug}", s.bookingPage(chooseSlot))
	s.mux.Handle("POST /book/{slug}", s.bookingPage(s.holdChoice))
	s.mux.Handle("GET /book/{slug}/held", s.bookingPage(s.showHold))
	s.mux.Handle("POST /book/{slug}/held", s.bookingPage(s.takeChoice))
	s.mux.HandleFunc("GET /book/page.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		http.ServeFileFS(w, r, pages, "pages/page.css")
	})
}

// bookingView is what a page shows.
type bookingView struct {
	Agenda scheduling.Agenda
	Zone   string // the visitor's
	Fault  string
	Open   bool // there is something to choose from

	Days           []bookingDay
	Earlier, Later string

	Held, Booked *scheduling.Appointment
	Typed        url.Values

	ws       *clientele.Workspace
	zone     *time.Location
	redirect string
}

type bookingDay struct {
	Name  string
	Slots []slots.Slot
}

// Machine, Clock and Long are an instant as programs and people read it.
func (v *bookingView) Machine(t time.Time) string { return t.In(v.zone).Format(time.RFC3339) }

// Clock is the time of day.
func (v *bookingView) Clock(t time.Time) string { return t.In(v.zone).Format("15:04") }

// Long is the day and the time.
func (v *bookingView) Long(t time.Time) string {
	return t.In(v.zone).Format("Monday, 2 January 2006, 15:04")
}

// bookingPage writes what show says of an agenda, within the rate limits.
func (s *Server) bookingPage(show func(*http.Request, *bookingView) int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, now := s.address(r), time.Now()
		err := s.from.take(address, now)
		if err == nil && r.Method == http.MethodPost {
			err = s.strict.take("book "+address, now)
		}
		v := &bookingView{}
		if err == nil {
			v.ws, v.Agenda, err = s.app.PublicAgenda(r.Context(), r.PathValue("slug"))
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err == nil && r.ParseForm() != nil {
			err = &Problem{Status: http.StatusBadRequest, Code: "malformed", Detail: "The form is not understood."}
		}
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		v.Typed = r.PostForm
		v.inZone(r.Form.Get("zone"))
		status := show(r, v)
		if v.redirect != "" {
			http.Redirect(w, r, v.redirect, http.StatusSeeOther)
			return
		}
		var text bytes.Buffer
		if err := bookingTemplate.Execute(&text, v); err != nil {
			writeProblem(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.WriteHeader(status)
		_, _ = w.Write(text.Bytes()) // whoever went away needs no answer
	})
}

// inZone is the visitor's zone or, if there is none of that name, the agenda's.
func (v *bookingView) inZone(name string) {
	v.Zone = name
	if name == "" {
		v.Zone = v.Agenda.Rules.Timezone
	}
	var err error
	if v.zone, err = slots.Zone(v.Zone); err != nil {
		v.Fault, v.Zone = "There is no time zone of this name: write one such as Europe/Lisbon.", v.Agenda.Rules.Timezone
		v.zone, _ = slots.Zone(v.Zone) // the agenda's was checked
	}
}

// chooseSlot shows a week from a day on.
func chooseSlot(r *http.Request, v *bookingView) int {
	today := slots.DateOf(time.Now().In(v.zone))
	first, err := slots.ParseDate(r.Form.Get("from"))
	if err != nil || first.Compare(today) < 0 {
		first = today
	}
	from, _ := slots.DayIn(v.zone, first)
	to, _ := slots.DayIn(v.zone, first.AddDays(bookingDays))
	free, err := v.ws.Agendas.Slots(r.Context(), v.Agenda.ID, scheduling.SlotQuery{From: from, To: to})
	if err != nil {
		return v.failed(r.Context(), err)
	}
	v.Open = true
	for _, slot := range free {
		name := slot.Start.In(v.zone).Format("Monday, 2 January")
		if n := len(v.Days); n == 0 || v.Days[n-1].Name != name {
			v.Days = append(v.Days, bookingDay{Name: name})
		}
		last := &v.Days[len(v.Days)-1]
		last.Slots = append(last.Slots, slot)
	}
	at := func(d slots.Date) string { return "?" + url.Values{"from": {d.String()}, "zone": {v.Zone}}.Encode() }
	v.Later = at(first.AddDays(bookingDays))
	if first.Compare(today) > 0 {
		v.Earlier = at(first.AddDays(-bookingDays))
	}
	if v.Fault != "" {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// holdChoice holds the chosen time, and leads to the form.
func (s *Server) holdChoice(r *http.Request, v *bookingView) int {
	start, err := time.Parse(time.RFC3339, r.PostForm.Get("start"))
	if err != nil {
		v.Fault = "Please choose a time."
		return chooseSlot(r, v)
	}
	held, err := v.ws.Appointments.Hold(r.Context(), scheduling.NewAppointment{
		AgendaID: v.Agenda.ID, StartDate: start, Details: scheduling.Details{Timezone: v.Zone, Source: "public"},
	})
	if errors.Is(err, core.ErrConflict) || errors.Is(err, core.ErrInvalid) {
		v.Fault = "Somebody else was faster: please choose another time."
		chooseSlot(r, v)
		return http.StatusConflict
	}
	if err != nil {
		return v.failed(r.Context(), err)
	}
	v.redirect = "/book/" + v.Agenda.Slug + "/held?" + url.Values{"hold": {held.ID.String() + "." + s.holdSeal(held.ID)}, "zone": {v.Zone}}.Encode()
	return http.StatusSeeOther
}

// holdSeal proves that a hold was given by this page.
func (s *Server) holdSeal(id core.ID[scheduling.Appointment]) string {
	seal := hmac.New(sha256.New, s.sealKey)
	seal.Write([]byte("hold " + id.String()))
	return base64.RawURLEncoding.EncodeToString(seal.Sum(nil))
}

// hold is the one that the address names.
func (s *Server) hold(r *http.Request, v *bookingView) error {
	text, seal, _ := strings.Cut(r.URL.Query().Get("hold"), ".")
	id, err := core.ParseID[scheduling.Appointment](text)
	if err != nil || !hmac.Equal([]byte(seal), []byte(s.holdSeal(id))) {
		return core.NotFound("appointment")
	}
	a, err := v.ws.Appointments.Get(r.Context(), id)
	switch {
	case err != nil:
		return err
	case a.AgendaID != v.Agenda.ID:
		return core.NotFound("appointment")
	case slices.Contains([]scheduling.Status{scheduling.Scheduled, scheduling.Pending}, a.Status):
		v.Booked = &a
	case a.Status != scheduling.Held || !a.HoldUntil.After(time.Now()):
		return &core.Error{Kind: core.ErrState, Code: "hold_expired", Message: "the time was kept too long: please choose again"}
	default:
		v.Held = &a
	}
	return nil
}

func (s *Server) showHold(r *http.Request, v *bookingView) int {
	if err := s.hold(r, v); err != nil {
		return v.failed(r.Context(), err)
	}
	return http.StatusOK
}

func (s *Server) takeChoice(r *http.Request, v *bookingView) int {
	if err := s.hold(r, v); err != nil {
		return v.failed(r.Context(), err)
	}
	if v.Booked != nil { // the form was sent twice
		return http.StatusOK
	}
	form := r.PostForm
	person := scheduling.Person{Name: form.Get("name"), Email: form.Get("email")}
	details := v.Held.Details
	details.Description = form.Get("note")
	booked, err := v.ws.Appointments.TakeFor(r.Context(), v.Held.ID, person, details)
	if err != nil {
		return v.failed(r.Context(), err)
	}
	v.Held, v.Booked = nil, &booked
	return http.StatusOK
}

// failed is the page that says what went wrong.
func (v *bookingView) failed(ctx context.Context, err error) int {
	var known *core.Error
	errors.As(err, &known)
	switch {
	case errors.Is(err, core.ErrInvalid) && len(known.Fields) > 0:
		name := map[string]string{"/name": "The name ", "/email": "The e-mail address ", "/description": "The note "}[known.Fields[0].Field]
		v.Fault = sentence(name + known.Fields[0].Message)
		return http.StatusUnprocessableEntity
	case errors.Is(err, core.ErrNotFound):
		v.Held, v.Fault = nil, "This link is no longer good: please choose a time again."
		return http.StatusNotFound
	case errors.Is(err, core.ErrState):
		v.Held, v.Fault = nil, sentence(known.Message)
		return http.StatusConflict
	}
	loggerOf(ctx).ErrorContext(ctx, "page failed", "error", err)
	v.Fault = "Something went wrong: try again later."
	return http.StatusServiceUnavailable
}
