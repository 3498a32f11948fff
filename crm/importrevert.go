package crm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// RevertImport brings the contacts that an import made or changed back to what they were: those
// that it made are deleted, as by [Contacts.Delete], and those that it changed get their values
// from before, which are read from the audit. A contact that has changed since, whose history is
// gone, or whose addresses or category somebody else has taken or removed, is left as it is and
// counted as kept; [Contacts.KeptContacts] lists them.
//
// It goes back from the last batch to the first, a transaction each: after a crash, calling it
// again goes on. It also ends an import that is running. Besides [core.ContactsImport] it needs
// [core.ContactsWrite] and [core.ContactsDelete].
func (s *Contacts) RevertImport(ctx context.Context, id core.ID[ImportRecord]) (r ImportRecord, err error) {
	if err := errors.Join(s.require(core.ContactsImport), s.require(core.ContactsWrite), s.require(core.ContactsDelete)); err != nil {
		return ImportRecord{}, err
	}
	undone := map[core.ID[Contact]]int64{} // the version that this revert left of contacts of several batches
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		var left map[core.ID[Contact]]int64 // undone counts what was kept alone: the version may be somebody else's by now
		err := core.Retry(ctx, s.work, func(tx Tx) (err error) {
			left = map[core.ID[Contact]]int64{}
			r, more, err = revertBatch(ctx, tx, id, undone, left)
			return retaken(err)
		})
		if err != nil {
			return r, err
		}
		maps.Copy(undone, left)
	}
	return r, nil
}

// retaken makes what the database refuses of a contact that is to be as it was one to try again: somebody has taken
// an address, or removed a category, since it was asked for.
func retaken(err error) error {
	if refused(err) {
		return core.Stale("contact")
	}
	return err
}

// revertBatch undoes the last batch that is not undone, or ends the revert where there is none.
func revertBatch(ctx context.Context, tx Tx, id core.ID[ImportRecord], undone, left map[core.ID[Contact]]int64) (r ImportRecord, more bool, err error) {
	if r, err = tx.Store.Import(ctx, id); err != nil || r.State == ImportReverted {
		return r, false, err
	}
	was := r
	batches, err := tx.Store.ImportBatches(ctx, id, false, 1)
	if err != nil {
		return r, false, err
	}
	if len(batches) == 0 {
		now := tx.Env.Time()
		r.State, r.FinishedAt = ImportReverted, &now
		if err := replaceImport(ctx, tx, &r); err != nil {
			return r, false, err
		}
		return r, false, tx.Events.Emit(ctx, ImportWasReverted.Of(id, &was, &r))
	}
	batch := batches[0]
	all := len(batch.Contacts)
	var gone int
	if batch.Contacts, gone, err = revertContacts(ctx, tx, batch.Contacts, undone, left); err != nil {
		return r, false, err
	}
	batch.Reverted = true
	r.Kept += len(batch.Contacts)
	r.Gone += gone
	r.Reverted += all - len(batch.Contacts) - gone
	if err := tx.Store.ReplaceImportBatch(ctx, batch); err != nil {
		return r, false, err
	}
	return r, true, replaceImport(ctx, tx, &r)
}

// revertContacts undoes what a batch did, in reverse, and answers the contacts that it leaves, and how
// many there are no more. The versions of those that it undoes are added to left.
func revertContacts(ctx context.Context, tx Tx, list []ImportedContact, undone, left map[core.ID[Contact]]int64) (kept []ImportedContact, gone int, err error) {
	ids := make([]core.ID[Contact], len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	stored, err := tx.Store.ContactsByID(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	byID := map[core.ID[Contact]]Contact{}
	for _, c := range stored {
		byID[c.ID] = c
	}
	var events []core.Event
	for _, entry := range slices.Backward(list) {
		was, there := byID[entry.ID]
		if !there {
			gone++ // erased meanwhile: there is nothing to undo
			continue
		}
		now, event, err := beforeImport(ctx, tx, was, entry, undone[entry.ID])
		if err != nil {
			return nil, 0, err
		}
		if now == nil {
			kept = append(kept, entry)
			continue
		}
		now.Version, now.UpdatedAt = was.Version+1, tx.Env.Time()
		if err := tx.Store.ReplaceContacts(ctx, ContactChange{was, *now}); err != nil {
			return nil, 0, err
		}
		if entry.From > 0 {
			left[entry.ID] = now.Version
		}
		events = append(events, event.Of(now.ID, &was, now))
	}
	return kept, gone, tx.Events.Emit(ctx, events...)
}

// beforeImport is the contact as it was before, or nil where it has to be left.
func beforeImport(ctx context.Context, tx Tx, was Contact, entry ImportedContact, undone int64) (*Contact, core.EventType[Contact], error) {
	if was.Version != entry.To && was.Version != undone || was.DeletedAt != nil {
		return nil, ContactUpdated, nil
	}
	if entry.From == 0 {
		now, at := was, tx.Env.Time()
		now.DeletedAt = &at
		return &now, ContactDeleted, nil
	}
	changes, err := tx.Store.ContactChanges(ctx, was.ID)
	if err != nil {
		return nil, ContactUpdated, err
	}
	history := between(changes, entry.From, entry.To)
	if int64(len(history)) != entry.To-entry.From {
		return nil, ContactUpdated, nil
	}
	now, err := undo(was, history)
	if err != nil {
		return nil, ContactUpdated, err
	}
	return free(ctx, tx, &was, now)
}

// between are the changes that led from one version to another, the newest first.
func between(changes []map[string]core.AuditChange, from, to int64) (list []map[string]core.AuditChange) {
	version := func(c map[string]core.AuditChange) (v int64) {
		_ = json.Unmarshal(c["version"].New, &v) // an entry without one is of no such change
		return v
	}
	for _, c := range changes {
		if v := version(c); from < v && v <= to {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b map[string]core.AuditChange) int { return cmp.Compare(version(b), version(a)) })
	return list
}

// undo takes changes back, the newest first.
func undo(c Contact, history []map[string]core.AuditChange) (*Contact, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	for _, changes := range history {
		for name, change := range changes {
			if change.Old == nil {
				delete(fields, name)
			} else {
				fields[name] = change.Old
			}
		}
	}
	if text, err = json.Marshal(fields); err != nil {
		return nil, err
	}
	now := Contact{}
	if err := json.Unmarshal(text, &now); err != nil {
		return nil, err
	}
	now.Stamp = c.Stamp
	return &now, nil
}

// free is now, or nil where somebody else has one of its addresses, or its category is gone.
func free(ctx context.Context, tx Tx, was, now *Contact) (*Contact, core.EventType[Contact], error) {
	own := was.AddressKeys()
	again := slices.DeleteFunc(now.AddressKeys(), func(k AddressKey) bool { return slices.Contains(own, k) })
	taken, err := tx.Store.HeldAddresses(ctx, again) // by whomever, also one whom the actor does not see
	if err != nil {
		return nil, ContactUpdated, err
	}
	if len(taken) > 0 {
		return nil, ContactUpdated, nil
	}
	if now.CategoryID != was.CategoryID && !now.CategoryID.IsZero() {
		if _, err := tx.Store.Category(ctx, now.CategoryID); errors.Is(err, core.ErrNotFound) {
			return nil, ContactUpdated, nil
		} else if err != nil {
			return nil, ContactUpdated, err
		}
	}
	return now, ContactUpdated, nil
}

// KeptContacts are the first contacts that a revert of an import has left, up to limit.
func (s *Contacts) KeptContacts(ctx context.Context, id core.ID[ImportRecord], limit int) (ids []core.ID[Contact], err error) {
	if err := s.require(core.ContactsImport); err != nil {
		return nil, err
	}
	tx := s.work.Plain()
	if _, err := tx.Store.Import(ctx, id); err != nil {
		return nil, err
	}
	batches, err := tx.Store.ImportBatches(ctx, id, true, limit)
	for _, b := range batches {
		for _, c := range b.Contacts {
			if len(ids) < limit {
				ids = append(ids, c.ID)
			}
		}
	}
	return ids, err
}
