package scheduling

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// FeedHash is by what a store finds the feed of a token; ok is false for what can be none.
func FeedHash(token string) (hash string, ok bool) {
	return core.HashToken(token), len(token) == core.TokenLength
}

// The range of a feed, in days around the one on which it is read, and its size.
const (
	feedBefore = 30
	feedAfter  = 366
	maxFeed    = 10_000
)

// FeedRange is from when to when a feed that is read has appointments.
func FeedRange(now time.Time) (from, until time.Time) {
	today := now.UTC().Truncate(24 * time.Hour)
	return today.AddDate(0, 0, -feedBefore), today.AddDate(0, 0, feedAfter)
}

func (f *NewFeed) filter(now time.Time) AppointmentFilter {
	from, until := FeedRange(now)
	return AppointmentFilter{Agenda: f.AgendaID, Member: f.MemberID, From: from, Before: until}
}

// FeedState is how the appointments of a feed stand, read at a time.
func (s *Appointments) FeedState(ctx context.Context, f NewFeed, now time.Time) (State, error) {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return State{}, err
	}
	return s.work.Plain().Store.AppointmentsState(ctx, f.filter(now))
}

// FeedItem is an appointment of a feed, or a series with those of its appointments that it has.
type FeedItem struct {
	Appointment Appointment // without a series
	Series      Series
	Of          []Appointment // of the series, by their recurrence dates; nil: it is an appointment
}

// Feed runs through what a feed has at a time: the appointments of its range that take time, but no
// holds, 10,000 at most; those of a series together, also where they are beyond the range.
func (s *Appointments) Feed(ctx context.Context, f NewFeed, now time.Time) iter.Seq2[FeedItem, error] {
	return func(yield func(FeedItem, error) bool) {
		var series []core.ID[Series]
		seen := map[core.ID[Series]]bool{}
		n := 0
		for a, err := range s.All(ctx, f.filter(now)) {
			if err != nil {
				yield(FeedItem{}, err)
				return
			}
			if !a.shown() {
				continue
			}
			if n++; n > maxFeed {
				break
			}
			if a.SeriesID.IsZero() {
				if !yield(FeedItem{Appointment: a}, nil) {
					return
				}
			} else if !seen[a.SeriesID] {
				seen[a.SeriesID] = true
				series = append(series, a.SeriesID)
			}
		}
		for _, id := range series {
			if item, err := s.seriesItem(ctx, f, id); !yield(item, err) || err != nil {
				return
			}
		}
	}
}

// seriesItem is a series with those of its appointments that a feed has.
func (s *Appointments) seriesItem(ctx context.Context, f NewFeed, id core.ID[Series]) (item FeedItem, err error) {
	store := s.work.Plain().Store
	if item.Series, err = store.Series(ctx, id); err != nil {
		return item, err
	}
	all, err := store.SeriesAppointments(ctx, id)
	if err != nil {
		return item, err
	}
	item.Of = []Appointment{}
	for _, a := range all {
		if a.shown() && (f.MemberID.IsZero() || slices.Contains(a.Members, f.MemberID)) {
			item.Of = append(item.Of, a)
		}
	}
	return item, nil
}

// shown reports whether a feed has the appointment.
func (a *Appointment) shown() bool { return a.TakesTime() && a.Status != Held }
