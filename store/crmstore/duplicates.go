package crmstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/crm/duplicates"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// matchKeys are the keys by which a contact is compared with others, beside those of its addresses.
type matchKeys struct {
	MatchName, MatchPlace int64 `bun:",nullzero"`
}

func matchKeysOf(c *crm.Contact) matchKeys {
	k := duplicates.KeysOfName(c.Name, c.Location)
	return matchKeys{k.Name, k.Place}
}

// matchKey is the key of an address, by which its contact is compared with others.
func matchKey(k crm.AddressKey) int64 {
	if k.Kind == crm.PhoneAddress {
		return duplicates.PhoneKey(k.Key)
	}
	return duplicates.EmailKey(k.Key)
}

// maxCandidates is how many contacts a lookup answers at most: those that are among the oldest of
// their keys.
const maxCandidates = 20_000

// placed is a contact, and how many older ones share one of the keys that it was found by.
type placed struct {
	ID    core.ID[crm.Contact]
	Place int
}

// ofKey is contacts, where a key has found the rows: by an EXISTS no database begins at all that
// the actor sees.
var ofKey = bunstore.Table{Own: "EXISTS (SELECT 1 FROM crm_contacts AS own WHERE own.company_id = ?TableAlias.company_id" +
	" AND own.id = ?TableAlias.id AND (own.created_by_id = ?0 OR own.owner_id = ?0))"}

// Candidates reads the ids first and then as much of their contacts as comparing needs: many
// are found by more than one key. What the actor does not see takes no place among the oldest.
func (s store) Candidates(ctx context.Context, keys crm.MatchKeys) ([]crm.Candidate, error) {
	var oldest []placed
	addresses := s.Select(ofOwn, (*addressRow)(nil))
	live := s.Select(ofKey, (*contactRow)(nil)).Where("c.deleted_at IS NULL")
	for _, by := range []struct {
		rows    *bun.SelectQuery
		key, id string
		keys    []int64
	}{
		{addresses, "ca.match_key", "ca.contact_id", keys.Addresses},
		{live.Clone(), "c.match_name", "c.id", keys.Names},
		{live.Clone(), "c.match_place", "c.id", keys.Places},
	} {
		if len(by.keys) == 0 {
			continue
		}
		var some []placed
		if err := s.FirstOfEach(by.rows, by.key, by.id, by.keys, duplicates.MaxBlock).Scan(ctx, &some); err != nil {
			return nil, s.Fail(err)
		}
		oldest = append(oldest, some...)
	}
	slices.SortFunc(oldest, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), slices.Compare(a.ID.UUID[:], b.ID.UUID[:]))
	})
	var ids []core.ID[crm.Contact]
	seen := map[core.ID[crm.Contact]]bool{}
	for _, o := range oldest {
		if !seen[o.ID] && len(ids) < maxCandidates {
			seen[o.ID] = true
			ids = append(ids, o.ID)
		}
	}
	return s.candidates(ctx, ids)
}

// candidates reads those of the contacts that are live and that the actor sees, by their ids.
func (s store) candidates(ctx context.Context, ids []core.ID[crm.Contact]) (found []crm.Candidate, err error) {
	for some := range slices.Chunk(ids, 5000) {
		var rows []contactRow
		err := s.Select(contacts, &rows).Column("id", "name", "company", "location", "phone", "email", "other_addresses").
			Where("c.id IN (?)", bun.List(some)).Where("c.deleted_at IS NULL").Scan(ctx)
		if err != nil {
			return nil, s.Fail(err)
		}
		for i := range rows {
			found = append(found, crm.Candidate{ID: rows[i].ID, Record: rows[i].Compared()})
		}
	}
	slices.SortFunc(found, func(a, b crm.Candidate) int { return slices.Compare(a.ID.UUID[:], b.ID.UUID[:]) })
	return found, nil
}

func (s store) LiveContacts(ctx context.Context, from core.ID[crm.Contact], limit int) ([]crm.Contact, error) {
	var rows []contactRow
	q := s.Select(contacts, &rows).Where("c.deleted_at IS NULL").Order("c.id").Limit(int64(limit))
	if !from.IsZero() {
		q = q.Where("c.id >= ?", from)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	found := make([]crm.Contact, len(rows))
	for i := range rows {
		found[i] = rows[i].Contact
	}
	return found, nil
}

// KeyContacts makes the keys of up to limit contacts of all companies that have none yet, and says
// of how many it did. Two may call it at once.
func KeyContacts(ctx context.Context, db *bunstore.DB, limit int) (n int, err error) {
	err = db.Session(core.Scope{Actor: core.System()}).Atomic(ctx, func(s *bunstore.Session) error {
		var rows []contactRow
		if err := s.Lock(s.Across(&rows).Where("c.match_name IS NULL").Limit(int64(limit))).Scan(ctx); err != nil {
			return s.Fail(err)
		}
		n = len(rows)
		for i := range rows {
			if err := (store{s.In(core.Scope{Company: rows[i].CompanyID, Actor: core.System()})}).keyContact(ctx, &rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// keyContact makes a contact's keys and those of its addresses.
func (s store) keyContact(ctx context.Context, row *contactRow) error {
	for _, k := range row.AddressKeys() {
		match := matchKey(k)
		if row.DeletedAt != nil || match == 0 {
			continue
		}
		_, err := s.Update(bunstore.Shared, (*addressRow)(nil)).Set("match_key = ?", match).Where("ca.kind = ?", k.Kind).Where("ca.address_key = ?", k.Key).Exec(ctx)
		if err != nil {
			return s.Fail(err)
		}
	}
	row.matchKeys = matchKeysOf(&row.Contact)
	_, err := s.Update(bunstore.Shared, row).Column("match_name", "match_place").Where("c.id = ?", row.ID).Exec(ctx)
	return s.Fail(err)
}
