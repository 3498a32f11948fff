package scheduling

import (
	"context"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// OutOfHours is an appointment to come that its agenda would not take any more at any price.
type OutOfHours struct {
	Appointment
	Reasons []Closed `json:"reasons"` // all of them
}

// Closed is why an agenda would not take an appointment any more.
type Closed struct {
	Reason   ClosedReason `json:"reason"`            // why the time is not open
	MemberID core.UserID  `json:"memberId,omitzero"` // of the appointment, whom it is about; absent: the agenda
}

// ClosedReason is a kind of [Closed].
type ClosedReason string

// The reasons.
const (
	AgendaInactive ClosedReason = "agenda_inactive" // it was deactivated
	AgendaClosed   ClosedReason = "agenda_closed"   // it is not open then
	MemberGone     ClosedReason = "member_gone"     // the member is out of the company
	MemberOutside  ClosedReason = "member_outside"  // takes no appointments of the agenda: was taken out of it, or put in by hand
	MemberClosed   ClosedReason = "member_closed"   // does not work then
)

// OutOfHours lists the appointments of an agenda in [from, to), of at most 366 days, that are still to
// come and that it would not take any more at any price, and says why: since its hours were changed, a
// member was taken out or is out of the company, or it was deactivated. They stay until somebody moves or
// cancels them.
func (s *Appointments) OutOfHours(ctx context.Context, agenda core.ID[Agenda], from, to time.Time) ([]OutOfHours, error) {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return nil, err
	}
	if err := checkRange(from, to); err != nil {
		return nil, err
	}
	tx := s.work.Plain()
	a, err := tx.Store.OpenAgenda(ctx, agenda)
	if err != nil {
		return nil, err
	}
	var live []Appointment
	var members []core.UserID
	for found, err := range s.All(ctx, AppointmentFilter{Agenda: agenda, From: from, Before: to}) {
		if err != nil {
			return nil, err
		}
		if found.Status.Live() {
			live, members = append(live, found), withAll(members, found.Members)
		}
	}
	d, err := openDesk(ctx, tx, a, members...)
	if err != nil {
		return nil, err
	}
	list := []OutOfHours{}
	for i := range live {
		if reasons := d.closed(&live[i]); len(reasons) > 0 {
			list = append(list, OutOfHours{live[i], reasons})
		}
	}
	return list, nil
}

// withAll is the list with those of more that it does not have.
func withAll(list, more []core.UserID) []core.UserID {
	for _, id := range more {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// closed is why the agenda and its members would not take an appointment; nothing if they would.
func (d *desk) closed(a *Appointment) (reasons []Closed) {
	if !d.agenda.Active {
		reasons = append(reasons, Closed{Reason: AgendaInactive})
	}
	if !d.plan.OpenAt(a.StartDate, a.EndDate) {
		reasons = append(reasons, Closed{Reason: AgendaClosed})
	}
	for _, id := range a.Members {
		place := slices.IndexFunc(d.agenda.Members, func(m AgendaMember) bool { return m.ID == id })
		switch {
		case d.gone[id]:
			reasons = append(reasons, Closed{MemberGone, id})
		case place < 0:
			reasons = append(reasons, Closed{MemberOutside, id})
		case d.hours[place] != nil && !d.hours[place].OpenAt(a.StartDate, a.EndDate):
			reasons = append(reasons, Closed{MemberClosed, id})
		}
	}
	return reasons
}
