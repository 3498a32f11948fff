package crm

import (
	"context"
	"errors"

	"github.com/clientele-crm/clientele/core"
)

// MarkDistinct notes that two contacts are two people, however alike they look: they are not told
// as duplicates of each other any more. It needs [core.ContactsWrite]. Saying it again changes
// nothing. One that was merged into another is [core.ErrState].
func (s *Contacts) MarkDistinct(ctx context.Context, a, b core.ID[Contact]) error {
	return s.mark(ctx, a, b, func(tx Tx, p DistinctPair) error {
		if err := tx.Store.InsertDistinct(ctx, p); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, MarkedDistinct.Of(core.ID[DistinctPair]{UUID: p.ContactID.UUID}, nil, &p))
	}, core.ErrExists)
}

// UnmarkDistinct takes back what MarkDistinct noted. It needs [core.ContactsWrite].
func (s *Contacts) UnmarkDistinct(ctx context.Context, a, b core.ID[Contact]) error {
	return s.mark(ctx, a, b, func(tx Tx, p DistinctPair) error {
		if err := tx.Store.DeleteDistinct(ctx, p); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, UnmarkedDistinct.Of(core.ID[DistinctPair]{UUID: p.ContactID.UUID}, &p, nil))
	}, core.ErrNotFound)
}

// mark changes what is noted of a pair whose contacts the actor sees; done is the error that says
// that it is so already.
func (s *Contacts) mark(ctx context.Context, a, b core.ID[Contact], change func(Tx, DistinctPair) error, done error) error {
	if err := s.require(core.ContactsWrite); err != nil {
		return err
	}
	if a == b {
		return core.Faults{{Field: "/otherId", Rule: "different", Message: "has to be another contact"}}.Err()
	}
	seen := false // whoever does not see both is told so
	err := core.Retry(ctx, s.work, func(tx Tx) error {
		seen = false
		p := Distinct(a, b)
		for _, id := range []core.ID[Contact]{p.ContactID, p.OtherID} { // the smaller first, as a merge locks them
			c, err := tx.Store.HoldContact(ctx, id)
			if err == nil && isMerged(&c) {
				err = errMerged(&c)
			}
			if err != nil {
				return err
			}
		}
		seen = true
		return change(tx, p)
	})
	if seen && errors.Is(err, done) {
		return nil
	}
	return err
}
