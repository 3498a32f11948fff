package identity

import (
	"context"
	"errors"

	"github.com/clientele-crm/clientele/core"
)

// Invitations is the service of a company's invitations. To read needs
// [core.InvitationsRead], to invite and to take back [core.InvitationsWrite]. Nobody invites
// with a role that may do more than they may, nor replaces or takes back an invitation with
// one: that is [core.ErrForbidden]. To accept one is [Companies.Accept].
type Invitations struct {
	work core.Work[Tx]
	send SendInvitation
}

// SendInvitation brings an invitation to the address that it is for. The token is what makes
// it acceptable, and is kept nowhere else.
type SendInvitation func(ctx context.Context, i Invitation, company Company, token Secret)

// NewInvitations is the service over a store, in the scope of work.
func NewInvitations(work core.Work[Tx], send SendInvitation) *Invitations {
	return &Invitations{work, send}
}

// Create invites whoever has the address, and sends them the link, which is good for seven
// days. An invitation that the address has already is replaced: its link leads nowhere then.
// [core.ErrExists]: a member has the address.
//
// The mail goes out after the invitation is stored. In a transaction of the caller's that is
// rolled back later, a mail has gone out whose link leads nowhere.
func (s *Invitations) Create(ctx context.Context, n NewInvitation) (i Invitation, err error) {
	if err := s.require(core.InvitationsWrite); err != nil {
		return Invitation{}, err
	}
	if err := n.check(); err != nil {
		return Invitation{}, err
	}
	token := newToken(32)
	var company Company
	err = core.Retry(ctx, s.work, func(tx Tx) error {
		if company, err = tx.Store.Company(ctx); err != nil {
			return err
		}
		i, err = invite(ctx, tx, n, token)
		return err
	})
	if err != nil {
		return Invitation{}, err
	}
	s.send(ctx, i, company, token)
	return i, nil
}

func invite(ctx context.Context, tx Tx, n NewInvitation, token Secret) (Invitation, error) {
	if _, err := grantable(ctx, tx, "/roleId", n.RoleID); err != nil {
		return Invitation{}, err
	}
	if err := notMember(ctx, tx, n.Email); err != nil {
		return Invitation{}, err
	}
	now := tx.Env.Time()
	i := Invitation{
		ID: core.NewID[Invitation](tx.Env), NewInvitation: n, CreatedByID: tx.Scope.Actor.ID,
		ExpiresAt: now.Add(invitationLife), CreatedAt: now, UpdatedAt: now,
	}
	older, err := tx.Store.InvitationTo(ctx, n.Email)
	switch {
	case err == nil:
		err := remove(ctx, tx, older)
		if errors.Is(err, core.ErrNotFound) {
			err = core.Stale("invitation") // it was accepted since, or replaced
		}
		if err != nil {
			return Invitation{}, err
		}
	case !errors.Is(err, core.ErrNotFound):
		return Invitation{}, err
	}
	err = tx.Store.InsertInvitation(ctx, i, token.hash())
	if errors.Is(err, core.ErrExists) {
		err = core.Stale("invitation") // somebody else has invited the address since
	}
	if err != nil {
		return Invitation{}, err
	}
	return i, tx.Events.Emit(ctx, InvitationCreated.Of(i.ID, nil, &i))
}

// notMember is [core.ErrExists] if a user who has the address is a member.
func notMember(ctx context.Context, tx Tx, e core.Email) error {
	p, err := tx.Store.Person(ctx, NewMember{Email: e})
	if err == nil {
		_, err = tx.Store.MemberOf(ctx, p.UserID)
	}
	switch {
	case err == nil:
		return memberExists(core.ErrExists)
	case errors.Is(err, core.ErrNotFound):
		return nil
	}
	return err
}

// List reads a page of the invitations that wait for an answer, the newest first, expired
// ones too.
func (s *Invitations) List(ctx context.Context, p core.Page) (core.List[Invitation], error) {
	if err := s.require(core.InvitationsRead); err != nil {
		return core.List[Invitation]{}, err
	}
	return s.work.Plain().Store.ListInvitations(ctx, p)
}

// Delete takes an invitation back: its link leads nowhere.
func (s *Invitations) Delete(ctx context.Context, id core.ID[Invitation]) error {
	if err := s.require(core.InvitationsWrite); err != nil {
		return err
	}
	return s.work.Atomic(ctx, func(tx Tx) error {
		i, err := tx.Store.Invitation(ctx, id)
		if err != nil {
			return err
		}
		return remove(ctx, tx, i)
	})
}

func remove(ctx context.Context, tx Tx, i Invitation) error {
	if err := touchable(ctx, tx, i.RoleID); err != nil {
		return err
	}
	if err := tx.Store.DeleteInvitation(ctx, i.ID); err != nil {
		return err
	}
	return tx.Events.Emit(ctx, InvitationDeleted.Of(i.ID, &i, nil))
}

func (s *Invitations) require(p core.Permission) error {
	return s.work.Plain().Scope.Actor.Require(p)
}
