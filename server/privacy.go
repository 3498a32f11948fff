package server

import (
	"context"
	"io"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func privacyOperations() []Operation {
	const tag = "Privacy"
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/consents", ID: "listContactConsents", Tag: tag,
			Summary: "List what a contact has agreed to and withdrawn", Details: "The newest first, by when it was said.", Access: needs(core.ContactsRead),
		}, listConsents),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/{id}/consents", ID: "recordContactConsent", Tag: tag,
			Summary: "Record a consent, or that it is withdrawn", Details: "Consents are never changed: of a channel and a purpose the newest counts.",
			Access: needs(core.ContactsWrite), Status: http.StatusCreated, Required: []string{"channel", "purpose", "granted"},
			Example: map[string]any{"channel": "email", "purpose": "marketing", "granted": true, "source": "newsletter form", "wording": "Send me the newsletter."},
		}, recordConsent),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/permit", ID: "getContactPermit", Tag: tag,
			Summary: "Ask whether a contact may be reached",
			Details: "By the channel for the purpose: if it was granted, for the purpose or for all, and neither is withdrawn since. One who is deleted or not active may not.",
			Access:  needs(core.ContactsRead),
		}, getPermit),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/export", ID: "discloseContact", Tag: tag,
			Summary: "Download all that is kept of a person",
			Details: "From every package, the audit included, for a person who asks what is known of them. CSV and vCard have the contact itself only. " +
				"A download that breaks off is not complete.",
			Access: needs(core.ContactsDisclose), Stream: true, Gives: jsonType + ", " + csvType + ", " + vcardType,
			Answer: Disclosure{Records: []crm.Record{}},
		}, disclose),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/{id}/erase", ID: "eraseContact", Tag: tag,
			Summary: "Erase a person for good",
			Details: "The contact, deleted or not, and all that hangs on it, in every package, the audit, events and files. Times of appointments and choices in responses stay, " +
				"without the person. Nothing brings it back.",
			Access: needs(core.ContactsErase),
		}, eraseContact),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/erasures", ID: "listContactErasures", Tag: tag,
			Summary: "List the erasures that there were", Details: "The newest first. They say nothing about whom.", Access: needs(core.ContactsErase),
		}, listErasures),
	}
}

type consentQuery struct {
	ID core.ID[crm.Contact] `path:"id"`
	Paged
}

func listConsents(ctx context.Context, ws *clientele.Workspace, in *consentQuery) (*pageOf[crm.Consent], error) {
	l, err := ws.Consents.List(ctx, in.ID, in.page())
	return list(l, err)
}

type newConsent struct {
	ID   core.ID[crm.Contact] `path:"id"`
	Body crm.NewConsent
}

func recordConsent(ctx context.Context, ws *clientele.Workspace, in *newConsent) (*answered[crm.Consent], error) {
	c, err := ws.Consents.Record(ctx, in.ID, in.Body)
	return bare(c, err)
}

type permitQuery struct {
	ID      core.ID[crm.Contact] `path:"id"`
	Channel crm.Channel          `query:"channel" required:"true" enum:"email,sms,whatsapp,phone"`
	Purpose crm.Purpose          `query:"purpose" required:"true" doc:"Such as marketing."`
}

func getPermit(ctx context.Context, ws *clientele.Workspace, in *permitQuery) (*answered[crm.Permit], error) {
	p, err := ws.Consents.May(ctx, in.ID, in.Channel, in.Purpose)
	return bare(p, err)
}

// Disclosure is all that is kept of a person.
type Disclosure struct {
	Records []crm.Record `json:"records"` // what is alike comes together, as a rule
}

type disclosureQuery struct {
	ID     core.ID[crm.Contact] `path:"id"`
	Format string               `query:"format" enum:"json,csv,vcard" default:"json"`
}

// disclose asks for the contact before it answers, to say properly what is wrong if it cannot.
func disclose(ctx context.Context, ws *clientele.Workspace, in *disclosureQuery) (*fileOut, error) {
	if err := ws.Privacy.MayDisclose(ctx, in.ID); err != nil {
		return nil, err
	}
	contentType, name := jsonType, "person.json"
	switch crm.DiscloseFormat(in.Format) {
	case crm.DiscloseCSV:
		contentType, name = csvType+"; charset=utf-8", "contact.csv"
	case crm.DiscloseVCard:
		contentType, name = vcardType+"; charset=utf-8", "contact.vcf"
	}
	return streamed(ctx, contentType, name, func(ctx context.Context, w io.Writer) error {
		return ws.Privacy.WriteDisclosure(ctx, in.ID, crm.DiscloseFormat(in.Format), w)
	}), nil
}

func eraseContact(ctx context.Context, ws *clientele.Workspace, in *contactID) (*answered[crm.Erasure], error) {
	e, err := ws.Privacy.Erase(ctx, in.ID)
	return bare(e, err)
}

type erasureQuery struct{ Paged }

func listErasures(ctx context.Context, ws *clientele.Workspace, in *erasureQuery) (*pageOf[crm.Erasure], error) {
	l, err := ws.Privacy.Erasures(ctx, in.page())
	return list(l, err)
}
