package scheduling

import (
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// Status is where an appointment is on its way.
type Status string

// The states.
const (
	Held      Status = "held"      // taken for a while, until it is booked or expires
	Pending   Status = "pending"   // booked, and to be confirmed
	Scheduled Status = "scheduled" // booked
	Completed Status = "completed"
	NoShow    Status = "no_show" // the client did not come
	Cancelled Status = "cancelled"
	Expired   Status = "expired"  // a hold that was not booked in time
	Rejected  Status = "rejected" // was not confirmed
)

// moves are all that there are.
var moves = map[Status][]Status{
	Held:      {Pending, Scheduled, Cancelled, Expired},
	Pending:   {Scheduled, Rejected, Cancelled},
	Scheduled: {Completed, NoShow, Cancelled},
}

// takesTime reports whether nobody else can have the time.
func (s Status) takesTime() bool {
	return s == Held || s == Pending || s == Scheduled || s == Completed || s == NoShow
}

// Live reports whether the appointment is still to come, as far as its state says.
func (s Status) Live() bool { return s == Held || s == Pending || s == Scheduled }

// TakesTime reports whether the appointment takes its members' time. What was completed does
// too: nothing else can be booked for then afterwards.
func (a *Appointment) TakesTime() bool { return a.Status.takesTime() }

// to moves the appointment to another state, or is [core.ErrState].
func (a *Appointment) to(next Status) error {
	if !slices.Contains(moves[a.Status], next) {
		return &core.Error{
			Kind: core.ErrState, Code: "appointment_" + string(a.Status),
			Message: "the appointment is " + string(a.Status) + ": it cannot become " + string(next),
		}
	}
	a.Status = next
	if next != Held {
		a.HoldUntil = nil
	}
	return nil
}

func checkStatus(f *core.Faults, s Status) {
	all := []Status{"", Held, Pending, Scheduled, Completed, NoShow, Cancelled, Expired, Rejected}
	if !slices.Contains(all, s) {
		f.Add("/status", "enum", "there is no such status")
	}
}

func appointmentEvent(name string) core.EventType[Appointment] {
	return core.EventType[Appointment]{Name: "appointment." + name, Kind: "appointment"}
}

// The events of an appointment: one for each state that it comes into, and those of changes
// in which it stays.
var (
	AppointmentHeld      = appointmentEvent("held")
	AppointmentPending   = appointmentEvent("pending")
	AppointmentScheduled = appointmentEvent("scheduled")
	AppointmentCompleted = appointmentEvent("completed")
	AppointmentNoShow    = appointmentEvent("no_show")
	AppointmentCancelled = appointmentEvent("cancelled")
	AppointmentExpired   = appointmentEvent("expired")
	AppointmentRejected  = appointmentEvent("rejected")

	AppointmentUpdated = appointmentEvent("updated") // its details, or its members
	AppointmentMoved   = appointmentEvent("moved")   // to another time
)

// entered is the event of coming into a state.
func (s Status) entered() core.EventType[Appointment] { return appointmentEvent(string(s)) }
