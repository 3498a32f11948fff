package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func noteOperations() []Operation {
	ops := []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/notes", ID: "listContactNotes", Tag: "Contact notes",
			Summary: "List a contact's notes", Details: "The newest first.", Access: needs(core.ContactsRead),
		}, listNotes),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/{id}/notes", ID: "createContactNote", Tag: "Contact notes",
			Summary: "Add a note to a contact",
			Details: "attachmentUrl is for a file that is kept elsewhere; a file to be kept here is put to the note's attachment.",
			Access:  needs(core.ContactsWrite), Status: http.StatusCreated,
			Required: []string{"content"}, Example: map[string]any{"content": "Met in London"},
		}, createNote),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/notes/{noteId}", ID: "getContactNote", Tag: "Contact notes",
			Summary: "Read a note", Details: "An attachmentSize above 0 says that a file can be read from its attachment.",
			Access: needs(core.ContactsRead),
		}, getNote),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/contacts/{id}/notes/{noteId}", ID: "updateContactNote", Tag: "Contact notes",
			Summary: "Change a note", Details: "A JSON merge patch: what is absent stays, null clears. An attachmentUrl replaces a file.",
			Access: needs(core.ContactsWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"content": "Met in Paris"},
		}, updateNote),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/contacts/{id}/notes/{noteId}", ID: "deleteContactNote", Tag: "Contact notes",
			Summary: "Delete a note", Details: "For good, with its file.", Access: needs(core.ContactsWrite),
			Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, deleteNote),
	}
	ops = append(ops, attachmentOperations()...)
	return ops
}

// ofContact is [core.ErrNotFound] if what hangs on the contact is not of the one in the path.
func ofContact(contact, path core.ID[crm.Contact], entity string) error {
	if contact != path {
		return core.NotFound(entity)
	}
	return nil
}

// readUnder is ofContact for reading, where the path may also name a contact that was merged into
// the one that has it: its id answers that one.
func readUnder(ctx context.Context, ws *clientele.Workspace, contact, path core.ID[crm.Contact], entity string) error {
	if contact == path {
		return nil
	}
	c, err := ws.Contacts.Get(ctx, path)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return err
	}
	return ofContact(contact, c.ID, entity)
}

type ofContactQuery struct {
	ID core.ID[crm.Contact] `path:"id"`
	Paged
}

func listNotes(ctx context.Context, ws *clientele.Workspace, in *ofContactQuery) (*pageOf[crm.Note], error) {
	l, err := ws.Notes.List(ctx, in.ID, in.page())
	return list(l, err)
}

type newNote struct {
	ID   core.ID[crm.Contact] `path:"id"`
	Body crm.NewNote
}

func createNote(ctx context.Context, ws *clientele.Workspace, in *newNote) (*resource[crm.Note], error) {
	n, err := ws.Notes.Create(ctx, in.ID, in.Body)
	return one(n, n.Version, err)
}

// NoteID is a note as paths name it.
type NoteID struct {
	ID   core.ID[crm.Contact] `path:"id"`
	Note core.ID[crm.Note]    `path:"noteId"`
}

// of reads the note, which has to be the contact's, or that of whom it was merged into.
func (in NoteID) of(ctx context.Context, ws *clientele.Workspace) (crm.Note, error) {
	n, err := ws.Notes.Get(ctx, in.Note)
	if err != nil {
		return n, err
	}
	return n, readUnder(ctx, ws, n.ContactID, in.ID, "note")
}

func getNote(ctx context.Context, ws *clientele.Workspace, in *NoteID) (*resource[crm.Note], error) {
	n, err := in.of(ctx, ws)
	return one(n, n.Version, err)
}

type noteChange struct {
	NoteID
	IfMatch
	Body Patch[crm.NewNote]
}

func updateNote(ctx context.Context, ws *clientele.Workspace, in *noteChange) (*resource[crm.Note], error) {
	n, err := ws.Notes.Update(ctx, in.Note, func(n *crm.Note) error {
		if err := ofContact(n.ContactID, in.ID, "note"); err != nil {
			return err
		}
		if err := in.matches(n.Version, *n); err != nil {
			return err
		}
		return in.Body.apply(&n.NewNote)
	})
	return one(n, n.Version, err)
}

type noteCondition struct {
	NoteID
	IfMatch
}

// check refuses another contact's note, and another version.
func (in noteCondition) check(n crm.Note) error {
	if err := ofContact(n.ContactID, in.ID, "note"); err != nil {
		return err
	}
	return in.matches(n.Version, n)
}

func deleteNote(ctx context.Context, ws *clientele.Workspace, in *noteCondition) (*nothing, error) {
	return done(ws.Notes.Delete(ctx, in.Note, in.check))
}
