package server

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func importOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/imports", ID: "importContacts", Tag: "Contacts",
			Summary: "Import contacts from CSV or vCards",
			Details: "The body is the file: CSV with a header, in UTF-8, UTF-16 or an old encoding of the West, its cells between commas, semicolons, tabs or bars; " +
				"or vCards. Which it is shows in the file. A row is about the contact that has its id, " +
				"or one of its phones or e-mail addresses, and otherwise makes one. Rows that cannot be stored are told of, and the others stored; " +
				"sending the file again changes nothing: a row with neither id nor address is about a contact without addresses that has its name and all else that it says. It needs contacts:write too.\n\n" +
				"By Accept the answer is a summary with what is wrong with the first rows that were refused; as " + ndjsonType + " what became of each row, " +
				"a line each in the order of the file, and the summary last, or {\"problem\": …} if it ended early; as " + csvType + " the refused rows with their reasons. " +
				"The last two are written while the file still arrives. Whoever goes away ends the import after a batch of rows: what is stored stays. A problem halfway says in import how far it came.",
			Access: needs(core.ContactsImport), Stream: true, Limit: 512 << 20, Takes: csvType + ", " + vcardType + ", " + linesType, Gives: jsonType + ", " + ndjsonType + ", " + csvType,
			Answer: ImportSummary{Rejected: []crm.ImportRow{}},
		}, importContacts),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/imports", ID: "listContactImports", Tag: "Contacts",
			Summary: "List the imports", Details: "The newest first, running ones too: what is kept of each is how far it has come, and nothing of its file.",
			Access: needs(core.ContactsImport),
		}, listImports),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/imports/{id}", ID: "getContactImport", Tag: "Contacts",
			Summary: "Read how an import stands", Details: "Also while it runs. One that was cut off is resumed by sending the file again with resume.",
			Access: needs(core.ContactsImport),
		}, getImport),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/imports/{id}/revert", ID: "revertContactImport", Tag: "Contacts",
			Summary: "Undo an import",
			Details: "Contacts that it made are deleted, and those that it changed get their values from before. A contact that has changed since is left, and is among kept. " +
				"It needs contacts:write and contacts:delete too. Sending it again changes nothing.",
			Access: needs(core.ContactsImport), Answer: RevertedImport{KeptContacts: []core.ID[crm.Contact]{}},
		}, revertImport),
	}
}

// contactImport is the file and how it is read.
type contactImport struct {
	Resume      core.ID[crm.ImportRecord] `query:"resume" doc:"An import that ended early: the same file, with the same options, goes on where it ended."`
	DryRun      bool                      `query:"dryRun" doc:"Only say what would be done."`
	Relax       bool                      `query:"relax" doc:"Let contacts in that lack what the contact policy asks for."`
	KeepPhones  bool                      `query:"keepPhones" doc:"Keep a phone that no telephone plan contains as it is typed."`
	Country     string                    `query:"country" maxLength:"2" doc:"Of phones without a +; the company's by default."`
	OnMatch     string                    `query:"onMatch" enum:"update,skip" default:"update" doc:"What becomes of a row that is about a contact there is."`
	OnNew       string                    `query:"onNew" enum:"create,skip" default:"create" doc:"What becomes of any other row."`
	OnDuplicate string                    `query:"onDuplicate" enum:"warn,create,skip,update" default:"warn" doc:"What becomes of a new row that probably is somebody whom there is, though no id or address says so: make a contact and tell whom it probably is, look for nobody, make none, or change that contact."`
	MatchBy     []string                  `query:"matchBy,explode" maxItems:"3" doc:"By what a row finds its contact: id, phone, email. May be repeated; all by default."`
	Clear       []string                  `query:"clear,explode" maxItems:"50" doc:"A field of which a blank cell clears what the contact has; * is all that can be cleared. May be repeated."`
	Categories  bool                      `query:"createCategories" doc:"Make the categories that rows name and that do not exist. It needs categories:write too."`
	Encoding    string                    `query:"encoding" maxLength:"20" doc:"Of the file: utf-8, utf-16, utf-16le, utf-16be, windows-1252, iso-8859-1 or macintosh. Found out by default."`
	Delimiter   string                    `query:"delimiter" maxLength:"4" doc:"Between cells. Found out by default."`
	Default     []string                  `query:"default,explode" maxItems:"50" doc:"A value for cells that are blank: field=value. May be repeated."`
	Column      []string                  `query:"column,explode" maxItems:"500" doc:"What a column is: header=field. May be repeated, and only these are read; guessed by default."`

	contentType, accept string
	file                io.Reader
	ctx                 huma.Context
}

// Resolve implements [huma.Resolver]: the file is read as it arrives.
func (in *contactImport) Resolve(ctx huma.Context) []error {
	in.file, in.ctx = ctx.BodyReader(), ctx
	in.contentType, in.accept = ctx.Header("Content-Type"), ctx.Header("Accept")
	return nil
}

func importContacts(ctx context.Context, ws *clientele.Workspace, in *contactImport) (*importAnswer, error) {
	opts, err := in.options()
	if err != nil {
		return nil, err
	}
	switch answerType(in.accept) {
	case csvType:
		out := newImportStream(in.ctx, csvType)
		opts.Rejected = out
		return out.end(ws.Contacts.Import(ctx, in.file, opts))
	case ndjsonType:
		out := newImportStream(in.ctx, ndjsonType)
		opts.OnRow = func(row crm.ImportRow) error { return out.line(row) }
		return out.end(ws.Contacts.Import(ctx, in.file, opts))
	case jsonType:
		return importSummarised(ctx, ws, in.file, opts)
	}
	return nil, &Problem{
		Status: http.StatusNotAcceptable, Code: "not_acceptable",
		Detail: "The answer is " + jsonType + ", " + ndjsonType + " or " + csvType + ".",
	}
}

func importSummarised(ctx context.Context, ws *clientele.Workspace, file io.Reader, opts crm.ImportOptions) (*importAnswer, error) {
	rejected := []crm.ImportRow{}
	opts.OnRow = func(row crm.ImportRow) error {
		if row.Action == crm.ImportError && len(rejected) < maxRejected {
			rejected = append(rejected, row)
		}
		return nil
	}
	result, err := ws.Contacts.Import(ctx, file, opts)
	if err != nil {
		return nil, importProblem(ctx, result, err)
	}
	text, err := json.Marshal(ImportSummary{result, rejected})
	return &importAnswer{ContentType: jsonType, Body: func(out huma.Context) { _, _ = out.BodyWriter().Write(text) }}, err
}

func (in *contactImport) options() (o crm.ImportOptions, err error) {
	if mediaType, _, err := mime.ParseMediaType(in.contentType); err != nil || mediaType != csvType && mediaType != vcardType && mediaType != linesType {
		return o, &Problem{Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type", Detail: "The body has to be " + csvType + ", " + vcardType + " or " + linesType + "."}
	}
	o = crm.ImportOptions{
		DryRun: in.DryRun, Relax: in.Relax, KeepPhones: in.KeepPhones, Country: in.Country, OnMatch: crm.OnMatch(in.OnMatch), OnNew: crm.OnNew(in.OnNew),
		MatchBy: in.MatchBy, ClearBlanks: in.Clear, CreateCategories: in.Categories, Encoding: in.Encoding, Delimiter: in.Delimiter,
		OnDuplicate: crm.OnDuplicate(in.OnDuplicate), Resume: in.Resume,
	}
	var f core.Faults
	o.Defaults = pairs(&f, "/default", in.Default)
	o.Mapping = pairs(&f, "/column", in.Column)
	return o, f.Err()
}

// pairs are name=value texts; nil if there are none.
func pairs(f *core.Faults, field string, texts []string) map[string]string {
	var m map[string]string
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			f.Add(field, "pair", "has to have a =")
			continue
		}
		if m == nil {
			m = map[string]string{}
		}
		m[name] = value
	}
	return m
}
