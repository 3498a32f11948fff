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
// has typed.
type noticeMail struct{ accounts *identity.Accounts }

// Send implements [scheduling.Sender].
func (m noticeMail) Send(ctx context.Context, n scheduling.Notice) error {
	if n.To.Email == "" {
		return scheduling.ErrNoAddress
	}
	return m.accounts.SendLetter(ctx, n.Key, core.Email(n.To.Email), letterOf(n))
}

func letterOf(n scheduling.Notice) identity.Letter {
	when := clock(n, n.Appointment.StartDate)
	where := []string{when}
	if n.Agenda.Location != "" {
		where = append(where, n.Agenda.Location)
	}
	if n.Kind == scheduling.OffersOne {
		l := identity.Letter{
			Subject: "A time is free: " + n.Agenda.Name,
			Says:    append([]string{"You are next on the waitlist of " + n.Agenda.Name + ", and this time is free now:"}, where...),
			Action:  "Book this time", Link: n.TakeURL,
			More: []identity.LetterLink{{Action: "Leave the waitlist", Link: n.LeaveURL}},
		}
		if n.Appointment.HoldUntil != nil {
			l.After = []string{"We keep it for you until " + clock(n, *n.Appointment.HoldUntil) + ". Then the next in line gets it."}
		}
		return l
	}
	l := identity.Letter{
		Subject: "Your appointment: " + n.Agenda.Name,
		Says:    append([]string{"This is to remind you of your appointment: " + n.Agenda.Name + "."}, where...),
	}
	for _, link := range []identity.LetterLink{{Action: "Choose another time", Link: n.MoveURL}, {Action: "Cancel the appointment", Link: n.CancelURL}} {
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
