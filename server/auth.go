package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// Authenticator knows the callers: package identity's, or an embedder's own users.
type Authenticator interface {
	// Authenticate is who has this access token or API key. [core.ErrUnauthenticated]: nobody has.
	Authenticate(ctx context.Context, token string) (Caller, error)

	// Memberships are the companies in which the user is an active member.
	Memberships(ctx context.Context, user core.UserID) ([]Membership, error)

	// Actor is the user in the company. [core.ErrNotFound]: they are no active member of it.
	Actor(ctx context.Context, user core.UserID, company core.CompanyID) (core.Actor, error)
}

// Caller is who calls: a user, or an API key, which brings its company along.
type Caller struct {
	User    identity.User    // of an embedder's own users, only the ID and PlatformAdmin count
	Session identity.Session // the log-in of the user
	Key     core.Scope       // what an API key stands for; the zero scope for a user
}

// isKey reports whether the caller is an API key.
func (c Caller) isKey() bool { return !c.Key.Company.IsZero() }

// isKnown reports whether it is anybody.
func (c Caller) isKnown() bool { return c.isKey() || !c.User.ID.IsZero() }

// id tells callers apart, for limits.
func (c Caller) id() string {
	if c.isKey() {
		return "key " + c.Key.Actor.ID.String()
	}
	return "user " + c.User.ID.String()
}

// Membership is a company that a user may choose.
type Membership struct {
	ID   core.CompanyID `json:"id"`   // of the company
	Name string         `json:"name"` // of the company
}

// Call is what is known of a request beside its body and parameters.
type Call struct {
	App    *clientele.Clientele
	Caller Caller          // zero where anyone may call
	Scope  core.Scope      // zero outside a company
	Token  identity.Secret // what the caller proved it by
	Client identity.Client // from where they call

	ifNoneMatch string
	body        []byte // as it came; empty of a stream
}

// accounts is the service for what this client asks.
func (c *Call) accounts() *identity.Accounts { return c.App.Accounts.From(c.Client) }

type callKey struct{}

// callOf is the call that a handler is in.
func callOf(ctx context.Context) *Call {
	if c, ok := ctx.Value(callKey{}).(*Call); ok {
		return c
	}
	return &Call{}
}

// identify finds out who calls, and in which company.
func (s *Server) identify(r *http.Request, op Operation) (*Call, error) {
	a := op.Access
	call := &Call{App: s.app, ifNoneMatch: r.Header.Get("If-None-Match")}
	if !a.authenticated() {
		if op.Cookies && r.URL.Query().Has("cookie") {
			return call, s.sameOrigin(r)
		}
		return call, nil
	}
	token, fromCookie := bearer(r)
	if token == "" {
		return nil, &core.Error{Kind: core.ErrUnauthenticated, Code: "unauthenticated", Message: "This needs an access token or an API key."}
	}
	if fromCookie {
		if err := s.sameOrigin(r); err != nil {
			return nil, err
		}
	}
	caller, err := s.auth.Authenticate(r.Context(), token)
	if err != nil {
		return nil, err
	}
	call.Caller, call.Token = caller, identity.Secret(token)
	switch {
	case a.Level == PlatformAdmin && !caller.User.PlatformAdmin:
		return nil, &core.Error{Kind: core.ErrForbidden, Code: "platform_admin_required", Message: "This is for administrators of the platform."}
	case a.Level == SignedIn && caller.isKey():
		return nil, &core.Error{Kind: core.ErrForbidden, Code: "user_required", Message: "This is for users, not for API keys."}
	case a.inCompany():
		call.Scope, err = s.scope(r, op, caller)
	}
	return call, err
}

// bearer is the request's token, from its header or else its cookie.
func bearer(r *http.Request) (token string, fromCookie bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return "", false
		}
		return strings.TrimSpace(token), false
	}
	if c, err := r.Cookie(cookieName); err == nil {
		return c.Value, true
	}
	return "", false
}

// scope is the company that the request is for, and the caller as an actor in it.
func (s *Server) scope(r *http.Request, op Operation, caller Caller) (core.Scope, error) {
	company, err := companyOf(r, op)
	if err != nil {
		return core.Scope{}, err
	}
	if caller.isKey() {
		if !company.IsZero() && company != caller.Key.Company {
			return core.Scope{}, core.NotFound("company")
		}
		return caller.Key, nil
	}
	if company.IsZero() {
		if company, err = s.onlyCompany(r.Context(), caller.User.ID); err != nil {
			return core.Scope{}, err
		}
	}
	actor, err := s.auth.Actor(r.Context(), caller.User.ID, company)
	return core.Scope{Company: company, Actor: actor}, err
}

func (s *Server) onlyCompany(ctx context.Context, user core.UserID) (core.CompanyID, error) {
	choices, err := s.auth.Memberships(ctx, user)
	if err != nil {
		return core.CompanyID{}, err
	}
	if len(choices) == 1 {
		return choices[0].ID, nil
	}
	p := &Problem{
		Status: http.StatusBadRequest, Code: "company_required",
		Detail: "Say in X-Company-ID which company this is for.", Companies: choices,
	}
	if len(choices) == 0 {
		p.Detail = "You are a member of no company yet: make one, or join one."
	}
	return core.CompanyID{}, p
}
