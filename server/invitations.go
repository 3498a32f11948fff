package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func invitationOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/invitations", ID: "listInvitations", Tag: "Invitations",
			Summary: "List the invitations", Details: "Those that wait for an answer, the newest first, expired ones too.",
			Access: needs(core.InvitationsRead),
		}, listInvitations),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/invitations", ID: "createInvitation", Tag: "Invitations",
			Summary: "Invite somebody", Details: "A link goes to the address, good for seven days. An older invitation of the address is replaced.",
			Access: needs(core.InvitationsWrite), Status: http.StatusCreated, Strict: true,
			Required: []string{"email", "roleId"}, Example: map[string]any{"email": "ada@example.org", "roleId": "01920b3c-7a54-7d7c-8b6a-3f1f0f6b9a10"},
		}, createInvitation),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/invitations/{id}", ID: "deleteInvitation", Tag: "Invitations",
			Summary: "Take an invitation back", Details: "Its link leads nowhere.", Access: needs(core.InvitationsWrite),
		}, deleteInvitation),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/invitations/accept", ID: "acceptInvitation", Tag: "Invitations",
			Summary: "Accept an invitation", Details: "As the user whose address it went to, which is verified by it.",
			Access: signedIn(), Status: http.StatusCreated, Errors: []int{http.StatusNotFound}, Strict: true, Secret: true,
			Required: []string{"token"}, Example: map[string]any{"token": "q3bB…"},
		}, acceptInvitation),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/invitations/register", ID: "registerInvited", Tag: "Invitations",
			Summary: "Register by an invitation", Details: "A new user, whose address is the invitation's and verified by it, and a member at once.",
			Access: anyone(), Status: http.StatusCreated, Errors: []int{http.StatusForbidden, http.StatusNotFound}, Strict: true, Secret: true,
			Required: []string{"token", "firstName", "email", "password"},
			Example:  map[string]any{"token": "q3bB…", "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.org", "password": "correct horse battery staple"},
		}, registerInvited),
	}
}

func listInvitations(ctx context.Context, ws *clientele.Workspace, in *pageQuery) (*pageOf[identity.Invitation], error) {
	l, err := ws.Invitations.List(ctx, in.page())
	return list(l, err)
}

type newInvitation struct{ Body identity.NewInvitation }

func createInvitation(ctx context.Context, ws *clientele.Workspace, in *newInvitation) (*answered[identity.Invitation], error) {
	return bare(ws.Invitations.Create(ctx, in.Body))
}

type invitationID struct {
	ID core.ID[identity.Invitation] `path:"id"`
}

func deleteInvitation(ctx context.Context, ws *clientele.Workspace, in *invitationID) (*nothing, error) {
	return done(ws.Invitations.Delete(ctx, in.ID))
}

type invitationToken struct {
	Body struct {
		Token identity.Secret `json:"token"`
	}
}

func acceptInvitation(ctx context.Context, call *Call, in *invitationToken) (*resource[identity.Member], error) {
	m, err := call.App.Companies.Accept(ctx, call.Caller.User.ID, in.Body.Token)
	return one(m, m.Version, err)
}

// InvitedUser is who registers by an invitation.
type InvitedUser struct {
	Token identity.Secret `json:"token"` // from the link in the mail
	identity.NewUser
}

// Registered is a new user who is a member already.
type Registered struct {
	User   identity.User   `json:"user"`   // the new user
	Member identity.Member `json:"member"` // what they are in the company
}

type invitedUser struct{ Body InvitedUser }

func registerInvited(ctx context.Context, call *Call, in *invitedUser) (*answered[Registered], error) {
	u, m, err := call.accounts().RegisterInvited(ctx, in.Body.Token, in.Body.NewUser)
	return bare(Registered{u, m}, err)
}
