package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func mergeOperations() []Operation {
	const tag = "Duplicates"
	return []Operation{
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/{id}/merge", ID: "mergeContact", Tag: tag,
			Summary: "Merge another contact into this one",
			Details: "This one stays, with what both had: a value wins over none, and of two the rule decides. Addresses and tags are united, and all that belongs to the other " +
				"is moved. The other is deleted, and its id answers this one from then on. With dryRun the answer is the same and nothing is done.",
			Access: needs(core.ContactsMerge), Required: []string{"loserId"},
			Example: map[string]any{"loserId": "01930000-0000-7000-8000-000000000000", "rule": "newest", "fields": map[string]string{"email": "loser"}, "dryRun": true},
		}, mergeContact),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/merges", ID: "listContactMerges", Tag: tag,
			Summary: "List the merges", Details: "The newest first; of one contact with contactId.", Access: needs(core.ContactsMerge),
		}, listMerges),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/merges/{id}", ID: "getContactMerge", Tag: tag,
			Summary: "Read a merge", Access: needs(core.ContactsMerge),
		}, getMerge),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/merges/{id}/undo", ID: "undoContactMerge", Tag: tag,
			Summary: "Undo a merge",
			Details: "Both contacts are as they were, with what belonged to each. What was changed since stays as it is, and kept says what that is. " +
				"What a merged contact was merged into later is undone first.",
			Access: needs(core.ContactsMerge),
		}, undoMerge),
	}
}

type contactMerge struct {
	ID   core.ID[crm.Contact] `path:"id"`
	Body crm.NewMerge
}

func mergeContact(ctx context.Context, ws *clientele.Workspace, in *contactMerge) (*resource[crm.Merge], error) {
	m, err := ws.Contacts.Merge(ctx, in.ID, in.Body)
	return one(m, m.Version, err)
}

type mergeQuery struct {
	Paged
	Contact core.ID[crm.Contact] `query:"contactId" doc:"Who lost or survived."`
}

func listMerges(ctx context.Context, ws *clientele.Workspace, in *mergeQuery) (*pageOf[crm.Merge], error) {
	return list(ws.Contacts.ListMerges(ctx, crm.MergeFilter{Contact: in.Contact}, in.page()))
}

type mergeID struct {
	ID core.ID[crm.Merge] `path:"id"`
}

func getMerge(ctx context.Context, ws *clientele.Workspace, in *mergeID) (*resource[crm.Merge], error) {
	m, err := ws.Contacts.GetMerge(ctx, in.ID)
	return one(m, m.Version, err)
}

func undoMerge(ctx context.Context, ws *clientele.Workspace, in *mergeID) (*resource[crm.Merge], error) {
	m, err := ws.Contacts.UndoMerge(ctx, in.ID)
	return one(m, m.Version, err)
}
