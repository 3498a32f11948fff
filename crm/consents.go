package crm

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// Consents is the service of what contacts have agreed to. It needs [core.ContactsRead] to read
// and [core.ContactsWrite] to record.
type Consents struct{ work core.Work[Tx] }

// NewConsents is the service over a store, in the scope of work.
func NewConsents(work core.Work[Tx]) *Consents { return &Consents{work} }

// Record notes what a contact has said. That of a deleted contact is [core.ErrState].
func (s *Consents) Record(ctx context.Context, contact core.ID[Contact], n NewConsent) (Consent, error) {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return Consent{}, err
	}
	var c Consent
	err := s.work.Atomic(ctx, func(tx Tx) error {
		if err := live(ctx, tx, contact); err != nil {
			return err
		}
		now := tx.Env.Time()
		c = Consent{ID: core.NewID[Consent](tx.Env), ContactID: contact, NewConsent: n, CreatedByID: tx.Scope.Actor.ID, CreatedAt: now}
		if err := c.check(now); err != nil {
			return err
		}
		if err := tx.Store.InsertConsents(ctx, c); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, ConsentRecorded.Of(c.ID, nil, &c))
	})
	if err != nil {
		return Consent{}, err
	}
	return c, nil
}

// List reads a page of all that a contact has said, the newest first.
func (s *Consents) List(ctx context.Context, contact core.ID[Contact], p core.Page) (core.List[Consent], error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return core.List[Consent]{}, err
	}
	return listOf(ctx, s.work, contact, func(tx Tx, of core.ID[Contact]) (core.List[Consent], error) {
		return tx.Store.ListConsents(ctx, of, p)
	})
}

// May says whether a contact may be reached by the channel for the purpose: they have granted
// it, for the purpose or for all, and have withdrawn neither since. One who was deleted, or is
// not active, may not.
func (s *Consents) May(ctx context.Context, contact core.ID[Contact], channel Channel, purpose Purpose) (Permit, error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return Permit{}, err
	}
	var f core.Faults
	checkChannel(&f, channel)
	checkPurpose(&f, purpose)
	if err := f.Err(); err != nil {
		return Permit{}, err
	}
	tx := s.work.Plain()
	return ofSurvivor(ctx, tx, contact, func(c Contact) (Permit, bool, error) {
		switch {
		case c.DeletedAt != nil:
			return Permit{Reason: "deleted"}, false, nil
		case !c.Active:
			return Permit{Reason: "inactive"}, false, nil
		}
		newest, err := tx.Store.NewestConsents(ctx, c.ID)
		return permitted(newest, channel, purpose), len(newest) > 0, err
	})
}
