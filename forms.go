package clientele

import (
	"context"
	"errors"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store"
)

// forms is the [core.Work] of package assessment, with the contacts of package crm in the same
// transaction.
type forms struct {
	session store.Session
	scorers *assessment.Scorers
}

// Plain implements [core.Work].
func (w forms) Plain() assessment.Tx { return w.tx(w.session) }

// Atomic implements [core.Work].
func (w forms) Atomic(ctx context.Context, fn func(assessment.Tx) error) error {
	return w.session.Atomic(ctx, func(s store.Session) error { return fn(w.tx(s)) })
}

// Snapshot implements [core.Work].
func (w forms) Snapshot(ctx context.Context, fn func(assessment.Tx) error) error {
	return w.session.Snapshot(ctx, func(s store.Session) error { return fn(w.tx(s)) })
}

func (w forms) tx(s store.Session) assessment.Tx {
	tx := s.Assessment().Plain()
	tx.People, tx.Scorers = people{s}, w.scorers
	return tx
}

// people lets package assessment reach contacts. What follows from an answer needs no permission
// of its own: whoever may record responses may have their results in the contact's profile.
type people struct{ session store.Session }

// contacts is the service in the name of the same actor, who may see and change every contact.
func (p people) contacts() *crm.Contacts {
	scope := p.session.Scope()
	scope.Actor.Permissions, scope.Actor.OwnRows = core.PermissionSet(core.ContactsRead, core.ContactsWrite), false
	return crm.NewContacts(p.session.In(scope).CRM())
}

// Find implements [assessment.People]: it asks within the actor's own sight.
func (p people) Find(ctx context.Context, id assessment.ContactID) error {
	scope := p.session.Scope()
	scope.Actor.Permissions = core.PermissionSet(core.ContactsRead)
	_, err := crm.NewContacts(p.session.In(scope).CRM()).Hold(ctx, core.ID[crm.Contact](id))
	return err
}

// Receive implements [assessment.People].
func (p people) Receive(ctx context.Context, name string, email core.Email) (assessment.ContactID, error) {
	for range 3 { // somebody else may add or remove the address between the questions
		l, err := p.contacts().List(ctx, crm.ContactFilter{Email: email}, core.Page{Limit: 1})
		if err != nil {
			return assessment.ContactID{}, err
		}
		if len(l.Items) > 0 {
			held, err := p.contacts().Hold(ctx, l.Items[0].ID)
			if errors.Is(err, core.ErrNotFound) {
				continue // it was deleted or merged meanwhile
			}
			return assessment.ContactID(held.ID), err
		}
		c, err := p.contacts().Receive(ctx, crm.NewContact{Name: name, Email: email, Source: "form"})
		if !errors.Is(err, core.ErrExists) {
			return assessment.ContactID(c.ID), err
		}
	}
	return assessment.ContactID{}, core.Stale("contact")
}

// Hold implements [assessment.People]. Nobody writes the profile of a contact that is deleted.
func (p people) Hold(ctx context.Context, id assessment.ContactID) error {
	_, err := p.contacts().Hold(ctx, core.ID[crm.Contact](id))
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	return err
}

// WriteProfile implements [assessment.People]. A contact that was deleted meanwhile keeps the profile
// that it had: what they have answered is theirs all the same.
func (p people) WriteProfile(ctx context.Context, id assessment.ContactID, change assessment.ProfileChange) error {
	_, err := p.contacts().Update(ctx, core.ID[crm.Contact](id), func(c *crm.Contact) error {
		for field, value := range map[*string]*string{
			&c.PersonalityType: change.PersonalityType, &c.Traits: change.Traits,
			&c.InnerDrives: change.InnerDrives, &c.Baselines: change.Baselines,
		} {
			if value != nil {
				*field = *value
			}
		}
		return nil
	})
	var known *core.Error
	switch {
	case !errors.As(err, &known):
	case known.Code == "contact_deleted":
		return nil
	case known.Code == "contact_merged":
		return core.Stale("contact") // since the caller has read whose it is: it is the other's by now
	}
	return err
}
