package crm

import (
	"context"
	"errors"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// UndoMerge brings the loser of a merge back, with all that the merge took from it, and takes from
// the survivor what the merge gave it. What was changed since is never overwritten: it stays as
// it is, and the answer tells it in Kept. It needs [core.ContactsMerge].
//
// A merge that was undone is [core.ErrState], and so is one whose survivor was deleted or merged
// itself since: what came later is undone first.
func (s *Contacts) UndoMerge(ctx context.Context, id core.ID[Merge]) (Merge, error) {
	if err := s.require(core.ContactsMerge); err != nil {
		return Merge{}, err
	}
	var m Merge
	err := core.Retry(ctx, s.work, func(tx Tx) error {
		var err error
		if m, err = tx.Store.Merge(ctx, id); err != nil {
			return err
		}
		survivor, loser, err := bothLocked(ctx, tx, m.SurvivorID, m.LoserID)
		if err != nil {
			return err
		}
		switch {
		case m.UndoneAt != nil:
			return &core.Error{Kind: core.ErrState, Code: "merge_undone", Message: "the merge was undone already"}
		case loser.MergedIntoID != survivor.ID:
			return core.Stale("merge")
		}
		if err := standing(&survivor); err != nil {
			return err
		}
		return m.undo(ctx, tx, survivor, loser)
	})
	if err != nil {
		return Merge{}, err
	}
	return m, nil
}

func (m *Merge) undo(ctx context.Context, tx Tx, survivor, loser Contact) error {
	m.Kept = nil
	if err := m.giveBack(ctx, tx, survivor); err != nil {
		return retaken(err)
	}
	if err := m.bringBack(ctx, tx, loser); err != nil {
		return retaken(err)
	}
	relations := tx.Relations()
	for _, moved := range m.Moved {
		i := slices.IndexFunc(relations, func(r Relation) bool { return r.Name() == moved.Relation })
		if i < 0 {
			return &core.Error{Kind: core.ErrState, Code: "merge_relation_unknown", Message: "this program does not know the " + moved.Relation + " that the merge moved"}
		}
		stayed, err := relations[i].PutBack(ctx, m.LoserID, m.SurvivorID, moved.Rows)
		if err != nil {
			return err
		}
		for _, row := range stayed {
			m.Kept = append(m.Kept, Kept{ContactID: m.LoserID, Relation: moved.Relation, RowID: &row, Reason: "moved"})
		}
	}
	now, was := tx.Env.Time(), m.Version
	m.UndoneAt, m.UndoneByID, m.UpdatedAt, m.Version = &now, tx.Scope.Actor.ID, now, was+1
	return tx.Store.ReplaceMerge(ctx, *m, was)
}

// giveBack takes from the survivor what the merge gave it.
func (m *Merge) giveBack(ctx context.Context, tx Tx, is Contact) error {
	c := is
	for _, f := range mergeFields {
		switch before, after := f.value(&m.Was), f.value(&m.Now); {
		case before == after:
		case f.value(&is) == after:
			f.copy(&c, &m.Was)
		default:
			m.Kept = append(m.Kept, Kept{ContactID: is.ID, Field: "/" + f.name, Reason: "changed"})
		}
	}
	if err := m.dropLostCategory(ctx, tx, &c); err != nil {
		return err
	}
	c.Tags = withoutMerged(m.Was.Tags, m.Now.Tags, is.Tags, core.Fold)
	c.OtherAddresses = withoutMerged(m.Was.OtherAddresses, m.Now.OtherAddresses, is.OtherAddresses, Address.key)
	first := (&Contact{NewContact: NewContact{Phone: c.Phone, Email: c.Email}}).AddressKeys()
	c.OtherAddresses = slices.DeleteFunc(c.OtherAddresses, func(a Address) bool { return slices.Contains(first, a.key()) })
	c.Incomplete = m.Was.Incomplete
	if len(m.Kept) > 0 {
		if err := judge(ctx, tx, &c); err != nil {
			return err
		}
	}
	if err := m.leaveTaken(ctx, tx, &c, is.AddressKeys()); err != nil {
		return err
	}
	return write(ctx, tx, ContactUpdated, is, &c)
}

// dropLostCategory leaves the category as it is where the one before the merge is gone.
func (m *Merge) dropLostCategory(ctx context.Context, tx Tx, c *Contact) error {
	if c.CategoryID == m.Now.CategoryID || c.CategoryID.IsZero() {
		return nil
	}
	_, err := tx.Store.Category(ctx, c.CategoryID)
	if errors.Is(err, core.ErrNotFound) {
		c.CategoryID = m.Now.CategoryID
		m.Kept = append(m.Kept, Kept{ContactID: c.ID, Field: "/categoryId", Reason: "changed"})
		return nil
	}
	return err
}

// withoutMerged is the list as it is now, without what the merge added to it and with what the
// merge took from it: as it was, if nobody changed it since.
func withoutMerged[T any, K comparable](was, merged, is []T, key func(T) K) []T {
	has := func(list []T, one T) bool {
		return slices.ContainsFunc(list, func(other T) bool { return key(other) == key(one) })
	}
	if slices.EqualFunc(merged, is, func(a, b T) bool { return key(a) == key(b) }) {
		return slices.Clone(was)
	}
	kept := slices.DeleteFunc(slices.Clone(is), func(one T) bool { return has(merged, one) && !has(was, one) })
	taken := slices.DeleteFunc(slices.Clone(was), func(one T) bool { return has(merged, one) })
	return addMissing(kept, taken, key)
}

// bringBack restores the loser, without the addresses that somebody has taken since.
func (m *Merge) bringBack(ctx context.Context, tx Tx, was Contact) error {
	c := was
	c.DeletedAt, c.MergedIntoID = nil, core.ID[Contact]{}
	if err := m.leaveTaken(ctx, tx, &c, nil); err != nil {
		return err
	}
	return write(ctx, tx, ContactUnmerged, was, &c)
}

// leaveTaken takes from a contact the addresses that somebody else has by now; its own are those
// that it holds already.
func (m *Merge) leaveTaken(ctx context.Context, tx Tx, c *Contact, own []AddressKey) error {
	keys := slices.DeleteFunc(c.AddressKeys(), func(k AddressKey) bool { return slices.Contains(own, k) })
	taken, err := tx.Store.HeldAddresses(ctx, keys)
	if err != nil {
		return err
	}
	keep := func(field string) { m.Kept = append(m.Kept, Kept{ContactID: c.ID, Field: field, Reason: "taken"}) }
	if c.Phone != "" && slices.Contains(taken, AddressKey{PhoneAddress, c.Phone.Key()}) {
		c.Phone, c.PhoneTyped = "", ""
		keep("/phone")
	}
	if c.Email != "" && slices.Contains(taken, AddressKey{EmailAddress, c.Email.Key()}) {
		c.Email = ""
		keep("/email")
	}
	others := []Address{}
	for i, a := range c.OtherAddresses {
		if slices.Contains(taken, a.key()) {
			keep(otherPointer(i))
			continue
		}
		others = append(others, a)
	}
	c.OtherAddresses = others
	if len(taken) == 0 {
		return nil
	}
	return judge(ctx, tx, c)
}

// judge says of a contact that was put together of what there was whether it is incomplete.
func judge(ctx context.Context, tx Tx, c *Contact) error {
	rules, err := rulesOf(ctx, tx)
	if err != nil {
		return err
	}
	rules.exempt = true
	rules.checkPolicy(&core.Faults{}, nil, c)
	return nil
}
