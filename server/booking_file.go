package server

import (
	"errors"
	"maps"
	"net/http"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/ical"
)

// bookedFile is a file of what was booked, for the visitor's calendar: the one that goes with the mail.
func (s *Server) bookedFile(r *http.Request, v *bookingView) int {
	if err := s.hold(r, v); err != nil {
		return v.failed(r.Context(), err)
	}
	if v.Booked == nil {
		v.Fault = "It is not booked yet."
		return http.StatusConflict
	}
	client, err := v.ws.Contacts.Get(r.Context(), core.ID[crm.Contact](v.Booked.ClientID))
	if err != nil {
		return v.failed(r.Context(), err)
	}
	v.fileType, v.file, err = ical.Notice(scheduling.Notice{
		Appointment: *v.Booked, Agenda: v.Agenda, To: scheduling.Person{Name: client.Name, Email: string(client.Email)},
	})
	if err != nil {
		return v.failed(r.Context(), err)
	}
	return http.StatusOK
}

// refused is what a page says of a request that is not looked at, such as one of too many; false if there was
// another reason.
func refused(w http.ResponseWriter, err error) (status int, fault string, ok bool) {
	var p *Problem
	if !errors.As(err, &p) {
		return 0, "", false
	}
	maps.Copy(w.Header(), p.headers)
	return p.Status, p.Detail, true
}
