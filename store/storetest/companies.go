package storetest

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
)

var companyContracts = []contract{
	{"Companies/are read back as they were made, with defaults", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{Website: "example.org", Country: "br", Email: "Office@Example.ORG"})
		require.Equal(t, "BR", o.company.Country)
		require.Equal(t, core.Email("Office@example.org"), o.company.Email)
		require.Equal(t, "UTC", o.company.Timezone)
		require.Equal(t, "en", o.company.Locale)
		require.Equal(t, "USD", o.company.Currency)
		require.Equal(t, core.DefaultContactPolicy(), o.company.ContactPolicy)
		require.True(t, o.company.Active)
		require.NotEmpty(t, o.company.InviteCode)
		got, err := o.user(o.admin).Company.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, o.company, got)
	}},
	{"Companies/have their creator as administrator, and the four built-in roles", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		require.Len(t, o.roles, 4)
		a, err := w.app.Companies.Actor(t.Context(), o.admin.ID, o.company.ID)
		require.NoError(t, err)
		require.Equal(t, core.Actor{ID: o.admin.ID, Permissions: core.AllPermissions()}, a)
		require.Equal(t, []string{"company.created", "member.created"}, o.audited(identity.AuditFilter{}))
	}},
	{"Companies/with the same name have different slugs", func(t *testing.T, w *world) {
		name := "Café " + uuid.NewString()[:8]
		base := "cafe-" + name[len("Café "):]
		var slugs []string
		for range 5 {
			slugs = append(slugs, w.newOffice(identity.NewCompany{Name: name}).company.Slug)
		}
		require.Equal(t, []string{base, base + "-2", base + "-3"}, slugs[:3])
		require.NotEqual(t, slugs[3], slugs[4])
	}},
	{"Companies/that are wrong are refused with all that is wrong", func(t *testing.T, w *world) {
		_, err := w.app.Companies.Create(t.Context(), w.newUser("Ada").ID, identity.NewCompany{Country: "XX", Timezone: "Mars/Olympus"})
		require.ErrorIs(t, err, core.ErrInvalid)
		var e *core.Error
		require.ErrorAs(t, err, &e)
		require.Len(t, e.Fields, 3)
	}},
	{"Companies/are not made by somebody who does not exist", func(t *testing.T, w *world) {
		_, err := w.app.Companies.Create(t.Context(), core.UserID{UUID: uuid.New()}, identity.NewCompany{Name: "Nobody's"})
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Companies/are listed to their active members only", func(t *testing.T, w *world) {
		o, other := w.newOffice(identity.NewCompany{}), w.newOffice(identity.NewCompany{})
		ada, m := o.hire("Ada", o.roles[identity.Partner].ID)
		_, err := other.ws().Members.Create(t.Context(), identity.NewMember{UserID: ada.ID, RoleID: other.roles[identity.Partner].ID})
		require.NoError(t, err)
		first, err := w.app.Companies.ListOf(t.Context(), ada.ID, core.Page{Limit: 1})
		require.NoError(t, err)
		second, err := w.app.Companies.ListOf(t.Context(), ada.ID, core.Page{Limit: 1, Cursor: first.Next})
		require.NoError(t, err)
		require.Empty(t, second.Next)
		require.ElementsMatch(t, []core.CompanyID{o.company.ID, other.company.ID}, []core.CompanyID{first.Items[0].ID, second.Items[0].ID})
		require.Empty(t, first.Items[0].InviteCode)

		_, err = o.ws().Members.Deactivate(t.Context(), m.ID)
		require.NoError(t, err)
		list, err := w.app.Companies.ListOf(t.Context(), ada.ID, core.Page{})
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		require.Equal(t, other.company.ID, list.Items[0].ID)
	}},
	{"Companies/are all listed to platform administrators only", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		_, err := w.app.Companies.All(t.Context(), o.admin, identity.CompanyFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		list, err := w.app.Companies.All(t.Context(), identity.Operator(), identity.CompanyFilter{Member: o.admin.ID}, core.Page{})
		require.NoError(t, err)
		require.Equal(t, o.company.ID, list.Items[0].ID)
		require.Empty(t, list.Items[0].InviteCode)
		_, err = w.app.Companies.All(t.Context(), identity.Operator(), identity.CompanyFilter{Sort: "name"}, core.Page{})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"Companies/change with the permission only", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		rename := func(c *identity.Company) error { c.Name = "Renamed"; return nil }
		_, err := o.actor(person(core.MembersWrite)).Company.Update(t.Context(), rename)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = o.actor(person()).Company.Deactivate(t.Context())
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = o.actor(person(core.CompanyWrite)).Company.ResetInviteCode(t.Context())
		require.ErrorIs(t, err, core.ErrForbidden)
		c, err := o.actor(person(core.CompanyWrite)).Company.Update(t.Context(), rename)
		require.NoError(t, err)
		require.Equal(t, "Renamed", c.Name)
		require.Equal(t, int64(2), c.Version)
		require.Equal(t, o.company.Slug, c.Slug)
		require.Empty(t, c.InviteCode)
	}},
	{"Companies/keep what is not for people to change", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		c, err := o.user(o.admin).Company.Update(t.Context(), func(c *identity.Company) error {
			c.Slug, c.InviteCode, c.Active, c.Version, c.ID = "mine", "MINE", false, 99, w.foreign
			c.ContactPolicy = []string{}
			return nil
		})
		require.NoError(t, err)
		want := o.company
		want.Version, want.UpdatedAt, want.ContactPolicy = 2, c.UpdatedAt, []string{}
		require.Equal(t, want, c)
	}},
	{"Companies/and roles that an edit leaves as they are, are not written", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		c, err := o.user(o.admin).Company.Update(t.Context(), func(c *identity.Company) error {
			c.Name, c.Slug, c.Version = c.Name+" ", "mine", 99
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, o.company, c)
		judge := o.role("Judge", core.ContactsRead)
		r, err := o.ws().Roles.Update(t.Context(), judge.ID, func(r *identity.Role) error { r.Name += " "; return nil })
		require.NoError(t, err)
		require.Equal(t, judge, r)
		require.Equal(t, []string{"company.created", "member.created", "role.created"}, o.audited(identity.AuditFilter{}))
	}},
	{"Companies/lose no change when two change at once", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		errs := race(func() error {
			_, err := o.ws().Company.Update(t.Context(), func(c *identity.Company) error { c.Description = "ours"; return nil })
			return err
		}, func() error {
			_, err := o.ws().Company.Update(t.Context(), func(c *identity.Company) error { c.Phone = "11 91234-5678"; return nil })
			return err
		})
		require.Equal(t, [2]error{}, errs)
		c, err := o.ws().Company.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, []any{"ours", "11 91234-5678", int64(3)}, []any{c.Description, c.Phone, c.Version})
	}},
	{"Companies/take a default role of their own only, and none that exceeds the actor", func(t *testing.T, w *world) {
		o, other := w.newOffice(identity.NewCompany{}), w.newOffice(identity.NewCompany{})
		byDefault := func(ws *clientele.Workspace, id core.ID[identity.Role]) error {
			_, err := ws.Company.Update(t.Context(), func(c *identity.Company) error { c.DefaultRoleID = id; return nil })
			return err
		}
		require.ErrorIs(t, byDefault(o.ws(), other.roles[identity.Partner].ID), core.ErrInvalid)
		require.ErrorIs(t, byDefault(o.actor(person(core.CompanyWrite)), o.roles[identity.Partner].ID), core.ErrForbidden)
		require.NoError(t, byDefault(o.ws(), o.roles[identity.Partner].ID))
		ada := w.newUser("Ada")
		m, err := w.app.Companies.Join(t.Context(), ada.ID, o.company.InviteCode)
		require.NoError(t, err)
		require.Equal(t, o.roles[identity.Partner].ID, m.RoleID)
	}},
	{"Companies/let in whoever has the invite code, with the least role", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		ada := w.newUser("Ada")
		typed := strings.ToLower(strings.ReplaceAll(o.company.InviteCode, "-", " "))
		m, err := w.app.Companies.Join(t.Context(), ada.ID, typed)
		require.NoError(t, err)
		require.Equal(t, o.roles[identity.Lead].ID, m.RoleID)
		a, err := w.app.Companies.Actor(t.Context(), ada.ID, o.company.ID)
		require.NoError(t, err)
		require.Equal(t, core.Actor{ID: ada.ID, OwnRows: true}, a)
		_, err = w.app.Companies.Join(t.Context(), ada.ID, typed)
		require.ErrorIs(t, err, core.ErrExists)
	}},
	{"Companies/show the invite code to those who may invite, and never in the audit", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		c, err := o.actor(person(core.CompanyWrite)).Company.Get(t.Context())
		require.NoError(t, err)
		require.Empty(t, c.InviteCode)
		c, err = o.actor(person(core.InvitationsWrite)).Company.ResetInviteCode(t.Context())
		require.NoError(t, err)
		require.NotEqual(t, o.company.InviteCode, c.InviteCode)
		require.Contains(t, o.audited(identity.AuditFilter{}), "company.invite_code_reset")
		for e, err := range o.ws().Audit.Export(t.Context(), identity.AuditFilter{}) {
			require.NoError(t, err)
			require.NotContains(t, e.Changes, "inviteCode")
		}
	}},
	{"Companies/show the invite code to nobody who may do less than those whom it lets in", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		_, err := o.ws().Company.Update(t.Context(), func(c *identity.Company) error {
			c.DefaultRoleID = o.roles[identity.Administrator].ID
			return nil
		})
		require.NoError(t, err)
		inviter := o.actor(person(core.InvitationsWrite)).Company
		c, err := inviter.Get(t.Context())
		require.NoError(t, err)
		require.Empty(t, c.InviteCode)
		c, err = inviter.ResetInviteCode(t.Context())
		require.NoError(t, err)
		require.Empty(t, c.InviteCode)
		c, err = o.ws().Company.Get(t.Context())
		require.NoError(t, err)
		require.NotEmpty(t, c.InviteCode)
		require.NotEqual(t, o.company.InviteCode, c.InviteCode)
	}},
	{"Companies/let nobody in by an invite code that was reset, made up or empty", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		ada := w.newUser("Ada")
		c, err := o.user(o.admin).Company.ResetInviteCode(t.Context())
		require.NoError(t, err)
		for _, code := range []string{o.company.InviteCode, "", "----", "0000-0000-0000-0000", c.InviteCode[:14]} {
			_, err := w.app.Companies.Join(t.Context(), ada.ID, code)
			require.ErrorIs(t, err, core.ErrNotFound, code)
		}
		_, err = w.app.Companies.Join(t.Context(), ada.ID, c.InviteCode)
		require.NoError(t, err)
	}},
	{"Companies/that are inactive are read by their members, and written by nobody", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{ContactPolicy: []string{}})
		c, err := o.user(o.admin).Company.Deactivate(t.Context())
		require.NoError(t, err)
		require.False(t, c.Active)
		ws := o.user(o.admin)
		_, err = ws.Contacts.List(t.Context(), crm.ContactFilter{}, core.Page{})
		require.NoError(t, err)
		_, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.app.Companies.Join(t.Context(), w.newUser("Ada").ID, o.company.InviteCode)
		require.ErrorIs(t, err, core.ErrState)
	}},
	{"Companies/are activated again by those whose role may change them", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		staff, _ := o.hire("Staff", o.roles[identity.InternalStaff].ID)
		_, err := o.user(o.admin).Company.Deactivate(t.Context())
		require.NoError(t, err)
		_, err = o.user(staff).Company.Activate(t.Context())
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = o.actor(person()).Company.Activate(t.Context())
		require.ErrorIs(t, err, core.ErrForbidden)
		c, err := o.user(o.admin).Company.Activate(t.Context())
		require.NoError(t, err)
		require.True(t, c.Active)
		again, err := o.user(o.admin).Company.Activate(t.Context())
		require.NoError(t, err)
		require.Equal(t, c.Version, again.Version)
		require.Equal(t, []string{"company.created", "member.created", "member.created", "company.deactivated", "company.activated"},
			o.audited(identity.AuditFilter{}))
	}},
	{"Companies/that one is no active member of are not found", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		ada, m := o.hire("Ada", o.roles[identity.InternalStaff].ID)
		stranger := w.newUser("Stranger")
		actor := func(u identity.User, c core.CompanyID) error {
			_, err := w.app.Companies.Actor(t.Context(), u.ID, c)
			return err
		}
		require.NoError(t, actor(ada, o.company.ID))
		require.ErrorIs(t, actor(stranger, o.company.ID), core.ErrNotFound)
		require.ErrorIs(t, actor(ada, core.CompanyID{UUID: uuid.New()}), core.ErrNotFound)
		require.ErrorIs(t, actor(ada, w.company), core.ErrNotFound)
		_, err := o.ws().Members.Deactivate(t.Context(), m.ID)
		require.NoError(t, err)
		require.ErrorIs(t, actor(ada, o.company.ID), core.ErrNotFound)
	}},
	{"Companies/of an embedder's tenants are as they have to be", func(t *testing.T, w *world) {
		wrong := core.Tenant{ID: core.CompanyID{UUID: uuid.New()}, Name: "Acme", Timezone: "Nowhere", ContactPolicy: []string{"e-mail"}}
		err := w.backend.EnsureCompany(t.Context(), wrong)
		require.ErrorIs(t, err, core.ErrInvalid)
		require.Equal(t, []string{"/timezone timezone", "/contactPolicy enum"}, faults(t, err))
		right := wrong
		right.Timezone, right.ContactPolicy = "", []string{"email"}
		require.NoError(t, w.backend.EnsureCompany(t.Context(), right), "nothing was kept of the one before")
	}},
	{"Companies/of an embedder's tenants need no roles and no code", func(t *testing.T, w *world) {
		c, err := w.ws().Company.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, "Ours", c.Name)
		require.Empty(t, c.InviteCode)
		c, err = w.ws().Company.Update(t.Context(), func(c *identity.Company) error { c.Country = "PT"; return nil })
		require.NoError(t, err)
		require.Equal(t, "PT", c.Country)
	}},
	{"Companies/are as before when the transaction is rolled back", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		err := o.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
			if _, err := ws.Company.Deactivate(t.Context()); err != nil {
				return err
			}
			return context.Canceled
		})
		require.ErrorIs(t, err, context.Canceled)
		c, err := o.ws().Company.Get(t.Context())
		require.NoError(t, err)
		require.True(t, c.Active)
		require.NotContains(t, o.audited(identity.AuditFilter{}), "company.deactivated")
	}},
}
