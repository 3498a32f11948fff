package identity

import (
	"context"
	"errors"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// The sizes of tokens, in random bytes. A refresh token is its family and its own part,
// one after the other.
const (
	tokenBytes  = 32
	familyBytes = 16
	familyChars = 22 // of familyBytes, in base64
)

var (
	errCredentials = &core.Error{Kind: core.ErrUnauthenticated, Code: "wrong_credentials", Message: "the e-mail address or the password is wrong"}
	errInactive    = &core.Error{Kind: core.ErrForbidden, Code: "user_inactive", Message: "this account is deactivated"}
	errUnverified  = &core.Error{Kind: core.ErrForbidden, Code: "email_unverified", Message: "verify the e-mail address first: a link was sent to it"}
	errNoSession   = &core.Error{Kind: core.ErrUnauthenticated, Code: "session_ended", Message: "the session has ended: log in again"}
)

// Login begins a session. [core.ErrUnauthenticated]: the address or the password is wrong, and
// which of them is told neither by the answer nor by its time. [core.ErrForbidden]: the
// password is right, but the user is inactive, or has to verify their address first.
// [core.ErrLimit]: there were too many wrong passwords; [TooManyGuesses] says until when.
func (a *Accounts) Login(ctx context.Context, e core.Email, password Secret) (Login, error) {
	for range core.Attempts {
		login, err := a.login(ctx, e, password)
		if !errors.Is(err, core.ErrConflict) {
			return login, err
		}
	}
	return Login{}, core.Stale("user")
}

func (a *Accounts) login(ctx context.Context, e core.Email, password Secret) (Login, error) {
	user, hash, err := a.prove(ctx, e, password)
	if err != nil {
		return Login{}, err
	}
	if a.cfg.RequireVerifiedEmail && user.EmailVerifiedAt == nil {
		return Login{}, errUnverified
	}
	renewed := hash
	if a.passwords.outdated(hash) {
		if renewed, err = a.passwords.hash(ctx, password); err != nil {
			return Login{}, err
		}
	}
	return a.begin(ctx, user, hash, renewed)
}

// prove is the user who has the address and the password, and their password's hash, if
// they are active. Its errors are Login's.
func (a *Accounts) prove(ctx context.Context, e core.Email, password Secret) (User, Secret, error) {
	var user User
	var hash Secret
	e, err := core.ParseEmail(string(e))
	if err == nil {
		user, hash, err = a.work.Plain().Store.CredentialsAt(ctx, e)
	}
	if err != nil && !errors.Is(err, core.ErrNotFound) && !errors.Is(err, core.ErrInvalid) {
		return User{}, "", err
	}
	right, err := a.guess(ctx, user.ID, e, password, hash)
	switch {
	case err != nil:
		return User{}, "", err
	case !right:
		return User{}, "", errCredentials
	case !user.Active:
		return User{}, "", errInactive
	}
	return user, hash, nil
}

// begin begins a session of a user whose password's hash was verified, and is rewritten
// even if it is the same: that holds the row, so that no session begins with a password
// that is being changed, after the change has ended all sessions.
func (a *Accounts) begin(ctx context.Context, user User, verified, renewed Secret) (Login, error) {
	now := a.env().Time()
	s := Session{ID: core.NewID[Session](a.env()), UserID: user.ID, Client: a.client, CreatedAt: now}
	login := a.renew(&s, newToken(familyBytes), now)
	login.User = user
	err := a.work.Atomic(ctx, func(tx PlatformTx) error {
		if err := tx.Store.SetPassword(ctx, user.ID, renewed, verified); err != nil {
			return err
		}
		if err := tx.Store.DeleteExpiredSessions(ctx, user.ID, now); err != nil {
			return err
		}
		if err := tx.Store.InsertSession(ctx, s); err != nil {
			return err
		}
		return a.client.note(ctx, tx, userLoggedIn, user.ID, user.ID, nil)
	})
	if err != nil {
		return Login{}, err
	}
	return login, nil
}

// renew gives a session new tokens of its family.
func (a *Accounts) renew(s *Session, family Secret, now time.Time) Login {
	access, refresh := newToken(tokenBytes), family+newToken(tokenBytes)
	s.FamilyHash, s.AccessHash, s.RefreshHash = family.hash(), access.hash(), refresh.hash()
	s.AccessExpiresAt, s.ExpiresAt, s.RefreshedAt = now.Add(a.cfg.AccessTTL), now.Add(a.cfg.RefreshTTL), now
	return Login{AccessToken: access, RefreshToken: refresh, ExpiresAt: s.AccessExpiresAt, SessionExpiresAt: s.ExpiresAt}
}

// Refresh gives new tokens for a refresh token, which is good once: the access token and
// the refresh token before are over.
//
// A refresh token that was used already ends the session, for whoever has its newer tokens
// too: one of the two users of it has stolen it, and nobody can tell which. That holds for
// a client that sends the same token twice at once as well; one of the calls succeeds, and
// the other ends what it gained. Clients refresh one at a time.
func (a *Accounts) Refresh(ctx context.Context, refresh Secret) (login Login, err error) {
	if len(refresh) <= familyChars { // no token of ours: not worth a transaction
		return Login{}, errNoSession
	}
	var stolen *Session
	err = a.work.Atomic(ctx, func(tx PlatformTx) error {
		login, stolen, err = a.rotate(ctx, tx, refresh)
		return err
	})
	switch {
	case errors.Is(err, core.ErrNotFound):
		return Login{}, errNoSession
	case err != nil:
		return Login{}, err
	case stolen != nil:
		a.env().Logger().WarnContext(ctx, "a refresh token was used twice: the session is ended", "user", stolen.UserID, "session", stolen.ID)
		return Login{}, errNoSession
	}
	return login, nil
}

// rotate gives the session of a refresh token new ones. A session whose token was used
// before is ended and answered as stolen, without an error: that has to be committed.
func (a *Accounts) rotate(ctx context.Context, tx PlatformTx, refresh Secret) (login Login, stolen *Session, err error) {
	family, now := refresh[:familyChars], tx.Env.Time()
	s, err := tx.Store.SessionOf(ctx, family.hash())
	if err != nil {
		return Login{}, nil, err
	}
	user, err := tx.Store.User(ctx, s.UserID)
	if err != nil {
		return Login{}, nil, err
	}
	if !user.Active || !now.Before(s.ExpiresAt) {
		return Login{}, nil, errNoSession
	}
	next := s
	login = a.renew(&next, family, now)
	login.User = user
	err = tx.Store.RotateSession(ctx, next, refresh.hash())
	if errors.Is(err, core.ErrConflict) { // the session has gone on with another token
		if err := tx.Store.DeleteSession(ctx, s.UserID, s.ID); err != nil {
			return Login{}, &s, ended(err)
		}
		return Login{}, &s, a.client.note(ctx, tx, userSessionStolen, core.UserID{}, s.UserID, nil)
	}
	return login, nil, err
}

// Authenticate is the user and the session of an access token, by one query. Anything but
// a token that is good now is [core.ErrUnauthenticated].
func (a *Accounts) Authenticate(ctx context.Context, access Secret) (User, Session, error) {
	tx := a.work.Plain()
	s, user, err := tx.Store.SessionAt(ctx, access.hash())
	if errors.Is(err, core.ErrNotFound) {
		return User{}, Session{}, errNoSession
	}
	if err != nil {
		return User{}, Session{}, err
	}
	if !user.Active || !tx.Env.Time().Before(s.AccessExpiresAt) {
		return User{}, Session{}, errNoSession
	}
	return user, s, nil
}

// Logout ends the session of an access token, at once. A token of no session is as good as
// logged out.
func (a *Accounts) Logout(ctx context.Context, access Secret) error {
	return a.work.Atomic(ctx, func(tx PlatformTx) error {
		s, _, err := tx.Store.SessionAt(ctx, access.hash())
		if err != nil {
			return ended(err)
		}
		if err := tx.Store.DeleteSession(ctx, s.UserID, s.ID); err != nil {
			return ended(err)
		}
		return a.client.note(ctx, tx, userLoggedOut, s.UserID, s.UserID, nil)
	})
}

// LogoutEverywhere ends all sessions of a user, at once.
func (a *Accounts) LogoutEverywhere(ctx context.Context, id core.UserID) error {
	return a.work.Atomic(ctx, func(tx PlatformTx) error {
		if err := tx.Store.DeleteSessions(ctx, id, core.ID[Session]{}); err != nil {
			return err
		}
		return a.client.note(ctx, tx, userLoggedOutAll, id, id, nil)
	})
}

// ended is nil for the error of a session that has ended already.
func ended(err error) error {
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	return err
}
