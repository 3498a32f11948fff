package crm

import (
	"context"
	"iter"

	"github.com/clientele-crm/clientele/core"
)

// Trackers is the service of a company's trackers. Every member with [core.LeadsRead] sees all
// of them; changing them needs [core.TrackersWrite].
type Trackers struct{ work core.Work[Tx] }

// NewTrackers is the service over a store, in the scope of work.
func NewTrackers(work core.Work[Tx]) *Trackers { return &Trackers{work} }

// Create adds a tracker.
func (s *Trackers) Create(ctx context.Context, n NewTracker) (Tracker, error) {
	if err := permit(s.work, core.TrackersWrite); err != nil {
		return Tracker{}, err
	}
	var t Tracker
	err := s.work.Atomic(ctx, func(tx Tx) error {
		var f core.Faults
		t = newTracker(tx, n)
		t.checkDetails(&f)
		checkFields(&f, t.Fields)
		checkStages(&f, t.Stages, t.Fields)
		if err := checkAssignees(ctx, tx, &f, Assignment{}, t.Assignment); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := tx.Store.InsertTracker(ctx, t); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, TrackerCreated.Of(t.ID, nil, &t))
	})
	if err != nil {
		return Tracker{}, err
	}
	return t, nil
}

func newTracker(tx Tx, n NewTracker) Tracker {
	t := Tracker{
		ID: core.NewID[Tracker](tx.Env), TrackerDetails: n.TrackerDetails, Active: true,
		Stages: n.Stages, Fields: make([]Field, len(n.Fields)), Retired: []Field{}, Stamp: newStamp(tx),
	}
	t = t.clone()
	if len(t.Stages) == 0 {
		t.Stages = DefaultStages()
	}
	for i, field := range n.Fields {
		t.Fields[i] = newField(tx, field)
	}
	return t
}

func newField(tx Tx, n NewField) Field {
	now := tx.Env.Time()
	return Field{ID: core.NewID[Field](tx.Env), NewField: n, CreatedAt: now, UpdatedAt: now}
}

// Get reads a tracker.
func (s *Trackers) Get(ctx context.Context, id core.ID[Tracker]) (Tracker, error) {
	if err := permit(s.work, core.LeadsRead); err != nil {
		return Tracker{}, err
	}
	return s.work.Plain().Store.Tracker(ctx, id)
}

// Update changes a tracker as [Contacts.Update] does a contact; Active too is edit's to change.
// Stages and fields are not: see [Trackers.SetStages] and [Trackers.SetFields].
func (s *Trackers) Update(ctx context.Context, id core.ID[Tracker], edit func(*Tracker) error) (Tracker, error) {
	if err := permit(s.work, core.TrackersWrite); err != nil {
		return Tracker{}, err
	}
	k := keeper[Tracker]{read: Store.Tracker, replace: byVersion(Store.ReplaceTracker)}
	t, err := change(ctx, s.work, k, id, TrackerUpdated, func(tx Tx, was, t *Tracker) error {
		*t = was.clone()
		if err := edit(t); err != nil {
			return err
		}
		t.ID, t.Stages, t.Fields, t.Retired = was.ID, was.Stages, was.Fields, was.Retired
		var f core.Faults
		t.checkDetails(&f)
		if err := checkAssignees(ctx, tx, &f, was.Assignment, t.Assignment); err != nil {
			return err
		}
		return f.Err()
	})
	if err != nil {
		return Tracker{}, err
	}
	return t, nil
}

// Delete deletes a tracker for good. One that has leads is [core.ErrState]: deactivate it, or
// delete them.
func (s *Trackers) Delete(ctx context.Context, id core.ID[Tracker], checks ...Check[Tracker]) error {
	if err := permit(s.work, core.TrackersWrite); err != nil {
		return err
	}
	return core.Retry(ctx, s.work, func(tx Tx) error {
		t, err := tx.Store.Tracker(ctx, id)
		if err != nil {
			return err
		}
		if err := allow(t, checks); err != nil {
			return err
		}
		if err := tx.Store.DeleteTracker(ctx, id, t.Version); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, TrackerDeleted.Of(id, &t, nil))
	})
}

// List reads a page of the trackers.
func (s *Trackers) List(ctx context.Context, f TrackerFilter, p core.Page) (core.List[Tracker], error) {
	if err := permit(s.work, core.LeadsRead); err != nil {
		return core.List[Tracker]{}, err
	}
	return s.work.Plain().Store.ListTrackers(ctx, f, p)
}

// All runs through the trackers, page by page.
func (s *Trackers) All(ctx context.Context, f TrackerFilter) iter.Seq2[Tracker, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Tracker], error) {
		return s.List(ctx, f, p)
	})
}
