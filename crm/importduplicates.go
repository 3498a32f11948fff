package crm

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm/duplicates"
)

// OnDuplicate says what an import does with a row that is about no contact by its id and addresses,
// and probably is somebody whom there is ([duplicates.Probable]).
type OnDuplicate string

// What may be done with a probable duplicate.
const (
	WarnDuplicate   OnDuplicate = "warn"   // make a contact, and say whom it probably is
	CreateDuplicate OnDuplicate = "create" // make a contact, and look for nobody
	SkipDuplicate   OnDuplicate = "skip"   // make none
	UpdateDuplicate OnDuplicate = "update" // take that contact for the one that the row is about
)

// seeks reports whether it makes a difference whom rows are duplicates of.
func (o *ImportOptions) seeks() bool {
	return o.OnDuplicate == UpdateDuplicate || o.OnDuplicate != CreateDuplicate && o.OnNew != SkipNew
}

// ImportDuplicate is whom a row is probably about.
type ImportDuplicate struct {
	// ContactID is absent where a dry run only would have made the contact.
	ContactID core.ID[Contact] `json:"contactId,omitzero"`
	duplicates.Match
}

// alikes are the contacts that rows of a batch may be duplicates of: those that share a key with
// one, and those that the batch makes.
type alikes struct {
	index  *duplicates.Index[contactState]
	wanted map[int64]bool                 // the keys of the rows
	latest map[core.ID[Contact]]int64     // the version of each that counts
	kin    map[core.ID[Contact]]*rostered // those that batches before leave, which may not be stored
}

// contactState is a contact at one of its versions; 0 is the one that is stored.
type contactState struct {
	ID      core.ID[Contact]
	Version int64
	Fresh   bool // this import made it
}

// alikesOf looks for the stored ones, in a few queries for all rows.
func alikesOf(ctx context.Context, tx Tx, rows []*importedRow) (*alikes, error) {
	a := &alikes{
		index: duplicates.NewIndex[contactState](), wanted: map[int64]bool{},
		latest: map[core.ID[Contact]]int64{}, kin: map[core.ID[Contact]]*rostered{},
	}
	var keys MatchKeys
	for _, row := range rows {
		if row.profile != nil {
			keys.add(row.profile.Keys())
			for key := range row.profile.Keys().All {
				a.wanted[key] = true
			}
		}
	}
	stored, err := tx.Store.Candidates(ctx, keys)
	for _, c := range stored {
		a.add(contactState{ID: c.ID}, duplicates.Of(c.Record))
	}
	return a, err
}

// add makes a contact one that is found as it is now.
func (a *alikes) add(s contactState, p *duplicates.Profile) {
	a.latest[s.ID] = s.Version
	a.index.Add(s, p)
}

// follow adds what a batch before leaves of the contacts that it made and changed.
func (a *alikes) follow(before *roster) {
	for _, c := range before.order {
		if _, known := a.latest[c.now.ID]; known || a.wants(c.profile) {
			a.add(contactState{c.now.ID, c.now.Version, c.fresh}, c.profile)
			a.kin[c.now.ID] = c
		}
	}
}

func (a *alikes) wants(p *duplicates.Profile) bool {
	for key := range p.Keys().All {
		if a.wanted[key] {
			return true
		}
	}
	return false
}

// likeliest is whom a row probably is, of those that are live.
func (r *roster) likeliest(row *importedRow) (s contactState, d *ImportDuplicate) {
	if r.alikes == nil || row.profile == nil {
		return s, nil
	}
	for _, f := range r.alikes.index.Find(row.profile) {
		c := r.byID[f.Name.ID]
		if f.Likelihood == duplicates.Probable && r.alikes.latest[f.Name.ID] == f.Name.Version && (c == nil || c.now.DeletedAt == nil) {
			return f.Name, &ImportDuplicate{f.Name.ID, f.Match}
		}
	}
	return s, nil
}

// duplicate decides on a row that makes a contact otherwise; false: it makes it after all.
func (p *planner) duplicate(r *roster, row *importedRow) bool {
	s, d := r.likeliest(row)
	if d == nil {
		return false
	}
	row.plan.Duplicate, row.freshDuplicate = d, s.Fresh
	switch p.duplicates {
	case SkipDuplicate:
		row.plan.Action, row.plan.ContactID, row.fresh = ImportSkip, s.ID, s.Fresh
		return true
	case UpdateDuplicate:
		r.inherit(r.alikes.kin[s.ID])
		if match := r.byID[s.ID]; match != nil {
			p.matched(r, row, match)
			return true
		}
	}
	return false
}

// remember makes what a row made of a contact one that later rows may be duplicates of.
func (r *roster) remember(c *rostered, row *importedRow) {
	if r.alikes == nil {
		return
	}
	c.profile = row.profile
	says := &row.says
	if c.was != nil || c.now.Version > 1 || c.now.Name != says.Name || c.now.Company != says.Company || c.now.Location != says.Location {
		c.profile = duplicates.Of(c.now.Compared())
	}
	r.alikes.add(contactState{c.now.ID, c.now.Version, c.fresh}, c.profile)
}

// probable reads the stored contacts whole that rows are probably about, for an import that
// changes them.
func (r *roster) probable(ctx context.Context, tx Tx, rows []*importedRow) error {
	var ids []core.ID[Contact]
	for _, row := range rows {
		if row.profile == nil {
			continue
		}
		for _, f := range r.alikes.index.Find(row.profile) {
			if f.Likelihood == duplicates.Probable && r.byID[f.Name.ID] == nil {
				ids = append(ids, f.Name.ID)
			}
		}
	}
	stored, err := tx.Store.ContactsByID(ctx, ids)
	for _, c := range stored {
		if r.byID[c.ID] == nil {
			r.enter(&rostered{now: c, was: &c})
		}
	}
	return err
}
