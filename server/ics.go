package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/ical"
)

// icsSuffix is how the name of a calendar file ends.
const icsSuffix = ".ics"

// namesFiles lets the mux, whose parameters are whole segments, see /appointments/{id}.ics as
// /appointments/{id}/ics.
func namesFiles(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path, ok := strings.CutSuffix(r.URL.Path, icsSuffix); ok && strings.HasPrefix(path, prefix+"/") && r.URL.RawPath == "" {
			u := *r.URL
			u.Path = path + "/ics"
			r.URL = &u // the request stays the one of which the log says the route
		}
		next.ServeHTTP(w, r)
	})
}

func icsOperations() []Operation {
	const details = "As iCalendar (RFC 5545), to be opened by a calendar program or sent to the client: a REQUEST, or a CANCEL of what does not take place."
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/appointments/{id}" + icsSuffix, ID: "getAppointmentFile", Tag: "Appointments",
			Summary: "Read an appointment as a calendar file", Details: details, Access: needs(core.AppointmentsRead), Stream: true, Gives: "text/calendar",
		}, getAppointmentFile),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/series/{id}" + icsSuffix, ID: "getSeriesFile", Tag: "Appointments",
			Summary: "Read a series as a calendar file", Details: "With its rule and its exceptions. " + details, Access: needs(core.AppointmentsRead), Stream: true, Gives: "text/calendar",
		}, getSeriesFile),
	}
}

// calendarFile is a file to download, which has not changed while its tag is the same.
type calendarFile struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	ETag        string `header:"ETag" doc:"Of what is in the file."`
	Body        []byte
}

func (f *calendarFile) tag() string { return f.ETag }

// writeFile is the file that fill writes.
func writeFile(name string, c ical.Calendar, fill func(*ical.Writer) error) (*calendarFile, error) {
	var text bytes.Buffer
	w, err := ical.NewWriter(&text, c)
	if err == nil {
		err = fill(w)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text.Bytes())
	return &calendarFile{
		ContentType: ical.MediaType + "; method=" + string(c.Method), Disposition: `attachment; filename="` + name + icsSuffix + `"`,
		ETag: `"` + hex.EncodeToString(sum[:16]) + `"`, Body: text.Bytes(),
	}, nil
}

func getAppointmentFile(ctx context.Context, ws *clientele.Workspace, in *AppointmentID) (*calendarFile, error) {
	a, err := ws.Appointments.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	e := parties(ctx, ws, a)
	e.Zone = a.Timezone
	from, until := a.StartDate, a.EndDate
	if !a.SeriesID.IsZero() {
		if s, err := ws.Appointments.Series(ctx, a.SeriesID); err == nil { // else the caller does not see all of it
			e.Zone = s.Zone
		}
		if a.RecurrenceDate.Before(from) {
			from = *a.RecurrenceDate
		} else if a.RecurrenceDate.After(until) {
			until = *a.RecurrenceDate
		}
	}
	return writeFile("appointment", ical.Calendar{Method: ical.MethodOf(a), From: from, Until: until}, func(w *ical.Writer) error { return w.Appointment(a, e) })
}

// parties are who takes part, as far as the caller may know: the agenda asks the client and the members.
func parties(ctx context.Context, ws *clientele.Workspace, a scheduling.Appointment) ical.Event {
	e := ical.Event{Organizer: ical.Party{URI: "urn:uuid:" + a.AgendaID.String()}}
	if agenda, err := ws.Agendas.Get(ctx, a.AgendaID); err == nil {
		e.Organizer.Name = agenda.Name
	}
	if !a.ClientID.IsZero() {
		if c, err := ws.Contacts.Get(ctx, core.ID[crm.Contact](a.ClientID)); err == nil && c.Email != "" {
			e.Attendees = append(e.Attendees, ical.Party{Name: c.Name, URI: "mailto:" + string(c.Email)})
		}
	}
	for _, member := range a.Members {
		e.Attendees = append(e.Attendees, ical.Party{URI: "urn:uuid:" + member.String()})
	}
	return e
}

func getSeriesFile(ctx context.Context, ws *clientele.Workspace, in *SeriesID) (*calendarFile, error) {
	s, err := ws.Appointments.Series(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var list []scheduling.Appointment
	var last scheduling.Appointment
	for a, err := range ws.Appointments.All(ctx, scheduling.AppointmentFilter{Series: s.ID}) {
		if err != nil {
			return nil, err
		}
		if last = a; a.TakesTime() {
			list = append(list, a)
		}
	}
	method := ical.Request
	if len(list) == 0 { // all is cancelled
		method, list = ical.Cancel, []scheduling.Appointment{last}
	}
	e := parties(ctx, ws, list[0])
	const year = 366 * 24 * time.Hour
	c := ical.Calendar{Method: method, From: s.StartDate.Add(-year), Until: last.EndDate.Add(5 * year)}
	return writeFile("series", c, func(w *ical.Writer) error { return w.Series(s, list, e) })
}
