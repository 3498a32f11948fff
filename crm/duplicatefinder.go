package crm

import (
	"context"
	"slices"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm/duplicates"
)

// found is a contact that may be the same person as another, and why.
type found = duplicates.Found[core.ID[Contact]]

// findDuplicates is, for each of the contacts, whom of the live ones it may be the same person
// as, of those that the actor sees: the likeliest first. The contacts need not be stored; an
// earlier one of the list counts as stored, so that each pair within the list is found once, at
// its later contact. Pairs that were said to be two people are left out.
//
// It asks the database a dozen times at most, however many contacts there are. They should be few enough
// to be held with some dozens of candidates each: a thousand, as a batch of an import.
func findDuplicates(ctx context.Context, tx Tx, cs []Contact) ([][]found, error) {
	var keys MatchKeys
	profiles := make([]*duplicates.Profile, len(cs))
	ids := make([]core.ID[Contact], len(cs))
	for i := range cs {
		profiles[i], ids[i] = duplicates.Of(cs[i].Compared()), cs[i].ID
		keys.add(profiles[i].Keys())
	}
	candidates, err := tx.Store.Candidates(ctx, keys)
	if err != nil {
		return nil, err
	}
	pairs, err := tx.Store.DistinctPairs(ctx, ids)
	if err != nil {
		return nil, err
	}
	distinct := map[DistinctPair]bool{}
	for _, p := range pairs {
		distinct[p] = true
	}
	x := duplicates.NewIndex[core.ID[Contact]]()
	given := map[core.ID[Contact]]bool{}
	for _, id := range ids {
		given[id] = true
	}
	for _, c := range candidates {
		if !given[c.ID] {
			x.Add(c.ID, duplicates.Of(c.Record))
		}
	}
	all := make([][]found, len(cs))
	for i, p := range profiles {
		all[i] = slices.DeleteFunc(x.Find(p), func(f found) bool { return distinct[Distinct(f.Name, ids[i])] })
		slices.SortFunc(all[i], likeliest)
		x.Add(ids[i], p)
	}
	return all, nil
}

// olderThan is those found that are older than the contact, in the order of their ids: without
// those up to after where the contact is the one that a page begins with.
func olderThan(id, first, after core.ID[Contact], all []found) (older []found) {
	for _, f := range all {
		if before(f.Name, id) && (id != first || before(after, f.Name)) {
			older = append(older, f)
		}
	}
	slices.SortFunc(older, func(a, b found) int { return slices.Compare(a.Name.UUID[:], b.Name.UUID[:]) })
	return older
}
