package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// asRole is an edit that gives a member the role.
func asRole(id core.ID[identity.Role]) func(*identity.Member) error {
	return func(m *identity.Member) error { m.RoleID = id; return nil }
}

// first is the membership of the office's administrator.
func (o *office) first() identity.Member {
	list, err := o.ws().Members.List(o.t.Context(), identity.MemberFilter{}, core.Page{Limit: 1})
	require.NoError(o.t, err)
	require.Equal(o.t, o.admin.ID, list.Items[0].UserID)
	return list.Items[0]
}

var memberContracts = []contract{
	{"Members/are read back as they were made, with their names and their role's", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		ada := w.newUser("Ada")
		m, err := o.user(o.admin).Members.Create(t.Context(), identity.NewMember{
			Email: core.Email(strings.ToUpper(string(ada.Email))), RoleID: o.roles[identity.Partner].ID,
		})
		require.NoError(t, err)
		require.Equal(t, "Ada", m.FirstName)
		require.Equal(t, ada.Email, m.Email)
		require.Equal(t, "Partner", m.RoleName)
		require.True(t, m.Active)
		got, err := o.user(o.admin).Members.Get(t.Context(), m.ID)
		require.NoError(t, err)
		require.Equal(t, m, got)
		a, err := w.app.Companies.Actor(t.Context(), ada.ID, o.company.ID)
		require.NoError(t, err)
		require.Equal(t, core.Actor{ID: ada.ID, Permissions: identity.Partner.Grants().Permissions, OwnRows: true}, a)
	}},
	{"Members/are existing users, once each, with a role of the company", func(t *testing.T, w *world) {
		o, other := w.newOffice(identity.NewCompany{}), w.newOffice(identity.NewCompany{})
		ada, m := o.hire("Ada", o.roles[identity.Partner].ID)
		create := func(n identity.NewMember) error { _, err := o.ws().Members.Create(t.Context(), n); return err }
		role := o.roles[identity.Lead].ID
		require.ErrorIs(t, create(identity.NewMember{UserID: ada.ID, RoleID: role}), core.ErrExists)
		_, err := o.ws().Members.Deactivate(t.Context(), m.ID)
		require.NoError(t, err)
		require.ErrorIs(t, create(identity.NewMember{UserID: ada.ID, RoleID: role}), core.ErrExists)
		require.ErrorIs(t, create(identity.NewMember{UserID: core.UserID{UUID: uuid.New()}, RoleID: role}), core.ErrNotFound)
		require.ErrorIs(t, create(identity.NewMember{Email: "nobody@example.org", RoleID: role}), core.ErrNotFound)
		require.ErrorIs(t, create(identity.NewMember{Email: "nobody", RoleID: role}), core.ErrInvalid)
		require.ErrorIs(t, create(identity.NewMember{RoleID: role}), core.ErrInvalid)
		require.ErrorIs(t, create(identity.NewMember{UserID: o.admin.ID}), core.ErrInvalid)
		require.ErrorIs(t, create(identity.NewMember{UserID: other.admin.ID, RoleID: other.roles[identity.Lead].ID}), core.ErrInvalid)
	}},
	{"Members/of another company are not found and stay as they are", func(t *testing.T, w *world) {
		o, other := w.newOffice(identity.NewCompany{}), w.newOffice(identity.NewCompany{})
		_, theirs := other.hire("Ada", other.roles[identity.Partner].ID)
		ws := o.user(o.admin)
		_, err := ws.Members.Get(t.Context(), theirs.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ws.Members.Update(t.Context(), theirs.ID, asRole(o.roles[identity.Lead].ID))
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ws.Members.Deactivate(t.Context(), theirs.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		list, err := ws.Members.List(t.Context(), identity.MemberFilter{}, core.Page{})
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		got, err := other.ws().Members.Get(t.Context(), theirs.ID)
		require.NoError(t, err)
		require.Equal(t, theirs, got)
	}},
	{"Members/need permissions", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		_, m := o.hire("Ada", o.roles[identity.Lead].ID)
		none, reader := o.actor(person()), o.actor(person(core.MembersRead))
		_, err := none.Members.Get(t.Context(), m.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = none.Members.List(t.Context(), identity.MemberFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = reader.Members.Get(t.Context(), m.ID)
		require.NoError(t, err)
		_, err = reader.Members.Deactivate(t.Context(), m.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = reader.Members.Create(t.Context(), identity.NewMember{UserID: w.newUser("Bea").ID, RoleID: m.RoleID})
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
	{"Members/are listed by role and by whether they are active, page by page", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		_, ada := o.hire("Ada", o.roles[identity.Partner].ID)
		_, bea := o.hire("Bea", o.roles[identity.Lead].ID)
		bea, err := o.ws().Members.Deactivate(t.Context(), bea.ID)
		require.NoError(t, err)
		list, err := o.ws().Members.List(t.Context(), identity.MemberFilter{Role: ada.RoleID}, core.Page{})
		require.NoError(t, err)
		require.Equal(t, []identity.Member{ada}, list.Items)
		list, err = o.ws().Members.List(t.Context(), identity.MemberFilter{Active: new(false)}, core.Page{})
		require.NoError(t, err)
		require.Equal(t, []identity.Member{bea}, list.Items)
		var pages []identity.Member
		page := core.Page{Limit: 1}
		for {
			list, err := o.ws().Members.List(t.Context(), identity.MemberFilter{Sort: identity.MembersByCreationNewest}, page)
			require.NoError(t, err)
			pages = append(pages, list.Items...)
			if page.Cursor = list.Next; page.Cursor == "" {
				break
			}
		}
		require.Equal(t, []identity.Member{bea, ada, o.first()}, pages)
		_, err = o.ws().Members.List(t.Context(), identity.MemberFilter{Sort: "email"}, core.Page{})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"Members/of all companies are listed to platform administrators only", func(t *testing.T, w *world) {
		o, other := w.newOffice(identity.NewCompany{}), w.newOffice(identity.NewCompany{})
		ada, m := o.hire("Ada", o.roles[identity.Partner].ID)
		_, err := other.ws().Members.Create(t.Context(), identity.NewMember{UserID: ada.ID, RoleID: other.roles[identity.Lead].ID})
		require.NoError(t, err)
		_, err = w.app.Companies.AllMembers(t.Context(), o.admin, identity.PlatformMemberFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		list, err := w.app.Companies.AllMembers(t.Context(), identity.Operator(), identity.PlatformMemberFilter{User: ada.ID}, core.Page{})
		require.NoError(t, err)
		require.Len(t, list.Items, 2)
		require.Equal(t, identity.PlatformMember{CompanyID: o.company.ID, Member: m}, list.Items[0])
		list, err = w.app.Companies.AllMembers(t.Context(), identity.Operator(), identity.PlatformMemberFilter{Company: other.company.ID}, core.Page{})
		require.NoError(t, err)
		require.Len(t, list.Items, 2)
	}},
	{"Members/change their role, and nothing else of theirs", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		_, m := o.hire("Ada", o.roles[identity.Lead].ID)
		got, err := o.user(o.admin).Members.Update(t.Context(), m.ID, func(m *identity.Member) error {
			m.RoleID, m.FirstName, m.Active, m.UserID = o.roles[identity.InternalStaff].ID, "Bea", false, o.admin.ID
			return nil
		})
		require.NoError(t, err)
		want := m
		want.RoleID, want.RoleName, want.Version, want.UpdatedAt = o.roles[identity.InternalStaff].ID, "Internal staff", 2, got.UpdatedAt
		require.Equal(t, want, got)
		again, err := o.user(o.admin).Members.Update(t.Context(), m.ID, asRole(got.RoleID))
		require.NoError(t, err)
		require.Equal(t, got, again)
		require.Equal(t, []string{"member.created", "member.updated"}, o.audited(identity.AuditFilter{SubjectID: m.ID.UUID}))
	}},
	{"Members/that are deactivated come back by activation only", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		ada, m := o.hire("Ada", o.roles[identity.Lead].ID)
		_, err := o.user(o.admin).Members.Deactivate(t.Context(), m.ID)
		require.NoError(t, err)
		_, err = w.app.Companies.Join(t.Context(), ada.ID, o.company.InviteCode)
		require.ErrorIs(t, err, core.ErrExists)
		m, err = o.user(o.admin).Members.Activate(t.Context(), m.ID)
		require.NoError(t, err)
		require.True(t, m.Active)
		_, err = w.app.Companies.Actor(t.Context(), ada.ID, o.company.ID)
		require.NoError(t, err)
	}},
	{"Members/are given no role that exceeds who gives it, nor touched if theirs does", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		_, lead := o.hire("Lea", o.roles[identity.Lead].ID)
		_, staff := o.hire("Ada", o.roles[identity.InternalStaff].ID)
		hr := person(slices.AppendSeq([]core.Permission{core.MembersRead, core.MembersWrite}, identity.Partner.Grants().Permissions.All())...)
		for _, b := range []identity.Builtin{identity.Administrator, identity.InternalStaff} {
			_, err := o.actor(hr).Members.Update(t.Context(), lead.ID, asRole(o.roles[b].ID))
			require.ErrorIs(t, err, core.ErrForbidden)
			_, err = o.actor(hr).Members.Create(t.Context(), identity.NewMember{UserID: w.newUser("Bea").ID, RoleID: o.roles[b].ID})
			require.ErrorIs(t, err, core.ErrForbidden)
		}
		_, err := o.actor(hr).Members.Deactivate(t.Context(), staff.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = o.actor(hr).Members.Update(t.Context(), staff.ID, asRole(o.roles[identity.Lead].ID))
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = o.actor(hr).Members.Update(t.Context(), lead.ID, asRole(o.roles[identity.Partner].ID))
		require.NoError(t, err)
	}},
	{"Members/who see own rows only let nobody see more", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		_, lead := o.hire("Lea", o.roles[identity.Lead].ID)
		wide, err := o.ws().Roles.Create(t.Context(), identity.NewRole{Name: "Wide", Permissions: core.PermissionSet(core.ContactsRead)})
		require.NoError(t, err)
		narrow := person(slices.AppendSeq([]core.Permission{core.MembersWrite}, identity.Partner.Grants().Permissions.All())...)
		narrow.OwnRows = true
		_, err = o.actor(narrow).Members.Update(t.Context(), lead.ID, asRole(wide.ID))
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = o.actor(narrow).Members.Update(t.Context(), lead.ID, asRole(o.roles[identity.Partner].ID))
		require.NoError(t, err)
	}},
	{"Members/always have an administrator among them", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		only := o.first()
		ws := o.user(o.admin)
		_, err := ws.Members.Deactivate(t.Context(), only.ID)
		require.ErrorIs(t, err, core.ErrState)
		_, err = ws.Members.Update(t.Context(), only.ID, asRole(o.roles[identity.Partner].ID))
		require.ErrorIs(t, err, core.ErrState)
		require.ErrorIs(t, ws.Members.Leave(t.Context()), core.ErrState)
		require.Equal(t, only, o.first())

		_, second := o.hire("Second", o.roles[identity.Administrator].ID)
		_, err = ws.Members.Deactivate(t.Context(), second.ID)
		require.NoError(t, err)
		require.ErrorIs(t, ws.Members.Leave(t.Context()), core.ErrState) // a deactivated one does not count
		_, err = ws.Members.Activate(t.Context(), second.ID)
		require.NoError(t, err)
		require.NoError(t, ws.Members.Leave(t.Context()))
	}},
	{"Members/who cannot log in do not count as administrators, and their keys go on working", func(t *testing.T, w *world) {
		for name, shutOut := range map[string]func(*accounts, identity.User){
			"deactivated": func(p *accounts, u identity.User) { setActive(p, u, false) },
			"deleted":     func(p *accounts, u identity.User) { require.NoError(t, p.users().Delete(t.Context(), u.ID)) },
		} {
			o, p := w.newOffice(identity.NewCompany{}), w.accounts()
			second, m := o.hire("Second", o.roles[identity.Administrator].ID)
			require.True(t, m.UserActive)
			_, secret, err := o.user(second).APIKeys.Create(t.Context(), identity.NewAPIKey{Name: "Sync", RoleID: o.roles[identity.Partner].ID})
			require.NoError(t, err)
			shutOut(p, second)
			require.ErrorIs(t, o.user(o.admin).Members.Leave(t.Context()), core.ErrState, name)
			scope, err := w.app.Companies.AuthenticateKey(t.Context(), secret)
			require.NoError(t, err, name)
			require.Equal(t, o.company.ID, scope.Company)
			got, err := o.ws().Members.Get(t.Context(), m.ID)
			require.NoError(t, err)
			require.False(t, got.UserActive, name)
			require.True(t, got.Active, "the company has not taken them out")
			_, err = w.app.Companies.Actor(t.Context(), second.ID, o.company.ID)
			require.ErrorIs(t, err, core.ErrNotFound, name)
			_, err = o.ws().Members.Deactivate(t.Context(), m.ID)
			require.NoError(t, err, "who does not count may go")
		}
	}},
	{"Members/keep an administrator when the last two demote each other at once", func(t *testing.T, w *world) {
		for range 5 {
			o := w.newOffice(identity.NewCompany{})
			first := o.first()
			other, second := o.hire("Second", o.roles[identity.Administrator].ID)
			a, b := o.user(o.admin), o.user(other)
			errs := race(func() error {
				_, err := a.Members.Update(t.Context(), second.ID, asRole(o.roles[identity.Lead].ID))
				return err
			}, func() error {
				_, err := b.Members.Deactivate(t.Context(), first.ID)
				return err
			})
			require.Equal(t, 1, successes(errs[:]), "%v", errs)
			admins, err := o.ws().Members.List(t.Context(), identity.MemberFilter{Role: first.RoleID, Active: new(true)}, core.Page{})
			require.NoError(t, err)
			require.Len(t, admins.Items, 1)
		}
	}},
	{"Members/keep an administrator when the last two leave at once", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		other, _ := o.hire("Second", o.roles[identity.Administrator].ID)
		a, b := o.user(o.admin), o.user(other)
		errs := race(func() error { return a.Members.Leave(t.Context()) }, func() error { return b.Members.Leave(t.Context()) })
		require.Equal(t, 1, successes(errs[:]), "%v", errs)
	}},
	{"Members/who leave are gone, and may join again", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		ada, m := o.hire("Ada", o.roles[identity.InternalStaff].ID)
		require.NoError(t, o.user(ada).Members.Leave(t.Context()))
		_, err := w.app.Companies.Actor(t.Context(), ada.ID, o.company.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.Equal(t, []string{"member.created", "member.left"}, o.audited(identity.AuditFilter{SubjectID: m.ID.UUID}))
		_, err = w.app.Companies.Join(t.Context(), ada.ID, o.company.InviteCode)
		require.NoError(t, err)
		require.ErrorIs(t, o.actor(person()).Members.Leave(t.Context()), core.ErrNotFound)
	}},
	{"Members/of an inactive company stay until it is active again", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		ada, m := o.hire("Ada", o.roles[identity.InternalStaff].ID)
		_, err := o.ws().Company.Deactivate(t.Context())
		require.NoError(t, err)
		require.ErrorIs(t, o.user(ada).Members.Leave(t.Context()), core.ErrState)
		_, err = o.ws().Members.Get(t.Context(), m.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"member.created"}, o.audited(identity.AuditFilter{SubjectID: m.ID.UUID}))
		_, err = o.ws().Company.Activate(t.Context())
		require.NoError(t, err)
		require.NoError(t, o.user(ada).Members.Leave(t.Context()))
	}},
	{"Members/are as before when the transaction is rolled back", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		_, m := o.hire("Ada", o.roles[identity.Lead].ID)
		err := o.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
			if _, err := ws.Members.Deactivate(t.Context(), m.ID); err != nil {
				return err
			}
			return context.Canceled
		})
		require.ErrorIs(t, err, context.Canceled)
		got, err := o.ws().Members.Get(t.Context(), m.ID)
		require.NoError(t, err)
		require.Equal(t, m, got)
		require.Equal(t, []string{"member.created"}, o.audited(identity.AuditFilter{SubjectID: m.ID.UUID}))
	}},
}
