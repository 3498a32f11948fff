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

// matchKeys are the keys by which a contact is compared with others.
type matchKeys struct {
	MatchPhone, MatchEmail, MatchName, MatchPlace int64 `bun:",nullzero"`
}

func matchKeysOf(c *crm.Contact) matchKeys {
	k := duplicates.Of(c.Compared()).Keys()
	return matchKeys{k.Phone, k.Email, k.Name, k.Place}
}

// maxCandidates is how many contacts a lookup answers at most: those that are among the oldest of
// their keys.
const maxCandidates = 20_000

// placed is a contact, and how many older ones share one of the keys that it was found by.
type placed struct {
	ContactID core.ID[crm.Contact]
	Place     int
}

// Candidates reads the ids first and then as much of their contacts as comparing needs: many
// are found by more than one key.
func (s store) Candidates(ctx context.Context, keys crm.MatchKeys) ([]crm.Candidate, error) {
	var oldest []placed
	for _, by := range []struct {
		column string
		keys   []int64
	}{
		{"match_phone", keys.Phones}, {"match_email", keys.Emails}, {"match_name", keys.Names}, {"match_place", keys.Places},
	} {
		if len(by.keys) == 0 {
			continue
		}
		ranked := s.Select(bunstore.Shared, (*contactRow)(nil)).ColumnExpr("c.id AS contact_id").
			ColumnExpr("row_number() OVER (PARTITION BY c.? ORDER BY c.id) AS place", bun.Ident(by.column)).
			Where("c.? IN (?)", bun.Ident(by.column), bun.List(by.keys)).Where("c.deleted_at IS NULL")
		var some []placed
		if err := s.From(ranked, "ranked").Column("contact_id", "place").Where("place <= ?", duplicates.MaxBlock).Scan(ctx, &some); err != nil {
			return nil, s.Fail(err)
		}
		oldest = append(oldest, some...)
	}
	slices.SortFunc(oldest, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), slices.Compare(a.ContactID.UUID[:], b.ContactID.UUID[:]))
	})
	var ids []core.ID[crm.Contact]
	seen := map[core.ID[crm.Contact]]bool{}
	for _, o := range oldest {
		if !seen[o.ContactID] && len(ids) < maxCandidates {
			seen[o.ContactID] = true
			ids = append(ids, o.ContactID)
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
			rows[i].matchKeys = matchKeysOf(&rows[i].Contact)
			_, err := s.AcrossUpdate(&rows[i]).Column("match_phone", "match_email", "match_name", "match_place").
				Where("c.company_id = ?", rows[i].CompanyID).Where("c.id = ?", rows[i].ID).Exec(ctx)
			if err != nil {
				return s.Fail(err)
			}
		}
		return nil
	})
	return n, err
}
