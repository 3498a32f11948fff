package server

import (
	"context"
	"strings"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// identityAuth is the Authenticator of package identity's users and companies.
type identityAuth struct{ app *clientele.Clientele }

// keyMark is how an API key begins, and no access token does.
const keyMark = "clt_"

func (a identityAuth) Authenticate(ctx context.Context, token string) (Caller, error) {
	secret := identity.Secret(token)
	if strings.HasPrefix(token, keyMark) {
		scope, err := a.app.Companies.AuthenticateKey(ctx, secret)
		return Caller{Key: scope}, err
	}
	user, session, err := a.app.Accounts.Authenticate(ctx, secret)
	return Caller{User: user, Session: session}, err
}

func (a identityAuth) Memberships(ctx context.Context, user core.UserID) ([]Membership, error) {
	companies, err := a.app.Companies.ListOf(ctx, user, core.Page{Limit: core.MaxPageLimit})
	if err != nil {
		return nil, err
	}
	choices := make([]Membership, len(companies.Items))
	for i, c := range companies.Items {
		choices[i] = Membership{ID: c.ID, Name: c.Name}
	}
	return choices, nil
}

func (a identityAuth) Actor(ctx context.Context, user core.UserID, company core.CompanyID) (core.Actor, error) {
	return a.app.Companies.Actor(ctx, user, company)
}
