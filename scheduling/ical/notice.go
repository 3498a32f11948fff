package ical

import (
	"bytes"

	"github.com/clientele-crm/clientele/scheduling"
)

// Notice is the file for the client's calendar that goes with a notice of an appointment, with its media type. A
// later one takes its place there. It has nothing in it that the client has typed: anybody may have, for
// anybody.
func Notice(n scheduling.Notice) (mediaType string, content []byte, err error) {
	a, zone := n.Appointment, n.Appointment.Timezone
	a.Description = ""
	from, until := a.StartDate, a.EndDate
	if n.Series != nil {
		zone = n.Series.Zone
		if by := *a.RecurrenceDate; by.Before(from) {
			from = by
		} else if by.After(until) {
			until = by
		}
	}
	var text bytes.Buffer
	method := MethodOf(a)
	w, err := NewWriter(&text, Calendar{Method: method, From: from, Until: until})
	if err == nil {
		err = w.Appointment(a, Event{
			Zone:      zone,
			Organizer: Party{Name: n.Agenda.Name, URI: "urn:uuid:" + a.AgendaID.String()},
			Attendees: []Party{{URI: "mailto:" + n.To.Email}},
		})
	}
	if err == nil {
		err = w.Close()
	}
	return MediaType + "; method=" + string(method), text.Bytes(), err
}
