package crm

import (
	"context"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// BulkContacts is what is done to each of many contacts: one of its parts.
type BulkContacts struct {
	Set     func(*Contact) error // as the edit of [Contacts.Update]
	Tags    *BulkTags            // to some more, and others no more
	Delete  bool                 // as [Contacts.Delete]
	Restore bool                 // as [Contacts.Restore]
}

// BulkTags says which tags contacts get and lose, compared without case and accents. One that is in
// both is lost, and got in the new spelling.
type BulkTags struct {
	Add    []string `json:"add"`    // up to 50 of up to 50 characters
	Remove []string `json:"remove"` // likewise; one that a contact does not have is no error
}

// Bulk does the same to many contacts, up to [MaxBulk], and says of each what became of it, in the
// order in which they were named. Each is a transaction of its own or, inside one, a savepoint:
// what goes wrong with one leaves the others alone. The error is of the whole: nothing was done.
func (s *Contacts) Bulk(ctx context.Context, ids []core.ID[Contact], c BulkContacts) ([]BulkRow[Contact], error) {
	faults := bulkOf(ids, "set, tags, delete and restore", c.Set != nil, c.Tags != nil, c.Delete, c.Restore)
	if c.Tags != nil {
		c.Tags = c.Tags.checked(&faults)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	needed := core.ContactsWrite
	if c.Delete || c.Restore {
		needed = core.ContactsDelete
	}
	if err := s.require(needed); err != nil {
		return nil, err
	}
	return bulk(ctx, ids, func(id core.ID[Contact]) (int64, error) {
		now, err := c.do(ctx, s, id)
		return now.Version, err
	})
}

func (c BulkContacts) do(ctx context.Context, s *Contacts, id core.ID[Contact]) (Contact, error) {
	switch {
	case c.Delete:
		return s.delete(ctx, id, nil)
	case c.Restore:
		return s.Restore(ctx, id)
	case c.Tags != nil:
		return s.Update(ctx, id, c.Tags.apply)
	}
	return s.Update(ctx, id, c.Set)
}

// checked is the tags in their canonical form.
func (t BulkTags) checked(f *core.Faults) *BulkTags {
	if len(t.Add)+len(t.Remove) == 0 {
		f.Add("/tags", "required", "has to add or remove a tag")
	}
	return &BulkTags{checkTags(f, "/tags/add", t.Add), checkTags(f, "/tags/remove", t.Remove)}
}

// apply changes the tags of one contact.
func (t *BulkTags) apply(c *Contact) error {
	kept := slices.DeleteFunc(slices.Clone(c.Tags), func(tag string) bool {
		return slices.ContainsFunc(t.Remove, func(gone string) bool { return core.Fold(gone) == core.Fold(tag) })
	})
	c.Tags = unitedTags(kept, t.Add)
	return nil
}
