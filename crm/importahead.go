package crm

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// plannedAhead plans rows while others before them are stored, or is nil where that cannot be. It
// reads what is stored at some instant of it, and takes from the flights what those leave: so it
// is no matter how much of them was stored then. What others change meanwhile is found when the rows
// are stored, by the versions and the addresses; then they are planned anew.
func (im *importer) plannedAhead(ctx context.Context, rows []*importedRow) *roster {
	r, err := im.rosterOf(ctx, im.work.Plain(), rows)
	if err != nil {
		return nil // who stores the rows will meet it too
	}
	r.madeBefore = im.made
	for _, f := range im.flights {
		r.follow(f.roster, rows)
	}
	im.planAll(r, rows)
	return r
}

// follow puts into the roster what another one leaves, which comes before it and may be stored or not.
func (r *roster) follow(before *roster, rows []*importedRow) {
	r.madeBefore += len(before.invented)
	for _, c := range before.invented {
		r.categories[core.Fold(c.Name)] = c
		r.heir = true
	}
	if r.alikes != nil {
		r.alikes.follow(before)
	}
	var changed []*rostered
	for _, c := range before.order {
		if stored := r.byID[c.now.ID]; stored != nil {
			r.leave(stored)
			changed = append(changed, c)
		}
	}
	for _, c := range changed { // after all have left: one may have another's address now
		r.inherit(c)
	}
	for _, row := range rows {
		row.eachKey(func(_ string, key AddressKey) { r.inherit(before.byKey[key]) })
		r.inherit(before.byID[row.id])
		for _, c := range before.byName[row.nameKey] {
			r.inherit(c)
		}
	}
}

// inherit enters a contact as the roster before leaves it, if that has changed it.
func (r *roster) inherit(c *rostered) {
	if c == nil || !c.listed || r.byID[c.now.ID] != nil {
		return
	}
	was := c.now
	r.enter(&rostered{now: was, was: &was, fresh: c.fresh, profile: c.profile})
	r.heir = true
}
