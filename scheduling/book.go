package scheduling

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Book takes a slot of an active agenda. The appointment is scheduled, or pending if the agenda
// wants approval. [core.ErrConflict]: somebody else has the slot. [core.ErrInvalid]: the time is
// none that the agenda can be booked at. In both, [Taken] says what is free nearby.
func (s *Appointments) Book(ctx context.Context, n NewAppointment) (Appointment, error) {
	return s.book(ctx, n, func(a *Agenda) Status { return a.booked() }, core.AppointmentsWrite)
}

// Hold takes a slot for as long as the agenda says, for somebody who is about to book it; see
// [Appointments.Take]. What is free is what Book says.
func (s *Appointments) Hold(ctx context.Context, n NewAppointment) (Appointment, error) {
	return s.book(ctx, n, func(*Agenda) Status { return Held }, core.AppointmentsWrite)
}

// booked is the state of what is booked.
func (a *Agenda) booked() Status {
	if a.Approval {
		return Pending
	}
	return Scheduled
}

func (s *Appointments) book(ctx context.Context, n NewAppointment, status func(*Agenda) Status, p core.Permission) (a Appointment, err error) {
	if err := permit(s.work, p); err != nil {
		return Appointment{}, err
	}
	err = again(ctx, s.work, func(tx Tx) error {
		d, err := lockDesk(ctx, tx, n.AgendaID)
		if err != nil {
			return err
		}
		a, err = d.book(ctx, n, status(&d.agenda))
		return err
	})
	if err != nil {
		return Appointment{}, withNearby(ctx, s.work, err, n.AgendaID, n.StartDate, n.PartySize, core.ID[Appointment]{})
	}
	return a, nil
}

// book makes an appointment at a locked desk.
func (d *desk) book(ctx context.Context, n NewAppointment, status Status) (Appointment, error) {
	a, err := d.draft(ctx, &core.Faults{}, n, status)
	if err != nil {
		return Appointment{}, err
	}
	if err := d.place(ctx, &a, n.MemberID); err != nil {
		return Appointment{}, err
	}
	return a, d.insert(ctx, a)
}

// draft is the appointment that is asked for, without members. What is wrong with it joins what is
// in f.
func (d *desk) draft(ctx context.Context, f *core.Faults, n NewAppointment, status Status) (Appointment, error) {
	if !d.agenda.Active {
		return Appointment{}, errInactive
	}
	a := Appointment{
		ID: core.NewID[Appointment](d.tx.Env), AgendaID: d.agenda.ID, Details: n.Details, PartySize: max(n.PartySize, 1),
		Status: status, Stamp: newStamp(d.tx),
	}
	a.UID = a.ID.String()
	d.setTime(&a, n.StartDate)
	if status == Held {
		until := d.now.Add(d.agenda.HoldMinutes.Duration())
		a.HoldUntil = &until
	}
	return a, d.check(ctx, f, &a, n)
}

// setTime gives an appointment its start, and the duration and buffers that the agenda has now.
func (d *desk) setTime(a *Appointment, start time.Time) {
	a.StartDate = start.UTC().Truncate(time.Microsecond)
	a.EndDate = a.StartDate.Add(d.agenda.Rules.Duration.Duration())
	a.BufferBefore, a.BufferAfter, a.Buffers = d.agenda.Rules.Before, d.agenda.Rules.After, d.agenda.Rules.Buffers
}

// insert writes a new appointment and tells of it; or leaves that to the batch, if there is one.
func (d *desk) insert(ctx context.Context, a Appointment) error {
	seats := d.seats(&a)
	if d.batch != nil {
		d.batch.add(a, seats)
		return nil
	}
	return d.write(ctx, Seated{a, seats})
}

// write writes new appointments and tells of them.
func (d *desk) write(ctx context.Context, list ...Seated) error {
	if err := d.tx.Store.InsertAppointments(ctx, list...); err != nil {
		return overtaken(err)
	}
	if err := remind(ctx, d.tx, &d.agenda, list...); err != nil {
		return err
	}
	events := make([]core.Event, len(list))
	for i := range list {
		a := &list[i].Appointment
		events[i] = a.Status.entered().Of(a.ID, nil, a)
	}
	return d.tx.Events.Emit(ctx, events...)
}

// check says what is wrong with an appointment beside its time.
func (d *desk) check(ctx context.Context, f *core.Faults, a *Appointment, n NewAppointment) error {
	a.Details.check(f, &d.agenda)
	switch capacity := d.plan.Rules().Capacity; {
	case n.StartDate.IsZero():
		f.Add("/startDate", "required", "an appointment has to have a start")
	case n.PartySize < 0:
		f.Add("/partySize", "range", "has to be 1 at least")
	case n.PartySize > capacity:
		f.Add("/partySize", "capacity", "is larger than the agenda's capacity")
	}
	switch {
	case d.gone[n.MemberID]:
		f.Add("/memberId", "exists", notHere)
	case !n.MemberID.IsZero() && !slices.Contains(d.agenda.memberIDs(), n.MemberID):
		f.Add("/memberId", "exists", "takes no appointments of this agenda")
	}
	if err := checkClient(ctx, d.tx, f, a.ClientID); err != nil {
		return err
	}
	return f.Err()
}

func checkClient(ctx context.Context, tx Tx, f *core.Faults, id core.ID[Client]) error {
	if id.IsZero() || tx.Clients == nil {
		return nil
	}
	err := tx.Clients.Check(ctx, id)
	if errors.Is(err, core.ErrNotFound) {
		f.Add("/clientId", "exists", "there is no such client")
		return nil
	}
	return err
}

// place finds members for an appointment at its start: the wanted one, if any is.
func (d *desk) place(ctx context.Context, a *Appointment, wanted core.UserID) error {
	if !inYears(a.StartDate) {
		return errNoSlot
	}
	q, err := d.query(ctx, a.StartDate, a.StartDate.Add(time.Microsecond), a.PartySize)
	if err != nil {
		return err
	}
	free := d.plan.FreeAt(q, a.StartDate)
	if !wanted.IsZero() && d.agenda.Rules.Assignment != slots.Collective {
		free = slices.DeleteFunc(free, func(place int) bool { return d.agenda.Members[place].ID != wanted })
	}
	if len(free) == 0 {
		return d.refusal(q, a.StartDate)
	}
	a.Members, a.AssignedBy, err = d.assign(ctx, free, wanted)
	return err
}

// placeAgain is place for an appointment that is to keep its members, which it does if they are free and
// with the company still.
func (d *desk) placeAgain(ctx context.Context, a *Appointment) error {
	had := slices.DeleteFunc(slices.Clone(a.Members), func(id core.UserID) bool { return d.gone[id] })
	first := slices.IndexFunc(had, func(id core.UserID) bool { return slices.Contains(d.agenda.memberIDs(), id) })
	collective := d.agenda.Rules.Assignment == slots.Collective
	if first < 0 && !collective || len(had) == 0 {
		return d.place(ctx, a, core.UserID{})
	}
	at := d
	if collective && a.byHand() {
		at = d.of(had)
	}
	err := at.place(ctx, a, had[max(first, 0)])
	d.taken = at.taken
	if err == nil {
		err = d.keep(ctx, a, had)
	}
	if _, refused := asRefused(err); refused {
		err = at.place(ctx, a, core.UserID{})
		d.taken = at.taken
	}
	if at != d {
		a.AssignedBy = KeptMember
	}
	return err
}

// byHand reports whether somebody has said who takes the appointment.
func (a *Appointment) byHand() bool { return a.AssignedBy == ByRequest || a.AssignedBy == KeptMember }

// of is the desk as if the agenda had no members but some; the same, if it has none of them.
func (d *desk) of(some []core.UserID) *desk {
	few := *d
	few.agenda.Members, few.hours = nil, nil
	for i, m := range d.agenda.Members {
		if slices.Contains(some, m.ID) {
			few.agenda.Members, few.hours = append(few.agenda.Members, m), append(few.hours, d.hours[i])
		}
	}
	if len(few.hours) == 0 {
		return d
	}
	return &few
}

// keep puts those beside the members that were found who were there before, if they are free.
func (d *desk) keep(ctx context.Context, a *Appointment, had []core.UserID) error {
	placed := a.Members
	if d.agenda.Rules.Assignment != slots.Collective {
		a.Members, a.AssignedBy = slices.Clone(had), KeptMember
	} else {
		a.Members = slices.Clone(placed)
	}
	for _, id := range had {
		if slices.Contains(placed, id) {
			continue
		}
		if !slices.Contains(a.Members, id) {
			a.Members = append(a.Members, id)
		}
		if err := d.freeFor(ctx, a, id); err != nil {
			return err
		}
	}
	return nil
}

// overtaken makes the refusal of the database, which somebody else's booking past the locks may
// bring about, one to try again: then it is seen.
func overtaken(err error) error {
	if errors.Is(err, core.ErrExists) {
		return &core.Error{Kind: core.ErrConflict, Code: "appointment_overtaken", Message: "somebody else booked at the same moment", Err: err}
	}
	return err
}
