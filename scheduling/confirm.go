package scheduling

import (
	"context"
	"errors"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
)

// Confirmations says whose clients are told, by mail, that they are booked, moved or cancelled.
type Confirmations string

// The choices.
const (
	ConfirmPublic Confirmations = "public" // who booked by themselves: at the public page, or from a waitlist
	ConfirmAll    Confirmations = "all"    // everybody
	ConfirmNone   Confirmations = "none"   // nobody
)

// The sources of appointments that clients have booked by themselves.
const (
	FromPublic   = "public"
	FromWaitlist = "waitlist"
)

// Confirms reports whether the agenda tells the client of an appointment of this source.
func (n *NewAgenda) Confirms(source string) bool {
	return n.Confirmations == ConfirmAll || n.Confirmations != ConfirmNone && (source == FromPublic || source == FromWaitlist)
}

// confirming are the events of which clients are told, and as what.
var confirming = map[string]NoticeKind{
	AppointmentScheduled.Name: Confirms,
	AppointmentPending.Name:   Acknowledges,
	AppointmentMoved.Name:     TellsMove,
	AppointmentCancelled.Name: TellsCancel,
	AppointmentRejected.Name:  TellsReject,
}

func (b *Background) confirm(ctx context.Context, r jobs.Run[core.StoredEvent]) error {
	return b.Confirm(ctx, r.Args)
}

// Confirm tells the client of an appointment what an event has changed for them, by mail, if the agenda
// wants it. What has changed again since then is told by the later event, and what has begun by none; nor
// is what a change of a whole series did to one of its appointments. Its key is the event's id: see [Notice].
func (b *Background) Confirm(ctx context.Context, e core.StoredEvent) error {
	kind, some := confirming[e.Name]
	if !some {
		return nil
	}
	was, told, err := core.EventType[Appointment]{Name: e.Name}.Decode(e)
	if err != nil {
		return jobs.Fail(err)
	}
	if told == nil || was != nil && was.Status == Held && told.Status == Cancelled { // nothing was booked
		return nil
	}
	tx := b.system(e.CompanyID).Plain()
	n, err := b.notice(ctx, tx, kind, told.ID)
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := n.Appointment
	switch {
	case !n.Agenda.Confirms(now.Source),
		now.Status != told.Status || !now.StartDate.Equal(told.StartDate), // a later event tells
		!tx.Env.Time().Before(now.StartDate),
		n.Series != nil && n.Series.UpdatedAt.Equal(told.UpdatedAt): // it changed with all of its series
		return nil
	}
	n.Key = e.ID.String()
	return b.mail(ctx, tx, n)
}

// mail sends a notice by mail. Where it cannot be, that is no reason to try again.
func (b *Background) mail(ctx context.Context, tx Tx, n Notice) error {
	sender := b.senders["email"]
	if sender == nil {
		return nil
	}
	err := sender.Send(ctx, n)
	if errors.Is(err, ErrNoAddress) {
		tx.Env.Logger().InfoContext(ctx, "a client has no address to be told at", "notice", string(n.Kind), "appointment", n.Appointment.ID.String())
		return nil
	}
	return err
}
