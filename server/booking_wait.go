package server

import (
	"errors"
	"net/http"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// waitedFor is the day that the request is about, in the visitor's zone.
func waitedFor(r *http.Request, v *bookingView) (n scheduling.NewWaitlistEntry, ok bool) {
	day, err := slots.ParseDate(r.Form.Get("day"))
	if err != nil {
		return n, false
	}
	n.FromDate, n.UntilDate = slots.DayIn(v.zone, day)
	n.Timezone = v.Zone
	v.Wait, v.Day = day.String(), n.FromDate.In(v.zone).Format("Monday, 2 January 2006")
	return n, n.UntilDate.After(v.now)
}

// showWait asks who wants to wait for a day.
func showWait(r *http.Request, v *bookingView) int {
	if _, ok := waitedFor(r, v); !ok {
		v.Wait, v.Fault = "", "Please choose a day."
		return chooseSlot(r, v)
	}
	return http.StatusOK
}

// joinLine puts the visitor on the waitlist. Who is on it already hears the same: whether somebody
// is, is nobody else's business.
func (s *Server) joinLine(r *http.Request, v *bookingView) int {
	n, ok := waitedFor(r, v)
	if !ok {
		v.Wait, v.Fault = "", "Please choose a day."
		return chooseSlot(r, v)
	}
	person := scheduling.Person{Name: r.PostForm.Get("name"), Email: r.PostForm.Get("email")}
	e, err := v.ws.Waitlist.JoinFor(r.Context(), v.Agenda.ID, person, n)
	switch {
	case err == nil:
		v.Leave = s.app.Links.Path(scheduling.ToLeave, v.ws.Scope().Company, e.ID.UUID)
	case !errors.Is(err, core.ErrExists):
		return v.failed(r.Context(), err)
	}
	v.Waits = true
	return http.StatusOK
}
