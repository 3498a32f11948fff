package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func contactBulkOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/bulk", ID: "changeContacts", Tag: "Contacts",
			Summary: "Do the same to many contacts",
			Details: "One of set, tags, delete and restore, to up to 500 contacts. Each is answered by itself, in the order of ids: what goes wrong with one leaves the others alone. " +
				"Deleting and restoring need contacts:delete.",
			Access: needs(core.ContactsWrite), Required: []string{"ids"},
			Example: map[string]any{"ids": []string{"01900000-0000-7000-8000-000000000001"}, "tags": map[string]any{"add": []string{"vip"}}},
		}, changeContacts),
	}
}

// ContactsChange is what is done to each of many contacts: one of set, tags, delete and restore.
type ContactsChange struct {
	IDs     []core.ID[crm.Contact] `json:"ids"`               // the contacts: 1 to 500
	Set     *Patch[EditedContact]  `json:"set,omitempty"`     // a JSON merge patch, as of updateContact
	Tags    *crm.BulkTags          `json:"tags,omitempty"`    // tags that they get, and that they lose
	Delete  bool                   `json:"delete,omitempty"`  // as deleteContact: they can be restored
	Restore bool                   `json:"restore,omitempty"` // as restoreContact
}

type contactsChange struct{ Body ContactsChange }

func changeContacts(ctx context.Context, ws *clientele.Workspace, in *contactsChange) (*answered[partsOf[ChangedRow[crm.Contact]]], error) {
	c := crm.BulkContacts{Tags: in.Body.Tags, Delete: in.Body.Delete, Restore: in.Body.Restore}
	if in.Body.Set != nil {
		c.Set = editContact(*in.Body.Set)
	}
	return changeRows(ctx, ws, func(ws *clientele.Workspace) ([]crm.BulkRow[crm.Contact], error) {
		return ws.Contacts.Bulk(ctx, in.Body.IDs, c)
	})
}
