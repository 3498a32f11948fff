package scheduling

import (
	"context"
	"errors"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// Series reads a series. Its appointments are listed by [AppointmentFilter].
func (s *Appointments) Series(ctx context.Context, id core.ID[Series]) (Series, error) {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return Series{}, err
	}
	return s.work.Plain().Store.Series(ctx, id)
}

// SeriesChange says what of a series changes, and how.
type SeriesChange struct {
	From      core.ID[Appointment] // this one and those after it; zero: all that are to come
	Conflicts ConflictPolicy       // AllOrNothing or AskConflict

	// Edit is given the series that begins with the first appointment that changes, and writes into
	// its plan. It is called again if somebody else changes the series meanwhile; its error is
	// returned as it is and changes nothing.
	Edit func(*Series) error
}

// UpdateSeries changes appointments of a series that are to come, all of them or those from one on,
// in one transaction. What is past or was cancelled stays as it is.
//
// A detail that changes does so in each appointment, whatever it was there. If the start or the rule
// changes, each appointment goes to its new time, also one that was moved by itself: the first to the
// first time of the rule, and so on. Those for which the rule has no time any more are cancelled, and
// times that are more are booked. They keep their ids.
//
// If there are appointments before, the series is split, as calendars do it: it ends before the first
// that changes, under its UID and with a raised sequence, and those that change are a new series with a
// UID of its own, which is the one that is answered.
func (s *Appointments) UpdateSeries(ctx context.Context, id core.ID[Series], c SeriesChange) (SeriesResult, error) {
	if err := permit(s.work, core.AppointmentsWrite); err != nil {
		return SeriesResult{}, err
	}
	if c.Conflicts != AllOrNothing && c.Conflicts != AskConflict {
		var f core.Faults
		f.Add("/conflicts", "enum", "has to be ask or nothing")
		return SeriesResult{}, f.Err()
	}
	var result SeriesResult
	err := again(ctx, s.work, func(tx Tx) error {
		part, err := cutSeries(ctx, tx, id, c.From)
		if err != nil {
			return err
		}
		result, err = part.update(ctx, c)
		return err
	})
	return s.settled(ctx, result, err)
}

// part is the appointments of a series, from one on, that are to come.
type part struct {
	*desk
	series Series
	rule   rule
	times  []Occurrence
	first  int           // the place of the first of the part among the times; negative: none has one
	alone  bool          // there is nothing before
	rows   []Appointment // of the part, by their recurrence dates
	events []core.Event  // of what was written, still to be told
}

// cutSeries locks the desk of a series and finds what of it is to change.
func cutSeries(ctx context.Context, tx Tx, id core.ID[Series], from core.ID[Appointment]) (*part, error) {
	s, err := tx.Store.Series(ctx, id)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Store.SeriesAppointments(ctx, id)
	if err != nil {
		return nil, err
	}
	var members []core.UserID
	for _, a := range rows {
		members = append(members, a.Members...)
	}
	d, err := lockDesk(ctx, tx, s.AgendaID, members...)
	if err != nil {
		return nil, err
	}
	p := &part{desk: d.atOnce(), first: -1, alone: true}
	if p.series, err = tx.Store.Series(ctx, id); err != nil { // as it is under the lock
		return nil, err
	}
	if rows, err = tx.Store.SeriesAppointments(ctx, id); err != nil {
		return nil, err
	}
	var f core.Faults
	if p.rule, p.times = p.series.plan(&f); len(f) > 0 {
		return nil, f.Err()
	}
	return p, p.cut(rows, from)
}

var errSeriesOver = &core.Error{Kind: core.ErrState, Code: "series_over", Message: "nothing of the series is to come"}

// cut finds the appointments of the part: from one on, those that are live and have not begun.
func (p *part) cut(rows []Appointment, from core.ID[Appointment]) error {
	begin := 0
	if !from.IsZero() {
		begin = slices.IndexFunc(rows, func(a Appointment) bool { return a.ID == from })
		if begin < 0 {
			return core.NotFound("appointment")
		}
	}
	for i, a := range rows {
		switch {
		case i >= begin && a.Status.Live() && a.StartDate.After(p.now):
			if p.first < 0 {
				p.first = p.placeOf(a)
			}
			p.rows = append(p.rows, a)
		case p.first < 0 && a.TakesTime():
			p.alone = false
		}
	}
	if len(p.rows) == 0 {
		return errSeriesOver
	}
	return nil
}

// placeOf is that of an appointment among the times of the rule.
func (p *part) placeOf(a Appointment) int {
	return slices.IndexFunc(p.times, func(o Occurrence) bool { return a.RecurrenceDate != nil && o.At.Equal(*a.RecurrenceDate) })
}

// update changes the part: in its series if that is all of it, else in a new one.
func (p *part) update(ctx context.Context, c SeriesChange) (SeriesResult, error) {
	// What was past when the series changed, and then moved on, has no place in the rule: it stays as it is.
	p.rows = slices.DeleteFunc(p.rows, func(a Appointment) bool { return p.placeOf(a) < 0 })
	if len(p.rows) == 0 {
		return SeriesResult{}, errSeriesOver
	}
	next := p.series
	next.StartDate, next.Rule = p.times[p.first].At, p.rule.from(p.first).text()
	was := next
	if err := c.Edit(&next); err != nil {
		return SeriesResult{}, err
	}
	next = Series{
		ID: p.series.ID, AgendaID: p.series.AgendaID, SeriesPlan: next.SeriesPlan, PartySize: p.series.PartySize, Zone: p.series.Zone,
		Duration: p.series.Duration, UID: p.series.UID, Sequence: p.series.Sequence, Stamp: p.series.Stamp,
	}
	var f core.Faults
	_, times := next.plan(&f)
	next.Details.check(&f, &p.agenda)
	if err := p.holdClient(ctx, &f, was.ClientID, next.ClientID); err != nil {
		return SeriesResult{}, err
	}
	if err := f.Err(); err != nil {
		return SeriesResult{}, err
	}
	if next.SeriesPlan == was.SeriesPlan {
		r := newResult(p.series)
		return r, r.verdict(c.Conflicts)
	}
	moves := !next.StartDate.Equal(was.StartDate) || next.Rule != was.Rule
	if moves {
		if !p.agenda.Active {
			return SeriesResult{}, errInactive
		}
		next.Duration = p.agenda.Rules.Duration
	}
	if err := p.keep(ctx, &next, moves); err != nil {
		return SeriesResult{}, err
	}
	result := newResult(next)
	if err := p.updateRows(ctx, &result, was.Details, times, moves); err != nil {
		return SeriesResult{}, err
	}
	slices.SortStableFunc(result.Appointments, func(a, b Appointment) int { return a.StartDate.Compare(b.StartDate) })
	return result, result.verdict(c.Conflicts)
}

// holdClient keeps the client from being merged until all is written. One who was not the client before has to be there.
func (p *part) holdClient(ctx context.Context, f *core.Faults, was, next core.ID[Client]) error {
	if next != was {
		return checkClient(ctx, p.tx, f, next)
	}
	err := checkClient(ctx, p.tx, new(core.Faults), next)
	if errors.Is(err, core.ErrForbidden) { // they stay, though the actor sees no clients
		return nil
	}
	return err
}

// keep writes the series of the part: the one that there is, or a new one after it.
func (p *part) keep(ctx context.Context, next *Series, moves bool) error {
	if p.alone {
		if moves || p.first > 0 { // it begins at another time
			next.Sequence++
		}
		return p.replaceSeries(ctx, SeriesUpdated, next)
	}
	if err := p.shorten(ctx, SeriesUpdated); err != nil {
		return err
	}
	next.ID, next.Sequence, next.Stamp = core.NewID[Series](p.tx.Env), 0, newStamp(p.tx)
	next.CreatedByID = p.series.CreatedByID // who sees the one sees the other
	next.UID = next.ID.String()
	if err := p.tx.Store.InsertSeries(ctx, *next); err != nil {
		return err
	}
	return p.tx.Events.Emit(ctx, SeriesBooked.Of(next.ID, nil, next))
}

// shorten ends the series before the part.
func (p *part) shorten(ctx context.Context, event core.EventType[Series]) error {
	ended := p.series
	ended.Rule = p.rule.before(p.times, p.first).text()
	ended.Sequence++
	return p.replaceSeries(ctx, event, &ended)
}

// replaceSeries writes a changed series and tells of it.
func (p *part) replaceSeries(ctx context.Context, event core.EventType[Series], now *Series) error {
	now.Version = p.series.Version + 1
	now.UpdatedAt = p.tx.Env.Time()
	if err := p.tx.Store.ReplaceSeries(ctx, *now, p.series.Version); err != nil {
		return err
	}
	return p.tx.Events.Emit(ctx, event.Of(now.ID, &p.series, now))
}
