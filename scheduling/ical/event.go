package ical

import (
	"strconv"
	"strings"
	"time"

	goical "github.com/emersion/go-ical"

	"github.com/clientele-crm/clientele/scheduling"
)

// Event is what a file says of an appointment beside what is in it.
type Event struct {
	// Zone is in whose clocks its times are written: a name of the IANA database, empty is UTC. It has to
	// be that of the series, if the appointment is in one.
	Zone string

	Organizer Party   // who asks; a file with a method has to have one
	Attendees []Party // who is asked: one at least in a file with a method
}

// Party is somebody who takes part.
type Party struct {
	Name string
	URI  string // mailto:ada@example.org, or any URI that names them
}

// Appointment adds one appointment. One of a series is written as an exception to it: by itself it
// is what somebody is sent of whom it is the only one.
func (w *Writer) Appointment(a scheduling.Appointment, e Event) error {
	zone, err := w.zone(orUTC(e.Zone))
	if err != nil {
		return err
	}
	c := event(a, zone)
	setTime(c, goical.PropDateTimeEnd, a.EndDate, zone)
	if a.RecurrenceDate != nil {
		setTime(c, goical.PropRecurrenceID, *a.RecurrenceDate, zone)
	}
	e.into(c)
	return w.write(c)
}

// into adds who takes part.
func (e Event) into(c *goical.Component) {
	if e.Organizer.URI != "" {
		c.Props.Set(e.Organizer.prop(goical.PropOrganizer))
	}
	for _, attendee := range e.Attendees {
		c.Props.Add(attendee.prop(goical.PropAttendee))
	}
}

func orUTC(zone string) string {
	if zone == "" {
		return "UTC"
	}
	return zone
}

// event is an appointment without its end.
func event(a scheduling.Appointment, zone *time.Location) *goical.Component {
	c := details(a.UID, a.Sequence, a.Details, a.Stamp)
	c.Props.SetText(goical.PropStatus, status(a.Status))
	setTime(c, goical.PropDateTimeStart, a.StartDate, zone)
	return c
}

// details are what appointments and series have in common. When a file was made does not matter:
// the stamp is when what is in it was changed, so that the same is written the same.
func details(uid string, sequence int, d scheduling.Details, s scheduling.Stamp) *goical.Component {
	c := goical.NewComponent(goical.CompEvent)
	c.Props.SetText(goical.PropUID, uid)
	set(c, goical.PropSequence, strconv.Itoa(sequence))
	for _, name := range []string{goical.PropDateTimeStamp, goical.PropLastModified} {
		c.Props.SetDateTime(name, s.UpdatedAt.UTC())
	}
	c.Props.SetDateTime(goical.PropCreated, s.CreatedAt.UTC())
	for name, text := range map[string]string{
		goical.PropSummary: d.Title, goical.PropDescription: d.Description, goical.PropLocation: d.Location,
	} {
		if text != "" {
			c.Props.SetText(name, clean(text))
		}
	}
	if d.URL != "" {
		set(c, goical.PropURL, strings.ReplaceAll(clean(d.URL), "\n", ""))
	}
	return c
}

const cancelled = "CANCELLED"

// status is that of an event (RFC 5545, 3.8.1.11).
func status(s scheduling.Status) string {
	switch s {
	case scheduling.Held, scheduling.Pending:
		return "TENTATIVE"
	case scheduling.Cancelled, scheduling.Expired, scheduling.Rejected:
		return cancelled
	}
	return "CONFIRMED"
}

// MethodOf is the method of a file that tells somebody of the appointment as it is.
func MethodOf(a scheduling.Appointment) Method {
	if status(a.Status) == cancelled {
		return Cancel
	}
	return Request
}

func (p Party) prop(name string) *goical.Prop {
	prop := goical.NewProp(name)
	if p.Name != "" { // a parameter can have neither quotes nor line breaks
		prop.Params.Set(goical.ParamCommonName, strings.NewReplacer(`"`, "'", "\n", " ").Replace(clean(p.Name)))
	}
	prop.Value = strings.ReplaceAll(clean(p.URI), "\n", "")
	return prop
}
