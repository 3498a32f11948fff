package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func linkOperations() []Operation {
	return []Operation{
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/auth/password-resets", ID: "requestPasswordReset", Tag: accountsTag,
			Summary: "Ask for a new password", Details: "A link is sent to the address if a user has it; the answer does not tell. It works once, within an hour.",
			Access: anyone(), Status: http.StatusAccepted, Strict: true,
			Required: []string{"email"}, Example: map[string]any{"email": "ada@example.org"},
		}, requestPasswordReset),
		onPlatform(Operation{
			Method: http.MethodPut, Path: "/auth/password-resets/{token}", ID: "resetPassword", Tag: accountsTag,
			Summary: "Choose a new password", Details: "With the token of the link that was sent. All sessions of the user end.",
			Access: anyone(), Secret: true, Strict: true, Errors: []int{http.StatusConflict},
			Required: []string{"password"}, Example: map[string]any{"password": "a wholly different sentence"},
		}, resetPassword),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/auth/email-verifications", ID: "requestEmailVerification", Tag: accountsTag,
			Summary: "Ask for a link to verify an address", Details: "It is sent if a user has the address and has not verified it; the answer does not tell. It works once, within 24 hours.",
			Access: anyone(), Status: http.StatusAccepted, Strict: true,
			Required: []string{"email"}, Example: map[string]any{"email": "ada@example.org"},
		}, requestEmailVerification),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/auth/verify-email", ID: "verifyEmail", Tag: accountsTag,
			Summary: "Verify an address", Details: "With the token of the link that was sent.",
			Access: anyone(), Secret: true, Strict: true, Errors: []int{http.StatusNotFound},
			Required: []string{"token"}, Example: map[string]any{"token": "q83vEjRWeJCrze8SNFZ4kA"},
		}, verifyEmail),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/auth/email-changes", ID: "requestEmailChange", Tag: accountsTag,
			Summary: "Ask for another address", Details: "A link is sent to the new address. It works once, within 24 hours.",
			Access: signedIn(), Status: http.StatusAccepted, Secret: true, Strict: true,
			Required: []string{"email", "password"},
			Example:  map[string]any{"email": "countess@example.org", "password": "correct horse battery staple"},
		}, requestEmailChange),
		onPlatform(Operation{
			Method: http.MethodPut, Path: "/auth/email-changes/{token}", ID: "changeEmail", Tag: accountsTag,
			Summary: "Confirm another address", Details: "With the token of the link that was sent to it. The old address is told.",
			Access: anyone(), Secret: true, Strict: true, Errors: []int{http.StatusConflict},
		}, changeEmail),
	}
}

type byAddress struct {
	Body struct {
		Email core.Email `json:"email"`
	}
}

func requestPasswordReset(ctx context.Context, c *Call, in *byAddress) (*nothing, error) {
	return done(c.accounts().RequestPasswordReset(ctx, in.Body.Email))
}

type passwordReset struct {
	Token string `path:"token" doc:"The one in the link."`
	Body  struct {
		Password identity.Secret `json:"password"`
	}
}

func resetPassword(ctx context.Context, c *Call, in *passwordReset) (*nothing, error) {
	return done(c.accounts().ResetPassword(ctx, identity.Secret(in.Token), in.Body.Password))
}

func requestEmailVerification(ctx context.Context, c *Call, in *byAddress) (*nothing, error) {
	return done(c.accounts().RequestEmailVerification(ctx, in.Body.Email))
}

type verification struct {
	Body struct {
		Token identity.Secret `json:"token"`
	}
}

func verifyEmail(ctx context.Context, c *Call, in *verification) (*resource[identity.User], error) {
	u, err := c.accounts().VerifyEmail(ctx, in.Body.Token)
	return one(u, u.Version, err)
}

func requestEmailChange(ctx context.Context, c *Call, in *credentials) (*nothing, error) {
	return done(c.accounts().RequestEmailChange(ctx, c.Caller.User.ID, in.Body.Email, in.Body.Password))
}

type tokenInPath struct {
	Token string `path:"token" doc:"The one in the link."`
}

func changeEmail(ctx context.Context, c *Call, in *tokenInPath) (*resource[identity.User], error) {
	u, err := c.accounts().ChangeEmail(ctx, identity.Secret(in.Token))
	return one(u, u.Version, err)
}
