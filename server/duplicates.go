package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/crm/duplicates"
)

func duplicateOperations() []Operation {
	const tag = "Duplicates"
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/duplicates", ID: "listContactDuplicates", Tag: tag,
			Summary: "List whom a contact may be the same person as",
			Details: "The likeliest first and 20 at most, with what spoke for it and against it. Pairs that were said to be two people are left out.",
			Access:  needs(core.ContactsRead),
		}, listDuplicatesOf),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/duplicates", ID: "scanContactDuplicates", Tag: tag,
			Summary: "List the pairs of contacts that may be one person",
			Details: "A scan of all contacts. A page looks at no more than 2,000 of them, so it may have few pairs or none and yet a next page: go on until next is null.",
			Access:  needs(core.ContactsRead),
		}, scanDuplicates),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/contacts/{id}/not-duplicates/{otherId}", ID: "markContactDistinct", Tag: tag,
			Summary: "Say that two contacts are two people",
			Details: "They are not listed as duplicates of each other any more, either way round.",
			Access:  needs(core.ContactsWrite), Errors: []int{http.StatusConflict},
		}, markDistinct),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/contacts/{id}/not-duplicates/{otherId}", ID: "unmarkContactDistinct", Tag: tag,
			Summary: "Take back that two contacts are two people",
			Access:  needs(core.ContactsWrite), Errors: []int{http.StatusConflict},
		}, unmarkDistinct),
	}
}

// likelihood says how likely duplicates have to be.
type likelihood string

func (l likelihood) filter() crm.DuplicateFilter {
	return crm.DuplicateFilter{Likelihood: duplicates.Likelihood(l)}
}

type duplicatesQuery struct {
	ID         core.ID[crm.Contact] `path:"id"`
	Likelihood likelihood           `query:"likelihood" enum:"possible,probable" default:"possible" doc:"At least so likely."`
}

// ContactDuplicates are whom a contact may be the same person as.
type ContactDuplicates struct {
	Items []crm.Duplicate `json:"items"` // the likeliest first
}

func listDuplicatesOf(ctx context.Context, ws *clientele.Workspace, in *duplicatesQuery) (*answered[ContactDuplicates], error) {
	found, err := ws.Contacts.Duplicates(ctx, in.ID, in.Likelihood.filter())
	return bare(ContactDuplicates{found}, err)
}

type scanQuery struct {
	Paged
	Likelihood likelihood `query:"likelihood" enum:"possible,probable" default:"possible" doc:"At least so likely."`
}

func scanDuplicates(ctx context.Context, ws *clientele.Workspace, in *scanQuery) (*pageOf[crm.DuplicatePair], error) {
	return list(ws.Contacts.ListDuplicates(ctx, in.Likelihood.filter(), in.page()))
}

type pairID struct {
	ID    core.ID[crm.Contact] `path:"id"`
	Other core.ID[crm.Contact] `path:"otherId"`
}

func markDistinct(ctx context.Context, ws *clientele.Workspace, in *pairID) (*nothing, error) {
	return done(ws.Contacts.MarkDistinct(ctx, in.ID, in.Other))
}

func unmarkDistinct(ctx context.Context, ws *clientele.Workspace, in *pairID) (*nothing, error) {
	return done(ws.Contacts.UnmarkDistinct(ctx, in.ID, in.Other))
}

// SavedContact is a contact that was made or changed and, if they were asked for, whom it may be
// the same person as.
type SavedContact struct {
	crm.Contact
	Duplicates []crm.Duplicate `json:"duplicates,omitempty"` // the likeliest first
}

// saved answers a contact that was made or changed, in its transaction.
func saved(ctx context.Context, ws *clientele.Workspace, asked bool, c crm.Contact, err error) (*resource[SavedContact], error) {
	s := SavedContact{Contact: c}
	if err == nil && asked {
		s.Duplicates, err = ws.Contacts.Duplicates(ctx, c.ID, crm.DuplicateFilter{})
	}
	return one(s, c.Version, err)
}
