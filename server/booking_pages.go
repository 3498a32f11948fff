package server

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

var bookingTemplate = template.Must(template.ParseFS(pages, "pages/booking.html.tmpl"))

// bookingPages are where anybody books an agenda that has a slug: they choose a time, which is
// held for them while they fill in who they are. No script is needed.
func (s *Server) bookingPages() {
	s.mux.Handle("GET /book/{slug}", s.bookingPage(chooseSlot))
	s.mux.Handle("POST /book/{slug}", s.bookingPage(s.holdChoice))
	s.mux.Handle("GET /book/{slug}/wait", s.bookingPage(showWait))
	s.mux.Handle("POST /book/{slug}/wait", s.bookingPage(s.joinLine))
	s.mux.Handle("GET /book/{slug}/held", s.bookingPage(s.showHold))
	s.mux.Handle("GET /book/{slug}/appointment.ics", s.bookingPage(s.bookedFile))
	s.mux.Handle("POST /book/{slug}/held", s.bookingPage(s.takeChoice))
	s.mux.HandleFunc("GET /book/page.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		http.ServeFileFS(w, r, pages, "pages/page.css")
	})
}

// bookingView is what a page shows.
type bookingView struct {
	zoned
	week
	Agenda scheduling.Agenda
	Fault  string
	At     string // the field that is at fault, as the services name it
	Open   bool   // there is something to choose from

	WrongZone string // what was written where a zone belongs

	Held, Booked *scheduling.Appointment
	Move, Cancel string // where the client changes what is booked
	Calendar     string // where its file for calendars is

	Wait   string // the day that they would wait for, by its date
	Day    string // its name
	Waits  bool   // they do
	Leave  string // where they leave the waitlist
	Typed  url.Values
	ws     *clientele.Workspace
	now    time.Time
	target string // where to go instead

	file     []byte // to answer with instead
	fileType string
}

// bookingPage writes what show says of an agenda, within the rate limits.
func (s *Server) bookingPage(show func(*http.Request, *bookingView) int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, now := s.address(r), time.Now()
		err := s.from.take(address, now)
		if err == nil && r.Method == http.MethodPost {
			err = s.strict.take("book "+address, now)
		}
		v := &bookingView{now: s.db.Env.Time()}
		if err == nil {
			v.ws, v.Agenda, err = s.app.PublicAgenda(r.Context(), r.PathValue("slug"))
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err == nil && r.ParseForm() != nil {
			err = &Problem{Status: http.StatusBadRequest, Code: "malformed", Detail: "The form is not understood."}
		}
		if err != nil {
			writePage(w, r, bookingTemplate, v.closed(w, r, err), v)
			return
		}
		v.Typed = r.PostForm
		if !v.inZone(r.Form.Get("zone"), v.Agenda.Rules.Timezone) {
			v.Fault, v.WrongZone = noZone, r.Form.Get("zone")
		}
		status := show(r, v)
		if v.target != "" {
			http.Redirect(w, r, v.target, http.StatusSeeOther)
			return
		}
		if v.file != nil {
			w.Header().Set("Content-Type", v.fileType)
			w.Header().Set("Content-Disposition", `attachment; filename="appointment.ics"`)
			_, _ = w.Write(v.file) // whoever went away needs no answer
			return
		}
		writePage(w, r, bookingTemplate, status, v)
	})
}

// closed is the page of a request that is not looked at, or of an agenda that is not there.
func (v *bookingView) closed(w http.ResponseWriter, r *http.Request, err error) int {
	v.Agenda.Name = cmp.Or(v.Agenda.Name, "Book an appointment")
	if status, fault, ok := refused(w, err); ok {
		v.Fault = fault
		return status
	}
	status := v.failed(r.Context(), err)
	if status == http.StatusNotFound {
		v.Fault = "There is nothing to book here: the address is not right, or nothing can be booked any more."
	}
	return status
}

const noZone = "There is no time zone of this name: write one such as Europe/Lisbon."

// writePage answers with a page that no script and nobody else's site can have a part in.
func writePage(w http.ResponseWriter, r *http.Request, page *template.Template, status int, view any) {
	var text bytes.Buffer
	if err := page.Execute(&text, view); err != nil {
		writeProblem(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Referrer-Policy", "no-referrer") // the address may have a token in it
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes()) // whoever went away needs no answer
}

// chooseSlot shows a week from a day on.
func chooseSlot(r *http.Request, v *bookingView) int {
	list := func(ctx context.Context, q scheduling.SlotQuery) ([]slots.Slot, error) {
		return v.ws.Agendas.Slots(ctx, v.Agenda.ID, q)
	}
	if err := v.week.read(r, &v.zoned, v.now, list, url.Values{"zone": {v.Zone}}); err != nil {
		return v.failed(r.Context(), err)
	}
	v.Open = true
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
		AgendaID: v.Agenda.ID, StartDate: start, Details: scheduling.Details{Timezone: v.Zone, Source: scheduling.FromPublic},
	})
	if errors.Is(err, core.ErrConflict) || errors.Is(err, core.ErrInvalid) {
		v.Fault = "Somebody else was faster: please choose another time."
		chooseSlot(r, v)
		return http.StatusConflict
	}
	if err != nil {
		return v.failed(r.Context(), err)
	}
	token := s.app.Links.Token(scheduling.ToTake, v.ws.Scope().Company, held.ID.UUID)
	v.target = "/book/" + v.Agenda.Slug + "/held?" + url.Values{"hold": {token}, "zone": {v.Zone}}.Encode()
	return http.StatusSeeOther
}

// hold is the one that the address names.
func (s *Server) hold(r *http.Request, v *bookingView) error {
	company, id, err := s.app.Links.Read(scheduling.ToTake, r.URL.Query().Get("hold"))
	if err != nil {
		return err
	}
	a, err := v.ws.Appointments.Get(r.Context(), core.ID[scheduling.Appointment]{UUID: id})
	switch {
	case err != nil:
		return err
	case company != v.ws.Scope().Company, a.AgendaID != v.Agenda.ID:
		return core.NotFound("appointment")
	case a.Open(scheduling.ToTake, v.now) != nil:
		return &core.Error{Kind: core.ErrState, Code: "hold_expired", Message: "the time was kept too long: please choose again"}
	case a.Status == scheduling.Held:
		v.Held = &a
	default:
		s.booked(v, &a)
	}
	return nil
}

// Mailed is whether the visitor is sent a mail of what they have booked.
func (v *bookingView) Mailed() bool { return v.Agenda.Confirms(v.Booked.Source) }

// booked shows what is booked, with the links by which it can be changed.
func (s *Server) booked(v *bookingView, a *scheduling.Appointment) {
	v.Held, v.Booked = nil, a
	if a.Status == scheduling.Scheduled {
		token := s.app.Links.Token(scheduling.ToTake, v.ws.Scope().Company, a.ID.UUID)
		v.Calendar = "/book/" + v.Agenda.Slug + "/appointment.ics?" + url.Values{"hold": {token}}.Encode()
	}
	v.Move, v.Cancel = s.changeLinks(v.ws, &v.Agenda, a, v.now)
}

// changeLinks are the pages on which a client changes an appointment: empty where it is too late.
func (s *Server) changeLinks(ws *clientele.Workspace, agenda *scheduling.Agenda, a *scheduling.Appointment, now time.Time) (move, cancel string) {
	for p, path := range map[scheduling.Purpose]*string{scheduling.ToMove: &move, scheduling.ToCancel: &cancel} {
		if !now.After(agenda.Latest(p, a.StartDate)) {
			*path = s.app.Links.Path(p, ws.Scope().Company, a.ID.UUID)
		}
	}
	return move, cancel
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
	s.booked(v, &booked)
	return http.StatusOK
}

// failed is the page that says what went wrong.
func (v *bookingView) failed(ctx context.Context, err error) int {
	var known *core.Error
	errors.As(err, &known)
	switch {
	case errors.Is(err, core.ErrInvalid) && len(known.Fields) > 0:
		name := map[string]string{"/name": "The name ", "/email": "The e-mail address ", "/description": "The note "}[known.Fields[0].Field]
		v.Fault, v.At = sentence(name+known.Fields[0].Message), known.Fields[0].Field
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
