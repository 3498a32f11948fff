package crm

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// Views is the service of the saved filters of one kind of rows. Who reads the rows sees
// their own views and those that are shared, but with OwnRows only their own. Making and
// changing them needs the permission to change the rows; a view that is not shared is changed
// by nobody but who made it.
type Views struct {
	work        core.Work[Tx]
	of          viewed
	read, write core.Permission
}

// NewContactViews is the service of the views of contacts, by [core.ContactsRead] and
// [core.ContactsWrite].
func NewContactViews(work core.Work[Tx]) *Views {
	return &Views{work, contactViews, core.ContactsRead, core.ContactsWrite}
}

// NewLeadViews is the service of the views of leads, by [core.LeadsRead] and [core.LeadsWrite]. A
// view whose filter says that trackerId is a tracker can use the fields of that one, as
// "values." and their names, in its filter and its order.
func NewLeadViews(work core.Work[Tx]) *Views {
	return &Views{work, leadViews, core.LeadsRead, core.LeadsWrite}
}

// Create saves a view.
func (s *Views) Create(ctx context.Context, n NewView) (View, error) {
	if err := permit(s.work, s.write); err != nil {
		return View{}, err
	}
	var v View
	err := s.work.Atomic(ctx, func(tx Tx) error {
		v = View{ID: core.NewID[View](tx.Env), Of: s.of.of, NewView: n, Stamp: newStamp(tx)}
		if err := s.of.checked(ctx, tx, &View{}, &v); err != nil {
			return err
		}
		if err := tx.Store.InsertView(ctx, v); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, ViewCreated.Of(v.ID, nil, &v))
	})
	return v, err
}

// Get reads a view.
func (s *Views) Get(ctx context.Context, id core.ID[View]) (View, error) {
	if err := permit(s.work, s.read); err != nil {
		return View{}, err
	}
	return s.work.Plain().Store.View(ctx, s.of.of, id)
}

// Update changes a view as [Contacts.Update] does a contact.
func (s *Views) Update(ctx context.Context, id core.ID[View], edit func(*View) error) (View, error) {
	if err := permit(s.work, s.write); err != nil {
		return View{}, err
	}
	return change(ctx, s.work, s.keeper(), id, ViewUpdated, func(tx Tx, was, v *View) error {
		v.Filter = was.Filter.Clone() // edit may write into it; was keeps its own
		if err := edit(v); err != nil {
			return err
		}
		v.ID, v.Of = was.ID, was.Of
		return s.of.checked(ctx, tx, was, v)
	})
}

// Delete removes a view for good.
func (s *Views) Delete(ctx context.Context, id core.ID[View], checks ...Check[View]) error {
	if err := permit(s.work, s.write); err != nil {
		return err
	}
	_, err := erase(ctx, s.work, s.keeper(), id, ViewDeleted, func(_ Tx, v *View) error { return allow(*v, checks) })
	return err
}

// List reads a page of the views, by their names.
func (s *Views) List(ctx context.Context, p core.Page) (core.List[View], error) {
	if err := permit(s.work, s.read); err != nil {
		return core.List[View]{}, err
	}
	return s.work.Plain().Store.ListViews(ctx, s.of.of, p)
}

func (s *Views) keeper() keeper[View] {
	return keeper[View]{
		read: func(store Store, ctx context.Context, id core.ID[View]) (View, error) {
			return store.View(ctx, s.of.of, id)
		},
		replace: byVersion(Store.ReplaceView), remove: Store.DeleteView,
	}
}
