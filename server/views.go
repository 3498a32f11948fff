package server

import (
	"context"
	"net/http"
	"slices"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// viewsOf is the service of the views of one kind.
type viewsOf func(*clientele.Workspace) *crm.Views

func viewOperations() []Operation {
	ops := viewsAt("/contacts/views", "Contact", func(ws *clientele.Workspace) *crm.Views { return &ws.ContactViews },
		core.ContactsRead, core.ContactsWrite, important)
	leads := viewsAt("/leads/views", "Lead", func(ws *clientele.Workspace) *crm.Views { return &ws.LeadViews },
		core.LeadsRead, core.LeadsWrite, large)
	return slices.Concat(ops, leads)
}

// viewsAt are the operations of the views of a kind of rows, such as "Contact".
func viewsAt(path, name string, views viewsOf, read, write core.Permission, example any) []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: path, ID: "list" + name + "Views", Tag: "Views",
			Summary: "List saved filters", Details: "By name: the caller's own, and those that are shared.",
			Access: needs(read),
		}, views.list),
		inCompany(Operation{
			Method: http.MethodPost, Path: path, ID: "create" + name + "View", Tag: "Views",
			Summary: "Save a filter", Details: "Lists take it as view. It is the caller's own unless it is shared.",
			Access: needs(write), Status: http.StatusCreated, Required: []string{"name"}, Example: example,
		}, views.create),
		inCompany(Operation{
			Method: http.MethodGet, Path: path + "/{id}", ID: "get" + name + "View", Tag: "Views",
			Summary: "Read a saved filter", Access: needs(read),
		}, views.get),
		inCompany(Operation{
			Method: http.MethodPatch, Path: path + "/{id}", ID: "update" + name + "View", Tag: "Views",
			Summary: "Change a saved filter",
			Details: "A JSON merge patch, which merges into the filter too: null takes away the members that are not to stay.",
			Access:  needs(write), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed}, Example: map[string]any{"shared": true},
		}, views.update),
		inCompany(Operation{
			Method: http.MethodDelete, Path: path + "/{id}", ID: "delete" + name + "View", Tag: "Views",
			Summary: "Delete a saved filter", Access: needs(write), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, views.delete),
	}
}

var important = map[string]any{
	"name": "Important", "sort": "-createdAt",
	"filter": map[string]any{"field": "tag", "op": "in", "value": []any{"vip", "press"}},
}

var large = map[string]any{
	"name": "Large", "sort": "-estimatedValue",
	"filter": map[string]any{"all": []any{
		map[string]any{"field": "closedOn", "op": "hasNot"},
		map[string]any{"field": "estimatedValue", "op": "from", "value": 1_000_000},
	}},
}

func (of viewsOf) list(ctx context.Context, ws *clientele.Workspace, in *Paged) (*pageOf[crm.View], error) {
	l, err := of(ws).List(ctx, in.page())
	return list(l, err)
}

type newView struct{ Body crm.NewView }

func (of viewsOf) create(ctx context.Context, ws *clientele.Workspace, in *newView) (*resource[crm.View], error) {
	v, err := of(ws).Create(ctx, in.Body)
	return one(v, v.Version, err)
}

type viewID struct {
	ID core.ID[crm.View] `path:"id"`
}

func (of viewsOf) get(ctx context.Context, ws *clientele.Workspace, in *viewID) (*resource[crm.View], error) {
	v, err := of(ws).Get(ctx, in.ID)
	return one(v, v.Version, err)
}

type viewChange struct {
	ID core.ID[crm.View] `path:"id"`
	IfMatch
	Body Patch[crm.NewView]
}

func (of viewsOf) update(ctx context.Context, ws *clientele.Workspace, in *viewChange) (*resource[crm.View], error) {
	v, err := of(ws).Update(ctx, in.ID, func(v *crm.View) error {
		if err := in.matches(v.Version, *v); err != nil {
			return err
		}
		return in.Body.apply(&v.NewView)
	})
	return one(v, v.Version, err)
}

type viewDeletion struct {
	ID core.ID[crm.View] `path:"id"`
	IfMatch
}

func (of viewsOf) delete(ctx context.Context, ws *clientele.Workspace, in *viewDeletion) (*nothing, error) {
	return done(of(ws).Delete(ctx, in.ID, func(v crm.View) error { return in.matches(v.Version, v) }))
}
