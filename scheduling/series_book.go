package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// BookSeries books a slot of an active agenda for each time of a rule, in one transaction and by the
// same steps as [Appointments.Book]. Times that cannot be booked are dealt with as the request says:
// [core.ErrConflict] with [Conflicts] if they are to be none, or if nothing can be booked at all.
func (s *Appointments) BookSeries(ctx context.Context, n NewSeries) (SeriesResult, error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return SeriesResult{}, err
	}
	var result SeriesResult
	err := again(ctx, s.work, func(tx Tx) error {
		d, err := lockDesk(ctx, tx, n.AgendaID)
		if err != nil {
			return err
		}
		result, err = d.atOnce().bookSeries(ctx, n)
		return err
	})
	return s.settled(ctx, result, err)
}

// errAsked undoes what was only asked for.
var errAsked = errors.New("it was only asked what would be")

// settled is the answer to a request for a series, with what is free instead.
func (s *Appointments) settled(ctx context.Context, result SeriesResult, err error) (SeriesResult, error) {
	var conflicts *Conflicts
	refused := errors.As(err, &conflicts)
	asked := errors.Is(err, errAsked)
	if err != nil && !refused && !asked {
		return SeriesResult{}, err
	}
	offer(ctx, s.work, &result)
	if refused {
		return SeriesResult{}, errConflicts(result.Conflicts)
	}
	result.Asked = asked
	return result, nil
}

func errConflicts(list []Conflict) error {
	return &core.Error{
		Kind: core.ErrConflict, Code: "series_conflicts", Err: &Conflicts{List: list},
		Message: fmt.Sprintf("%d of the series's times cannot be booked", len(list)),
	}
}

// maxOffers is for how many conflicts it is looked up what is free instead.
const maxOffers = 10

// offer looks up what is free near those that conflict, outside the transaction. Where that fails,
// nothing is offered.
func offer(ctx context.Context, work core.Work[Tx], result *SeriesResult) {
	if len(result.Conflicts) == 0 {
		return
	}
	d, err := lookAt(ctx, work.Plain(), result.Series.AgendaID)
	if err != nil {
		return
	}
	for i := range result.Conflicts[:min(maxOffers, len(result.Conflicts))] {
		c := &result.Conflicts[i]
		if free, err := d.near(ctx, c.StartDate, result.Series.PartySize); err == nil {
			c.Free = free
		}
	}
}

// bookSeries makes a series at a locked desk.
func (d *desk) bookSeries(ctx context.Context, n NewSeries) (SeriesResult, error) {
	s := Series{
		ID: core.NewID[Series](d.tx.Env), AgendaID: d.agenda.ID, SeriesPlan: n.SeriesPlan, PartySize: max(n.PartySize, 1),
		Zone: d.agenda.Rules.Timezone, Duration: d.agenda.Rules.Duration, Stamp: newStamp(d.tx),
	}
	s.UID = s.ID.String()
	var f core.Faults
	_, times := s.plan(&f)
	starts := n.starts(&f, times)
	draft, err := d.draft(ctx, &f, NewAppointment{
		AgendaID: n.AgendaID, StartDate: n.StartDate, PartySize: n.PartySize, MemberID: n.MemberID, Details: n.Details,
	}, d.agenda.booked())
	if err != nil {
		return SeriesResult{}, err
	}
	s.Details = draft.Details
	if err := d.tx.Store.InsertSeries(ctx, s); err != nil {
		return SeriesResult{}, err
	}
	if err := d.tx.Events.Emit(ctx, SeriesBooked.Of(s.ID, nil, &s)); err != nil {
		return SeriesResult{}, err
	}
	if err := d.begin(ctx, starts); err != nil {
		return SeriesResult{}, err
	}
	result := newResult(s)
	for i, at := range times {
		if !starts[i].IsZero() {
			if err := d.bookNext(ctx, &result, &draft, at.At, starts[i], n.MemberID); err != nil {
				return SeriesResult{}, err
			}
		}
	}
	if err := result.verdict(n.Conflicts); err != nil {
		return result, err
	}
	return result, d.finish(ctx)
}

func newResult(s Series) SeriesResult {
	return SeriesResult{Series: s, Appointments: []Appointment{}, Conflicts: []Conflict{}}
}

// starts are when the appointments of the times begin; zero: there is none.
func (n *NewSeries) starts(f *core.Faults, times []Occurrence) []time.Time {
	if n.Conflicts != AllOrNothing && n.Conflicts != SkipConflict && n.Conflicts != AskConflict {
		f.Add("/conflicts", "enum", "has to be skip, ask or nothing")
	}
	if len(n.Instead) > maxSeries {
		f.Add("/instead", "max_items", fmt.Sprintf("are more than %d", maxSeries))
		return nil
	}
	place := make(map[int64]int, len(times))
	starts := make([]time.Time, len(times))
	for i, at := range times {
		starts[i], place[at.At.UnixMicro()] = at.At, i
	}
	for k, other := range n.Instead {
		i, ok := place[other.Occurrence.UnixMicro()]
		if !ok {
			f.Add(fmt.Sprintf("/instead/%d/occurrence", k), "exists", "is none of the rule's times, or there already")
			continue
		}
		starts[i] = other.StartDate
		delete(place, other.Occurrence.UnixMicro())
	}
	return starts
}

// bookNext books one of a series, or notes that it cannot be. All of a series have the same member,
// as long as they are free.
func (d *desk) bookNext(ctx context.Context, result *SeriesResult, draft *Appointment, by, start time.Time, wanted core.UserID) (err error) {
	a := *draft
	a.ID = core.NewID[Appointment](d.tx.Env)
	a.SeriesID, a.UID, a.RecurrenceDate = result.Series.ID, result.Series.UID, &by
	d.setTime(&a, start)
	if wanted.IsZero() {
		err = d.placeAgain(ctx, &a)
	} else {
		err = d.place(ctx, &a, wanted)
	}
	if refused, ok := asRefused(err); ok {
		result.Conflicts = append(result.Conflicts, Conflict{StartDate: start, Code: refused.Code})
		return nil
	}
	if err != nil {
		return err
	}
	draft.Members = a.Members
	result.Appointments = append(result.Appointments, a)
	return d.insert(ctx, a)
}

// verdict is nil if the result is to be kept.
func (r *SeriesResult) verdict(p ConflictPolicy) error {
	switch {
	case p == AskConflict:
		return errAsked
	case len(r.Conflicts) > 0 && (p == AllOrNothing || len(r.Appointments) == 0):
		return errConflicts(r.Conflicts)
	}
	return nil
}
