package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func socialLinkOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/social-links", ID: "listContactSocialLinks", Tag: "Social links",
			Summary: "List a contact's social links", Details: "The oldest first.", Access: needs(core.ContactsRead),
		}, listSocialLinks),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/{id}/social-links", ID: "createContactSocialLink", Tag: "Social links",
			Summary: "Add a social link to a contact", Access: needs(core.ContactsWrite), Status: http.StatusCreated,
			Required: []string{"platform", "url"},
			Example:  map[string]any{"platform": "linkedin", "url": "https://www.linkedin.com/in/ada", "username": "ada"},
		}, createSocialLink),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/social-links/{linkId}", ID: "getContactSocialLink", Tag: "Social links",
			Summary: "Read a social link", Access: needs(core.ContactsRead),
		}, getSocialLink),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/contacts/{id}/social-links/{linkId}", ID: "updateContactSocialLink", Tag: "Social links",
			Summary: "Change a social link", Details: "A JSON merge patch: what is absent stays, null clears.",
			Access: needs(core.ContactsWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"username": "lovelace"},
		}, updateSocialLink),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/contacts/{id}/social-links/{linkId}", ID: "deleteContactSocialLink", Tag: "Social links",
			Summary: "Delete a social link", Access: needs(core.ContactsWrite),
			Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, deleteSocialLink),
	}
}

func listSocialLinks(ctx context.Context, ws *clientele.Workspace, in *ofContactQuery) (*pageOf[crm.SocialLink], error) {
	l, err := ws.SocialLinks.List(ctx, in.ID, in.page())
	return list(l, err)
}

type newSocialLink struct {
	ID   core.ID[crm.Contact] `path:"id"`
	Body crm.NewSocialLink
}

func createSocialLink(ctx context.Context, ws *clientele.Workspace, in *newSocialLink) (*resource[crm.SocialLink], error) {
	l, err := ws.SocialLinks.Create(ctx, in.ID, in.Body)
	return one(l, l.Version, err)
}

// SocialLinkID is a social link as paths name it.
type SocialLinkID struct {
	ID   core.ID[crm.Contact]    `path:"id"`
	Link core.ID[crm.SocialLink] `path:"linkId"`
}

func getSocialLink(ctx context.Context, ws *clientele.Workspace, in *SocialLinkID) (*resource[crm.SocialLink], error) {
	l, err := ws.SocialLinks.Get(ctx, in.Link)
	if err == nil {
		err = readUnder(ctx, ws, l.ContactID, in.ID, "social_link")
	}
	return one(l, l.Version, err)
}

type socialLinkChange struct {
	SocialLinkID
	IfMatch
	Body Patch[crm.NewSocialLink]
}

func updateSocialLink(ctx context.Context, ws *clientele.Workspace, in *socialLinkChange) (*resource[crm.SocialLink], error) {
	l, err := ws.SocialLinks.Update(ctx, in.Link, func(l *crm.SocialLink) error {
		if err := ofContact(l.ContactID, in.ID, "social_link"); err != nil {
			return err
		}
		if err := in.matches(l.Version, *l); err != nil {
			return err
		}
		return in.Body.apply(&l.NewSocialLink)
	})
	return one(l, l.Version, err)
}

type socialLinkDeletion struct {
	SocialLinkID
	IfMatch
}

func deleteSocialLink(ctx context.Context, ws *clientele.Workspace, in *socialLinkDeletion) (*nothing, error) {
	return done(ws.SocialLinks.Delete(ctx, in.Link, func(l crm.SocialLink) error {
		if err := ofContact(l.ContactID, in.ID, "social_link"); err != nil {
			return err
		}
		return in.matches(l.Version, l)
	}))
}
