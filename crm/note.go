package crm

import (
	"net/url"
	"path"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// Note is a text about a contact, with at most one attachment: a file that was uploaded to
// it, or a link to one that is kept elsewhere.
type Note struct {
	ID        core.ID[Note]    `json:"id"`
	ContactID core.ID[Contact] `json:"contactId"` // whom it is about
	NewNote

	// The uploaded file: none if the size is 0.
	AttachmentType string `json:"attachmentType"` // its media type, by its content
	AttachmentSize int64  `json:"attachmentSize"` // in bytes
	AttachmentKey  string `json:"-"`              // where the Blobs have it

	Stamp
}

// NewNote is what a person may say of a note.
type NewNote struct {
	Content        string `json:"content"`        // 1 to 10,000 characters
	AttachmentURL  string `json:"attachmentUrl"`  // an http or https URL of a file kept elsewhere; it replaces an uploaded one
	AttachmentName string `json:"attachmentName"` // how the file is called: up to 200 characters
}

// The events of a note.
var (
	NoteCreated = core.EventType[Note]{Name: "contact_note.created", Kind: "contact_note"}
	NoteUpdated = core.EventType[Note]{Name: "contact_note.updated", Kind: "contact_note"}
	NoteDeleted = core.EventType[Note]{Name: "contact_note.deleted", Kind: "contact_note"}
)

const maxContent = 10_000

// check brings the note into its canonical form, or says what is wrong with it.
func (n *Note) check() error {
	var f core.Faults
	n.Content = f.Text("/content", n.Content, maxContent)
	if n.Content == "" {
		f.Add("/content", "required", "a note has to have a content")
	}
	n.AttachmentURL = f.Line("/attachmentUrl", n.AttachmentURL, maxURL)
	if n.AttachmentURL != "" {
		if u, err := url.Parse(n.AttachmentURL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
			f.Add("/attachmentUrl", "url", "has to be an http or https URL")
		}
		n.detach()
	}
	n.AttachmentName = fileName(f.Line("/attachmentName", n.AttachmentName, maxName))
	if n.AttachmentURL == "" && n.AttachmentKey == "" {
		n.AttachmentName = ""
	}
	return f.Err()
}

// detach forgets the uploaded file.
func (n *Note) detach() { n.AttachmentKey, n.AttachmentType, n.AttachmentSize = "", "", 0 }

// fileName is the last part of a path of whichever system: a name says nothing about where.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == ".." || name == "/" {
		return ""
	}
	return name
}
