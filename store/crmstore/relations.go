package crmstore

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// relations are what belongs to contacts in this package's tables.
func relations(s *bunstore.Session) []crm.Relation {
	return []crm.Relation{
		Relation(s, "notes", bunstore.Reference{Table: "crm_contact_notes", Column: "contact_id"}),
		Relation(s, "activities", bunstore.Reference{Table: "crm_contact_activities", Column: "contact_id"}),
		Relation(s, "social_links", bunstore.Reference{Table: "crm_contact_social_links", Column: "contact_id"}),
		Relation(s, "leads", bunstore.Reference{Table: "crm_leads", Column: "contact_id"}),
		consents{Relation(s, "consents", bunstore.Reference{Table: "crm_consents", Column: "contact_id", Unversioned: true}), s},
		distinctMarks{store{s}},
	}
}

// Relation is the rows of a table that refer to contacts, of this package or of another.
func Relation(s *bunstore.Session, name string, r bunstore.Reference) crm.Relation {
	return reference{s, name, r}
}

type reference struct {
	*bunstore.Session
	name string
	ref  bunstore.Reference
}

// Name implements [crm.Relation].
func (r reference) Name() string { return r.name }

// Repoint implements [crm.Relation].
func (r reference) Repoint(ctx context.Context, from, to core.ID[crm.Contact]) ([]crm.MovedRow, error) {
	ids, err := r.Session.Repoint(ctx, r.ref, from.UUID, to.UUID, nil)
	moved := make([]crm.MovedRow, len(ids))
	for i, id := range ids {
		moved[i].ID = id
	}
	return moved, err
}

// PutBack implements [crm.Relation].
func (r reference) PutBack(ctx context.Context, from, to core.ID[crm.Contact], moved []crm.MovedRow) ([]uuid.UUID, error) {
	ids := make([]uuid.UUID, len(moved))
	for i, row := range moved {
		ids[i] = row.ID
	}
	back, err := r.Session.Repoint(ctx, r.ref, to.UUID, from.UUID, ids)
	return slices.DeleteFunc(ids, func(id uuid.UUID) bool {
		_, found := slices.BinarySearchFunc(back, id, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		return found
	}), err
}

// distinctMarks are the pairs that were said to be two people: whom the loser is not, the survivor
// is not. Those of the loser stay, for when it comes back.
type distinctMarks struct{ store }

// Name implements [crm.Relation].
func (distinctMarks) Name() string { return "not_duplicates" }

// Repoint implements [crm.Relation]. A row's id is that of the third contact.
func (d distinctMarks) Repoint(ctx context.Context, from, to core.ID[crm.Contact]) (moved []crm.MovedRow, err error) {
	pairs, err := d.DistinctPairs(ctx, []core.ID[crm.Contact]{from, to})
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		third, mine := other(p, from)
		if !mine || third == to || slices.Contains(pairs, crm.Distinct(to, third)) {
			continue
		}
		if err := d.InsertDistinct(ctx, crm.Distinct(to, third)); err != nil {
			return nil, err
		}
		moved = append(moved, crm.MovedRow{ID: third.UUID})
	}
	return moved, nil
}

// other is the one of a pair that is not id, and whether id is the one.
func other(p crm.DistinctPair, id core.ID[crm.Contact]) (core.ID[crm.Contact], bool) {
	if p.ContactID == id {
		return p.OtherID, true
	}
	return p.ContactID, p.OtherID == id
}

// PutBack implements [crm.Relation].
func (d distinctMarks) PutBack(ctx context.Context, _, to core.ID[crm.Contact], moved []crm.MovedRow) (stayed []uuid.UUID, err error) {
	for _, row := range moved {
		// One that was taken back since is gone, as it should be.
		err := d.DeleteDistinct(ctx, crm.Distinct(to, core.ID[crm.Contact]{UUID: row.ID}))
		if err != nil && !errors.Is(err, core.ErrNotFound) {
			return nil, err
		}
	}
	return nil, nil
}
