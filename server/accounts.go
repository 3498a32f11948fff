package server

import (
	"cmp"
	"context"
	"net/http"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

const accountsTag = "Accounts"

func accountOperations() []Operation {
	return []Operation{
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/auth/register", ID: "register", Tag: accountsTag,
			Summary: "Register a user", Details: "A link to verify the address is sent to it.",
			Access: anyone(), Status: http.StatusCreated, Secret: true, Strict: true,
			Required: []string{"firstName", "email", "password"},
			Example:  map[string]any{"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.org", "password": "correct horse battery staple"},
		}, registerUser),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/auth/login", ID: "login", Tag: accountsTag,
			Summary: "Log in",
			Details: "The access token is good until expiresAt; the refresh token is for new ones, until sessionExpiresAt. " +
				"After 20 wrong passwords of one account, by whomever, it takes 10 an hour, and else answers 429; where its user has logged in before, or has set a password by mail, they are counted apart.",
			Access: anyone(), Secret: true, Strict: true, Cookies: true, Errors: []int{http.StatusUnauthorized, http.StatusForbidden},
			Required: []string{"email", "password"},
			Example:  map[string]any{"email": "ada@example.org", "password": "correct horse battery staple"},
		}, login),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/auth/refresh-token", ID: "refreshToken", Tag: accountsTag,
			Summary: "Get new tokens",
			Details: "A refresh token is good once. One that is used again ends the session, with all its tokens: somebody has stolen it. Refresh one at a time. With cookie=true it is taken from the cookie, and the body is {}.",
			Access:  anyone(), Secret: true, Strict: true, Cookies: true, Errors: []int{http.StatusUnauthorized, http.StatusForbidden},
			Example: map[string]any{"refreshToken": "q83vEjRWeJCrze8SNFZ4kA"},
		}, refresh),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/auth/logout", ID: "logout", Tag: accountsTag,
			Summary: "Log out", Details: "The session ends at once, and its cookies are taken away.",
			Access: signedIn(),
		}, logout),
		onPlatform(Operation{
			Method: http.MethodPost, Path: "/auth/logout-everywhere", ID: "logoutEverywhere", Tag: accountsTag,
			Summary: "Log out everywhere", Details: "All sessions of the user end at once, this one too.",
			Access: signedIn(),
		}, logoutEverywhere),
		onPlatform(Operation{
			Method: http.MethodGet, Path: "/auth/me", ID: "getMe", Tag: accountsTag,
			Summary: "Read who is calling", Access: signedIn(),
		}, getMe),
		onPlatform(Operation{
			Method: http.MethodPatch, Path: "/auth/me", ID: "updateMe", Tag: accountsTag,
			Summary: "Change one's profile", Details: "A JSON merge patch: what is absent stays, null clears.",
			Access: signedIn(), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"designation": "Analyst"},
		}, updateMe),
		onPlatform(Operation{
			Method: http.MethodPut, Path: "/auth/me/password", ID: "changePassword", Tag: accountsTag,
			Summary: "Change one's password", Details: "All other sessions of the user end.",
			Access: signedIn(), Secret: true, Strict: true, Errors: []int{http.StatusConflict},
			Required: []string{"currentPassword", "newPassword"},
			Example:  map[string]any{"currentPassword": "correct horse battery staple", "newPassword": "a wholly different sentence"},
		}, changePassword),
	}
}

type newUser struct{ Body identity.NewUser }

func registerUser(ctx context.Context, c *Call, in *newUser) (*resource[identity.User], error) {
	u, err := c.accounts().Register(ctx, in.Body)
	return one(u, u.Version, err)
}

// Credentials are by what users prove who they are.
type Credentials struct {
	Email    core.Email      `json:"email"`
	Password identity.Secret `json:"password"` // the one of the user
}

type credentials struct{ Body Credentials }

type loginRequest struct {
	InCookies
	Body Credentials
}

func login(ctx context.Context, c *Call, in *loginRequest) (*tokens, error) {
	return in.loggedIn(c.accounts().Login(ctx, in.Body.Email, in.Body.Password))
}

type refreshment struct {
	InCookies
	FromCookie string `cookie:"__Host-clientele-refresh" doc:"What the log-in with cookie=true has set."`
	Body       struct {
		RefreshToken identity.Secret `json:"refreshToken"`
	}
}

func refresh(ctx context.Context, c *Call, in *refreshment) (*tokens, error) {
	token := in.Body.RefreshToken
	if in.Cookie {
		token = cmp.Or(token, identity.Secret(in.FromCookie))
	}
	return in.loggedIn(c.accounts().Refresh(ctx, token))
}

func logout(ctx context.Context, c *Call, _ *struct{}) (*loggedOut, error) {
	return logOut(c.accounts().Logout(ctx, c.Token))
}

func logoutEverywhere(ctx context.Context, c *Call, _ *struct{}) (*loggedOut, error) {
	return logOut(c.accounts().LogoutEverywhere(ctx, c.Caller.User.ID))
}

func getMe(ctx context.Context, c *Call, _ *struct{}) (*resource[identity.User], error) {
	u, err := c.accounts().Me(ctx, c.Caller.User.ID)
	return one(u, u.Version, err)
}

type profileChange struct {
	IfMatch
	Body Patch[identity.Profile]
}

func updateMe(ctx context.Context, c *Call, in *profileChange) (*resource[identity.User], error) {
	u, err := c.accounts().UpdateMe(ctx, c.Caller.User.ID, func(u *identity.User) error {
		if err := in.matches(u.Version, *u); err != nil {
			return err
		}
		return in.Body.apply(&u.Profile)
	})
	return one(u, u.Version, err)
}

type passwordChange struct {
	Body struct {
		CurrentPassword identity.Secret `json:"currentPassword"`
		NewPassword     identity.Secret `json:"newPassword"`
	}
}

func changePassword(ctx context.Context, c *Call, in *passwordChange) (*nothing, error) {
	return done(c.accounts().ChangePassword(ctx, c.Caller.Session, in.Body.CurrentPassword, in.Body.NewPassword))
}
