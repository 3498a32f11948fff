package crm

import (
	"context"
	"errors"
	"reflect"

	"github.com/clientele-crm/clientele/core"
)

var errDryRun = errors.New("a dry run keeps nothing")

// Merge merges the loser of n into the survivor: the survivor gets the values that the rules say,
// the addresses and tags of both, and all that belongs to the loser in every package. The loser
// is deleted, and its id answers the survivor from then on. All of it is one transaction. It needs
// [core.ContactsMerge], and both contacts have to be the actor's to see.
//
// A contact that is deleted or was merged already is [core.ErrState]. With n.DryRun it answers the
// same and does nothing.
func (s *Contacts) Merge(ctx context.Context, survivor core.ID[Contact], n NewMerge) (Merge, error) {
	if err := s.require(core.ContactsMerge); err != nil {
		return Merge{}, err
	}
	if err := n.check(survivor); err != nil {
		return Merge{}, err
	}
	var m Merge
	err := core.Retry(ctx, s.work, func(tx Tx) error {
		ours, theirs, err := bothLocked(ctx, tx, survivor, n.LoserID)
		if err != nil {
			return err
		}
		for _, c := range []*Contact{&ours, &theirs} {
			if err := standing(c); err != nil {
				return err
			}
		}
		if m, err = n.merge(ctx, tx, ours, theirs); err != nil {
			return err
		}
		if n.DryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		m.ID, err = core.ID[Merge]{}, nil
	}
	if err != nil {
		return Merge{}, err
	}
	return m, nil
}

// bothLocked reads two contacts and keeps others from changing them and from hanging anything on
// them. The one with the smaller id is first, so that two merges never wait for each other.
func bothLocked(ctx context.Context, tx Tx, a, b core.ID[Contact]) (first, second Contact, err error) {
	p := Distinct(a, b)
	if first, err = tx.Store.LockContact(ctx, p.ContactID); err != nil {
		return first, second, err
	}
	if second, err = tx.Store.LockContact(ctx, p.OtherID); err != nil {
		return first, second, err
	}
	if first.ID != a {
		first, second = second, first
	}
	return first, second, nil
}

// standing is nil of a contact that is neither deleted nor merged into another.
func standing(c *Contact) error {
	switch {
	case isMerged(c):
		return errMerged(c)
	case c.DeletedAt != nil:
		return errDeleted
	}
	return nil
}

func (n *NewMerge) merge(ctx context.Context, tx Tx, ours, theirs Contact) (Merge, error) {
	now, err := n.united(&ours, &theirs)
	if err != nil {
		return Merge{}, err
	}
	if err := judge(ctx, tx, &now); err != nil {
		return Merge{}, err
	}
	m := Merge{ID: core.NewID[Merge](tx.Env), SurvivorID: ours.ID, LoserID: theirs.ID, Stamp: newStamp(tx)}
	gone := theirs
	gone.DeletedAt, gone.MergedIntoID = &m.CreatedAt, ours.ID
	if err := write(ctx, tx, ContactMerged, theirs, &gone); err != nil { // first: it frees the addresses
		return Merge{}, err
	}
	if err := write(ctx, tx, ContactUpdated, ours, &now); err != nil {
		return Merge{}, err
	}
	m.MergeRecord = MergeRecord{Was: ours, Now: now, Loser: theirs, Moved: []Moved{}}
	for _, r := range tx.Relations() {
		rows, err := r.Repoint(ctx, theirs.ID, ours.ID)
		if err != nil {
			return Merge{}, err
		}
		if len(rows) > 0 {
			m.Moved = append(m.Moved, Moved{r.Name(), rows})
		}
	}
	return m, tx.Store.InsertMerge(ctx, m)
}

// write replaces a contact that is locked and emits the event, unless nothing changed.
func write(ctx context.Context, tx Tx, event core.EventType[Contact], was Contact, now *Contact) error {
	if reflect.DeepEqual(was, *now) {
		return nil
	}
	now.Version, now.UpdatedAt = was.Version+1, tx.Env.Time()
	if err := tx.Store.ReplaceContacts(ctx, ContactChange{was, *now}); err != nil {
		return err
	}
	return tx.Events.Emit(ctx, event.Of(was.ID, &was, now))
}

// GetMerge reads a merge. It needs [core.ContactsMerge].
func (s *Contacts) GetMerge(ctx context.Context, id core.ID[Merge]) (Merge, error) {
	if err := s.require(core.ContactsMerge); err != nil {
		return Merge{}, err
	}
	return s.work.Plain().Store.Merge(ctx, id)
}

// ListMerges reads a page of the merges, the newest first. It needs [core.ContactsMerge].
func (s *Contacts) ListMerges(ctx context.Context, f MergeFilter, p core.Page) (core.List[Merge], error) {
	if err := s.require(core.ContactsMerge); err != nil {
		return core.List[Merge]{}, err
	}
	return s.work.Plain().Store.ListMerges(ctx, f, p)
}
