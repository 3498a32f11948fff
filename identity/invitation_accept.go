package identity

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// Accept makes the user a member by an invitation to their e-mail address, which has to be
// verified. [core.ErrNotFound]: there is no such invitation, or it was accepted before.
// [core.ErrState]: it has expired, or the address is not verified. [core.ErrForbidden]: it is
// somebody else's.
func (s *Companies) Accept(ctx context.Context, user core.UserID, token Secret) (m Member, err error) {
	err = s.work.Atomic(ctx, func(tx PlatformTx) error {
		u, err := tx.Store.User(ctx, user)
		if err != nil {
			return err
		}
		m, err = accept(ctx, tx, u, token)
		return err
	})
	return m, err
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
	u, err = a.create(ctx, n, verified, func(tx PlatformTx, u User) (err error) {
		m, err = accept(ctx, tx, u, token)
		return err
	})
	if err != nil {
		return User{}, Member{}, err
	}
	return u, m, nil
}

// SendInvitation is a [SendInvitation] by mail, after the caller has returned. What goes
// wrong is logged: to invite once more sends another mail.
func (a *Accounts) SendInvitation(ctx context.Context, i Invitation, c Company, token Secret) {
	a.send(ctx, invitationMail(a.cfg, i.Email, c, token))
}

// invitationMail names the company by its slug, which can hold no link and no sentence:
// anybody can make a company, and give it any name.
func invitationMail(cfg Config, e core.Email, c Company, token Secret) Message {
	return letter{
		Product: cfg.ProductName,
		Subject: "You are invited",
		Says:    []string{"You are invited to work with the company \"" + c.Slug + "\" at " + cfg.ProductName + "."},
		Action:  "Accept the invitation", Link: cfg.link("accept-invitation", token),
		After: []string{"The link works once, within seven days.", "If you do not know why, there is nothing to do."},
	}.to(e)
}
