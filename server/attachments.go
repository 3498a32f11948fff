package server

import (
	"cmp"
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/blobs"
	"github.com/clientele-crm/clientele/crm"
)

func attachmentOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodPut, Path: "/contacts/{id}/notes/{noteId}/attachment", ID: "putContactNoteAttachment", Tag: "Contact notes",
			Summary: "Upload a note's file", Details: "The body is the file itself, up to 10 MiB. Its kind is told by its content, whatever Content-Type says; " +
				"pictures, PDF, text, ZIP and office documents, sound and video are kept. It replaces the attachment that there is.",
			Access: needs(core.ContactsWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Stream: true, Limit: blobs.DefaultMaxSize, Takes: binaryType,
		}, putAttachment),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/notes/{noteId}/attachment", ID: "getContactNoteAttachment", Tag: "Contact notes",
			Summary: "Download a note's file", Details: "Always to be saved, never to be shown: it is a stranger's.",
			Access: needs(core.ContactsRead), Stream: true, Gives: binaryType,
		}, getAttachment),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/contacts/{id}/notes/{noteId}/attachment", ID: "deleteContactNoteAttachment", Tag: "Contact notes",
			Summary: "Remove a note's attachment", Details: "A file or a link.", Access: needs(core.ContactsWrite),
			Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, deleteAttachment),
	}
}

type attachmentUpload struct {
	NoteID
	IfMatch
	Name string `query:"name" maxLength:"200" doc:"How the file is called."`
	file io.Reader
}

// Resolve implements [huma.Resolver]: the file is read as it arrives.
func (in *attachmentUpload) Resolve(ctx huma.Context) []error {
	in.file = ctx.BodyReader()
	return nil
}

func putAttachment(ctx context.Context, ws *clientele.Workspace, in *attachmentUpload) (*resource[crm.Note], error) {
	n, err := ws.Notes.Attach(ctx, in.Note, in.Name, in.file, noteCondition{in.NoteID, in.IfMatch}.check)
	return one(n, n.Version, err)
}

// download is a file on its way out.
type download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Length      string `header:"Content-Length"`
	NoSniff     string `header:"X-Content-Type-Options"`
	Policy      string `header:"Content-Security-Policy"`
	Body        func(huma.Context)
}

func getAttachment(ctx context.Context, ws *clientele.Workspace, in *NoteID) (*download, error) {
	if _, err := in.of(ctx, ws); err != nil {
		return nil, err
	}
	n, file, err := ws.Notes.Attachment(ctx, in.Note)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(n.AttachmentName, "attachment")
	return &download{
		// Not its own type: nothing that a browser would show is ever answered.
		ContentType: binaryType,
		Disposition: cmp.Or(mime.FormatMediaType("attachment", map[string]string{"filename": name}), "attachment"),
		Length:      strconv.FormatInt(n.AttachmentSize, 10),
		NoSniff:     "nosniff", Policy: "sandbox; default-src 'none'",
		Body: func(out huma.Context) {
			defer file.Close()
			_, _ = io.Copy(out.BodyWriter(), file) // a reader who went away, or hears of a short file by its length
		},
	}, nil
}

func deleteAttachment(ctx context.Context, ws *clientele.Workspace, in *noteCondition) (*resource[crm.Note], error) {
	n, err := ws.Notes.Detach(ctx, in.Note, in.check)
	return one(n, n.Version, err)
}
