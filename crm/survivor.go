package crm

import (
	"context"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// survivor is the contact that has the id, or that the one with the id was merged into in the end. Who is
// found by a merge is looked for until the same is found twice: it may be undone between two questions.
func survivor(ctx context.Context, tx Tx, id core.ID[Contact]) (c Contact, err error) {
	var before []core.ID[Contact]
	for range core.Attempts {
		var by []core.ID[Contact]
		if c, by, err = follow(ctx, tx, id); len(by) == 0 || slices.Equal(by, before) {
			return c, err
		}
		before = by
	}
	return c, core.Stale("contact")
}

// follow is the contact at the end of the merges of an id, and those into which it was merged on the way.
func follow(ctx context.Context, tx Tx, id core.ID[Contact]) (c Contact, by []core.ID[Contact], err error) {
	for {
		if c, err = tx.Store.Contact(ctx, id); err != nil || !isMerged(&c) {
			return c, by, err
		}
		id = c.MergedIntoID // there are no circles: who was merged into another can neither win nor lose a merge
		by = append(by, id)
	}
}

// ofSurvivor asks for what hangs on the contact that the id answers, and asks again if that was merged
// into another between the questions, or its merge undone. What belongs to contacts moves at once, so
// whoever has any was not merged when it was read; ask reports whether they have.
func ofSurvivor[T any](ctx context.Context, tx Tx, id core.ID[Contact], ask func(Contact) (found T, has bool, err error)) (found T, err error) {
	c, err := survivor(ctx, tx, id)
	for range core.Attempts {
		if err != nil {
			return found, err
		}
		was, has := c.ID, false
		if found, has, err = ask(c); err != nil || has && was == id {
			return found, err
		}
		if c, err = survivor(ctx, tx, id); err == nil && c.ID == was {
			return found, nil
		}
	}
	return found, core.Stale("contact")
}

// listOf is ofSurvivor for a page of a list.
func listOf[T any](ctx context.Context, work core.Work[Tx], id core.ID[Contact], list func(tx Tx, of core.ID[Contact]) (core.List[T], error)) (core.List[T], error) {
	tx := work.Plain()
	return ofSurvivor(ctx, tx, id, func(c Contact) (l core.List[T], has bool, err error) {
		l, err = list(tx, c.ID)
		return l, len(l.Items) > 0, err
	})
}
