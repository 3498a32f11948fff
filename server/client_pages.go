package server

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

var clientTemplate = template.Must(template.ParseFS(pages, "pages/appointment.html.tmpl"))

// clientPages are where the signed links of clients lead. To open one changes nothing, since
// scanners of mail open every link: the form on it does, by POST and without a script.
func (s *Server) clientPages() {
	for _, p := range []clientPage{cancelPage, movePage, takePage, leavePage} {
		s.mux.Handle("GET /appointment/"+string(p.Purpose), s.clientPage(p, p.show))
		s.mux.Handle("POST /appointment/"+string(p.Purpose), s.clientPage(p, p.act))
	}
}

// clientPage is a page for one purpose.
type clientPage struct {
	Purpose scheduling.Purpose
	Title   string
	Button  string

	show, act func(*http.Request, *clientView) int
}

// clientView is what a page shows.
type clientView struct {
	clientPage
	zoned
	week
	Token string
	Fault string
	Done  string
	Text  string

	Agenda scheduling.Agenda
	Shown  bool // when it is
	At     time.Time
	Form   bool // there is something to confirm
	Choose bool // there is a time to choose

	Chosen       *time.Time // the other time
	Reason       string
	Otherwise    string // the button that does not
	Move, Cancel string

	ws          *clientele.Workspace
	id          uuid.UUID
	appointment scheduling.Appointment
	now         time.Time
	links       func(*scheduling.Appointment) (move, cancel string)
}

// clientPage writes what show says of the row that a link is for, within the rate limits.
func (s *Server) clientPage(page clientPage, show func(*http.Request, *clientView) int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, now := s.address(r), time.Now()
		err := s.from.take(address, now)
		if err == nil && r.Method == http.MethodPost {
			err = s.strict.take("appointment "+address, now)
		}
		v := &clientView{clientPage: page, now: s.db.Env.Time(), Token: r.URL.Query().Get("token")}
		v.inZone("", "UTC")
		if status, fault, ok := refused(w, err); ok {
			v.Fault = fault
			writePage(w, r, clientTemplate, status, v)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if r.ParseForm() != nil {
			v.Fault = "The form is not understood."
			writePage(w, r, clientTemplate, http.StatusBadRequest, v)
			return
		}
		if v.ws, v.id, err = s.app.ClientLink(page.Purpose, v.Token); err == nil {
			err = v.read(r)
		}
		if err != nil {
			writePage(w, r, clientTemplate, v.failed(r.Context(), err), v)
			return
		}
		v.links = func(a *scheduling.Appointment) (string, string) { return s.changeLinks(v.ws, &v.Agenda, a, v.now) }
		writePage(w, r, clientTemplate, show(r, v), v)
	})
}

// read reads the appointment of a link that is still good, and its agenda. The waitlist's page
// reads what it needs by itself.
func (v *clientView) read(r *http.Request) (err error) {
	if v.Purpose == scheduling.ToLeave {
		return nil
	}
	if v.appointment, err = v.ws.Appointments.Get(r.Context(), core.ID[scheduling.Appointment]{UUID: v.id}); err != nil {
		return err
	}
	if v.Agenda, err = v.ws.Agendas.Get(r.Context(), v.appointment.AgendaID); err != nil {
		return err
	}
	zone := r.Form.Get("zone")
	if zone == "" || !v.inZone(zone, v.Agenda.Rules.Timezone) {
		v.inZone(v.appointment.Timezone, v.Agenda.Rules.Timezone)
	}
	v.Shown, v.At = true, v.appointment.StartDate
	return v.appointment.Open(v.Purpose, v.now)
}

// inTime is whether the client gives the agenda's notice; if not, the page says until when they
// could have.
func (v *clientView) inTime() bool {
	latest := v.Agenda.Latest(v.Purpose, v.At)
	if !v.now.After(latest) {
		return true
	}
	v.Fault = map[scheduling.Purpose]string{
		scheduling.ToCancel: "It is too late to cancel the appointment here: that could be done until ",
		scheduling.ToMove:   "It is too late to move the appointment here: that could be done until ",
	}[v.Purpose] + v.Long(latest) + ". Please get in touch with us."
	return false
}

// failed is the page that says what went wrong, without its form.
func (v *clientView) failed(ctx context.Context, err error) int {
	v.Form, v.Choose = false, false
	var known *core.Error
	errors.As(err, &known)
	switch {
	case errors.Is(err, core.ErrNotFound):
		v.Fault = "This link is not complete, or no longer good: open the one in the mail once more."
		return http.StatusNotFound
	case errors.Is(err, core.ErrState) && known.Code == "too_late":
		v.inTime()
		return http.StatusConflict
	case errors.Is(err, core.ErrState):
		v.Fault = sentence(known.Message)
		return http.StatusGone
	case errors.Is(err, core.ErrInvalid):
		v.Form, v.Fault = true, "Please say less."
		return http.StatusUnprocessableEntity
	}
	loggerOf(ctx).ErrorContext(ctx, "page failed", "error", err)
	v.Fault = "Something went wrong: try again later."
	return http.StatusServiceUnavailable
}

var cancelPage = clientPage{
	Purpose: scheduling.ToCancel, Title: "Cancel your appointment", Button: "Cancel the appointment",
	show: func(_ *http.Request, v *clientView) int {
		v.Form = v.inTime()
		return http.StatusOK
	},
	act: func(r *http.Request, v *clientView) int {
		v.Reason = r.PostForm.Get("reason")
		if _, err := v.ws.Appointments.CancelAsClient(r.Context(), v.appointment.ID, v.Reason); err != nil {
			return v.failed(r.Context(), err)
		}
		v.Done = "Your appointment is cancelled."
		return http.StatusOK
	},
}

var movePage = clientPage{
	Purpose: scheduling.ToMove, Title: "Move your appointment", Button: "Move the appointment",
	show: func(r *http.Request, v *clientView) int {
		if !v.inTime() {
			return http.StatusOK
		}
		if start, err := time.Parse(time.RFC3339, r.Form.Get("start")); err == nil {
			v.Form, v.Chosen = true, &start
			return http.StatusOK
		}
		return v.choose(r)
	},
	act: func(r *http.Request, v *clientView) int {
		start, err := time.Parse(time.RFC3339, r.PostForm.Get("start"))
		if err != nil {
			v.Fault = "Please choose a time."
			return max(v.choose(r), http.StatusUnprocessableEntity)
		}
		moved, err := v.ws.Appointments.MoveAsClient(r.Context(), v.appointment.ID, start)
		if errors.Is(err, core.ErrConflict) || errors.Is(err, core.ErrInvalid) {
			v.Fault = "Somebody else was faster: please choose another time."
			return max(v.choose(r), http.StatusConflict)
		}
		if err != nil {
			return v.failed(r.Context(), err)
		}
		v.Done, v.At = "Your appointment is moved.", moved.StartDate
		v.Move, v.Cancel = v.links(&moved)
		return http.StatusOK
	},
}

// choose shows a week to choose another time from.
func (v *clientView) choose(r *http.Request) int {
	keep := url.Values{"token": {v.Token}, "zone": {v.Zone}}
	list := func(ctx context.Context, q scheduling.SlotQuery) (free []slots.Slot, err error) {
		q.Except, q.PartySize, q.Taken = v.appointment.ID, v.appointment.PartySize, false
		free, err = v.ws.Agendas.Slots(ctx, v.Agenda.ID, q)
		return slices.DeleteFunc(free, func(s slots.Slot) bool { return s.Start.Equal(v.At) }), err // where it is
	}
	if err := v.week.read(r, &v.zoned, v.now, list, keep); err != nil {
		return v.failed(r.Context(), err)
	}
	v.Choose, v.Text = true, "Choose another time. Times are in "+v.Zone+"."
	return http.StatusOK
}

var takePage = clientPage{
	Purpose: scheduling.ToTake, Title: "A time is free", Button: "Book this time",
	show: func(_ *http.Request, v *clientView) int {
		if v.appointment.Status != scheduling.Held {
			return v.taken(&v.appointment)
		}
		v.Form, v.Otherwise = true, "I do not need it"
		v.Text = "We keep this time for you until " + v.Long(*v.appointment.HoldUntil) + "."
		return http.StatusOK
	},
	act: func(r *http.Request, v *clientView) int {
		ctx, a := r.Context(), v.appointment
		if a.Status != scheduling.Held { // the form was sent twice
			return v.taken(&a)
		}
		if r.PostForm.Get("otherwise") != "" {
			if _, err := v.ws.Appointments.Cancel(ctx, a.ID, ""); err != nil {
				return v.failed(ctx, err)
			}
			v.Done = "Thank you: somebody else can have this time."
			return http.StatusOK
		}
		booked, err := v.ws.Appointments.Take(ctx, a.ID, a.Details)
		if err != nil {
			return v.failed(ctx, err)
		}
		return v.taken(&booked)
	},
}

// taken shows what was booked.
func (v *clientView) taken(a *scheduling.Appointment) int {
	v.Title, v.Done = "Your appointment", "Thank you: it is booked."
	if a.Status == scheduling.Pending {
		v.Done = "Thank you: you will hear from us when it is confirmed."
	}
	v.Move, v.Cancel = v.links(a)
	return http.StatusOK
}

var leavePage = clientPage{
	Purpose: scheduling.ToLeave, Title: "Leave the waitlist", Button: "Leave the waitlist",
	show: func(r *http.Request, v *clientView) int {
		e, err := v.ws.Waitlist.Get(r.Context(), core.ID[scheduling.WaitlistEntry]{UUID: v.id})
		if err != nil {
			return v.failed(r.Context(), err)
		}
		if e.State != scheduling.Waiting && e.State != scheduling.OfferMade {
			v.Done = "You are not on the waitlist."
			return http.StatusOK
		}
		v.Form, v.Text = true, "We tell you no more when a time becomes free."
		return http.StatusOK
	},
	act: func(r *http.Request, v *clientView) int {
		if _, err := v.ws.Waitlist.Leave(r.Context(), core.ID[scheduling.WaitlistEntry]{UUID: v.id}); err != nil {
			return v.failed(r.Context(), err)
		}
		v.Done = "You are not on the waitlist any more."
		return http.StatusOK
	},
}
