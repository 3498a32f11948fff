package crm

import (
	"context"
	"iter"

	"github.com/clientele-crm/clientele/core"
)

// Activities is the service of the activities with contacts. It needs [core.ContactsRead] to
// read and [core.ContactsWrite] to change. Whoever sees a contact sees its activities. Those
// of a deleted contact can be read, and changing them is [core.ErrState].
type Activities struct{ work core.Work[Tx] }

// NewActivities is the service over a store, in the scope of work.
func NewActivities(work core.Work[Tx]) *Activities { return &Activities{work} }

var activityKeeper = keeper[Activity]{Store.Activity, byVersion(Store.ReplaceActivity), Store.DeleteActivity}

// Create adds an activity to a contact.
func (s *Activities) Create(ctx context.Context, contact core.ID[Contact], n NewActivity) (Activity, error) {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return Activity{}, err
	}
	var a Activity
	err := s.work.Atomic(ctx, func(tx Tx) error {
		if err := live(ctx, tx, contact); err != nil {
			return err
		}
		a = Activity{ID: core.NewID[Activity](tx.Env), ContactID: contact, NewActivity: n, Stamp: newStamp(tx)}
		if err := a.check(&Activity{}, a.CreatedAt); err != nil {
			return err
		}
		if err := tx.Store.InsertActivity(ctx, a); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, ActivityCreated.Of(a.ID, nil, &a))
	})
	if err != nil {
		return Activity{}, err
	}
	return a, nil
}

// Get reads an activity.
func (s *Activities) Get(ctx context.Context, id core.ID[Activity]) (Activity, error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return Activity{}, err
	}
	return s.work.Plain().Store.Activity(ctx, id)
}

// Update changes an activity as [Contacts.Update] does a contact. Edit changes what is of
// NewActivity.
func (s *Activities) Update(ctx context.Context, id core.ID[Activity], edit func(*Activity) error) (Activity, error) {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return Activity{}, err
	}
	a, err := change(ctx, s.work, activityKeeper, id, ActivityUpdated, func(tx Tx, was, a *Activity) error {
		if err := liveStill(ctx, tx, was.ContactID); err != nil {
			return err
		}
		if was.ScheduledAt != nil {
			at := *was.ScheduledAt // edit may write through the pointer; was keeps its own
			a.ScheduledAt = &at
		}
		if err := edit(a); err != nil {
			return err
		}
		a.ID, a.ContactID = was.ID, was.ContactID
		return a.check(was, tx.Env.Time())
	})
	if err != nil {
		return Activity{}, err
	}
	return a, nil
}

// Delete deletes an activity for good.
func (s *Activities) Delete(ctx context.Context, id core.ID[Activity], checks ...Check[Activity]) error {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return err
	}
	_, err := erase(ctx, s.work, activityKeeper, id, ActivityDeleted, func(tx Tx, a *Activity) error {
		if err := liveStill(ctx, tx, a.ContactID); err != nil {
			return err
		}
		return allow(*a, checks)
	})
	return err
}

// List reads a page of a contact's activities, the newest first.
func (s *Activities) List(ctx context.Context, contact core.ID[Contact], f ActivityFilter, p core.Page) (core.List[Activity], error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return core.List[Activity]{}, err
	}
	var faults core.Faults
	checkActivityType(&faults, f.Type)
	if err := faults.Err(); err != nil {
		return core.List[Activity]{}, err
	}
	return listOf(ctx, s.work, contact, func(tx Tx, of core.ID[Contact]) (core.List[Activity], error) {
		return tx.Store.ListActivities(ctx, of, f, p)
	})
}

// All runs through a contact's activities, page by page.
func (s *Activities) All(ctx context.Context, contact core.ID[Contact], f ActivityFilter) iter.Seq2[Activity, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Activity], error) {
		return s.List(ctx, contact, f, p)
	})
}
