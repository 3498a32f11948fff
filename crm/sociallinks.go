package crm

import (
	"context"
	"iter"

	"github.com/clientele-crm/clientele/core"
)

// SocialLinks is the service of contacts' social links. It needs [core.ContactsRead] to read
// and [core.ContactsWrite] to change. Whoever sees a contact sees its links. Those of a
// deleted contact can be read, and changing them is [core.ErrState].
type SocialLinks struct{ work core.Work[Tx] }

// NewSocialLinks is the service over a store, in the scope of work.
func NewSocialLinks(work core.Work[Tx]) *SocialLinks { return &SocialLinks{work} }

var socialLinkKeeper = keeper[SocialLink]{Store.SocialLink, byVersion(Store.ReplaceSocialLink), Store.DeleteSocialLink}

// Create adds a link to a contact.
func (s *SocialLinks) Create(ctx context.Context, contact core.ID[Contact], n NewSocialLink) (SocialLink, error) {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return SocialLink{}, err
	}
	var l SocialLink
	err := s.work.Atomic(ctx, func(tx Tx) error {
		if err := live(ctx, tx, contact); err != nil {
			return err
		}
		l = SocialLink{ID: core.NewID[SocialLink](tx.Env), ContactID: contact, NewSocialLink: n, Stamp: newStamp(tx)}
		if err := l.check(); err != nil {
			return err
		}
		if err := tx.Store.InsertSocialLink(ctx, l); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, SocialLinkCreated.Of(l.ID, nil, &l))
	})
	if err != nil {
		return SocialLink{}, err
	}
	return l, nil
}

// Get reads a link.
func (s *SocialLinks) Get(ctx context.Context, id core.ID[SocialLink]) (SocialLink, error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return SocialLink{}, err
	}
	return s.work.Plain().Store.SocialLink(ctx, id)
}

// Update changes a link as [Contacts.Update] does a contact. Edit changes what is of
// NewSocialLink.
func (s *SocialLinks) Update(ctx context.Context, id core.ID[SocialLink], edit func(*SocialLink) error) (SocialLink, error) {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return SocialLink{}, err
	}
	l, err := change(ctx, s.work, socialLinkKeeper, id, SocialLinkUpdated, func(tx Tx, was, l *SocialLink) error {
		if err := liveStill(ctx, tx, was.ContactID); err != nil {
			return err
		}
		if err := edit(l); err != nil {
			return err
		}
		l.ID, l.ContactID = was.ID, was.ContactID
		return l.check()
	})
	if err != nil {
		return SocialLink{}, err
	}
	return l, nil
}

// Delete deletes a link for good.
func (s *SocialLinks) Delete(ctx context.Context, id core.ID[SocialLink], checks ...Check[SocialLink]) error {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return err
	}
	_, err := erase(ctx, s.work, socialLinkKeeper, id, SocialLinkDeleted, func(tx Tx, l *SocialLink) error {
		if err := liveStill(ctx, tx, l.ContactID); err != nil {
			return err
		}
		return allow(*l, checks)
	})
	return err
}

// List reads a page of a contact's links, the oldest first.
func (s *SocialLinks) List(ctx context.Context, contact core.ID[Contact], p core.Page) (core.List[SocialLink], error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return core.List[SocialLink]{}, err
	}
	return listOf(ctx, s.work, contact, func(tx Tx, of core.ID[Contact]) (core.List[SocialLink], error) {
		return tx.Store.ListSocialLinks(ctx, of, p)
	})
}

// All runs through a contact's links, page by page.
func (s *SocialLinks) All(ctx context.Context, contact core.ID[Contact]) iter.Seq2[SocialLink, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[SocialLink], error) {
		return s.List(ctx, contact, p)
	})
}
