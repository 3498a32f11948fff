package server

import (
	"context"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func listImports(ctx context.Context, ws *clientele.Workspace, in *Paged) (*pageOf[crm.ImportRecord], error) {
	l, err := ws.Contacts.ImportRecords(ctx, in.page())
	return list(l, err)
}

type importID struct {
	ID core.ID[crm.ImportRecord] `path:"id"`
}

func getImport(ctx context.Context, ws *clientele.Workspace, in *importID) (*resource[crm.ImportRecord], error) {
	r, err := ws.Contacts.ImportRecord(ctx, in.ID)
	return one(r, r.Version, err)
}

// RevertedImport is an import that was undone, and the first contacts that were left.
type RevertedImport struct {
	crm.ImportRecord
	KeptContacts []core.ID[crm.Contact] `json:"keptContacts"` // the first 100 that were left, since they have changed after the import
}

func revertImport(ctx context.Context, ws *clientele.Workspace, in *importID) (*resource[RevertedImport], error) {
	r, err := ws.Contacts.RevertImport(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	kept, err := ws.Contacts.KeptContacts(ctx, in.ID, maxRejected)
	if kept == nil {
		kept = []core.ID[crm.Contact]{}
	}
	return one(RevertedImport{r, kept}, r.Version, err)
}
