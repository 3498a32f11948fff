package scheduling

import (
	"context"
	"fmt"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// updateRows brings the appointments of the part into the result's series, and books what the rule has
// more. Those that move are all out of the way first: one may go to where the next one is.
func (p *part) updateRows(ctx context.Context, result *SeriesResult, was Details, times []Occurrence, moves bool) error {
	if moves {
		ids := make([]core.ID[Appointment], len(p.rows))
		for i, a := range p.rows {
			ids[i] = a.ID
			p.lift(a.ID)
		}
		if err := p.tx.Store.ReleaseTime(ctx, ids); err != nil {
			return err
		}
	}
	for _, a := range p.rows {
		if err := p.updateRow(ctx, result, a, was, times, moves); err != nil {
			return err
		}
		delete(p.moving, a.ID)
	}
	if err := p.tell(ctx); err != nil || !moves {
		return err
	}
	for _, more := range times[min(len(times), len(p.times)-p.first):] {
		if err := p.bookMore(ctx, result, more.At); err != nil {
			return err
		}
	}
	return nil
}

// updateRow brings an appointment into the result's series: to its time there if the times change.
func (p *part) updateRow(ctx context.Context, result *SeriesResult, was Appointment, details Details, times []Occurrence, moves bool) error {
	now := was
	now.SeriesID, now.UID = result.Series.ID, result.Series.UID
	now.follow(details, result.Series.Details)
	if !moves {
		return p.rewrite(ctx, result, AppointmentUpdated, was, now, nil)
	}
	place := p.placeOf(was) - p.first
	if place < 0 || place >= len(times) {
		now.CancelReason = "The series was shortened."
		now.Sequence++
		if err := now.to(Cancelled); err != nil {
			return err
		}
		return p.rewrite(ctx, result, AppointmentCancelled, was, now, nil)
	}
	by := times[place].At
	now.RecurrenceDate = &by
	p.setTime(&now, by)
	if err := p.placeAgain(ctx, &now); err != nil {
		return p.refused(result, by, err)
	}
	event := AppointmentUpdated
	if !now.StartDate.Equal(was.StartDate) || !now.EndDate.Equal(was.EndDate) {
		event = AppointmentMoved
		now.Sequence++
	}
	return p.rewrite(ctx, result, event, was, now, p.seats(&now))
}

func (p *part) rewrite(ctx context.Context, result *SeriesResult, event core.EventType[Appointment], was, now Appointment, seats []int) error {
	if err := rewrite(ctx, p.tx, was, &now, seats); err != nil {
		return err
	}
	result.Appointments = append(result.Appointments, now)
	p.events = append(p.events, event.Of(now.ID, &was, &now))
	return nil
}

// tell tells of all that was written, in one go.
func (p *part) tell(ctx context.Context) error {
	events := p.events
	p.events = nil
	return p.tx.Events.Emit(ctx, events...)
}

// refused notes that a time of the series cannot be booked; another error is answered.
func (p *part) refused(result *SeriesResult, at time.Time, err error) error {
	refused, ok := asRefused(err)
	if ok {
		result.Conflicts = append(result.Conflicts, Conflict{StartDate: at, Code: refused.Code})
		return nil
	}
	return err
}

// bookMore books a time that the series did not have before, like the last that it had.
func (p *part) bookMore(ctx context.Context, result *SeriesResult, at time.Time) error {
	like := p.rows[len(p.rows)-1]
	a := Appointment{
		ID: core.NewID[Appointment](p.tx.Env), AgendaID: p.agenda.ID, SeriesID: result.Series.ID, Details: result.Series.Details,
		RecurrenceDate: &at, PartySize: result.Series.PartySize, Members: like.Members, Status: p.agenda.booked(),
		UID: result.Series.UID, Stamp: newStamp(p.tx),
	}
	a.CreatedByID = result.Series.CreatedByID
	p.setTime(&a, at)
	if err := p.placeAgain(ctx, &a); err != nil {
		return p.refused(result, at, err)
	}
	result.Appointments = append(result.Appointments, a)
	return p.insert(ctx, a)
}

// follow gives the details what changed in those of the series, and leaves the others alone.
func (d *Details) follow(was, now Details) {
	follow(&d.ClientID, was.ClientID, now.ClientID)
	follow(&d.Title, was.Title, now.Title)
	follow(&d.Description, was.Description, now.Description)
	follow(&d.Location, was.Location, now.Location)
	follow(&d.URL, was.URL, now.URL)
	follow(&d.Timezone, was.Timezone, now.Timezone)
	follow(&d.Source, was.Source, now.Source)
	follow(&d.GoogleEventID, was.GoogleEventID, now.GoogleEventID)
}

func follow[T comparable](field *T, was, now T) {
	if was != now {
		*field = now
	}
}

// CancelSeries cancels the appointments of a series that are to come, all of them or those from one on,
// for a reason of up to 200 characters. If there are appointments before, the series ends with them.
func (s *Appointments) CancelSeries(ctx context.Context, id core.ID[Series], from core.ID[Appointment], reason string) (SeriesResult, error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return SeriesResult{}, err
	}
	var f core.Faults
	reason = f.Line("/reason", reason, maxName)
	if err := f.Err(); err != nil {
		return SeriesResult{}, err
	}
	var result SeriesResult
	err := again(ctx, s.work, func(tx Tx) error {
		p, err := cutSeries(ctx, tx, id, from)
		if err != nil {
			return err
		}
		result, err = p.cancel(ctx, reason)
		return err
	})
	if err != nil {
		return SeriesResult{}, err
	}
	return result, nil
}

func (p *part) cancel(ctx context.Context, reason string) (SeriesResult, error) {
	now := p.series
	now.Sequence++
	if !p.alone && p.first > 0 {
		now.Rule = p.rule.before(p.times, p.first).text()
	}
	if err := p.replaceSeries(ctx, SeriesCancelled, &now); err != nil {
		return SeriesResult{}, err
	}
	result := newResult(now)
	for _, was := range p.rows {
		cancelled := was
		cancelled.CancelReason = reason
		cancelled.Sequence++
		if err := cancelled.to(Cancelled); err != nil {
			return SeriesResult{}, fmt.Errorf("appointment %s: %w", was.ID, err)
		}
		if err := p.rewrite(ctx, &result, AppointmentCancelled, was, cancelled, nil); err != nil {
			return SeriesResult{}, err
		}
	}
	return result, p.tell(ctx)
}
