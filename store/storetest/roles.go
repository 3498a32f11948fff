package storetest

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// role is a role of the office's own.
func (o *office) role(name string, ps ...core.Permission) identity.Role {
	r, err := o.ws().Roles.Create(o.t.Context(), identity.NewRole{Name: name, Permissions: core.PermissionSet(ps...)})
	require.NoError(o.t, err)
	return r
}

var roleContracts = []contract{
	{"Roles/are read back as they were made", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		r, err := o.user(o.admin).Roles.Create(t.Context(), identity.NewRole{
			Name: " Árbitro ", Permissions: core.PermissionSet(core.ContactsRead, core.AuditRead), OwnRows: true,
		})
		require.NoError(t, err)
		require.Equal(t, "Árbitro", r.Name)
		got, err := o.user(o.admin).Roles.Get(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, r, got)
		empty := o.role("Nothing")
		got, err = o.ws().Roles.Get(t.Context(), empty.ID)
		require.NoError(t, err)
		require.Equal(t, core.Permissions{}, got.Permissions)
	}},
	{"Roles/that are built in grant what the code says, and do not change", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		for _, b := range identity.Builtins() {
			r, err := o.ws().Roles.Get(t.Context(), o.roles[b].ID)
			require.NoError(t, err)
			require.Equal(t, b.Grants(), r.NewRole)
			_, err = o.ws().Roles.Update(t.Context(), r.ID, func(r *identity.Role) error { r.Name = "Other"; return nil })
			require.ErrorIs(t, err, core.ErrState)
			require.ErrorIs(t, o.ws().Roles.Delete(t.Context(), r.ID), core.ErrState)
		}
	}},
	{"Roles/have names that differ by more than case and accents", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		o.role("Árbitro")
		_, err := o.ws().Roles.Create(t.Context(), identity.NewRole{Name: "ARBITRO"})
		require.ErrorIs(t, err, core.ErrExists)
		_, err = o.ws().Roles.Create(t.Context(), identity.NewRole{Name: "administrator"})
		require.ErrorIs(t, err, core.ErrExists)
		_, err = o.ws().Roles.Create(t.Context(), identity.NewRole{Name: " "})
		require.ErrorIs(t, err, core.ErrInvalid)
		w.newOffice(identity.NewCompany{}).role("Árbitro") // another company's names are its own
		r := o.role("Judge")
		_, err = o.ws().Roles.Update(t.Context(), r.ID, func(r *identity.Role) error { r.Name = "arbitro"; return nil })
		require.ErrorIs(t, err, core.ErrExists)
	}},
	{"Roles/of another company are not found and stay as they are", func(t *testing.T, w *world) {
		o, other := w.newOffice(identity.NewCompany{}), w.newOffice(identity.NewCompany{})
		theirs := other.role("Judge", core.ContactsRead)
		_, err := o.ws().Roles.Get(t.Context(), theirs.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = o.ws().Roles.Update(t.Context(), theirs.ID, func(r *identity.Role) error { r.Name = "Mine"; return nil })
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, o.ws().Roles.Delete(t.Context(), theirs.ID), core.ErrNotFound)
		require.ErrorIs(t, o.ws().Roles.Delete(t.Context(), core.ID[identity.Role]{UUID: uuid.New()}), core.ErrNotFound)
		got, err := other.ws().Roles.Get(t.Context(), theirs.ID)
		require.NoError(t, err)
		require.Equal(t, theirs, got)
	}},
	{"Roles/need permissions", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		r := o.role("Judge")
		none, reader := o.actor(person()), o.actor(person(core.RolesRead))
		_, err := none.Roles.Get(t.Context(), r.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = none.Roles.List(t.Context(), core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = reader.Roles.List(t.Context(), core.Page{})
		require.NoError(t, err)
		_, err = reader.Roles.Create(t.Context(), identity.NewRole{Name: "Mine"})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = reader.Roles.Update(t.Context(), r.ID, func(*identity.Role) error { return nil })
		require.ErrorIs(t, err, core.ErrForbidden)
		require.ErrorIs(t, reader.Roles.Delete(t.Context(), r.ID), core.ErrForbidden)
	}},
	{"Roles/grant nothing that who makes or changes them lacks", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		maker := o.actor(person(core.RolesWrite, core.RolesRead, core.ContactsRead))
		_, err := maker.Roles.Create(t.Context(), identity.NewRole{Name: "More", Permissions: core.PermissionSet(core.ContactsDelete)})
		require.ErrorIs(t, err, core.ErrForbidden)
		own, err := maker.Roles.Create(t.Context(), identity.NewRole{Name: "Equal", Permissions: core.PermissionSet(core.ContactsRead)})
		require.NoError(t, err)
		_, err = maker.Roles.Update(t.Context(), own.ID, func(r *identity.Role) error {
			r.Permissions = core.PermissionSet(core.ContactsRead, core.ContactsExport)
			return nil
		})
		require.ErrorIs(t, err, core.ErrForbidden)
		strong := o.role("Strong", core.ContactsDelete)
		_, err = maker.Roles.Update(t.Context(), strong.ID, func(r *identity.Role) error { r.Permissions = core.Permissions{}; return nil })
		require.ErrorIs(t, err, core.ErrForbidden)
		require.ErrorIs(t, maker.Roles.Delete(t.Context(), strong.ID), core.ErrForbidden)

		narrow := person(core.RolesWrite, core.ContactsRead)
		narrow.OwnRows = true
		_, err = o.actor(narrow).Roles.Create(t.Context(), identity.NewRole{Name: "Wide", Permissions: core.PermissionSet(core.ContactsRead)})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = o.actor(narrow).Roles.Create(t.Context(), identity.NewRole{Name: "Narrow", Permissions: core.PermissionSet(core.ContactsRead), OwnRows: true})
		require.NoError(t, err)
	}},
	{"Roles/change what their members may do at once", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		r := o.role("Judge", core.ContactsRead)
		ada, _ := o.hire("Ada", r.ID)
		r, err := o.ws().Roles.Update(t.Context(), r.ID, func(r *identity.Role) error {
			r.Permissions, r.OwnRows, r.Builtin = core.PermissionSet(core.AuditRead), true, identity.Administrator
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, int64(2), r.Version)
		require.Empty(t, r.Builtin)
		a, err := w.app.Companies.Actor(t.Context(), ada.ID, o.company.ID)
		require.NoError(t, err)
		require.Equal(t, core.Actor{ID: ada.ID, Permissions: core.PermissionSet(core.AuditRead), OwnRows: true}, a)
	}},
	{"Roles/lose no change when two change one at once", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		r := o.role("Judge")
		errs := race(func() error {
			_, err := o.ws().Roles.Update(t.Context(), r.ID, func(r *identity.Role) error { r.Name = "Referee"; return nil })
			return err
		}, func() error {
			_, err := o.ws().Roles.Update(t.Context(), r.ID, func(r *identity.Role) error { r.OwnRows = true; return nil })
			return err
		})
		require.Equal(t, [2]error{}, errs)
		got, err := o.ws().Roles.Get(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, []any{"Referee", true, int64(3)}, []any{got.Name, got.OwnRows, got.Version})
	}},
	{"Roles/in use are not deleted", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		member, invited, key, byDefault, free := o.role("A"), o.role("B"), o.role("C"), o.role("D"), o.role("E")
		o.hire("Ada", member.ID)
		_, err := o.ws().Invitations.Create(t.Context(), identity.NewInvitation{Email: "ada@example.org", RoleID: invited.ID})
		require.NoError(t, err)
		_, _, err = o.ws().APIKeys.Create(t.Context(), identity.NewAPIKey{Name: "Robot", RoleID: key.ID})
		require.NoError(t, err)
		_, err = o.ws().Company.Update(t.Context(), func(c *identity.Company) error { c.DefaultRoleID = byDefault.ID; return nil })
		require.NoError(t, err)
		for _, r := range []identity.Role{member, invited, key, byDefault} {
			require.ErrorIs(t, o.ws().Roles.Delete(t.Context(), r.ID), core.ErrState, r.Name)
		}
		require.NoError(t, o.ws().Roles.Delete(t.Context(), free.ID))
		_, err = o.ws().Roles.Get(t.Context(), free.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.Equal(t, []string{"role.created", "role.deleted"}, o.audited(identity.AuditFilter{SubjectID: free.ID.UUID}))
	}},
	{"Roles/are listed by name", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		o.role("Zebra")
		o.role("árbitro")
		var names []string
		page := core.Page{Limit: 2}
		for {
			list, err := o.ws().Roles.List(t.Context(), page)
			require.NoError(t, err)
			for _, r := range list.Items {
				names = append(names, r.Name)
			}
			if page.Cursor = list.Next; page.Cursor == "" {
				break
			}
		}
		require.Equal(t, []string{"Administrator", "árbitro", "Internal staff", "Lead", "Partner", "Zebra"}, names)
	}},
}
