package scheduling

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// desk is where an agenda is booked: its plan, and whose time is taken. Slots are listed and
// booked here by the same steps, with and without locks.
type desk struct {
	tx     Tx
	agenda Agenda
	plan   *slots.Plan
	hours  []*slots.Schedule    // of each member; nil: the agenda's
	gone   map[core.UserID]bool // who is out of the company, of the agenda's members and those whom the caller named
	now    time.Time
	locked bool        // nobody else books here
	taken  []TakenTime // what query has read
	batch  *batch      // of a series

	moving map[core.ID[Appointment]]bool // appointments that are not in the way: they are being moved
}

// openDesk is the desk of an agenda that the caller has read. Of more members it is known whether they are
// out of the company.
func openDesk(ctx context.Context, tx Tx, a OpenAgenda, more ...core.UserID) (*desk, error) {
	d := &desk{tx: tx, agenda: a.Agenda, now: tx.Env.Time(), hours: make([]*slots.Schedule, len(a.Members))}
	var err error
	if d.gone, err = tx.gone(ctx, append(a.memberIDs(), more...)); err != nil {
		return nil, err
	}
	if d.plan, err = slots.Compile(a.Rules, a.Closed); err != nil {
		return nil, err
	}
	for i, m := range a.Members {
		switch {
		case d.gone[m.ID]:
			d.hours[i] = never()
		case m.Hours != nil:
			if d.hours[i], err = slots.CompileHours(*m.Hours, a.Closed); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// never is the hours of those who are out of the company.
var never = sync.OnceValue(func() *slots.Schedule {
	s, _ := slots.CompileHours(slots.Hours{Timezone: "UTC"}, nil) // there is nothing wrong with them
	return s
})

// gone are those of the users who are out of the company.
func (tx Tx) gone(ctx context.Context, users []core.UserID) (map[core.UserID]bool, error) {
	if tx.Members == nil || len(users) == 0 {
		return nil, nil
	}
	active, err := tx.Members.Active(ctx, users)
	if err != nil {
		return nil, err
	}
	gone := map[core.UserID]bool{}
	for _, id := range users {
		if !slices.Contains(active, id) {
			gone[id] = true
		}
	}
	return gone, nil
}

// lockDesk is the desk of an agenda that nobody else can book until the transaction ends; nor
// can anybody book its members, or more that are named, elsewhere.
func lockDesk(ctx context.Context, tx Tx, id core.ID[Agenda], more ...core.UserID) (*desk, error) {
	a, err := tx.Store.LockAgenda(ctx, id)
	if err != nil {
		return nil, err
	}
	members := append(a.memberIDs(), more...)
	slices.SortFunc(members, func(a, b core.UserID) int { return slices.Compare(a.UUID[:], b.UUID[:]) })
	if err := tx.Store.LockMembers(ctx, slices.Compact(members)); err != nil {
		return nil, err
	}
	d, err := openDesk(ctx, tx, a, more...)
	if err == nil {
		d.locked = true
	}
	return d, err
}

// atOnce has all that is done at the desk from now on done at the same time, by which what belongs to one
// change can be told.
func (d *desk) atOnce() *desk {
	now := d.now
	d.tx.Env.Now = func() time.Time { return now }
	return d
}

// lift takes an appointment out of the way while its new time is looked for.
func (d *desk) lift(id core.ID[Appointment]) {
	if d.moving == nil {
		d.moving = map[core.ID[Appointment]]bool{}
	}
	d.moving[id] = true
}

// The years in which there are slots: what is around them can still be written, as RFC 3339 has it and into
// every database.
var (
	firstYear = time.Date(2, 1, 1, 0, 0, 0, 0, time.UTC)
	afterLast = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
)

func inYears(start time.Time) bool { return !start.Before(firstYear) && start.Before(afterLast) }

// within is the time, or the one of the years that is nearest to it.
func within(t time.Time) time.Time {
	switch {
	case t.Before(firstYear):
		return firstYear
	case t.After(afterLast):
		return afterLast
	}
	return t
}

// query asks for the slots in [from, to), as if what is being moved were not there.
func (d *desk) query(ctx context.Context, from, to time.Time, party int) (slots.Query, error) {
	from, to = within(from), within(to)
	q := slots.Query{From: from, To: to, Now: d.now, Party: party}
	var err error
	if q.Members, err = d.members(ctx, from, to); err != nil {
		return q, err
	}
	if first, last := d.plan.Counted(from, to); first.Before(last) {
		booked, err := d.counted(ctx, first, last)
		if err != nil {
			return q, err
		}
		for _, b := range booked {
			if !d.moving[b.ID] && !over(b.HoldUntil, d.now) {
				q.Taken = append(q.Taken, slots.Interval{Start: b.StartDate, End: b.EndDate})
			}
		}
	}
	return q, nil
}

// members are the agenda's, with their time that is taken around [from, to).
func (d *desk) members(ctx context.Context, from, to time.Time) ([]slots.Member, error) {
	list, ids := make([]slots.Member, len(d.agenda.Members)), d.agenda.memberIDs()
	first, last := d.plan.Reach(from, to)
	busy, err := d.taking(ctx, ids, first, last)
	if err != nil {
		return nil, err
	}
	elsewhere, err := d.elsewhere(ctx, ids, first, last)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		list[i] = slots.Member{Hours: d.hours[i], Busy: append(busy[i], elsewhere[id]...)}
	}
	return list, nil
}

// taking is when the members are busy in [from, until), of each in their place. At a desk that is locked
// the seats are known then, and holds that are over are given back.
func (d *desk) taking(ctx context.Context, ids []core.UserID, from, until time.Time) ([][]slots.Busy, error) {
	if !d.locked {
		return d.tx.Store.BusyTime(ctx, BusyQuery{
			Members: ids, Agenda: d.agenda.ID, From: from, Until: until, Now: d.now, Except: slices.Collect(maps.Keys(d.moving)),
		})
	}
	var err error
	if d.taken, err = d.takenIn(ctx, ids, from, until); err != nil {
		return nil, err
	}
	d.taken = slices.DeleteFunc(d.taken, func(t TakenTime) bool { return d.moving[t.AppointmentID] })
	busy := make([][]slots.Busy, len(ids))
	for _, t := range d.taken {
		place := slices.Index(ids, t.MemberID)
		busy[place] = append(busy[place], d.busy(t))
	}
	return busy, nil
}

// takenIn is the members' time that is taken in [from, until), without holds that are over.
func (d *desk) takenIn(ctx context.Context, ids []core.UserID, from, until time.Time) ([]TakenTime, error) {
	if d.batch != nil {
		return d.batch.takenIn(from, until), nil
	}
	taken, err := d.tx.Store.TakenTime(ctx, ids, slots.Interval{Start: from, End: until})
	if err != nil {
		return nil, err
	}
	return d.release(ctx, taken)
}

func (d *desk) busy(t TakenTime) slots.Busy {
	b := slots.Busy{Start: t.StartDate, End: t.EndDate, Before: t.BufferBefore, After: t.BufferAfter, Larger: t.Buffers == slots.Max}
	if t.AgendaID == d.agenda.ID {
		b.Seats = 1
	}
	return b
}

// over reports whether a hold that lasts until then is over.
func over(until *time.Time, now time.Time) bool { return until != nil && !until.After(now) }

// sessionID is the same for all who sit together: of one agenda, from one time to another.
func sessionID(agenda core.ID[Agenda], start, end time.Time) uuid.UUID {
	name := start.UTC().Format(time.RFC3339Nano) + "/" + end.UTC().Format(time.RFC3339Nano)
	return uuid.NewSHA1(agenda.UUID, []byte(name))
}

// SessionID is the id of the session that an appointment's seats are in.
func (a *Appointment) SessionID() uuid.UUID { return sessionID(a.AgendaID, a.StartDate, a.EndDate) }

// seats are the first numbers that none of the members has given away for the appointment's
// session.
func (d *desk) seats(a *Appointment) []int {
	session := a.SessionID()
	given := map[int]bool{}
	for _, t := range d.taken {
		if t.SessionID == session && slices.Contains(a.Members, t.MemberID) {
			given[t.Seat] = true
		}
	}
	free := make([]int, 0, a.PartySize)
	for n := 0; len(free) < a.PartySize; n++ {
		if !given[n] {
			free = append(free, n)
		}
	}
	return free
}

// retake reads what of the appointment's members is taken by others, and is the seats that it
// can have.
func (d *desk) retake(ctx context.Context, a *Appointment) (seats []int, err error) {
	d.taken, err = d.tx.Store.TakenTime(ctx, a.Members, slots.Interval{Start: a.StartDate, End: a.EndDate})
	if err != nil {
		return nil, err
	}
	d.taken = slices.DeleteFunc(d.taken, func(t TakenTime) bool { return t.AppointmentID == a.ID })
	return d.seats(a), nil
}

// release gives the time back of those of the holds that are over.
func (d *desk) release(ctx context.Context, taken []TakenTime) ([]TakenTime, error) {
	var expired []core.ID[Appointment]
	left := slices.DeleteFunc(taken, func(t TakenTime) bool {
		if !over(t.HoldUntil, d.now) {
			return false
		}
		expired = append(expired, t.AppointmentID)
		return true
	})
	if len(expired) == 0 || !d.locked {
		return left, nil
	}
	return left, d.tx.Store.ReleaseTime(ctx, expired)
}
