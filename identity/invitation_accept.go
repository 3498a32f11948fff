package identity

import (
	"context"
	"errors"

	"github.com/clientele-crm/clientele/core"
)

// Accept makes the user a member by an invitation to their e-mail address, which is verified
// by it: the token came there. [core.ErrNotFound]: there is no such invitation, or it was
// accepted before. [core.ErrState]: it has expired. [core.ErrForbidden]: it is somebody
// else's.
func (s *Companies) Accept(ctx context.Context, user core.UserID, token Secret) (Member, error) {
	return acceptFor(ctx, s.work, Client{}, user, token)
}

func acceptFor(ctx context.Context, work core.Work[PlatformTx], client Client, user core.UserID, token Secret) (m Member, err error) {
	err = core.Retry(ctx, work, func(tx PlatformTx) error {
		u, err := tx.Store.User(ctx, user)
		if err != nil {
			return err
		}
		if m, err = accept(ctx, tx, u, token); err != nil || u.EmailVerifiedAt != nil {
			return err
		}
		was, now := u, tx.Env.Time()
		u.EmailVerifiedAt = &now
		if err := replace(ctx, tx, &was, &u); err != nil {
			return err
		}
		return client.noteChange(ctx, tx, userEmailVerified, u.ID, &was, &u)
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

// Invited is what the one who has the token of an invitation may know before they accept.
type Invited struct {
	Email      core.Email // to which the invitation went
	Company    string     // its slug: as in the mail, no name that somebody chose
	Registered bool       // a user has the address: they log in, anybody else registers
}

// Invited reads what the token of an invitation is for. Nothing changes by it.
// [core.ErrNotFound]: there is no such invitation, or it was accepted before.
// [core.ErrState]: it has expired.
func (s *Companies) Invited(ctx context.Context, token Secret) (Invited, error) {
	tx := s.work.Plain()
	i, company, err := tx.Store.InvitationWith(ctx, token.hash())
	if err != nil {
		return Invited{}, err
	}
	if err := i.current(tx.Env.Time()); err != nil {
		return Invited{}, err
	}
	c, err := tx.In(core.Scope{Company: company, Actor: core.System()}).Store.Company(ctx)
	if err != nil {
		return Invited{}, err
	}
	_, _, err = tx.Store.CredentialsAt(ctx, i.Email)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return Invited{}, err
	}
	return Invited{Email: i.Email, Company: c.Slug, Registered: err == nil}, nil
}

func accept(ctx context.Context, tx PlatformTx, u User, token Secret) (Member, error) {
	i, company, err := tx.Store.InvitationWith(ctx, token.hash())
	if err != nil {
		return Member{}, err
	}
	if err := i.acceptable(u, tx.Env.Time()); err != nil {
		return Member{}, err
	}
	in := tx.In(core.Scope{Company: company, Actor: core.Actor{ID: u.ID}})
	if err := in.Store.DeleteInvitation(ctx, i.ID); err != nil {
		return Member{}, err
	}
	c, err := in.Store.Company(ctx)
	if err != nil {
		return Member{}, err
	}
	role, err := in.Store.Role(ctx, i.RoleID)
	if err != nil {
		return Member{}, err
	}
	m, err := admit(ctx, in, c, u.person(), role)
	if err != nil {
		return Member{}, err
	}
	return m, in.Events.Emit(ctx, InvitationAccepted.Of(i.ID, &i, nil))
}

// RegisterInvited adds a user who has the token of an invitation, and makes them a member
// by it. The mail with the token has proven that the address is theirs: it has to be the
// invitation's, and is verified. The errors are those of Register and of [Companies.Accept].
func (a *Accounts) RegisterInvited(ctx context.Context, token Secret, n NewUser) (u User, m Member, err error) {
	verified := func(u *User) { u.EmailVerifiedAt = &u.CreatedAt }
	u, err = a.create(ctx, n, nil, verified, func(tx PlatformTx, u User) (err error) {
		m, err = accept(ctx, tx, u, token)
		return err
	})
	if err != nil {
		return User{}, Member{}, err
	}
	return u, m, nil
}

// AcceptAs is [Companies.Accept] for who has the address and the password, and is not logged
// in: no session begins. Its errors are those of Accept and of Login, but that the address
// need not be verified.
func (a *Accounts) AcceptAs(ctx context.Context, e core.Email, password, token Secret) (Member, error) {
	user, _, err := a.prove(ctx, e, password)
	if err != nil {
		return Member{}, err
	}
	return acceptFor(ctx, a.work, a.client, user.ID, token)
}

// SendInvitation is a [SendInvitation] by mail, after the caller has returned. What goes
// wrong is logged: to invite once more sends another mail.
func (a *Accounts) SendInvitation(ctx context.Context, i Invitation, c Company, token Secret) {
	a.send(ctx, invitationMail(a.cfg, i.Email, c, token))
}

// invitationMail names the company by its slug, which can hold no link and no sentence:
// anybody can make a company, and give it any name.
func invitationMail(cfg Config, e core.Email, c Company, token Secret) Message {
	return Letter{
		Product: cfg.ProductName,
		Subject: "You are invited",
		Says:    []string{"You are invited to work with the company \"" + c.Slug + "\" at " + cfg.ProductName + "."},
		Action:  "Accept the invitation", Link: cfg.link("accept-invitation", token),
		After: []string{"The link works once, within seven days.", "If you do not know why, there is nothing to do."},
	}.to(e)
}
