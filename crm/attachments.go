package crm

import (
	"context"
	"errors"
	"io"

	"github.com/clientele-crm/clientele/core"
)

var errNoBlobs = &core.Error{Kind: core.ErrState, Code: "no_attachments", Message: "files are not kept here"}

// Attach uploads a file to a note, instead of the one that it has. The errors of the file
// itself are those of [core.Blobs].
//
// The file is kept before the note says so. If the note then is not written, the file is
// removed; a crash in between leaves it behind, as does the rollback of a transaction that
// the caller began. Nothing refers to such a file, and nobody can
// read it; those of [core.BlobSweeper] are removed a day later.
func (s *Notes) Attach(ctx context.Context, id core.ID[Note], name string, r io.Reader, checks ...Check[Note]) (Note, error) {
	if err := permit(s.work, core.ContactsWrite); err != nil {
		return Note{}, err
	}
	if s.blobs == nil {
		return Note{}, errNoBlobs
	}
	// Not for nothing: whoever may not change the note shall not fill the disk.
	err := core.Retry(ctx, s.work, func(tx Tx) error {
		n, err := tx.Store.Note(ctx, id)
		if err != nil {
			return err
		}
		if err := liveStill(ctx, tx, n.ContactID); err != nil {
			return err
		}
		return allow(n, checks)
	})
	if err != nil {
		return Note{}, err
	}
	blob, err := s.blobs.Put(ctx, r)
	if err != nil {
		return Note{}, err
	}
	n, err := s.change(ctx, id, func(was, n *Note) error {
		if err := allow(*was, checks); err != nil {
			return err
		}
		n.AttachmentKey, n.AttachmentType, n.AttachmentSize = blob.Key, blob.Type, blob.Size
		n.AttachmentURL, n.AttachmentName = "", name
		return n.check()
	})
	if err != nil {
		s.discard(ctx, blob.Key)
		return Note{}, err
	}
	return n, nil
}

// Detach removes a note's attachment, whether a file or a link.
func (s *Notes) Detach(ctx context.Context, id core.ID[Note], checks ...Check[Note]) (Note, error) {
	return s.change(ctx, id, func(was, n *Note) error {
		if err := allow(*was, checks); err != nil {
			return err
		}
		n.detach()
		n.AttachmentURL, n.AttachmentName = "", ""
		return nil
	})
}

// Attachment opens the file that was uploaded to a note; the caller closes it.
// [core.ErrNotFound]: there is none. Whoever sends it on to a browser says
// "Content-Disposition: attachment" and "X-Content-Type-Options: nosniff": the file is a
// stranger's.
func (s *Notes) Attachment(ctx context.Context, id core.ID[Note]) (Note, io.ReadCloser, error) {
	for missing := ""; ; {
		n, err := s.Get(ctx, id)
		if err != nil {
			return Note{}, nil, err
		}
		if n.AttachmentKey == "" || s.blobs == nil || n.AttachmentKey == missing {
			return Note{}, nil, core.NotFound("attachment")
		}
		file, err := s.blobs.Open(ctx, n.AttachmentKey)
		if errors.Is(err, core.ErrNotFound) {
			missing = n.AttachmentKey // or the note has another by now
			continue
		}
		if err != nil {
			return Note{}, nil, err
		}
		return n, file, nil
	}
}

// remove removes a file that no note has any longer. Inside a transaction of the caller's
// it stays, because the rollback would bring the note back, and not the file.
func (s *Notes) remove(ctx context.Context, key string) {
	if !s.work.Plain().Joined {
		s.discard(ctx, key)
	}
}

// discard removes a file as best it can: what fails is logged, and the file stays where
// nobody can read it.
func (s *Notes) discard(ctx context.Context, key string) {
	if key == "" || s.blobs == nil {
		return
	}
	if err := s.blobs.Remove(context.WithoutCancel(ctx), key); err != nil {
		s.work.Plain().Env.Logger().WarnContext(ctx, "an attached file could not be removed", "key", key, "error", err)
	}
}
