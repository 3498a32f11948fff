package crm

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// Contacts is the service of a company's contacts.
//
// Every method needs a permission of the actor, or answers [core.ErrForbidden]:
// [core.ContactsRead] to read, [core.ContactsWrite] to make and change,
// [core.ContactsDelete] to delete and restore.
type Contacts struct{ work core.Work[Tx] }

// NewContacts is the service over a store, in the scope of work.
func NewContacts(work core.Work[Tx]) *Contacts { return &Contacts{work} }

// Create adds a contact. [core.ErrInvalid] lists what is wrong with n; [core.ErrExists] names
// the contact that has one of the addresses.
func (s *Contacts) Create(ctx context.Context, n NewContact) (Contact, error) {
	return s.create(ctx, n, false)
}

// Receive adds a contact that came in through a channel, such as a message or a public
// form: the contact policy does not hold for it, and it is Incomplete until it does.
func (s *Contacts) Receive(ctx context.Context, n NewContact) (Contact, error) {
	return s.create(ctx, n, true)
}

func (s *Contacts) create(ctx context.Context, n NewContact, exempt bool) (Contact, error) {
	if err := s.require(core.ContactsWrite); err != nil {
		return Contact{}, err
	}
	var c Contact
	err := s.work.Atomic(ctx, func(tx Tx) error {
		rules, err := rulesOf(ctx, tx)
		if err != nil {
			return err
		}
		rules.exempt = exempt
		if c, err = rules.newContact(ctx, tx, n); err != nil {
			return err
		}
		if err := tx.Store.InsertContacts(ctx, c); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, ContactCreated.Of(c.ID, nil, &c))
	})
	if err != nil {
		return Contact{}, s.taken(ctx, err, c)
	}
	return c, nil
}

// Get reads a contact, a deleted one too. The id of one that was merged into another answers that
// one, as often as that happened.
func (s *Contacts) Get(ctx context.Context, id core.ID[Contact]) (Contact, error) {
	if err := s.require(core.ContactsRead); err != nil {
		return Contact{}, err
	}
	return survivor(ctx, s.work.Plain(), id)
}

// Hold reads a contact that something is to be hung on, and keeps others from changing it, deleting
// it and merging it into another until the transaction ends. One that is deleted or merged is
// [core.ErrNotFound].
func (s *Contacts) Hold(ctx context.Context, id core.ID[Contact]) (Contact, error) {
	if err := s.require(core.ContactsRead); err != nil {
		return Contact{}, err
	}
	// Not shared: two who go on to change the contact would wait for each other.
	c, err := s.work.Plain().Store.LockContact(ctx, id)
	if err == nil && c.DeletedAt != nil {
		return Contact{}, core.NotFound("contact")
	}
	return c, err
}

// Update changes a contact: edit is given it as it is and writes into it. The id, the
// stamp, PhoneTyped, Incomplete and DeletedAt are not edit's to change. A value that edit
// leaves as it was is not judged again, and an edit that changes nothing writes nothing. If somebody else changes the
// contact meanwhile, edit is called again with what they wrote; an error of edit is
// returned as it is and changes nothing. A deleted contact is [core.ErrState].
func (s *Contacts) Update(ctx context.Context, id core.ID[Contact], edit func(*Contact) error) (Contact, error) {
	if err := s.require(core.ContactsWrite); err != nil {
		return Contact{}, err
	}
	return s.change(ctx, id, ContactUpdated, func(tx Tx, was, c *Contact) error {
		if err := standing(was); err != nil {
			return err
		}
		// Edit may write into the slices; was keeps its own.
		c.Tags, c.OtherAddresses = slices.Clone(was.Tags), slices.Clone(was.OtherAddresses)
		if err := edit(c); err != nil {
			return err
		}
		rules, err := rulesOf(ctx, tx)
		if err != nil {
			return err
		}
		return rules.edited(ctx, tx, was, c)
	})
}

// Delete deletes a contact: it leaves the lists and frees its addresses, and may be restored.
// A contact that is deleted already stays so; one that was merged into another is [core.ErrState].
func (s *Contacts) Delete(ctx context.Context, id core.ID[Contact], checks ...Check[Contact]) error {
	_, err := s.delete(ctx, id, checks)
	return err
}

func (s *Contacts) delete(ctx context.Context, id core.ID[Contact], checks []Check[Contact]) (Contact, error) {
	if err := s.require(core.ContactsDelete); err != nil {
		return Contact{}, err
	}
	return s.change(ctx, id, ContactDeleted, func(tx Tx, was, c *Contact) error {
		if isMerged(was) {
			return errMerged(was) // its id answers the other, which would still be there
		}
		if err := allow(*was, checks); err != nil {
			return err
		}
		if was.DeletedAt == nil {
			now := tx.Env.Time()
			c.DeletedAt = &now
		}
		return nil
	})
}

// Restore brings a deleted contact back. [core.ErrExists] lists the addresses that others have taken
// since, and names one of those. One that was merged into another is [core.ErrState].
func (s *Contacts) Restore(ctx context.Context, id core.ID[Contact]) (Contact, error) {
	if err := s.require(core.ContactsDelete); err != nil {
		return Contact{}, err
	}
	return s.change(ctx, id, ContactRestored, func(_ Tx, was, c *Contact) error {
		if isMerged(was) {
			return errMerged(was)
		}
		c.DeletedAt = nil
		return nil
	})
}

// List reads a page of the contacts that the filter lets through.
func (s *Contacts) List(ctx context.Context, f ContactFilter, p core.Page) (core.List[Contact], error) {
	if err := s.require(core.ContactsRead); err != nil {
		return core.List[Contact]{}, err
	}
	tx := s.work.Plain()
	f, err := f.checked(ctx, tx)
	if err != nil {
		return core.List[Contact]{}, err
	}
	return tx.Store.ListContacts(ctx, f, p)
}

// All runs through the contacts that the filter lets through, page by page.
func (s *Contacts) All(ctx context.Context, f ContactFilter) iter.Seq2[Contact, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Contact], error) {
		return s.List(ctx, f, p)
	})
}

// Count counts the contacts that the filter lets through, but no further than limit: on a
// large company that is cheap, where counting all of them is not. 0 is no limit.
func (s *Contacts) Count(ctx context.Context, f ContactFilter, limit int) (int, error) {
	if err := s.require(core.ContactsRead); err != nil {
		return 0, err
	}
	tx := s.work.Plain()
	f, err := f.checked(ctx, tx)
	if err != nil {
		return 0, err
	}
	return tx.Store.CountContacts(ctx, f, limit)
}

// change is the change of one contact, by the rules of its company.
func (s *Contacts) change(ctx context.Context, id core.ID[Contact], event core.EventType[Contact], edit func(tx Tx, was, c *Contact) error) (Contact, error) {
	k := keeper[Contact]{read: Store.Contact, replace: func(store Store, ctx context.Context, was, now Contact) error {
		return store.ReplaceContacts(ctx, ContactChange{was, now})
	}}
	c, err := change(ctx, s.work, k, id, event, edit)
	if err != nil {
		return Contact{}, s.taken(ctx, err, c)
	}
	return c, nil
}

// taken makes an [core.ErrExists] of a contact's addresses name a contact that has one, and all
// addresses that others have.
// It is asked for only after the fact: the common case pays nothing.
func (s *Contacts) taken(ctx context.Context, err error, c Contact) error {
	if !errors.Is(err, core.ErrExists) {
		return err
	}
	exists := &core.Error{Kind: core.ErrExists, Code: "contact_exists", Message: "another contact has one of these addresses"}
	holders, lookup := s.work.Plain().Store.ContactsAt(ctx, c.AddressKeys())
	if lookup != nil {
		return exists
	}
	for _, h := range holders {
		if h.ID == c.ID {
			continue
		}
		if exists.Holder.ID == uuid.Nil {
			exists.Holder = core.Ref{Kind: "contact", ID: h.ID.UUID}
		}
		exists.Fields = append(exists.Fields, clashes(&c, &h)...)
	}
	return exists
}

func (s *Contacts) require(p core.Permission) error {
	return permit(s.work, p)
}
