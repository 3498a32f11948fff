package clientele

import (
	"bytes"
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/ical"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// noticeMail sends notices by the mailer of the accounts. They have nothing in them that the client
// has typed, nor have their files.
type noticeMail struct{ accounts *identity.Accounts }

// Send implements [scheduling.Sender].
func (m noticeMail) Send(ctx context.Context, n scheduling.Notice) error {
	if n.To.Email == "" {
		return scheduling.ErrNoAddress
	}
	var files []identity.File
	if n.Kind != scheduling.OffersOne && n.Kind != scheduling.RemindsOf {
		file, err := calendarFile(n)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	return m.accounts.SendLetter(ctx, n.Key, core.Email(n.To.Email), letterOf(n), files...)
}

// said is how the letter of a notice begins, before the agenda's name.
var said = map[scheduling.NoticeKind]struct{ subject, says string }{
	scheduling.RemindsOf:    {"Your appointment", "This is to remind you of your appointment"},
	scheduling.OffersOne:    {"A time is free", "You are next on the waitlist, and this time is free now"},
	scheduling.Confirms:     {"Booked", "Your appointment is booked"},
	scheduling.Acknowledges: {"Received", "We have received your request, which is still to be confirmed"},
	scheduling.TellsMove:    {"Moved", "Your appointment is at another time now"},
	scheduling.TellsCancel:  {"Cancelled", "Your appointment does not take place"},
	scheduling.TellsReject:  {"Declined", "We are sorry that we cannot confirm your appointment"},
}

func letterOf(n scheduling.Notice) identity.Letter {
	words := said[n.Kind]
	l := identity.Letter{
		Subject: words.subject + ": " + n.Agenda.Name,
		Says:    []string{words.says + ": " + n.Agenda.Name + ".", clock(n, n.Appointment.StartDate)},
	}
	if n.Agenda.Location != "" {
		l.Says = append(l.Says, n.Agenda.Location)
	}
	if n.TakeURL != "" {
		l.Action, l.Link = "Book this time", n.TakeURL
		if n.Appointment.HoldUntil != nil {
			l.After = []string{"We keep it for you until " + clock(n, *n.Appointment.HoldUntil) + ". Then the next in line gets it."}
		}
	}
	for _, link := range []identity.LetterLink{
		{Action: "Leave the waitlist", Link: n.LeaveURL}, {Action: "Choose another time", Link: n.MoveURL}, {Action: "Cancel the appointment", Link: n.CancelURL},
	} {
		if link.Link != "" {
			l.More = append(l.More, link)
		}
	}
	return l
}

// calendarFile is the appointment for the client's calendar, which a later one takes the place of.
func calendarFile(n scheduling.Notice) (identity.File, error) {
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
	method := ical.MethodOf(a)
	w, err := ical.NewWriter(&text, ical.Calendar{Method: method, From: from, Until: until})
	if err == nil {
		err = w.Appointment(a, ical.Event{
			Zone:      zone,
			Organizer: ical.Party{Name: n.Agenda.Name, URI: "urn:uuid:" + a.AgendaID.String()},
			Attendees: []ical.Party{{URI: "mailto:" + n.To.Email}},
		})
	}
	if err == nil {
		err = w.Close()
	}
	return identity.File{Name: "appointment.ics", Type: ical.MediaType + "; method=" + string(method), Content: text.Bytes()}, err
}

// clock is an instant by the clocks of the client, with their zone.
func clock(n scheduling.Notice, t time.Time) string {
	zone, err := slots.Zone(n.Appointment.Timezone)
	if err != nil { // it was checked
		zone = time.UTC
	}
	return t.In(zone).Format("Monday, 2 January 2006, 15:04") + " (" + zone.String() + ")"
}
