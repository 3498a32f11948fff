package crmstore

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// addressRow holds an address of a live contact; its primary key is what makes it unique.
type addressRow struct {
	bun.BaseModel `bun:"table:crm_contact_addresses,alias:ca"`

	CompanyID  core.CompanyID
	Kind       crm.AddressKind
	AddressKey string
	ContactID  core.ID[crm.Contact]
	MatchKey   int64 `bun:",nullzero"`
}

// heldBy are the addresses that a contact holds: none that is deleted holds any.
func heldBy(c *crm.Contact) []crm.AddressKey {
	if c.DeletedAt != nil {
		return nil
	}
	return c.AddressKeys()
}

// insertAddresses makes contacts findable by their addresses.
func (s store) insertAddresses(ctx context.Context, cs []crm.Contact) error {
	var rows []addressRow
	for i := range cs {
		for _, k := range heldBy(&cs[i]) {
			rows = append(rows, addressRow{CompanyID: s.Scope().Company, Kind: k.Kind, AddressKey: k.Key, ContactID: cs[i].ID, MatchKey: matchKey(k)})
		}
	}
	return bunstore.InsertAll(ctx, s.Session, rows)
}

// replaceAddresses makes contacts findable by the addresses that they have now, where those change.
func (s store) replaceAddresses(ctx context.Context, changes []crm.ContactChange) error {
	var moved []crm.Contact
	for i := range changes {
		if was, now := &changes[i].Was, &changes[i].Now; !slices.Equal(heldBy(was), heldBy(now)) {
			moved = append(moved, *now)
		}
	}
	if err := s.deleteOf(ctx, (*addressRow)(nil), moved); err != nil {
		return err
	}
	return s.insertAddresses(ctx, moved)
}

// deleteOf deletes all rows of one kind that the contacts have.
func (s store) deleteOf(ctx context.Context, kind any, cs []crm.Contact) error {
	if len(cs) == 0 {
		return nil
	}
	ids := make([]core.ID[crm.Contact], len(cs))
	for i := range cs {
		ids[i] = cs[i].ID
	}
	_, err := s.Delete(bunstore.Shared, kind).Where("contact_id IN (?)", bun.List(ids)).Exec(ctx)
	return s.Fail(err)
}

func (s store) ContactsAt(ctx context.Context, keys []crm.AddressKey) ([]crm.Contact, error) {
	for range core.Attempts {
		held, err := s.held(ctx, keys)
		if err != nil {
			return nil, err
		}
		ids := make([]core.ID[crm.Contact], len(held))
		for i, row := range held {
			ids[i] = row.ContactID
		}
		found, err := s.ContactsByID(ctx, ids)
		if err != nil || stillHeld(held, found) {
			return found, err
		}
	}
	return nil, core.Stale("contact")
}

// stillHeld reports whether the addresses are those of the contacts, which were read after them: a
// merge in between gives them to a contact that was not read.
func stillHeld(held []addressRow, found []crm.Contact) bool {
	byID := make(map[core.ID[crm.Contact]]*crm.Contact, len(found))
	for i := range found {
		byID[found[i].ID] = &found[i]
	}
	for _, row := range held {
		c := byID[row.ContactID] // nil: erased, or nobody whom the actor may see
		if c != nil && !slices.Contains(heldBy(c), crm.AddressKey{Kind: row.Kind, Key: row.AddressKey}) {
			return false
		}
	}
	return true
}

func (s store) HeldAddresses(ctx context.Context, keys []crm.AddressKey) ([]crm.AddressKey, error) {
	rows, err := s.held(ctx, keys)
	if err != nil {
		return nil, err
	}
	held := make([]crm.AddressKey, len(rows))
	for i, row := range rows {
		held[i] = crm.AddressKey{Kind: row.Kind, Key: row.AddressKey}
	}
	return held, nil
}

// maxLookup is how many keys are looked up at once: for many more Postgres rather reads all rows, until
// there are some hundred thousand.
const maxLookup = 200

// held is the rows of those of the addresses that live contacts have, whoever may see them.
// It asks for one kind at a time: with both in one condition SQLite reads the whole company.
func (s store) held(ctx context.Context, keys []crm.AddressKey) (held []addressRow, err error) {
	for _, kind := range []crm.AddressKind{crm.EmailAddress, crm.PhoneAddress} {
		var wanted []string
		for _, k := range keys {
			if k.Kind == kind {
				wanted = append(wanted, k.Key)
			}
		}
		for some := range slices.Chunk(wanted, maxLookup) {
			var rows []addressRow
			err := s.Select(bunstore.Shared, &rows).Where("ca.kind = ?", kind).Where("ca.address_key IN (?)", bun.List(some)).Scan(ctx)
			if err != nil {
				return nil, s.Fail(err)
			}
			held = append(held, rows...)
		}
	}
	return held, nil
}
