package crm

import (
	"context"
	"errors"
	"maps"

	"github.com/clientele-crm/clientele/core"
)

// store plans a batch, stores what it says and tells of it. A batch that the database
// refuses as a whole, because somebody else wrote meanwhile, is halved until the rows at
// fault stand alone: the others are stored.
func (im *importer) store(ctx context.Context, batch []*importedRow) error {
	if err := ctx.Err(); err != nil || len(batch) == 0 {
		return err
	}
	err := im.attempt(ctx, batch)
	switch {
	case err == nil:
		err = im.report(batch)
		im.settle(ctx)
		return err
	case !refused(err):
		return err
	case len(batch) > 1:
		half := len(batch) / 2
		if err := im.store(ctx, batch[:half]); err != nil {
			return err
		}
		return im.store(ctx, batch[half:])
	}
	return im.storeAlone(ctx, batch[0], err)
}

// settle tells the database of the new rows after the first thousand, and each time that they
// have become four times as many: an import into an empty database would go on by the plans
// for an empty one, which read the whole company for each row.
func (im *importer) settle(ctx context.Context) {
	if im.spill != nil || im.result.Created < max(importBatchRows, 4*im.grown) {
		return
	}
	im.grown = im.result.Created
	// It is worth a try, and no more: a savepoint keeps what is around it whole.
	_ = im.work.Atomic(ctx, func(tx Tx) error { return tx.Store.ContactsGrown(ctx) })
}

// storeAlone tries a row again, which sees what others have written meanwhile. What the
// database goes on refusing is an error row.
func (im *importer) storeAlone(ctx context.Context, row *importedRow, err error) error {
	alone := []*importedRow{row}
	for range core.Attempts {
		if err = im.attempt(ctx, alone); err == nil || !refused(err) {
			break
		}
	}
	if refused(err) {
		row.fail(im.planner.columns, core.Faults{{Rule: "refused", Message: refusal(err)}})
		err = im.noteAlone(ctx, alone)
	}
	if err != nil {
		return err
	}
	return im.report(alone)
}

// noteAlone notes a row of which nothing is stored.
func (im *importer) noteAlone(ctx context.Context, alone []*importedRow) error {
	if im.spill != nil {
		return nil
	}
	record := im.record
	err := im.work.Atomic(ctx, func(tx Tx) (err error) {
		record, err = record.note(ctx, tx, alone, nil)
		return err
	})
	if err == nil {
		im.record = record
	}
	return err
}

// refused reports whether the fault may be of single rows, not of the database.
func refused(err error) bool {
	return errors.Is(err, core.ErrExists) || errors.Is(err, core.ErrConflict) || errors.Is(err, core.ErrInvalid)
}

func refusal(err error) string {
	if errors.Is(err, core.ErrInvalid) {
		return "the database refuses a value of the row"
	}
	return "somebody else changed the contact at the same time: import the row again"
}

// attempt plans a batch and stores it in one transaction, or in the spill of a dry run.
func (im *importer) attempt(ctx context.Context, batch []*importedRow) error {
	if im.spill != nil {
		return im.rehearse(ctx, batch)
	}
	made, record := 0, im.record
	err := im.work.Atomic(ctx, func(tx Tx) error {
		r, err := im.rosterOf(ctx, tx, batch)
		if err != nil {
			return err
		}
		r.madeBefore = im.made
		im.planAll(r, batch)
		if err := r.write(ctx, tx); err != nil {
			return err
		}
		made = len(r.invented)
		record, err = record.note(ctx, tx, batch, r)
		return err
	})
	if err == nil {
		im.made += made
		im.record = record
	}
	return err
}

func (im *importer) planAll(r *roster, batch []*importedRow) {
	for _, row := range batch {
		im.planner.plan(r, row)
	}
}

// rehearse is attempt for a dry run.
func (im *importer) rehearse(ctx context.Context, batch []*importedRow) error {
	roster, err := im.rosterOf(ctx, im.work.Plain(), batch)
	if err != nil {
		return err
	}
	if err := im.spill.overlay(roster, batch); err != nil {
		return err
	}
	maps.Copy(roster.categories, im.invented)
	roster.madeBefore = len(im.invented)
	im.planAll(roster, batch)
	for _, c := range roster.invented {
		im.invented[core.Fold(c.Name)] = c
	}
	for _, row := range batch {
		if row.fresh {
			row.plan.ContactID = core.ID[Contact]{} // nobody will ever find it
		}
		if row.freshDuplicate && row.plan.Duplicate != nil {
			row.plan.Duplicate.ContactID = core.ID[Contact]{}
		}
	}
	for _, c := range roster.order {
		if err := im.spill.put(c); err != nil {
			return err
		}
	}
	return nil
}

// rosterOf is the stored contacts that a batch may be about, in a few queries for all rows.
func (im *importer) rosterOf(ctx context.Context, tx Tx, batch []*importedRow) (*roster, error) {
	sought := soughtBy(batch)
	stored, hidden, err := sought.contacts(ctx, tx)
	if err != nil {
		return nil, err
	}
	r := newRoster(stored, hidden)
	named, err := tx.Store.CategoriesNamed(ctx, sought.categories)
	for _, c := range named {
		r.categories[core.Fold(c.Name)] = c
	}
	if err != nil || !im.reader.alikes {
		return r, err
	}
	if r.alikes, err = alikesOf(ctx, tx, batch); err == nil && im.opts.OnDuplicate == UpdateDuplicate {
		err = r.probable(ctx, tx, batch)
	}
	return r, err
}

// encode encodes what is told of the batch, in the time in which those before it are stored.
func (r *roster) encode() error {
	for i := range r.events {
		if err := r.events[i].Encode(); err != nil {
			return err
		}
	}
	return nil
}

// write stores what the batch made of the roster.
func (r *roster) write(ctx context.Context, tx Tx) error {
	made := make([]Contact, 0, len(r.order))
	var changes []ContactChange
	for _, c := range r.order {
		if c.was == nil {
			made = append(made, c.now)
		} else {
			changes = append(changes, ContactChange{*c.was, c.now})
		}
	}
	for _, c := range r.invented {
		if err := tx.Store.InsertCategory(ctx, c); err != nil {
			return err
		}
	}
	if err := tx.Store.ReplaceContacts(ctx, changes...); err != nil {
		return err
	}
	if err := tx.Store.InsertContacts(ctx, made...); err != nil {
		return err
	}
	return tx.Events.Emit(ctx, r.events...)
}
