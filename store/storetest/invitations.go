package storetest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// invited is an office whose mails come to a mailbox of the test's.
type invited struct {
	*office
	people *accounts
	all    *identity.Companies // at the time of the mailbox's clock
}

func (w *world) newInvited() *invited {
	people := w.accounts()
	w.app = clientele.NewOn(w.backend, clientele.WithIdentity(identity.Config{Mailer: people.mails, PasswordCost: cheap}))
	return &invited{w.newOffice(identity.NewCompany{}), people, identity.NewCompanies(clocked{w.backend.Platform(), people.clock})}
}

// invite is the token that comes to the address.
func (o *invited) invite(e core.Email, b identity.Builtin) identity.Secret {
	o.t.Helper()
	i, err := o.user(o.admin).Invitations.Create(o.t.Context(), identity.NewInvitation{Email: e, RoleID: o.roles[b].ID})
	require.NoError(o.t, err)
	require.NoError(o.t, o.app.Accounts.Wait(o.t.Context()))
	require.Equal(o.t, e, i.Email)
	return o.people.link(e)
}

var invitationContracts = []contract{
	{"Invitations/make a member of who has the address, once", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada := w.newUser("Ada")
		token := o.invite(ada.Email, identity.Partner)
		m, err := w.app.Companies.Accept(t.Context(), ada.ID, token)
		require.NoError(t, err)
		require.Equal(t, o.roles[identity.Partner].ID, m.RoleID)
		_, err = w.app.Companies.Actor(t.Context(), ada.ID, o.company.ID)
		require.NoError(t, err)
		_, err = w.app.Companies.Accept(t.Context(), ada.ID, token)
		require.ErrorIs(t, err, core.ErrNotFound)
		list, err := o.ws().Invitations.List(t.Context(), core.Page{})
		require.NoError(t, err)
		require.Empty(t, list.Items)
		require.Equal(t, []string{"company.created", "member.created", "invitation.created", "member.created", "invitation.accepted"},
			o.audited(identity.AuditFilter{}))
	}},
	{"Invitations/are accepted by one when two do so at once", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada := w.newUser("Ada")
		token := o.invite(ada.Email, identity.Partner)
		errs := atOnce(2, func() error { _, err := w.app.Companies.Accept(t.Context(), ada.ID, token); return err })
		require.Equal(t, 1, successes(errs), "%v", errs)
	}},
	{"Invitations/of another are of no use", func(t *testing.T, w *world) {
		o := w.newInvited()
		token := o.invite(address("ada"), identity.Partner)
		eve := w.newUser("Eve")
		_, err := w.app.Companies.Accept(t.Context(), eve.ID, token)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.app.Companies.Accept(t.Context(), eve.ID, "made up")
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.app.Companies.Actor(t.Context(), eve.ID, o.company.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Invitations/verify the address that their token came to", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada, eve := o.people.ada(), o.people.ada()
		token := o.invite(ada.Email, identity.Partner)
		_, err := w.app.Companies.Accept(t.Context(), eve.ID, token)
		require.ErrorIs(t, err, core.ErrForbidden)
		eve, err = o.people.Me(t.Context(), eve.ID)
		require.NoError(t, err)
		require.Nil(t, eve.EmailVerifiedAt)
		_, err = w.app.Companies.Accept(t.Context(), ada.ID, token)
		require.NoError(t, err)
		got, err := o.people.Me(t.Context(), ada.ID)
		require.NoError(t, err)
		require.NotNil(t, got.EmailVerifiedAt)
		require.Equal(t, ada.Version+1, got.Version)

		token = o.invite(eve.Email, identity.Partner)
		_, err = o.ws().Company.Deactivate(t.Context())
		require.NoError(t, err)
		_, err = w.app.Companies.Accept(t.Context(), eve.ID, token)
		require.ErrorIs(t, err, core.ErrState)
		eve, err = o.people.Me(t.Context(), eve.ID)
		require.NoError(t, err)
		require.Nil(t, eve.EmailVerifiedAt, "what is not accepted verifies nothing")
	}},
	{"Invitations/are accepted by who may not log in before their address is verified", func(t *testing.T, w *world) {
		o := w.newInvited()
		strict := w.accountsLike(identity.Config{PasswordCost: cheap, RequireVerifiedEmail: true})
		ada := strict.ada()
		_, err := strict.Login(t.Context(), ada.Email, goodPassword)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = strict.AcceptAs(t.Context(), ada.Email, goodPassword, o.invite(ada.Email, identity.Partner))
		require.NoError(t, err)
		strict.login(ada)
	}},
	{"Invitations/make a user of who has none, with a verified address", func(t *testing.T, w *world) {
		o := w.newInvited()
		e := address("ada")
		token := o.invite(e, identity.InternalStaff)
		n := identity.NewUser{Profile: identity.Profile{FirstName: "Ada"}, Email: e, Password: goodPassword}
		other := n
		other.Email = address("eve")
		_, _, err := o.people.RegisterInvited(t.Context(), token, other)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = o.people.Login(t.Context(), other.Email, goodPassword)
		require.ErrorIs(t, err, core.ErrUnauthenticated) // nobody was made
		u, m, err := o.people.RegisterInvited(t.Context(), token, n)
		require.NoError(t, err)
		require.NotNil(t, u.EmailVerifiedAt)
		require.Equal(t, u.ID, m.UserID)
		_, err = o.people.Login(t.Context(), e, goodPassword)
		require.NoError(t, err)
	}},
	{"Invitations/tell who has the token what they are for, and change nothing", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada, nobody := w.newUser("Ada"), address("nobody")
		token := o.invite(ada.Email, identity.Partner)
		for range 2 {
			got, err := o.all.Invited(t.Context(), token)
			require.NoError(t, err)
			require.Equal(t, identity.Invited{Email: ada.Email, Company: o.company.Slug, Registered: true}, got)
		}
		stranger := o.invite(nobody, identity.Partner)
		got, err := o.all.Invited(t.Context(), stranger)
		require.NoError(t, err)
		require.False(t, got.Registered)
		_, err = o.all.Invited(t.Context(), "made up")
		require.ErrorIs(t, err, core.ErrNotFound)
		o.people.clock.pass(8 * 24 * time.Hour)
		_, err = o.all.Invited(t.Context(), token)
		require.ErrorIs(t, err, core.ErrState)
	}},
	{"Invitations/are accepted with a password by who is not logged in", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada, eve := o.people.ada(), o.people.ada()
		_, err := o.people.VerifyEmail(t.Context(), o.people.link(ada.Email))
		require.NoError(t, err)
		token := o.invite(ada.Email, identity.Partner)
		_, err = o.people.AcceptAs(t.Context(), ada.Email, "a guess", token)
		require.ErrorIs(t, err, core.ErrUnauthenticated)
		_, err = o.people.AcceptAs(t.Context(), eve.Email, goodPassword, token)
		require.ErrorIs(t, err, core.ErrForbidden)
		m, err := o.people.AcceptAs(t.Context(), ada.Email, goodPassword, token)
		require.NoError(t, err)
		require.Equal(t, ada.ID, m.UserID)
		_, err = o.people.AcceptAs(t.Context(), ada.Email, goodPassword, token)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Invitations/end after seven days", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada := w.newUser("Ada")
		token := o.invite(ada.Email, identity.Partner)
		o.people.clock.pass(7*24*time.Hour + time.Minute)
		_, err := o.all.Accept(t.Context(), ada.ID, token)
		require.ErrorIs(t, err, core.ErrState)
		o.people.clock.pass(-2 * time.Minute)
		_, err = o.all.Accept(t.Context(), ada.ID, token)
		require.NoError(t, err)
	}},
	{"Invitations/are replaced by another to the same address", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada := w.newUser("Ada")
		older := o.invite(ada.Email, identity.Partner)
		newer := o.invite(ada.Email, identity.Lead)
		require.NotEqual(t, older, newer)
		list, err := o.ws().Invitations.List(t.Context(), core.Page{})
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		_, err = w.app.Companies.Accept(t.Context(), ada.ID, older)
		require.ErrorIs(t, err, core.ErrNotFound)
		m, err := w.app.Companies.Accept(t.Context(), ada.ID, newer)
		require.NoError(t, err)
		require.Equal(t, o.roles[identity.Lead].ID, m.RoleID)
	}},
	{"Invitations/that are deleted lead nowhere", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada := w.newUser("Ada")
		token := o.invite(ada.Email, identity.Partner)
		list, err := o.ws().Invitations.List(t.Context(), core.Page{})
		require.NoError(t, err)
		id := list.Items[0].ID
		require.ErrorIs(t, w.newOffice(identity.NewCompany{}).ws().Invitations.Delete(t.Context(), id), core.ErrNotFound)
		require.NoError(t, o.ws().Invitations.Delete(t.Context(), id))
		require.ErrorIs(t, o.ws().Invitations.Delete(t.Context(), id), core.ErrNotFound)
		_, err = w.app.Companies.Accept(t.Context(), ada.ID, token)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Invitations/are for those who are no members, with a role that the inviter may give", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada, m := o.hire("Ada", o.roles[identity.Lead].ID)
		create := func(ws *clientele.Workspace, e core.Email, role core.ID[identity.Role]) error {
			_, err := ws.Invitations.Create(t.Context(), identity.NewInvitation{Email: e, RoleID: role})
			return err
		}
		role := o.roles[identity.Partner].ID
		require.ErrorIs(t, create(o.ws(), ada.Email, role), core.ErrExists)
		_, err := o.ws().Members.Deactivate(t.Context(), m.ID)
		require.NoError(t, err)
		require.ErrorIs(t, create(o.ws(), ada.Email, role), core.ErrExists)
		require.ErrorIs(t, create(o.ws(), "ada", role), core.ErrInvalid)
		require.ErrorIs(t, create(o.ws(), address("bea"), core.ID[identity.Role]{UUID: uuid.New()}), core.ErrInvalid)
		require.ErrorIs(t, create(o.actor(person(core.InvitationsRead)), address("bea"), role), core.ErrForbidden)
		require.ErrorIs(t, create(o.actor(person(core.InvitationsWrite)), address("bea"), role), core.ErrForbidden)
		require.NoError(t, create(o.actor(person(core.InvitationsWrite)), address("bea"), o.roles[identity.Lead].ID))
		_, err = o.actor(person(core.InvitationsWrite)).Invitations.List(t.Context(), core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
	{"Invitations/are neither replaced nor taken back by those whom their role exceeds", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada := w.newUser("Ada")
		token := o.invite(ada.Email, identity.Administrator)
		inviter := o.actor(person(core.InvitationsRead, core.InvitationsWrite))
		list, err := inviter.Invitations.List(t.Context(), core.Page{})
		require.NoError(t, err)
		require.ErrorIs(t, inviter.Invitations.Delete(t.Context(), list.Items[0].ID), core.ErrForbidden)
		n := identity.NewInvitation{Email: ada.Email, RoleID: o.roles[identity.Lead].ID}
		_, err = inviter.Invitations.Create(t.Context(), n)
		require.ErrorIs(t, err, core.ErrForbidden)
		m, err := w.app.Companies.Accept(t.Context(), ada.ID, token)
		require.NoError(t, err)
		require.Equal(t, o.roles[identity.Administrator].ID, m.RoleID)

		n.Email = address("bea")
		mine, err := inviter.Invitations.Create(t.Context(), n)
		require.NoError(t, err)
		require.NoError(t, inviter.Invitations.Delete(t.Context(), mine.ID))
	}},
	{"Invitations/are seen by those who made them, of those who see own rows only", func(t *testing.T, w *world) {
		o := w.newInvited()
		o.invite(address("ada"), identity.Lead)
		narrow := person(core.InvitationsRead, core.InvitationsWrite)
		narrow.OwnRows = true
		mine, err := o.actor(narrow).Invitations.Create(t.Context(), identity.NewInvitation{Email: address("bea"), RoleID: o.roles[identity.Lead].ID})
		require.NoError(t, err)
		list, err := o.actor(narrow).Invitations.List(t.Context(), core.Page{})
		require.NoError(t, err)
		require.Equal(t, []identity.Invitation{mine}, list.Items)
		all, err := o.ws().Invitations.List(t.Context(), core.Page{})
		require.NoError(t, err)
		require.Len(t, all.Items, 2)
		require.ErrorIs(t, o.actor(narrow).Invitations.Delete(t.Context(), all.Items[1].ID), core.ErrNotFound)
	}},
	{"Invitations/into a company that is inactive are of no use", func(t *testing.T, w *world) {
		o := w.newInvited()
		ada := w.newUser("Ada")
		token := o.invite(ada.Email, identity.Partner)
		_, err := o.ws().Company.Deactivate(t.Context())
		require.NoError(t, err)
		_, err = w.app.Companies.Accept(t.Context(), ada.ID, token)
		require.ErrorIs(t, err, core.ErrState)
		_, err = o.ws().Company.Activate(t.Context())
		require.NoError(t, err)
		_, err = w.app.Companies.Accept(t.Context(), ada.ID, token)
		require.NoError(t, err)
	}},
}
