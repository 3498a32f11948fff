package identity

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// Client is from where somebody calls, as far as it is known. [Accounts.From] has it noted.
type Client struct {
	// Network is their address or, of IPv6, their network of 64 bits: in any form that is the
	// same every time. Empty: not known.
	Network string `json:"network"`

	// Agent is what program they use, as it says itself. Of more than 200 bytes the rest is cut off.
	Agent string `json:"agent"`
}

const maxAgent = 200

// checked is the client as it is kept: what a stranger's program says of itself may be anything.
func (c Client) checked() Client {
	c.Network = strings.ToValidUTF8(c.Network[:min(len(c.Network), maxAgent)], "")
	c.Agent = strings.ToValidUTF8(strings.ReplaceAll(c.Agent[:min(len(c.Agent), maxAgent)], "\x00", ""), "")
	return c
}

// AccountEntry is an entry of an account's audit. Its subject is the user.
type AccountEntry struct {
	core.AuditEntry
	Client
}

// What happens to an account, as its audit names it.
const (
	userRegistered      = "user.registered"
	userUpdated         = "user.updated"
	userDeleted         = "user.deleted"
	userLoggedIn        = "user.logged_in"
	userLoggedOut       = "user.logged_out"
	userLoggedOutAll    = "user.logged_out_everywhere"
	userSessionEnded    = "user.session_ended"  // one of their own, from another
	userSessionStolen   = "user.session_stolen" // a refresh token was used twice
	userPasswordChanged = "user.password_changed"
	userPasswordReset   = "user.password_reset"
	userEmailVerified   = "user.email_verified"
	userEmailChanged    = "user.email_changed"
)

// Audit reads a page of what has happened to an account, the newest first: log-ins, and changes of the
// user, the password and the address. Users belong to no company, so no company's audit has it. Of
// who is deleted there is what happened and when, and nothing else.
func (a *Accounts) Audit(ctx context.Context, id core.UserID, p core.Page) (core.List[AccountEntry], error) {
	return a.work.Plain().Store.ListAccountAudit(ctx, id, p)
}

// Audit reads a page of a user's audit; see [Accounts.Audit].
func (s *Users) Audit(ctx context.Context, id core.UserID, p core.Page) (core.List[AccountEntry], error) {
	if err := s.require(); err != nil {
		return core.List[AccountEntry]{}, err
	}
	return s.accounts.Audit(ctx, id, p)
}

// noteChange notes in the transaction that a user was changed; was is nil of a new one.
func (c Client) noteChange(ctx context.Context, tx PlatformTx, action string, by core.UserID, was, is *User) error {
	before, err := json.Marshal(was)
	if err != nil {
		return err
	}
	after, err := json.Marshal(is)
	if err != nil {
		return err
	}
	changes, err := core.Changes(before, after)
	if err != nil {
		return err
	}
	return c.note(ctx, tx, action, by, is.ID, changes)
}

// note notes in the transaction what happened to the account of a user, who may read it: from where
// somebody else did it is none of their business.
func (c Client) note(ctx context.Context, tx PlatformTx, action string, by, user core.UserID, changes map[string]core.AuditChange) error {
	if by != user && !by.IsZero() {
		c = Client{}
	}
	if changes == nil {
		changes = map[string]core.AuditChange{}
	}
	return tx.Store.InsertAccountEntry(ctx, AccountEntry{
		AuditEntry: core.AuditEntry{
			ID: core.NewID[core.AuditEntry](tx.Env), Action: action, SubjectKind: "user", SubjectID: user.UUID,
			ActorID: by, Changes: changes, CreatedAt: tx.Env.Time(),
		},
		Client: c,
	})
}

// Sessions reads a page of the user's sessions that can still go on, the newest first.
func (a *Accounts) Sessions(ctx context.Context, id core.UserID, p core.Page) (core.List[Session], error) {
	return a.work.Plain().Store.ListSessions(ctx, id, a.env().Time(), p)
}

// EndSession ends one of the user's sessions, at once. [core.ErrNotFound]: it is not theirs, or has
// ended.
func (a *Accounts) EndSession(ctx context.Context, user core.UserID, id core.ID[Session]) error {
	return a.work.Atomic(ctx, func(tx PlatformTx) error {
		if err := tx.Store.DeleteSession(ctx, user, id); err != nil {
			return err
		}
		return a.client.note(ctx, tx, userSessionEnded, user, user, nil)
	})
}
