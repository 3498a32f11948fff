package identity

import (
	"log/slog"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Session is one log-in of a user, from the password to the log-out. It is the family of
// the refresh tokens that follow each other in it: of them only the last is good, and an
// older one ends the session.
type Session struct {
	ID     core.ID[Session] `json:"id"`
	UserID core.UserID      `json:"userId"` // who logged in
	Client                  // from where the user logged in

	// The hashes of the tokens. A refresh token begins with its family, which stays the same
	// through the session: that tells an old token from one that never was.
	FamilyHash  Secret `json:"-"`
	AccessHash  Secret `json:"-"`
	RefreshHash Secret `json:"-"`

	AccessExpiresAt time.Time `json:"accessExpiresAt"` // when the access token ends
	ExpiresAt       time.Time `json:"expiresAt"`       // when the session ends unless it is refreshed
	CreatedAt       time.Time `json:"createdAt"`       // when the user logged in
	RefreshedAt     time.Time `json:"refreshedAt"`     // when the tokens were renewed last
}

// Login is what a user has after logging in. The tokens are shown this once: only their
// hashes are kept.
type Login struct {
	AccessToken      Secret    `json:"accessToken"`      // proves who is calling, as a Bearer token
	RefreshToken     Secret    `json:"refreshToken"`     // good for one new pair of tokens
	ExpiresAt        time.Time `json:"expiresAt"`        // when the access token ends, and has to be refreshed
	SessionExpiresAt time.Time `json:"sessionExpiresAt"` // when the refresh token ends
	User             User      `json:"user"`             // who has logged in
}

// LogValue implements [slog.LogValuer]: as JSON, a log would have the tokens.
func (l Login) LogValue() slog.Value { return slog.GroupValue(slog.Any("user", l.User.ID)) }
