package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func exportOperations() []Operation {
	leads := inCompany(Operation{
		Method: http.MethodGet, Path: "/leads/exports", ID: "exportLeads", Tag: "Leads",
		Summary: "Download leads",
		Details: "Those that meet every condition, as CSV or JSON lines, the oldest first. CSV has a column for each field of the tracker that is named. " +
			"It needs leads:read too. A download that breaks off is not complete.",
		Access: needs(core.LeadsExport), Stream: true, Gives: csvType + ", " + linesType,
	}, exportLeads)
	ops := []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/exports", ID: "exportContacts", Tag: "Contacts",
			Summary: "Download contacts",
			Details: "Those that meet every condition, as CSV, vCard or JSON lines, the oldest first, however many there are. Importing the file changes nothing. " +
				"Cells of CSV that a spreadsheet would run have an apostrophe before them, which an import takes back. " +
				"It needs contacts:read too. A download that breaks off is not complete.",
			Access: needs(core.ContactsExport), Stream: true, Gives: csvType + ", " + vcardType + ", " + linesType,
		}, exportContacts),
	}
	return append(ops, leads)
}

// vcardType is vCards (RFC 6350, 10.1).
const vcardType = "text/vcard"

type contactExport struct {
	Format string `query:"format" enum:"csv,vcard,vcard3,jsonl" default:"csv" doc:"vcard is version 4, and vcard3 version 3 for programs that read no other."`
	ContactConditions
}

func exportContacts(ctx context.Context, ws *clientele.Workspace, in *contactExport) (*fileOut, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	e, err := ws.Contacts.Export(ctx, f, crm.ExportFormat(in.Format))
	if err != nil {
		return nil, err
	}
	switch crm.ExportFormat(in.Format) {
	case crm.ExportJSONLines:
		return streamed(ctx, linesType, "contacts.jsonl", e.Write), nil
	case crm.ExportVCard, crm.ExportVCard3:
		return streamed(ctx, vcardType+"; charset=utf-8", "contacts.vcf", e.Write), nil
	default:
		return streamed(ctx, csvType+"; charset=utf-8", "contacts.csv", e.Write), nil
	}
}

type leadExport struct {
	Format string `query:"format" enum:"csv,jsonl" default:"csv"`
	LeadConditions
}

func exportLeads(ctx context.Context, ws *clientele.Workspace, in *leadExport) (*fileOut, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	e, err := ws.Leads.Export(ctx, f, crm.ExportFormat(in.Format))
	if err != nil {
		return nil, named(err, "/values", "/value")
	}
	if in.Format == string(crm.ExportJSONLines) {
		return streamed(ctx, linesType, "leads.jsonl", e.Write), nil
	}
	return streamed(ctx, csvType+"; charset=utf-8", "leads.csv", e.Write), nil
}
