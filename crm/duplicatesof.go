package crm

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm/duplicates"
)

// maxDuplicates is how many duplicates of one contact are told.
const maxDuplicates = 20

// Duplicates is whom a live contact may be the same person as, the likeliest first and 20 at
// most. Pairs that [Contacts.MarkDistinct] was called for are left out. Who asks is told of the
// contacts that they may see. One that was merged into another is asked about as that one.
func (s *Contacts) Duplicates(ctx context.Context, id core.ID[Contact], f DuplicateFilter) ([]Duplicate, error) {
	if err := s.require(core.ContactsRead); err != nil {
		return nil, err
	}
	tx := s.work.Plain()
	c, err := survivor(ctx, tx, id)
	if err == nil && c.DeletedAt != nil {
		err = errDeleted
	}
	if err != nil {
		return nil, err
	}
	return duplicatesOf(ctx, tx, c, f)
}

// DuplicatesOfNew is whom a contact that is not stored yet may be the same person as. Values that
// no contact may have are [core.ErrInvalid]; what the company's contact policy asks for may be
// missing. Nothing is stored.
func (s *Contacts) DuplicatesOfNew(ctx context.Context, n NewContact, f DuplicateFilter) ([]Duplicate, error) {
	if err := s.require(core.ContactsRead); err != nil {
		return nil, err
	}
	tx := s.work.Plain()
	rules, err := rulesOf(ctx, tx)
	if err != nil {
		return nil, err
	}
	var faults core.Faults
	c := Contact{ID: core.NewID[Contact](tx.Env), NewContact: n}
	rules.checkValues(&faults, &Contact{}, &c)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return duplicatesOf(ctx, tx, c, f)
}

func duplicatesOf(ctx context.Context, tx Tx, c Contact, f DuplicateFilter) ([]Duplicate, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	all, err := findDuplicates(ctx, tx, []Contact{c})
	if err != nil {
		return nil, err
	}
	likely := f.of(all[0])
	likely = likely[:min(len(likely), maxDuplicates)]
	full, err := contactsOf(ctx, tx, likely)
	if err != nil {
		return nil, err
	}
	list := make([]Duplicate, 0, len(likely))
	for _, d := range likely {
		if c, is := full[d.Name]; is {
			list = append(list, Duplicate{c, d.Match})
		}
	}
	return list, nil
}

// contactsOf reads those that were found whole, without those who were deleted meanwhile.
func contactsOf(ctx context.Context, tx Tx, some []found) (map[core.ID[Contact]]Contact, error) {
	ids := make([]core.ID[Contact], len(some))
	for i, f := range some {
		ids[i] = f.Name
	}
	stored, err := tx.Store.ContactsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := map[core.ID[Contact]]Contact{}
	for _, c := range stored {
		if c.DeletedAt == nil {
			byID[c.ID] = c
		}
	}
	return byID, nil
}

func (f *DuplicateFilter) check() error {
	switch f.Likelihood {
	case "", duplicates.Possible, duplicates.Probable:
		return nil
	}
	return core.Faults{{Field: "/likelihood", Rule: "enum", Message: "has to be possible or probable"}}.Err()
}

// of is those that are likely enough.
func (f *DuplicateFilter) of(all []found) (likely []found) {
	for _, d := range all {
		if f.Likelihood != duplicates.Probable || d.Likelihood == duplicates.Probable {
			likely = append(likely, d)
		}
	}
	return likely
}
