package crm

import (
	"context"
	"iter"

	"github.com/clientele-crm/clientele/core"
)

// Notes is the service of the notes on contacts. It needs [core.ContactsRead] to read and
// [core.ContactsWrite] to change. Whoever sees a contact sees its notes. Those of a deleted
// contact can be read, and changing them is [core.ErrState].
type Notes struct {
	work  core.Work[Tx]
	blobs core.Blobs
}

// NewNotes is the service over a store, in the scope of work. Blobs keeps the attached
// files; with nil, notes have none.
func NewNotes(work core.Work[Tx], blobs core.Blobs) *Notes { return &Notes{work, blobs} }

var noteKeeper = keeper[Note]{Store.Note, byVersion(Store.ReplaceNote), Store.DeleteNote}

// Create adds a note to a contact.
func (s *Notes) Create(ctx context.Context, contact core.ID[Contact], n NewNote) (Note, error) {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return Note{}, err
	}
	var note Note
	err := s.work.Atomic(ctx, func(tx Tx) error {
		if err := live(ctx, tx, contact); err != nil {
			return err
		}
		note = Note{ID: core.NewID[Note](tx.Env), ContactID: contact, NewNote: n, Stamp: newStamp(tx)}
		if err := note.check(); err != nil {
			return err
		}
		if err := tx.Store.InsertNote(ctx, note); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, NoteCreated.Of(note.ID, nil, &note))
	})
	if err != nil {
		return Note{}, err
	}
	return note, nil
}

// Get reads a note.
func (s *Notes) Get(ctx context.Context, id core.ID[Note]) (Note, error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return Note{}, err
	}
	return s.work.Plain().Store.Note(ctx, id)
}

// Update changes a note as [Contacts.Update] does a contact. Edit changes what is of
// NewNote; an uploaded file is changed by Attach and Detach, or replaced by an AttachmentURL.
func (s *Notes) Update(ctx context.Context, id core.ID[Note], edit func(*Note) error) (Note, error) {
	return s.change(ctx, id, func(was, n *Note) error {
		if err := edit(n); err != nil {
			return err
		}
		n.AttachmentKey, n.AttachmentType, n.AttachmentSize = was.AttachmentKey, was.AttachmentType, was.AttachmentSize
		return n.check()
	})
}

// change changes a note, and removes the file that it has lost by it.
func (s *Notes) change(ctx context.Context, id core.ID[Note], edit func(was, n *Note) error) (Note, error) {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return Note{}, err
	}
	var before string
	n, err := change(ctx, s.work, noteKeeper, id, NoteUpdated, func(tx Tx, was, n *Note) error {
		if err := liveStill(ctx, tx, was.ContactID); err != nil {
			return err
		}
		before = was.AttachmentKey
		err := edit(was, n)
		n.ID, n.ContactID = was.ID, was.ContactID
		return err
	})
	if err != nil {
		return Note{}, err
	}
	if n.AttachmentKey != before {
		s.remove(ctx, before)
	}
	return n, nil
}

// Delete deletes a note and its file for good.
func (s *Notes) Delete(ctx context.Context, id core.ID[Note], checks ...Check[Note]) error {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return err
	}
	n, err := erase(ctx, s.work, noteKeeper, id, NoteDeleted, func(tx Tx, n *Note) error {
		if err := liveStill(ctx, tx, n.ContactID); err != nil {
			return err
		}
		return allow(*n, checks)
	})
	if err != nil {
		return err
	}
	s.remove(ctx, n.AttachmentKey)
	return nil
}

// List reads a page of a contact's notes, the newest first.
func (s *Notes) List(ctx context.Context, contact core.ID[Contact], p core.Page) (core.List[Note], error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return core.List[Note]{}, err
	}
	return listOf(ctx, s.work, contact, func(tx Tx, of core.ID[Contact]) (core.List[Note], error) {
		return tx.Store.ListNotes(ctx, of, p)
	})
}

// All runs through a contact's notes, page by page.
func (s *Notes) All(ctx context.Context, contact core.ID[Contact]) iter.Seq2[Note, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Note], error) {
		return s.List(ctx, contact, p)
	})
}
