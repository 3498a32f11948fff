package scheduling

import (
	"context"
	"iter"
	"reflect"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Appointments is the service of a company's appointments. It needs [core.AppointmentsRead] to
// read and [core.AppointmentsWrite] to change. An actor with OwnRows sees the appointments that
// they made and those that they take.
type Appointments struct{ work core.Work[Tx] }

// NewAppointments is the service over a store, in the scope of work.
func NewAppointments(work core.Work[Tx]) *Appointments { return &Appointments{work} }

// Get reads an appointment.
func (s *Appointments) Get(ctx context.Context, id core.ID[Appointment]) (Appointment, error) {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return Appointment{}, err
	}
	return s.work.Plain().Store.Appointment(ctx, id)
}

// List reads a page of the appointments that the filter lets through.
func (s *Appointments) List(ctx context.Context, f AppointmentFilter, p core.Page) (core.List[Appointment], error) {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return core.List[Appointment]{}, err
	}
	var faults core.Faults
	checkStatus(&faults, f.Status)
	if err := faults.Err(); err != nil {
		return core.List[Appointment]{}, err
	}
	if f.Sort == "" {
		f.Sort = ByStart
	}
	return s.work.Plain().Store.ListAppointments(ctx, f, p)
}

// All runs through the appointments that the filter lets through, page by page.
func (s *Appointments) All(ctx context.Context, f AppointmentFilter) iter.Seq2[Appointment, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Appointment], error) {
		return s.List(ctx, f, p)
	})
}

// Update changes an appointment's details: edit is given it as it is and writes into it; only what
// is of Details is its to change. If somebody else changes the appointment meanwhile, edit is
// called again with what they wrote; an error of edit is returned as it is and changes nothing.
func (s *Appointments) Update(ctx context.Context, id core.ID[Appointment], edit func(*Appointment) error) (Appointment, error) {
	return s.change(ctx, id, func(tx Tx, a *Appointment) (core.EventType[Appointment], error) {
		was := a.ClientID
		edited := *a
		if err := edit(&edited); err != nil {
			return AppointmentUpdated, err
		}
		a.Details = edited.Details
		agenda, err := tx.Store.Agenda(ctx, a.AgendaID)
		if err != nil {
			return AppointmentUpdated, err
		}
		var f core.Faults
		a.Details.check(&f, &agenda)
		if a.ClientID != was {
			if err := checkClient(ctx, tx, &f, a.ClientID); err != nil {
				return AppointmentUpdated, err
			}
		}
		return AppointmentUpdated, f.Err()
	})
}

// Confirm schedules a pending appointment.
func (s *Appointments) Confirm(ctx context.Context, id core.ID[Appointment]) (Appointment, error) {
	return s.transition(ctx, id, Pending, Scheduled)
}

// Reject refuses a pending appointment. Its time is free again.
func (s *Appointments) Reject(ctx context.Context, id core.ID[Appointment]) (Appointment, error) {
	return s.transition(ctx, id, Pending, Rejected)
}

// Complete says that a scheduled appointment took place.
func (s *Appointments) Complete(ctx context.Context, id core.ID[Appointment]) (Appointment, error) {
	return s.transition(ctx, id, Scheduled, Completed)
}

// NoShow says that the client of a scheduled appointment did not come.
func (s *Appointments) NoShow(ctx context.Context, id core.ID[Appointment]) (Appointment, error) {
	return s.transition(ctx, id, Scheduled, NoShow)
}

func (s *Appointments) transition(ctx context.Context, id core.ID[Appointment], from, next Status) (Appointment, error) {
	return s.change(ctx, id, func(_ Tx, a *Appointment) (core.EventType[Appointment], error) {
		if a.Status == Held && from != Held { // what is held is taken first
			return AppointmentUpdated, &core.Error{Kind: core.ErrState, Code: "appointment_held", Message: "the appointment is held: take it first"}
		}
		return next.entered(), a.to(next)
	})
}

// Cancel cancels an appointment, for a reason of up to 200 characters. Its time is free again.
func (s *Appointments) Cancel(ctx context.Context, id core.ID[Appointment], reason string) (Appointment, error) {
	return s.cancel(ctx, id, reason, false)
}

// CancelAsClient is [Appointments.Cancel] by the client, who has to give the agenda's notice: later
// it is [core.ErrState].
func (s *Appointments) CancelAsClient(ctx context.Context, id core.ID[Appointment], reason string) (Appointment, error) {
	return s.cancel(ctx, id, reason, true)
}

func (s *Appointments) cancel(ctx context.Context, id core.ID[Appointment], reason string, byClient bool) (Appointment, error) {
	return s.change(ctx, id, func(tx Tx, a *Appointment) (core.EventType[Appointment], error) {
		if byClient {
			agenda, err := tx.Store.Agenda(ctx, a.AgendaID)
			if err != nil {
				return AppointmentCancelled, err
			}
			if err := inTime(a, agenda.CancelNotice.Duration(), tx.Env.Time()); err != nil {
				return AppointmentCancelled, err
			}
		}
		var f core.Faults
		a.CancelReason = f.Line("/reason", reason, maxName)
		if err := f.Err(); err != nil {
			return AppointmentCancelled, err
		}
		a.Sequence++
		return AppointmentCancelled, a.to(Cancelled)
	})
}

// inTime is [core.ErrState] if it is too late for a client to change an appointment.
func inTime(a *Appointment, notice time.Duration, now time.Time) error {
	if now.Add(notice).After(a.StartDate) {
		return &core.Error{Kind: core.ErrState, Code: "too_late", Message: "it is too late to change the appointment"}
	}
	return nil
}

// change reads an appointment, lets edit make it of what it was, and writes it if nobody else
// did meanwhile; else it begins anew. The time that it takes stays, or is given back.
func (s *Appointments) change(ctx context.Context, id core.ID[Appointment], edit func(Tx, *Appointment) (core.EventType[Appointment], error)) (now Appointment, err error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return Appointment{}, err
	}
	err = again(ctx, s.work, func(tx Tx) error {
		was, err := tx.Store.Appointment(ctx, id)
		if err != nil {
			return err
		}
		now = was
		now.Members = slices.Clone(was.Members)
		event, err := edit(tx, &now)
		if err != nil {
			return err
		}
		if reflect.DeepEqual(was, now) {
			return nil
		}
		return replace(ctx, tx, event, was, &now, nil)
	})
	if err != nil {
		return Appointment{}, err
	}
	return now, nil
}

// replace writes a changed appointment and tells of it.
func replace(ctx context.Context, tx Tx, event core.EventType[Appointment], was Appointment, now *Appointment, seats []int) error {
	if err := rewrite(ctx, tx, was, now, seats); err != nil {
		return err
	}
	return tx.Events.Emit(ctx, event.Of(now.ID, &was, now))
}

// rewrite writes a changed appointment, and leaves it to the caller to tell of it.
func rewrite(ctx context.Context, tx Tx, was Appointment, now *Appointment, seats []int) error {
	now.ID, now.Stamp = was.ID, was.Stamp
	now.Version++
	now.UpdatedAt = tx.Env.Time()
	if err := tx.Store.ReplaceAppointment(ctx, *now, was.Version, seats); err != nil {
		return overtaken(err)
	}
	if err := remindAnew(ctx, tx, &was, now); err != nil {
		return err
	}
	return settleOffer(ctx, tx, &was, now)
}
