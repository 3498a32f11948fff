package scheduling

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Agenda is something that can be booked: a service of some members at some hours.
type Agenda struct {
	ID core.ID[Agenda] `json:"id"`
	NewAgenda
	Active bool `json:"active"` // can be booked
	Stamp
}

// NewAgenda is what a person may say of an agenda.
type NewAgenda struct {
	Name        string         `json:"name"`        // 1 to 200 characters
	Slug        string         `json:"slug"`        // of its public page, unique everywhere: a-z, 0-9 and hyphens; '' for none
	Description string         `json:"description"` // up to 4000 characters
	Location    string         `json:"location"`    // up to 200 characters, of its appointments
	Rules       slots.Rules    `json:"rules"`       // when it can be booked
	Members     []AgendaMember `json:"members"`     // up to 100; without any, nothing can be booked
	Approval    bool           `json:"approval"`    // what is booked is pending until somebody confirms it

	HoldMinutes  slots.Minutes `json:"holdMinutes"`  // how long a hold lasts: up to a day; 0 is ten minutes
	MoveNotice   slots.Minutes `json:"moveNotice"`   // how long before its start the client may move an appointment; up to a year
	CancelNotice slots.Minutes `json:"cancelNotice"` // likewise, cancel it
	OfferMinutes slots.Minutes `json:"offerMinutes"` // how long a time is held for somebody on the waitlist: up to 7 days; 0 is two hours

	Confirmations Confirmations `json:"confirmations"` // whose clients are told by mail that they are booked, moved or cancelled: public, all or none; empty is public
	Reminders     []Reminder    `json:"reminders"`     // up to 10, of what is booked or moved from now on
}

// AgendaMember is somebody who takes an agenda's appointments.
type AgendaMember struct {
	ID     core.UserID  `json:"id"`
	Weight int          `json:"weight,omitempty"` // of their turns in a round robin: up to 100; 0 is 1
	Hours  *slots.Hours `json:"hours,omitzero"`   // their own, within the agenda's; absent: the agenda's
}

// Reminder is sent before an appointment.
type Reminder struct {
	Before  slots.Minutes `json:"before"`  // its start: up to 60 days
	Channel string        `json:"channel"` // email, sms or whatsapp
}

// Stamp is what the services themselves note on what they keep: nobody else may write it.
type Stamp struct {
	CreatedByID core.UserID `json:"createdById,omitzero"`
	Version     int64       `json:"version"` // counts the changes, from 1
	CreatedAt   time.Time   `json:"createdAt"`
	UpdatedAt   time.Time   `json:"updatedAt"`
}

// The events of an agenda.
var (
	AgendaCreated     = core.EventType[Agenda]{Name: "agenda.created", Kind: "agenda"}
	AgendaUpdated     = core.EventType[Agenda]{Name: "agenda.updated", Kind: "agenda"}
	AgendaActivated   = core.EventType[Agenda]{Name: "agenda.activated", Kind: "agenda"}
	AgendaDeactivated = core.EventType[Agenda]{Name: "agenda.deactivated", Kind: "agenda"}
	AgendaDeleted     = core.EventType[Agenda]{Name: "agenda.deleted", Kind: "agenda"}
)

// AgendaFilter says which agendas a list has, by name. Several conditions are met all at once.
type AgendaFilter struct {
	Member core.UserID
	Active *bool
}

// The limits of what may be said, in characters and items.
const (
	maxName      = 200
	maxText      = 4000
	maxURL       = 2000
	maxMembers   = 100
	maxWeight    = 100
	maxReminders = 10
	maxAhead     = 60 * 24 * 60 // minutes of a reminder
	maxNotice    = 366 * 24 * 60
	maxHold      = 24 * 60
	usualHold    = 10
	maxOffer     = 7 * 24 * 60
	usualOffer   = 2 * 60
)

var slug = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?$`)

// check brings the agenda into its canonical form, or says all that is wrong with it. Members whom it had
// are not judged again: they may be out of the company by now.
func (n *NewAgenda) check(ctx context.Context, tx Tx, had []core.UserID) error {
	var f core.Faults
	n.checkFields(&f)
	if err := n.checkPresence(ctx, tx, &f, had); err != nil {
		return err
	}
	return f.Err()
}

func (n *NewAgenda) checkFields(f *core.Faults) {
	n.Name = f.Line("/name", n.Name, maxName)
	if n.Name == "" {
		f.Add("/name", "required", "an agenda has to have a name")
	}
	if n.Slug != "" && !slug.MatchString(n.Slug) {
		f.Add("/slug", "slug", "has to be up to 100 of a to z, 0 to 9 and hyphens inside")
	}
	n.Description = f.Text("/description", n.Description, maxText)
	n.Location = f.Line("/location", n.Location, maxName)
	n.Rules.Check(f, "/rules")
	n.checkMembers(f)
	n.checkReminders(f)
	if n.Confirmations == "" {
		n.Confirmations = ConfirmPublic
	}
	if !slices.Contains([]Confirmations{ConfirmPublic, ConfirmAll, ConfirmNone}, n.Confirmations) {
		f.Add("/confirmations", "enum", "has to be public, all or none")
	}
	if n.HoldMinutes == 0 {
		n.HoldMinutes = usualHold
	}
	if n.OfferMinutes == 0 {
		n.OfferMinutes = usualOffer
	}
	minutes(f, "/offerMinutes", n.OfferMinutes, 1, maxOffer)
	minutes(f, "/holdMinutes", n.HoldMinutes, 1, maxHold)
	minutes(f, "/moveNotice", n.MoveNotice, 0, maxNotice)
	minutes(f, "/cancelNotice", n.CancelNotice, 0, maxNotice)
}

// checkPresence notes in f which of the members who are new is nobody in the company.
func (n *NewAgenda) checkPresence(ctx context.Context, tx Tx, f *core.Faults, had []core.UserID) error {
	var fresh []core.UserID
	for _, m := range n.Members[:min(maxMembers, len(n.Members))] {
		if !m.ID.IsZero() && !slices.Contains(had, m.ID) {
			fresh = append(fresh, m.ID)
		}
	}
	gone, err := tx.gone(ctx, fresh)
	for i, m := range n.Members {
		if gone[m.ID] {
			f.Add(fmt.Sprintf("/members/%d/id", i), "exists", notHere)
		}
	}
	return err
}

// notHere is the fault of a member whom [Members] does not know, or who is out.
const notHere = "is nobody who is active in the company"

func minutes(f *core.Faults, field string, m, from, to slots.Minutes) {
	if m < from || m > to {
		f.Add(field, "range", fmt.Sprintf("has to be from %d to %d minutes", from, to))
	}
}

func (n *NewAgenda) checkMembers(f *core.Faults) {
	if len(n.Members) > maxMembers {
		f.Add("/members", "max_items", fmt.Sprintf("are more than %d", maxMembers))
		return
	}
	if n.Members == nil {
		n.Members = []AgendaMember{}
	}
	seen := map[core.UserID]bool{}
	for i := range n.Members {
		m, at := &n.Members[i], fmt.Sprintf("/members/%d", i)
		switch {
		case m.ID.IsZero():
			f.Add(at+"/id", "required", "a member has to have an id")
		case seen[m.ID]:
			f.Add(at+"/id", "unique", "the member is there already")
		}
		seen[m.ID] = true
		if m.Weight == 0 {
			m.Weight = 1
		}
		if m.Weight < 1 || m.Weight > maxWeight {
			f.Add(at+"/weight", "range", "has to be from 1 to 100")
		}
		if m.Hours != nil {
			m.Hours.Check(f, at+"/hours")
		}
	}
}

func (n *NewAgenda) checkReminders(f *core.Faults) {
	if len(n.Reminders) > maxReminders {
		f.Add("/reminders", "max_items", fmt.Sprintf("are more than %d", maxReminders))
		return
	}
	if n.Reminders == nil {
		n.Reminders = []Reminder{}
	}
	for i, r := range n.Reminders {
		at := fmt.Sprintf("/reminders/%d", i)
		minutes(f, at+"/before", r.Before, 0, maxAhead)
		if !slices.Contains([]string{"email", "sms", "whatsapp"}, r.Channel) {
			f.Add(at+"/channel", "enum", "has to be email, sms or whatsapp")
		}
		if slices.Contains(n.Reminders[:i], r) {
			f.Add(at, "unique", "the reminder is there already")
		}
	}
}

// memberIDs are those who take the agenda's appointments.
func (n *NewAgenda) memberIDs() []core.UserID {
	ids := make([]core.UserID, len(n.Members))
	for i, m := range n.Members {
		ids[i] = m.ID
	}
	return ids
}
