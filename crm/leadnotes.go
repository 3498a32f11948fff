package crm

import (
	"context"
	"iter"

	"github.com/clientele-crm/clientele/core"
)

// LeadNotes is the service of the notes on leads. It needs [core.LeadsRead] to read and
// [core.LeadsWrite] to change. Whoever sees a lead sees its notes.
type LeadNotes struct{ work core.Work[Tx] }

// NewLeadNotes is the service over a store, in the scope of work.
func NewLeadNotes(work core.Work[Tx]) *LeadNotes { return &LeadNotes{work} }

var leadNoteKeeper = keeper[LeadNote]{Store.LeadNote, byVersion(Store.ReplaceLeadNote), Store.DeleteLeadNote}

// Create adds a note to a lead.
func (s *LeadNotes) Create(ctx context.Context, lead core.ID[Lead], n NewLeadNote) (LeadNote, error) {
	if err := permit(s.work, core.LeadsWrite); err != nil {
		return LeadNote{}, err
	}
	var note LeadNote
	err := s.work.Atomic(ctx, func(tx Tx) error {
		if _, err := tx.Store.Lead(ctx, lead); err != nil {
			return err
		}
		note = LeadNote{ID: core.NewID[LeadNote](tx.Env), LeadID: lead, NewLeadNote: n, Stamp: newStamp(tx)}
		if err := note.check(); err != nil {
			return err
		}
		if err := tx.Store.InsertLeadNote(ctx, note); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, LeadNoteCreated.Of(note.ID, nil, &note))
	})
	if err != nil {
		return LeadNote{}, err
	}
	return note, nil
}

// Get reads a note.
func (s *LeadNotes) Get(ctx context.Context, id core.ID[LeadNote]) (LeadNote, error) {
	if err := permit(s.work, core.LeadsRead); err != nil {
		return LeadNote{}, err
	}
	return s.work.Plain().Store.LeadNote(ctx, id)
}

// Update changes a note as [Contacts.Update] does a contact.
func (s *LeadNotes) Update(ctx context.Context, id core.ID[LeadNote], edit func(*LeadNote) error) (LeadNote, error) {
	if err := permit(s.work, core.LeadsWrite); err != nil {
		return LeadNote{}, err
	}
	n, err := change(ctx, s.work, leadNoteKeeper, id, LeadNoteUpdated, func(_ Tx, was, n *LeadNote) error {
		err := edit(n)
		n.ID, n.LeadID = was.ID, was.LeadID
		if err != nil {
			return err
		}
		return n.check()
	})
	if err != nil {
		return LeadNote{}, err
	}
	return n, nil
}

// Delete deletes a note for good.
func (s *LeadNotes) Delete(ctx context.Context, id core.ID[LeadNote], checks ...Check[LeadNote]) error {
	if err := permit(s.work, core.LeadsWrite); err != nil {
		return err
	}
	_, err := erase(ctx, s.work, leadNoteKeeper, id, LeadNoteDeleted, func(_ Tx, n *LeadNote) error { return allow(*n, checks) })
	return err
}

// List reads a page of a lead's notes, the newest first.
func (s *LeadNotes) List(ctx context.Context, lead core.ID[Lead], p core.Page) (core.List[LeadNote], error) {
	if err := permit(s.work, core.LeadsRead); err != nil {
		return core.List[LeadNote]{}, err
	}
	tx := s.work.Plain()
	if _, err := tx.Store.Lead(ctx, lead); err != nil {
		return core.List[LeadNote]{}, err
	}
	return tx.Store.ListLeadNotes(ctx, lead, p)
}

// All runs through a lead's notes, page by page.
func (s *LeadNotes) All(ctx context.Context, lead core.ID[Lead]) iter.Seq2[LeadNote, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[LeadNote], error) {
		return s.List(ctx, lead, p)
	})
}
