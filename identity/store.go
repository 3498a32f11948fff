package identity

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// PlatformStore keeps what crosses companies. Nothing limits what comes out of it: the
// services answer for that. Package store/storetest checks an implementation.
type PlatformStore interface {
	AccountStore
	MembershipStore
}

// AccountStore keeps the users with all by which they prove who they are.
type AccountStore interface {
	UserStore
	SessionStore
	TokenStore
	AccountAuditStore
}

// UserStore keeps the users. A deleted user is [core.ErrNotFound] wherever a method names
// one, and in no list.
type UserStore interface {
	// InsertUser adds a user. [core.ErrExists]: another has the e-mail address.
	InsertUser(ctx context.Context, u User, password Secret) error

	// User reads one.
	User(ctx context.Context, id core.UserID) (User, error)

	// Credentials reads a user and their password's hash.
	Credentials(ctx context.Context, id core.UserID) (User, Secret, error)

	// CredentialsAt reads the user who has the e-mail address, and their password's hash.
	CredentialsAt(ctx context.Context, e core.Email) (User, Secret, error)

	// ReplaceUser writes all of u but the password if the row's version is still was.
	// [core.ErrConflict]: it is not. [core.ErrExists]: another has the e-mail address. With
	// DeletedAt, the password and the address are no longer kept.
	ReplaceUser(ctx context.Context, u User, was int64) error

	// SetPassword writes the hash if the one there is still was and the user is active, else
	// it is [core.ErrConflict].
	SetPassword(ctx context.Context, id core.UserID, password, was Secret) error

	// ListUsers lists what the filter lets through, in its order.
	ListUsers(ctx context.Context, f UserFilter, p core.Page) (core.List[User], error)

	// HoldAdministrators counts the active platform administrators, and keeps others from
	// changing them until the transaction ends.
	HoldAdministrators(ctx context.Context) (int, error)
}

// SessionStore keeps the sessions of all users.
type SessionStore interface {
	InsertSession(ctx context.Context, s Session) error

	// SessionAt reads the session that has the access token with this hash, an expired one
	// too, and its user, in one query.
	SessionAt(ctx context.Context, access Secret) (Session, User, error)

	// SessionOf reads the session of the family with this hash.
	SessionOf(ctx context.Context, family Secret) (Session, error)

	// RotateSession writes the tokens and times of s if the refresh token is still was, else
	// it is [core.ErrConflict]. Of several that do so at once, one succeeds.
	RotateSession(ctx context.Context, s Session, was Secret) error

	// ListSessions lists a user's that can be refreshed after now, the newest first.
	ListSessions(ctx context.Context, user core.UserID, now time.Time, p core.Page) (core.List[Session], error)

	// DeleteSession ends one of a user's. [core.ErrNotFound]: it has ended before, or is not theirs.
	DeleteSession(ctx context.Context, user core.UserID, id core.ID[Session]) error

	// DeleteSessions ends all of a user's but one; the zero id spares none.
	DeleteSessions(ctx context.Context, user core.UserID, except core.ID[Session]) error

	// DeleteExpiredSessions ends those of a user that cannot be refreshed after now.
	DeleteExpiredSessions(ctx context.Context, user core.UserID, now time.Time) error
}

// TokenStore keeps the one-time tokens of all users: of each user at most one of a purpose.
type TokenStore interface {
	// PutToken adds a token in place of the user's older one of the purpose.
	PutToken(ctx context.Context, t OneTimeToken) error

	// Token reads the one with this hash and purpose, a used or expired one too.
	Token(ctx context.Context, purpose Purpose, hash Secret) (OneTimeToken, error)

	// UseToken marks it used. [core.ErrConflict]: it was already. Of several that do so at
	// once, one succeeds.
	UseToken(ctx context.Context, hash Secret, now time.Time) error

	// DeleteTokens ends a user's of the purposes.
	DeleteTokens(ctx context.Context, user core.UserID, purposes ...Purpose) error
}

// AccountAuditStore keeps what happened to all accounts. Entries are only added, but for what is
// known of a deleted user.
type AccountAuditStore interface {
	InsertAccountEntry(ctx context.Context, e AccountEntry) error

	// ListAccountAudit lists a user's entries, the newest first.
	ListAccountAudit(ctx context.Context, user core.UserID, p core.Page) (core.List[AccountEntry], error)

	// EraseAccountAudit leaves of a user's entries what happened, when and by whom.
	EraseAccountAudit(ctx context.Context, user core.UserID) error

	// KnownFrom reports whether one of the actions was noted of the user from the network since
	// a time.
	KnownFrom(ctx context.Context, user core.UserID, network string, since time.Time, actions ...string) (bool, error)
}

// PlatformTx is what the services that cross companies work with.
type PlatformTx struct {
	Store PlatformStore
	In    func(core.Scope) Tx // a company's part, in the same transaction
	Env   core.Env
}

// Store keeps the rows of this package for one company. A row of another company is
// [core.ErrNotFound] wherever a method names a row.
type Store interface {
	CompanyStore
	MemberStore
	RoleStore
	InvitationStore
	APIKeyStore
	AuditStore
	ColleagueStore
}

// ColleagueStore tells the other packages who works in the company.
type ColleagueStore interface {
	// ActiveAmong are those of the users who are active members and can log in; all of them in a company
	// that has no members at all: an embedder's with users of its own.
	ActiveAmong(ctx context.Context, users []core.UserID) ([]core.UserID, error)
}

// Tx is what the services of one company work with.
type Tx struct {
	Store  Store
	Events core.Outbox
	Scope  core.Scope
	Env    core.Env

	// Out is told of a user who is out of the company from now on, to end what they had there; nil: there is
	// nothing.
	Out func(ctx context.Context, user core.UserID) error
}

func (tx Tx) out(ctx context.Context, user core.UserID) error {
	if tx.Out == nil {
		return nil
	}
	return tx.Out(ctx, user)
}
