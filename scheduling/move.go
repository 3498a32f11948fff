package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Move moves an appointment to another slot of its agenda. It keeps its id and UID, and its
// members if they are free; its sequence is raised, and it has the agenda's duration and buffers
// as they are now. What is free is as in [Appointments.Book]; the appointment is not in its own way.
func (s *Appointments) Move(ctx context.Context, id core.ID[Appointment], start time.Time) (Appointment, error) {
	return s.move(ctx, id, start, false)
}

// MoveAsClient is [Appointments.Move] by the client, who has to give the agenda's notice: later it
// is [core.ErrState].
func (s *Appointments) MoveAsClient(ctx context.Context, id core.ID[Appointment], start time.Time) (Appointment, error) {
	return s.move(ctx, id, start, true)
}

func (s *Appointments) move(ctx context.Context, id core.ID[Appointment], start time.Time, byClient bool) (now Appointment, err error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return Appointment{}, err
	}
	err = again(ctx, s.work, func(tx Tx) error {
		d, was, err := deskOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if byClient {
			if err := inTime(&was, d.agenda.MoveNotice.Duration(), d.now); err != nil {
				return err
			}
		}
		now, err = d.move(ctx, was, start)
		return err
	})
	if err != nil {
		return Appointment{}, withNearby(ctx, s.work, err, now.AgendaID, start, now.PartySize, id)
	}
	return now, nil
}

// deskOf locks the desk of an appointment's agenda, and reads the appointment.
func deskOf(ctx context.Context, tx Tx, id core.ID[Appointment], more ...core.UserID) (*desk, Appointment, error) {
	a, err := tx.Store.Appointment(ctx, id) // whose agenda and members never change but under the lock
	if err != nil {
		return nil, a, err
	}
	d, err := lockDesk(ctx, tx, a.AgendaID, slices.Concat(a.Members, more)...)
	if err != nil {
		return nil, a, err
	}
	a, err = tx.Store.Appointment(ctx, id)
	return d, a, err
}

func (d *desk) move(ctx context.Context, was Appointment, start time.Time) (Appointment, error) {
	now := was
	if !was.Status.Live() || over(was.HoldUntil, d.now) {
		return now, errNotLive(was.Status)
	}
	if !d.agenda.Active {
		return now, errInactive
	}
	d.setTime(&now, start)
	if now.StartDate.Equal(was.StartDate) && now.EndDate.Equal(was.EndDate) {
		return was, nil
	}
	d.lift(was.ID)
	if err := d.placeAgain(ctx, &now); err != nil {
		return now, err
	}
	now.Sequence++
	return now, replace(ctx, d.tx, AppointmentMoved, was, &now, d.seats(&now))
}

func errNotLive(s Status) error {
	return &core.Error{Kind: core.ErrState, Code: "appointment_" + string(s), Message: "the appointment is " + string(s) + ": it cannot be changed"}
}

// AddMember puts somebody into an appointment beside its members. They need not take appointments
// of the agenda, though [Appointments.OutOfHours] tells then that they do not; but they have to be free:
// [core.ErrConflict] otherwise.
func (s *Appointments) AddMember(ctx context.Context, id core.ID[Appointment], member core.UserID) (Appointment, error) {
	return s.setMembers(ctx, id, func(d *desk, a *Appointment) error {
		var f core.Faults
		if member.IsZero() {
			f.Add("/memberId", "required", "a member has to have an id")
			return f.Err()
		}
		if slices.Contains(a.Members, member) {
			return nil
		}
		if d.gone[member] {
			f.Add("/memberId", "exists", notHere)
			return f.Err()
		}
		if len(a.Members) >= maxMembers {
			f.Add("/memberId", "max_items", fmt.Sprintf("there are %d members", maxMembers))
			return f.Err()
		}
		a.Members = append(a.Members, member)
		return d.freeFor(ctx, a, member)
	}, member)
}

// RemoveMember takes somebody out of an appointment. The last member stays: [core.ErrState].
func (s *Appointments) RemoveMember(ctx context.Context, id core.ID[Appointment], member core.UserID) (Appointment, error) {
	return s.setMembers(ctx, id, func(_ *desk, a *Appointment) error {
		i := slices.Index(a.Members, member)
		switch {
		case i < 0:
			return core.NotFound("appointment_member")
		case len(a.Members) == 1:
			return &core.Error{Kind: core.ErrState, Code: "last_member", Message: "an appointment keeps one member: cancel it instead"}
		}
		a.Members = slices.Delete(a.Members, i, i+1)
		return nil
	})
}

func (s *Appointments) setMembers(ctx context.Context, id core.ID[Appointment], edit func(*desk, *Appointment) error, more ...core.UserID) (now Appointment, err error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return Appointment{}, err
	}
	err = again(ctx, s.work, func(tx Tx) error {
		d, was, err := deskOf(ctx, tx, id, more...)
		if err != nil {
			return err
		}
		if !was.Status.Live() || over(was.HoldUntil, d.now) {
			return errNotLive(was.Status)
		}
		now = was
		now.Members = slices.Clone(was.Members)
		if err := edit(d, &now); err != nil {
			return err
		}
		if slices.Equal(was.Members, now.Members) {
			return nil
		}
		now.AssignedBy = ByRequest
		seats, err := d.retake(ctx, &now)
		if err != nil {
			return err
		}
		return replace(ctx, tx, AppointmentUpdated, was, &now, seats)
	})
	if err != nil {
		return Appointment{}, err
	}
	return now, nil
}

// freeFor is nil if somebody has the time of an appointment free, whatever their hours.
func (d *desk) freeFor(ctx context.Context, a *Appointment, member core.UserID) error {
	anytime := slots.Rules{
		Hours:    slots.Hours{Timezone: "UTC", Week: slots.EveryDay("00:00-24:00")},
		Duration: slots.Minutes(a.EndDate.Sub(a.StartDate) / time.Minute), Step: 1,
		Before: a.BufferBefore, After: a.BufferAfter, Buffers: a.Buffers, Capacity: d.agenda.Rules.Capacity,
	}
	plan, err := slots.Compile(anytime, nil)
	if err != nil {
		return err
	}
	first, last := plan.Reach(a.StartDate, a.EndDate)
	taken, err := d.tx.Store.TakenTime(ctx, []core.UserID{member}, slots.Interval{Start: first, End: last})
	if err != nil {
		return err
	}
	if taken, err = d.release(ctx, taken); err != nil {
		return err
	}
	taken = slices.DeleteFunc(taken, func(t TakenTime) bool { return d.moving[t.AppointmentID] })
	d.taken = append(d.taken, taken...)
	q := slots.Query{Party: a.PartySize, Members: make([]slots.Member, 1)}
	for _, t := range taken {
		q.Members[0].Busy = append(q.Members[0].Busy, d.busy(t))
	}
	elsewhere, err := d.tx.elsewhere(ctx, []core.UserID{member}, first, last)
	if err != nil {
		return err
	}
	q.Members[0].Busy = append(q.Members[0].Busy, elsewhere[member]...)
	if len(plan.FreeAt(q, a.StartDate)) == 0 {
		return errTaken
	}
	return nil
}
