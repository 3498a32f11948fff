package storetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var noteChild = child{
	name: "Notes", event: "contact_note", newestFirst: true,
	create: func(ctx context.Context, ws *clientele.Workspace, contact core.ID[crm.Contact]) (uuid.UUID, error) {
		n, err := ws.Notes.Create(ctx, contact, crm.NewNote{Content: "Met in London"})
		return n.ID.UUID, err
	},
	get: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID) (any, int64, error) {
		n, err := ws.Notes.Get(ctx, core.ID[crm.Note]{UUID: id})
		return n, n.Version, err
	},
	update: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID, more string) error {
		_, err := ws.Notes.Update(ctx, core.ID[crm.Note]{UUID: id}, func(n *crm.Note) error { n.Content += more; return nil })
		return err
	},
	keep: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID) error {
		_, err := ws.Notes.Update(ctx, core.ID[crm.Note]{UUID: id}, func(n *crm.Note) error {
			*n = crm.Note{NewNote: n.NewNote, AttachmentKey: "another", AttachmentSize: 1}
			return nil
		})
		return err
	},
	delete: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID) error {
		return ws.Notes.Delete(ctx, core.ID[crm.Note]{UUID: id})
	},
	list: func(ctx context.Context, ws *clientele.Workspace, contact core.ID[crm.Contact], p core.Page) ([]uuid.UUID, string, error) {
		l, err := ws.Notes.List(ctx, contact, p)
		return idsOf(l, err, func(n crm.Note) uuid.UUID { return n.ID.UUID })
	},
}

var noteContracts = []contract{
	{"Notes/are read back as they were written", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		n, err := w.ws().Notes.Create(t.Context(), ada.ID, crm.NewNote{Content: " Met\nin London ", AttachmentURL: "https://example.org/plan.pdf", AttachmentName: `C:\files\plan.pdf`})
		require.NoError(t, err)
		got, err := w.ws().Notes.Get(t.Context(), n.ID)
		require.NoError(t, err)
		require.Equal(t, n, got)
		require.Equal(t, crm.NewNote{Content: "Met\nin London", AttachmentURL: "https://example.org/plan.pdf", AttachmentName: "plan.pdf"}, got.NewNote)
		require.Equal(t, ada.ID, got.ContactID)
	}},
	{"Notes/have values of their kinds and lengths", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		for fault, n := range map[string]crm.NewNote{
			"/content required":                 {Content: " \n"},
			"/content has_nul":                  {Content: "\x00"},
			"/content max_length":               {Content: strings.Repeat("é", 10_001)},
			"/attachmentUrl url":                {Content: "x", AttachmentURL: "javascript:alert(1)"},
			"/attachmentUrl max_length":         {Content: "x", AttachmentURL: "https://example.org/" + strings.Repeat("x", 2000)},
			"/attachmentName control_character": {Content: "x", AttachmentURL: "https://example.org", AttachmentName: "a\r\nb"},
			"/attachmentName max_length":        {Content: "x", AttachmentURL: "https://example.org", AttachmentName: strings.Repeat("x", 201)},
		} {
			_, err := w.ws().Notes.Create(t.Context(), ada.ID, n)
			require.ErrorIs(t, err, core.ErrInvalid)
			require.Equal(t, []string{fault}, faults(t, err))
		}
		_, err := w.ws().Notes.Create(t.Context(), ada.ID, crm.NewNote{Content: strings.Repeat("é", 10_000)})
		require.NoError(t, err)
	}},
	{"Notes/keep an uploaded file until another replaces it", func(t *testing.T, w *world) {
		files := w.files()
		n := w.note()
		attached, err := w.ws().Notes.Attach(t.Context(), n.ID, "../plan.pdf", strings.NewReader("one"))
		require.NoError(t, err)
		require.Equal(t, "plan.pdf", attached.AttachmentName)
		require.EqualValues(t, 3, attached.AttachmentSize)
		require.Equal(t, "text/plain", attached.AttachmentType)
		require.Equal(t, "one", w.attachment(n.ID))

		_, err = w.ws().Notes.Update(t.Context(), n.ID, func(n *crm.Note) error { n.AttachmentName = "the plan.pdf"; return nil })
		require.NoError(t, err)
		require.Equal(t, "one", w.attachment(n.ID))
		attached, err = w.ws().Notes.Attach(t.Context(), n.ID, "two.txt", strings.NewReader("two"))
		require.NoError(t, err)
		require.Equal(t, "two", w.attachment(n.ID))
		require.Equal(t, []string{attached.AttachmentKey}, files.keys(), "the first is removed")

		linked, err := w.ws().Notes.Update(t.Context(), n.ID, func(n *crm.Note) error { n.AttachmentURL = "https://example.org/x"; return nil })
		require.NoError(t, err)
		require.Zero(t, linked.AttachmentSize)
		require.Empty(t, files.keys(), "a link replaces the file")
		_, _, err = w.ws().Notes.Attachment(t.Context(), n.ID)
		require.ErrorIs(t, err, core.ErrNotFound)

		_, err = w.ws().Notes.Attach(t.Context(), n.ID, "three.txt", strings.NewReader("three"))
		require.NoError(t, err)
		bare, err := w.ws().Notes.Detach(t.Context(), n.ID)
		require.NoError(t, err)
		require.Empty(t, bare.AttachmentName)
		require.Empty(t, files.keys())
		_, err = w.ws().Notes.Attach(t.Context(), n.ID, "four.txt", strings.NewReader("four"))
		require.NoError(t, err)
		require.NoError(t, w.ws().Notes.Delete(t.Context(), n.ID))
		require.Empty(t, files.keys(), "a note takes its file along")
	}},
	{"Notes/leave no file behind that was refused", func(t *testing.T, w *world) {
		files := w.files()
		n := w.note()
		for _, c := range []struct {
			ws   *clientele.Workspace
			id   core.ID[crm.Note]
			name string
			want error
		}{
			{w.ws(), core.ID[crm.Note]{UUID: uuid.New()}, "x", core.ErrNotFound},
			{w.theirs(), n.ID, "x", core.ErrNotFound},
			{w.as(own(contactPermissions...)), n.ID, "x", core.ErrNotFound},
			{w.as(without(core.ContactsWrite)), n.ID, "x", core.ErrForbidden},
			{w.ws(), n.ID, "a\x00b", core.ErrInvalid},
		} {
			_, err := c.ws.Notes.Attach(t.Context(), c.id, c.name, strings.NewReader("x"))
			require.ErrorIs(t, err, c.want)
			require.Empty(t, files.keys())
		}
		require.Equal(t, 1, files.puts, "only the last was worth keeping for a moment")
		_, err := w.as(without(core.ContactsRead)).Notes.Get(t.Context(), n.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), n.ContactID))
		_, err = w.ws().Notes.Attach(t.Context(), n.ID, "x", strings.NewReader("x"))
		require.ErrorIs(t, err, core.ErrState)
		require.Empty(t, files.keys())
	}},
	{"Notes/lose no file by a rollback", func(t *testing.T, w *world) {
		w.files()
		n := w.note()
		_, err := w.ws().Notes.Attach(t.Context(), n.ID, "plan.pdf", strings.NewReader("one"))
		require.NoError(t, err)
		failure := errors.New("no")
		for name, change := range map[string]func(*clientele.Workspace) error{
			"delete": func(ws *clientele.Workspace) error { return ws.Notes.Delete(t.Context(), n.ID) },
			"detach": func(ws *clientele.Workspace) error { _, err := ws.Notes.Detach(t.Context(), n.ID); return err },
			"replace": func(ws *clientele.Workspace) error {
				_, err := ws.Notes.Attach(t.Context(), n.ID, "x", strings.NewReader("two"))
				return err
			},
		} {
			err := w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
				require.NoError(t, change(ws), name)
				return failure
			})
			require.ErrorIs(t, err, failure)
			require.Equal(t, "one", w.attachment(n.ID), name)
		}
	}},
	{"Notes/that are deleted while files are attached leave none behind", func(t *testing.T, w *world) {
		files := w.files()
		n := w.note()
		var group sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			group.Go(func() {
				if i == len(errs)/2 {
					errs[i] = w.ws().Notes.Delete(t.Context(), n.ID)
					return
				}
				_, err := w.ws().Notes.Attach(t.Context(), n.ID, "x", strings.NewReader("x"))
				if !errors.Is(err, core.ErrNotFound) {
					errs[i] = err
				}
			})
		}
		group.Wait()
		require.NoError(t, errors.Join(errs...))
		require.Empty(t, files.keys())
	}},
	{"Notes/are changed only if the caller's check allows it", func(t *testing.T, w *world) {
		files := w.files()
		n := w.note()
		refusal := errors.New("not this one")
		refuse := func(crm.Note) error { return refusal }
		_, err := w.ws().Notes.Attach(t.Context(), n.ID, "x", strings.NewReader("x"), refuse)
		require.ErrorIs(t, err, refusal)
		_, err = w.ws().Notes.Detach(t.Context(), n.ID, refuse)
		require.ErrorIs(t, err, refusal)
		require.ErrorIs(t, w.ws().Notes.Delete(t.Context(), n.ID, refuse), refusal)
		require.Zero(t, files.puts)
		got, err := w.ws().Notes.Get(t.Context(), n.ID)
		require.NoError(t, err)
		require.Equal(t, n, got)
	}},
	{"Notes/have no files where none are kept", func(t *testing.T, w *world) {
		n := w.note()
		_, err := w.ws().Notes.Attach(t.Context(), n.ID, "x", strings.NewReader("x"))
		require.ErrorIs(t, err, core.ErrState)
		_, _, err = w.ws().Notes.Attachment(t.Context(), n.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
}

func (w *world) note() crm.Note {
	n, err := w.ws().Notes.Create(w.t.Context(), w.contact(crm.NewContact{Name: "Ada"}).ID, crm.NewNote{Content: "Met in London"})
	require.NoError(w.t, err)
	return n
}

// attachment is the content of a note's file.
func (w *world) attachment(id core.ID[crm.Note]) string {
	_, file, err := w.ws().Notes.Attachment(w.t.Context(), id)
	require.NoError(w.t, err)
	content, err := io.ReadAll(file)
	require.NoError(w.t, errors.Join(err, file.Close()))
	return string(content)
}

// files gives the world somewhere to keep files.
func (w *world) files() *memoryBlobs {
	b := &memoryBlobs{files: map[string][]byte{}}
	w.app = clientele.NewOn(w.backend, clientele.WithBlobs(b))
	return b
}

// memoryBlobs keeps files in memory, of whatever type, and counts them.
type memoryBlobs struct {
	mu    sync.Mutex
	files map[string][]byte
	puts  int
}

func (b *memoryBlobs) Put(_ context.Context, r io.Reader) (core.Blob, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return core.Blob{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.puts++
	key := uuid.NewString()
	b.files[key] = content
	return core.Blob{Key: key, Type: "text/plain", Size: int64(len(content))}, nil
}

func (b *memoryBlobs) Open(_ context.Context, key string) (io.ReadCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	content, ok := b.files[key]
	if !ok {
		return nil, core.NotFound("file")
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

func (b *memoryBlobs) Remove(_ context.Context, key string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.files, key)
	return nil
}

func (b *memoryBlobs) keys() (keys []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key := range b.files {
		keys = append(keys, key)
	}
	return keys
}
