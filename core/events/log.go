package events

import (
	"context"
	"iter"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// Log is the service of a company's events, for as long as they are kept. It needs
// [core.EventsRead] of the actor; one who sees only own rows may not read it.
type Log struct{ work core.Work[Tx] }

// NewLog is the service in the scope of work.
func NewLog(work core.Work[Tx]) *Log { return &Log{work} }

// Filter chooses events; what is zero chooses all.
type Filter struct {
	Names   []string
	Kind    string // of the subject
	Subject uuid.UUID
}

// List reads a page of events, the oldest first.
func (l *Log) List(ctx context.Context, f Filter, p core.Page) (core.List[core.StoredEvent], error) {
	tx, err := l.tx()
	if err != nil {
		return core.List[core.StoredEvent]{}, err
	}
	return tx.Reader.ListEvents(ctx, f, p)
}

// All runs through the events that there are, page by page.
func (l *Log) All(ctx context.Context, f Filter) iter.Seq2[core.StoredEvent, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[core.StoredEvent], error) {
		return l.List(ctx, f, p)
	})
}

// Position is that of the newest event: where to follow from in order to hear of all that
// is new, and of nothing else.
func (l *Log) Position(ctx context.Context) (int64, error) {
	tx, err := l.tx()
	if err != nil {
		return 0, err
	}
	return tx.Reader.Newest(ctx)
}

// How long Follow waits for news before it looks by itself, and at least between two looks.
const (
	followPoll  = 2 * time.Second
	followPause = 20 * time.Millisecond
)

// Since runs through the events after the position, 0 being before the first, to the newest. It
// holds nothing open, yields an error once, and ends with it.
func (l *Log) Since(ctx context.Context, f Filter, position int64) iter.Seq2[core.StoredEvent, error] {
	return func(yield func(core.StoredEvent, error) bool) {
		tx, err := l.tx()
		if err != nil {
			yield(core.StoredEvent{}, err)
			return
		}
		tx.since(ctx, f, &position, yield)
	}
}

// Follow is [Log.Since] that goes on with the events to come, until ctx is over or the loop is
// left. Whoever comes back goes on at the position of the last event that they had.
func (l *Log) Follow(ctx context.Context, f Filter, position int64) iter.Seq2[core.StoredEvent, error] {
	return func(yield func(core.StoredEvent, error) bool) {
		tx, err := l.tx()
		if err != nil {
			yield(core.StoredEvent{}, err)
			return
		}
		watch, stop := context.WithCancel(ctx)
		defer stop()
		news := make(chan struct{}, 1)
		go tx.Reader.Watch(watch, func() {
			select {
			case news <- struct{}{}:
			default:
			}
		})
		for tx.since(ctx, f, &position, yield) {
			await(ctx, news)
		}
	}
}

// since yields what there is after the position, which it moves. It reports whether there is
// reason to go on.
func (tx Tx) since(ctx context.Context, f Filter, position *int64, yield func(core.StoredEvent, error) bool) bool {
	for {
		found, err := tx.Reader.EventsAfter(ctx, f, *position, core.MaxPageLimit)
		if ctx.Err() != nil {
			return false
		}
		if err != nil {
			yield(core.StoredEvent{}, err)
			return false
		}
		for _, e := range found {
			if *position = e.Position; !yield(e, nil) {
				return false
			}
		}
		if len(found) < core.MaxPageLimit {
			return true
		}
	}
}

// await waits for news, but for a moment at least and not for long.
func await(ctx context.Context, news <-chan struct{}) {
	poll := time.NewTimer(followPoll)
	defer poll.Stop()
	select {
	case <-ctx.Done():
	case <-poll.C:
	case <-news:
		pause := time.NewTimer(followPause) // a burst of commits is one look
		defer pause.Stop()
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
	}
}

func (l *Log) tx() (Tx, error) {
	tx := l.work.Plain()
	if err := tx.Scope.Actor.Require(core.EventsRead); err != nil {
		return Tx{}, err
	}
	if tx.Scope.Actor.OwnRows {
		return Tx{}, &core.Error{Kind: core.ErrForbidden, Code: "own_rows", Message: "events are for those who see all rows"}
	}
	return tx, nil
}
