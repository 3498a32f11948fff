package identity

import (
	"context"
	"errors"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Standing is what somebody may do in a company.
type Standing struct {
	Company       core.CompanyID
	CompanyActive bool
	Role          Role
}

// actor is the standing of whoever has the id. In an inactive company they only read.
func (s Standing) actor(id core.UserID) core.Actor {
	a := core.Actor{ID: id, Permissions: s.Role.Permissions, OwnRows: s.Role.OwnRows}
	if !s.CompanyActive {
		a.Permissions = a.Permissions.ReadOnly()
	}
	return a
}

// Actor is the user as a member of the company. A company that they are no active member
// of is [core.ErrNotFound], as is one that there is not; who is deactivated is a member of none.
func (s *Companies) Actor(ctx context.Context, user core.UserID, company core.CompanyID) (core.Actor, error) {
	standing, err := s.work.Plain().Store.Standing(ctx, user, company)
	if err != nil {
		return core.Actor{}, err
	}
	return standing.actor(user), nil
}

// keyUsePrecision is how exactly the last use of a key is known: a key in constant use
// writes once in this time, and not with each request.
const keyUsePrecision = time.Minute

var errKeyUnknown = &core.Error{Kind: core.ErrUnauthenticated, Code: "api_key_unknown", Message: "there is no such API key, or it has expired"}

// AuthenticateKey is what the API key lets a program do, and in which company. A key that
// is malformed, revoked, expired or made up is [core.ErrUnauthenticated].
func (s *Companies) AuthenticateKey(ctx context.Context, secret Secret) (core.Scope, error) {
	if !isKeySecret(secret) {
		return core.Scope{}, errKeyUnknown
	}
	tx := s.work.Plain()
	key, standing, err := tx.Store.KeyStanding(ctx, secret.hash())
	if errors.Is(err, core.ErrNotFound) {
		return core.Scope{}, errKeyUnknown
	}
	if err != nil {
		return core.Scope{}, err
	}
	now := tx.Env.Time()
	if key.ExpiresAt != nil && !now.Before(*key.ExpiresAt) {
		return core.Scope{}, errKeyUnknown
	}
	scope := core.Scope{Company: standing.Company, Actor: standing.actor(key.userID())}
	if since := now.Add(-keyUsePrecision); key.LastUsedAt == nil || key.LastUsedAt.Before(since) {
		system := tx.In(core.Scope{Company: standing.Company, Actor: core.System()})
		if err := system.Store.TouchAPIKey(ctx, key.ID, now, since); err != nil {
			// The caller is who they are, whether it can be noted or not.
			tx.Env.Logger().WarnContext(ctx, "the use of an API key was not noted", "key", key.Prefix, "error", err)
		}
	}
	return scope, nil
}
