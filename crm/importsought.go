package crm

import (
	"context"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// sought is what the rows of a batch name: by that the stored contacts are found that they may be about.
type sought struct {
	keys              []AddressKey
	ids               []core.ID[Contact]
	names, categories []string // folded
}

func soughtBy(batch []*importedRow) (s sought) {
	for _, row := range batch {
		if len(row.faults) > 0 {
			continue
		}
		row.eachKey(func(_ string, key AddressKey) { s.keys = append(s.keys, key) })
		if !row.id.IsZero() {
			s.ids = append(s.ids, row.id)
		}
		if row.nameKey != "" {
			s.names = append(s.names, row.nameKey)
		}
		if key := core.Fold(row.category); key != "" && !slices.Contains(s.categories, key) {
			s.categories = append(s.categories, key)
		}
	}
	return s
}

// contacts are the stored ones, and the addresses of those whom the actor may not see.
func (s *sought) contacts(ctx context.Context, tx Tx) (stored []Contact, hidden []AddressKey, err error) {
	if tx.Scope.Actor.OwnRows { // before the contacts: those made in between would be taken for others'
		if hidden, err = tx.Store.HeldAddresses(ctx, s.keys); err != nil {
			return nil, nil, err
		}
	}
	if stored, err = tx.Store.ContactsAt(ctx, s.keys); err != nil {
		return nil, nil, err
	}
	if hidden = without(hidden, stored); len(hidden) > 0 { // and after them: so would those deleted in between
		if hidden, err = tx.Store.HeldAddresses(ctx, hidden); err != nil {
			return nil, nil, err
		}
	}
	named, err := tx.Store.ContactsByID(ctx, s.ids)
	if err != nil {
		return nil, nil, err
	}
	namesakes, err := tx.Store.ContactsNamed(ctx, s.names)
	return slices.Concat(stored, named, namesakes), hidden, err
}

// without is the addresses that none of the contacts has.
func without(keys []AddressKey, contacts []Contact) []AddressKey {
	if len(keys) == 0 {
		return nil
	}
	theirs := map[AddressKey]bool{}
	for i := range contacts {
		for _, k := range contacts[i].AddressKeys() {
			theirs[k] = true
		}
	}
	return slices.DeleteFunc(keys, func(k AddressKey) bool { return theirs[k] })
}
