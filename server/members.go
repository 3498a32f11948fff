package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func memberOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/members", ID: "listMembers", Tag: "Members",
			Summary: "List the members", Access: needs(core.MembersRead),
		}, listMembers),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/members", ID: "createMember", Tag: "Members",
			Summary: "Make a user a member", Details: "An existing user, by userId or by email. Others are invited.",
			Access: needs(core.MembersWrite), Status: http.StatusCreated,
			Required: []string{"roleId"}, Example: map[string]any{"email": "ada@example.org", "roleId": "01920b3c-7a54-7d7c-8b6a-3f1f0f6b9a10"},
		}, createMember),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/members/{id}", ID: "getMember", Tag: "Members",
			Summary: "Read a member", Details: "A deactivated one too.", Access: needs(core.MembersRead),
		}, getMember),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/members/{id}", ID: "updateMember", Tag: "Members",
			Summary: "Change a member's role", Details: "The last active administrator stays one.",
			Access: needs(core.MembersWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"roleId": "01920b3c-7a54-7d7c-8b6a-3f1f0f6b9a10"},
		}, updateMember),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/members/{id}/deactivate", ID: "deactivateMember", Tag: "Members",
			Summary: "Keep a member out of the company", Access: needs(core.MembersWrite),
		}, deactivateMember),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/members/{id}/activate", ID: "activateMember", Tag: "Members",
			Summary: "Let a member in again", Access: needs(core.MembersWrite),
		}, activateMember),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/members/leave", ID: "leaveCompany", Tag: "Members",
			Summary: "Leave the company", Details: "The user is no member any more, and may join again. Nobody leaves an inactive company.",
			Access: member(), Status: http.StatusNoContent,
		}, leaveCompany),
		onPlatform(Operation{
			Method: http.MethodGet, Path: "/admin/members", ID: "listAllMembers", Tag: "Administration",
			Summary: "List the members of all companies", Access: platformAdmin(),
		}, listAllMembers),
	}
}

type memberQuery struct {
	Paged
	Sort   string                 `query:"sort" enum:"createdAt,-createdAt" default:"createdAt"`
	Role   core.ID[identity.Role] `query:"roleId"`
	Active optional[bool]         `query:"active"`
}

func listMembers(ctx context.Context, ws *clientele.Workspace, in *memberQuery) (*pageOf[identity.Member], error) {
	f := identity.MemberFilter{Role: in.Role, Active: in.Active.pointer(), Sort: identity.MemberSort(in.Sort)}
	l, err := ws.Members.List(ctx, f, in.page())
	return list(l, err)
}

type newMember struct{ Body identity.NewMember }

func createMember(ctx context.Context, ws *clientele.Workspace, in *newMember) (*resource[identity.Member], error) {
	m, err := ws.Members.Create(ctx, in.Body)
	return one(m, m.Version, err)
}

type memberID struct {
	ID core.ID[identity.Member] `path:"id"`
}

func getMember(ctx context.Context, ws *clientele.Workspace, in *memberID) (*resource[identity.Member], error) {
	m, err := ws.Members.Get(ctx, in.ID)
	return one(m, m.Version, err)
}

// MemberRole is what a person may change of a member.
type MemberRole struct {
	RoleID core.ID[identity.Role] `json:"roleId"` // the new role
}

type memberChange struct {
	ID core.ID[identity.Member] `path:"id"`
	IfMatch
	Body Patch[MemberRole]
}

func updateMember(ctx context.Context, ws *clientele.Workspace, in *memberChange) (*resource[identity.Member], error) {
	m, err := ws.Members.Update(ctx, in.ID, func(m *identity.Member) error {
		if err := in.matches(m.Version, *m); err != nil {
			return err
		}
		said := MemberRole{m.RoleID}
		if err := in.Body.apply(&said); err != nil {
			return err
		}
		m.RoleID = said.RoleID
		return nil
	})
	return one(m, m.Version, err)
}

func deactivateMember(ctx context.Context, ws *clientele.Workspace, in *memberID) (*resource[identity.Member], error) {
	m, err := ws.Members.Deactivate(ctx, in.ID)
	return one(m, m.Version, err)
}

func activateMember(ctx context.Context, ws *clientele.Workspace, in *memberID) (*resource[identity.Member], error) {
	m, err := ws.Members.Activate(ctx, in.ID)
	return one(m, m.Version, err)
}

type noInput struct{}

func leaveCompany(ctx context.Context, ws *clientele.Workspace, _ *noInput) (*nothing, error) {
	return done(ws.Members.Leave(ctx))
}

type allMembersQuery struct {
	Paged
	Sort    string         `query:"sort" enum:"createdAt,-createdAt" default:"createdAt"`
	Company core.CompanyID `query:"companyId"`
	User    core.UserID    `query:"userId"`
	Active  optional[bool] `query:"active"`
}

func listAllMembers(ctx context.Context, call *Call, in *allMembersQuery) (*pageOf[identity.PlatformMember], error) {
	l, err := call.App.Companies.AllMembers(ctx, call.Caller.User, identity.PlatformMemberFilter{
		Company: in.Company, User: in.User,
		MemberFilter: identity.MemberFilter{Active: in.Active.pointer(), Sort: identity.MemberSort(in.Sort)},
	}, in.page())
	return list(l, err)
}
