package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func roleOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/company-roles", ID: "listRoles", Tag: "Company roles",
			Summary: "List the roles", Details: "The built-in ones and the company's own, by name.",
			Access: needs(core.RolesRead),
		}, listRoles),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/company-roles", ID: "createRole", Tag: "Company roles",
			Summary: "Add a role", Details: "It can grant nothing that you lack.",
			Access: needs(core.RolesWrite), Status: http.StatusCreated,
			Required: []string{"name"}, Example: map[string]any{"name": "Reception", "permissions": []string{"contacts:read", "contacts:write"}, "ownRows": false},
		}, createRole),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/company-roles/{id}", ID: "getRole", Tag: "Company roles",
			Summary: "Read a role", Access: needs(core.RolesRead),
		}, getRole),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/company-roles/{id}", ID: "updateRole", Tag: "Company roles",
			Summary: "Change a role", Details: "A JSON merge patch. Built-in roles do not change.",
			Access: needs(core.RolesWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"permissions": []string{"contacts:read"}},
		}, updateRole),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/company-roles/{id}", ID: "deleteRole", Tag: "Company roles",
			Summary: "Delete a role", Details: "One that is in use stays.",
			Access: needs(core.RolesWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, deleteRole),
	}
}

func listRoles(ctx context.Context, ws *clientele.Workspace, in *pageQuery) (*pageOf[identity.Role], error) {
	l, err := ws.Roles.List(ctx, in.page())
	return list(l, err)
}

type newRole struct{ Body identity.NewRole }

func createRole(ctx context.Context, ws *clientele.Workspace, in *newRole) (*resource[identity.Role], error) {
	r, err := ws.Roles.Create(ctx, in.Body)
	return one(r, r.Version, err)
}

type roleID struct {
	ID core.ID[identity.Role] `path:"id"`
}

func getRole(ctx context.Context, ws *clientele.Workspace, in *roleID) (*resource[identity.Role], error) {
	r, err := ws.Roles.Get(ctx, in.ID)
	return one(r, r.Version, err)
}

type roleChange struct {
	ID core.ID[identity.Role] `path:"id"`
	IfMatch
	Body Patch[identity.NewRole]
}

func updateRole(ctx context.Context, ws *clientele.Workspace, in *roleChange) (*resource[identity.Role], error) {
	r, err := ws.Roles.Update(ctx, in.ID, func(r *identity.Role) error {
		if err := in.matches(r.Version, *r); err != nil {
			return err
		}
		return in.Body.apply(&r.NewRole)
	})
	return one(r, r.Version, err)
}

type roleDeletion struct {
	ID core.ID[identity.Role] `path:"id"`
	IfMatch
}

func deleteRole(ctx context.Context, ws *clientele.Workspace, in *roleDeletion) (*nothing, error) {
	return done(ws.Atomic(ctx, func(ws *clientele.Workspace) error {
		if in.given() {
			r, err := ws.Roles.Get(ctx, in.ID)
			if err != nil {
				return err
			}
			if err := in.matches(r.Version, r); err != nil {
				return err
			}
		}
		return ws.Roles.Delete(ctx, in.ID)
	}))
}
