package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func sessionOperations() []Operation {
	return []Operation{
		onPlatform(Operation{
			Method: http.MethodGet, Path: "/auth/sessions", ID: "listSessions", Tag: accountsTag,
			Summary: "List one's sessions", Details: "Where one is logged in, the newest first.", Access: signedIn(),
		}, listSessions),
		onPlatform(Operation{
			Method: http.MethodDelete, Path: "/auth/sessions/{id}", ID: "endSession", Tag: accountsTag,
			Summary: "End one of one's sessions", Details: "At once, with all its tokens.", Access: signedIn(),
		}, endSession),
		onPlatform(Operation{
			Method: http.MethodGet, Path: "/auth/me/audit", ID: "listMyAudit", Tag: accountsTag,
			Summary: "Read what has happened to one's account",
			Details: "Log-ins, and changes of the profile, the password and the address: when, and from where. The newest first.",
			Access:  signedIn(),
		}, listMyAudit),
		onPlatform(Operation{
			Method: http.MethodGet, Path: "/users/{id}/audit", ID: "listUserAudit", Tag: usersTag,
			Summary: "Read what has happened to a user's account", Details: "The newest first. Of who is deleted it has what happened and when, and nothing else.",
			Access: platformAdmin(),
		}, listUserAudit),
	}
}

// ListedSession is a session of whoever asks.
type ListedSession struct {
	identity.Session
	Current bool `json:"current"` // it is the one that asks
}

func listSessions(ctx context.Context, c *Call, in *Paged) (*pageOf[ListedSession], error) {
	l, err := c.accounts().Sessions(ctx, c.Caller.User.ID, in.page())
	if err != nil {
		return nil, err
	}
	listed := core.List[ListedSession]{Items: make([]ListedSession, len(l.Items)), Next: l.Next}
	for i, s := range l.Items {
		listed.Items[i] = ListedSession{s, s.ID == c.Caller.Session.ID}
	}
	return list(listed, nil)
}

type sessionID struct {
	ID core.ID[identity.Session] `path:"id"`
}

func endSession(ctx context.Context, c *Call, in *sessionID) (*nothing, error) {
	return done(c.accounts().EndSession(ctx, c.Caller.User.ID, in.ID))
}

func listMyAudit(ctx context.Context, c *Call, in *Paged) (*pageOf[identity.AccountEntry], error) {
	l, err := c.accounts().Audit(ctx, c.Caller.User.ID, in.page())
	return list(l, err)
}

type userAudit struct {
	ID core.UserID `path:"id"`
	Paged
}

func listUserAudit(ctx context.Context, c *Call, in *userAudit) (*pageOf[identity.AccountEntry], error) {
	l, err := c.users().Audit(ctx, in.ID, in.page())
	return list(l, err)
}
