package scheduling

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// Notice is what a client is told of an appointment.
type Notice struct {
	// Key is the same if the notice comes a second time, as it does after a crash between
	// sending and noting that it was sent. Who can tell by it, such as by the Message-ID of a
	// mail, shows it once.
	Key string

	Kind        NoticeKind
	To          Person
	Agenda      Agenda
	Appointment Appointment
	Series      *Series // of the appointment, if it is in one

	// The addresses of the client's pages: empty where there is nothing to do there any more.
	MoveURL, CancelURL, TakeURL, LeaveURL string
}

// NoticeKind is what a notice is about.
type NoticeKind string

// The kinds.
const (
	RemindsOf    NoticeKind = "reminder"     // of an appointment that is near
	OffersOne    NoticeKind = "offer"        // of a time that is held for somebody on a waitlist
	Confirms     NoticeKind = "confirmation" // that an appointment is booked
	Acknowledges NoticeKind = "request"      // that it is to be confirmed
	TellsMove    NoticeKind = "move"         // that it is at another time
	TellsCancel  NoticeKind = "cancellation" // that it does not take place
	TellsReject  NoticeKind = "rejection"    // that it was not confirmed
)

// Sender sends notices by one channel, such as mail. It is safe for concurrent use.
type Sender interface {
	// Send hands a notice over, and returns when it is accepted or refused, or ctx is over. An
	// error has it sent again later; [ErrNoAddress], not.
	Send(ctx context.Context, n Notice) error
}

// ErrNoAddress is of a client who has no address that a sender could send to.
var ErrNoAddress = &core.Error{Kind: core.ErrState, Code: "no_address", Message: "the client has no address for this channel"}
