package server

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

const csvType = "text/csv"

func importOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/imports", ID: "importContacts", Tag: "Contacts",
			Summary: "Import contacts from CSV",
			Details: "The body is the file: UTF-8 with a header, its cells between commas, semicolons or tabs. A row is about the contact that has its id, " +
				"or one of its phones or e-mail addresses, and otherwise makes one. Rows that cannot be stored are told of, and the others stored; " +
				"sending the file again changes nothing. It needs contacts:write too.",
			Access: needs(core.ContactsImport), Stream: true, Limit: 512 << 20, Takes: csvType,
		}, importContacts),
	}
}

// contactImport is the file and how it is read.
type contactImport struct {
	DryRun     bool     `query:"dryRun" doc:"Only say what would be done."`
	Relax      bool     `query:"relax" doc:"Let contacts in that lack what the contact policy asks for."`
	KeepPhones bool     `query:"keepPhones" doc:"Keep a phone that no telephone plan contains as it is typed."`
	Country    string   `query:"country" maxLength:"2" doc:"Of phones without a +; the company's by default."`
	OnMatch    string   `query:"onMatch" enum:"update,skip" default:"update"`
	Default    []string `query:"default,explode" maxItems:"50" doc:"A value for cells that are blank: field=value. May be repeated."`
	Column     []string `query:"column,explode" maxItems:"500" doc:"What a column is: header=field. May be repeated, and only these are read; guessed by default."`

	contentType string
	file        io.Reader
}

// Resolve implements [huma.Resolver]: the file is read as it arrives.
func (in *contactImport) Resolve(ctx huma.Context) []error {
	in.file, in.contentType = ctx.BodyReader(), ctx.Header("Content-Type")
	return nil
}

// importSummary is what an import did, and what is wrong with the first rows that it could
// not store.
type importSummary struct {
	crm.ImportResult
	Rejected []crm.ImportRow `json:"rejected"`
}

// maxRejected is how many rows a summary tells of.
const maxRejected = 100

type importAnswer struct{ Body importSummary }

func importContacts(ctx context.Context, ws *clientele.Workspace, in *contactImport) (*importAnswer, error) {
	opts, err := in.options()
	if err != nil {
		return nil, err
	}
	rejected := []crm.ImportRow{}
	opts.OnRow = func(row crm.ImportRow) error {
		if row.Action == crm.ImportError && len(rejected) < maxRejected {
			rejected = append(rejected, row)
		}
		return nil
	}
	result, err := ws.Contacts.Import(ctx, in.file, opts)
	if err != nil {
		return nil, err
	}
	return &importAnswer{importSummary{result, rejected}}, nil
}

func (in *contactImport) options() (o crm.ImportOptions, err error) {
	if mediaType, _, err := mime.ParseMediaType(in.contentType); err != nil || mediaType != csvType {
		return o, &Problem{Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type", Detail: "The body has to be " + csvType + "."}
	}
	o = crm.ImportOptions{
		DryRun: in.DryRun, Relax: in.Relax, KeepPhones: in.KeepPhones, Country: in.Country, OnMatch: crm.OnMatch(in.OnMatch),
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
