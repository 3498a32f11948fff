package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func companyOperations() []Operation {
	return []Operation{
		onPlatform(Operation{
			Method: http.MethodGet, Path: "/companies", ID: "listCompanies", Tag: "Companies",
			Summary: "List your companies", Details: "Those of which the user is an active member, by slug.",
			Access: signedIn(),
		}, listCompanies),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/companies", ID: "createCompany", Tag: "Companies",
			Summary: "Make a company", Details: "The user is its first administrator.",
			Access: signedIn(), Status: http.StatusCreated, Secret: true, Strict: true,
			Required: []string{"name"}, Example: map[string]any{"name": "Analytical Engines", "country": "GB", "currency": "GBP", "timezone": "Europe/London"},
		}, createCompany),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/companies/join", ID: "joinCompany", Tag: "Companies",
			Summary: "Join a company by its invite code", Details: "With the company's default role. Who was deactivated does not come back this way.",
			Access: signedIn(), Status: http.StatusCreated, Errors: []int{http.StatusNotFound}, Strict: true, Secret: true,
			Required: []string{"inviteCode"}, Example: map[string]any{"inviteCode": "K7QM-2XWF-9ATB-HE3R"},
		}, joinCompany),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/companies/{id}", ID: "getCompany", Tag: "Companies", Company: "id",
			Summary: "Read a company", Details: "The invite code is there for those who may invite.", Access: member(),
		}, getCompany),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/companies/{id}", ID: "updateCompany", Tag: "Companies", Company: "id",
			Summary: "Change a company", Details: "A JSON merge patch: what is absent stays, null clears.",
			Access: needs(core.CompanyWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"contactPolicy": []string{"email"}},
		}, updateCompany),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/companies/{id}/deactivate", ID: "deactivateCompany", Tag: "Companies", Company: "id",
			Summary: "Deactivate a company", Details: "Its members read, and nobody writes or joins, until it is activated.",
			Access: needs(core.CompanyWrite), Secret: true,
		}, deactivateCompany),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/companies/{id}/activate", ID: "activateCompany", Tag: "Companies", Company: "id",
			Summary: "Activate a company", Access: needs(core.CompanyWrite), Secret: true,
		}, activateCompany),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/companies/{id}/invite-code", ID: "resetInviteCode", Tag: "Companies", Company: "id",
			Summary: "Make a new invite code", Details: "The one before stops at once.",
			Access: needs(core.InvitationsWrite), Secret: true,
		}, resetInviteCode),
		onPlatform(Operation{
			Method: http.MethodGet, Path: "/admin/companies", ID: "listAllCompanies", Tag: "Administration",
			Summary: "List all companies of the platform", Access: platformAdmin(),
		}, listAllCompanies),
	}
}

type pageQuery struct{ Paged }

func listCompanies(ctx context.Context, call *Call, in *pageQuery) (*pageOf[identity.Company], error) {
	l, err := call.App.Companies.ListOf(ctx, call.Caller.User.ID, in.page())
	return list(l, err)
}

type newCompany struct{ Body identity.NewCompany }

func createCompany(ctx context.Context, call *Call, in *newCompany) (*resource[identity.Company], error) {
	c, err := call.App.Companies.Create(ctx, call.Caller.User.ID, in.Body)
	return one(c, c.Version, err)
}

type inviteCode struct {
	Body struct {
		InviteCode string `json:"inviteCode"`
	}
}

func joinCompany(ctx context.Context, call *Call, in *inviteCode) (*resource[identity.Member], error) {
	m, err := call.App.Companies.Join(ctx, call.Caller.User.ID, in.Body.InviteCode)
	return one(m, m.Version, err)
}

// companyID names the company of the workspace: the guard has read it.
type companyID struct {
	ID core.CompanyID `path:"id"`
}

func getCompany(ctx context.Context, ws *clientele.Workspace, _ *companyID) (*resource[identity.Company], error) {
	c, err := ws.Company.Get(ctx)
	return one(c, c.Version, err)
}

type companyChange struct {
	ID core.CompanyID `path:"id"`
	IfMatch
	Body Patch[identity.NewCompany]
}

func updateCompany(ctx context.Context, ws *clientele.Workspace, in *companyChange) (*resource[identity.Company], error) {
	c, err := ws.Company.Update(ctx, func(c *identity.Company) error {
		if err := in.matches(c.Version, *c); err != nil {
			return err
		}
		return in.Body.apply(&c.NewCompany)
	})
	return one(c, c.Version, err)
}

func deactivateCompany(ctx context.Context, ws *clientele.Workspace, _ *companyID) (*resource[identity.Company], error) {
	c, err := ws.Company.Deactivate(ctx)
	return one(c, c.Version, err)
}

func activateCompany(ctx context.Context, ws *clientele.Workspace, _ *companyID) (*resource[identity.Company], error) {
	c, err := ws.Company.Activate(ctx)
	return one(c, c.Version, err)
}

func resetInviteCode(ctx context.Context, ws *clientele.Workspace, _ *companyID) (*resource[identity.Company], error) {
	c, err := ws.Company.ResetInviteCode(ctx)
	return one(c, c.Version, err)
}

type companyQuery struct {
	Paged
	Sort   string         `query:"sort" enum:"slug,-slug,createdAt,-createdAt" default:"slug"`
	Active optional[bool] `query:"active"`
	User   core.UserID    `query:"userId" doc:"Those of which this user is an active member."`
}

func listAllCompanies(ctx context.Context, call *Call, in *companyQuery) (*pageOf[identity.Company], error) {
	f := identity.CompanyFilter{Member: in.User, Active: in.Active.pointer(), Sort: identity.CompanySort(in.Sort)}
	l, err := call.App.Companies.All(ctx, call.Caller.User, f, in.page())
	return list(l, err)
}
