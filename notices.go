package clientele

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// noticeMail sends notices by the mailer of the accounts. They have nothing in them that the client
// has typed, nor have their files.
type noticeMail struct {
	accounts *identity.Accounts
	file     CalendarFile
}

// CalendarFile is what goes with a notice that an appointment is booked, moved or does not take place: a file
// for their calendar, with its media type. Notice of package scheduling/ical makes it.
type CalendarFile func(scheduling.Notice) (mediaType string, content []byte, err error)

// Send implements [scheduling.Sender].
func (m noticeMail) Send(ctx context.Context, n scheduling.Notice) error {
	if n.To.Email == "" {
		return scheduling.ErrNoAddress
	}
	var files []identity.File
	if m.file != nil && n.Kind != scheduling.OffersOne && n.Kind != scheduling.RemindsOf {
		mediaType, content, err := m.file(n)
		if err != nil {
			return err
		}
		files = append(files, identity.File{Name: "appointment.ics", Type: mediaType, Content: content})
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

// clock is an instant by the clocks of the client, with their zone.
func clock(n scheduling.Notice, t time.Time) string {
	zone, err := slots.Zone(n.Appointment.Timezone)
	if err != nil { // it was checked
		zone = time.UTC
	}
	return t.In(zone).Format("Monday, 2 January 2006, 15:04") + " (" + zone.String() + ")"
}
