package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
)

// key is an API key of the office.
func (o *office) key(role identity.Role) (identity.APIKey, identity.Secret) {
	k, secret, err := o.ws().APIKeys.Create(o.t.Context(), identity.NewAPIKey{Name: "Robot", RoleID: role.ID})
	require.NoError(o.t, err)
	return k, secret
}

var apiKeyContracts = []contract{
	{"API keys/act in their company with their role, under their own id", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{ContactPolicy: []string{}})
		k, secret := o.key(o.roles[identity.Partner])
		require.True(t, strings.HasPrefix(string(secret), k.Prefix))
		scope, err := w.app.Companies.AuthenticateKey(t.Context(), secret)
		require.NoError(t, err)
		grants := identity.Partner.Grants()
		require.Equal(t, core.Scope{Company: o.company.ID, Actor: core.Actor{
			ID: core.UserID{UUID: k.ID.UUID}, Permissions: grants.Permissions, OwnRows: true,
		}}, scope)
		ada, err := w.app.Workspace(scope).Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		require.Equal(t, k.ID.UUID, ada.CreatedByID.UUID)
	}},
	{"API keys/are read back without their secret", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		expires := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
		k, _, err := o.user(o.admin).APIKeys.Create(t.Context(), identity.NewAPIKey{Name: " Robot ", RoleID: o.roles[identity.Lead].ID, ExpiresAt: &expires})
		require.NoError(t, err)
		require.Equal(t, "Robot", k.Name)
		require.Equal(t, o.admin.ID, k.CreatedByID)
		got, err := o.user(o.admin).APIKeys.Get(t.Context(), k.ID)
		require.NoError(t, err)
		require.Equal(t, k, got)
		list, err := o.user(o.admin).APIKeys.List(t.Context(), core.Page{})
		require.NoError(t, err)
		require.Equal(t, []identity.APIKey{k}, list.Items)
	}},
	{"API keys/that are made up, changed, revoked or empty let nobody in", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		k, secret := o.key(o.roles[identity.Lead])
		for _, s := range []identity.Secret{"", "clt_", secret[:len(secret)-1], secret + "0", identity.Secret(strings.ToUpper(string(secret)))} {
			_, err := w.app.Companies.AuthenticateKey(t.Context(), s)
			require.ErrorIs(t, err, core.ErrUnauthenticated)
		}
		require.NoError(t, o.ws().APIKeys.Revoke(t.Context(), k.ID))
		_, err := w.app.Companies.AuthenticateKey(t.Context(), secret)
		require.ErrorIs(t, err, core.ErrUnauthenticated)
		require.ErrorIs(t, o.ws().APIKeys.Revoke(t.Context(), k.ID), core.ErrNotFound)
		require.Equal(t, []string{"api_key.created", "api_key.revoked"}, o.audited(identity.AuditFilter{SubjectKind: "api_key"}))
	}},
	{"API keys/end when they expire", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		people := w.accounts()
		all := identity.NewCompanies(clocked{w.backend.Platform(), people.clock})
		expires := people.clock.time().Add(time.Hour)
		_, secret, err := o.ws().APIKeys.Create(t.Context(), identity.NewAPIKey{Name: "Robot", RoleID: o.roles[identity.Lead].ID, ExpiresAt: &expires})
		require.NoError(t, err)
		_, err = all.AuthenticateKey(t.Context(), secret)
		require.NoError(t, err)
		people.clock.pass(time.Hour)
		_, err = all.AuthenticateKey(t.Context(), secret)
		require.ErrorIs(t, err, core.ErrUnauthenticated)
		past := time.Now().Add(-time.Hour)
		_, _, err = o.ws().APIKeys.Create(t.Context(), identity.NewAPIKey{Name: "Robot", RoleID: o.roles[identity.Lead].ID, ExpiresAt: &past})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"API keys/note their last use once a minute", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		people := w.accounts()
		all := identity.NewCompanies(clocked{w.backend.Platform(), people.clock})
		k, secret := o.key(o.roles[identity.Lead])
		require.Nil(t, k.LastUsedAt)
		used := func() time.Time {
			_, err := all.AuthenticateKey(t.Context(), secret)
			require.NoError(t, err)
			k, err := o.ws().APIKeys.Get(t.Context(), k.ID)
			require.NoError(t, err)
			return *k.LastUsedAt
		}
		first := used()
		require.Equal(t, people.clock.time().UTC().Truncate(time.Microsecond), first)
		people.clock.pass(59 * time.Second)
		require.Equal(t, first, used())
		people.clock.pass(2 * time.Second)
		require.Equal(t, first.Add(61*time.Second), used())
	}},
	{"API keys/of another company are not found and stay good", func(t *testing.T, w *world) {
		o, other := w.newOffice(identity.NewCompany{}), w.newOffice(identity.NewCompany{})
		theirs, secret := other.key(other.roles[identity.Lead])
		_, err := o.ws().APIKeys.Get(t.Context(), theirs.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, o.ws().APIKeys.Revoke(t.Context(), theirs.ID), core.ErrNotFound)
		_, err = w.app.Companies.AuthenticateKey(t.Context(), secret)
		require.NoError(t, err)
	}},
	{"API keys/have a role of the company that exceeds nobody who makes them", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		create := func(a core.Actor, n identity.NewAPIKey) error {
			_, _, err := o.actor(a).APIKeys.Create(t.Context(), n)
			return err
		}
		maker := person(core.APIKeysWrite)
		require.ErrorIs(t, create(maker, identity.NewAPIKey{Name: "Robot", RoleID: o.roles[identity.Partner].ID}), core.ErrForbidden)
		require.NoError(t, create(maker, identity.NewAPIKey{Name: "Robot", RoleID: o.roles[identity.Lead].ID}))
		require.ErrorIs(t, create(maker, identity.NewAPIKey{RoleID: o.roles[identity.Lead].ID}), core.ErrInvalid)
		require.ErrorIs(t, create(maker, identity.NewAPIKey{Name: "Robot"}), core.ErrInvalid)
		require.ErrorIs(t, create(maker, identity.NewAPIKey{Name: "Robot", RoleID: core.ID[identity.Role]{UUID: uuid.New()}}), core.ErrInvalid)
		require.ErrorIs(t, create(person(core.APIKeysRead), identity.NewAPIKey{Name: "Robot", RoleID: o.roles[identity.Lead].ID}), core.ErrForbidden)
		_, err := o.actor(maker).APIKeys.List(t.Context(), core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		require.ErrorIs(t, o.actor(person(core.APIKeysRead)).APIKeys.Revoke(t.Context(), core.ID[identity.APIKey]{}), core.ErrForbidden)
	}},
	{"API keys/are not revoked by those whom their role exceeds", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		strong, secret := o.key(o.roles[identity.Administrator])
		weak, _ := o.key(o.roles[identity.Lead])
		maker := o.actor(person(core.APIKeysWrite))
		require.ErrorIs(t, maker.APIKeys.Revoke(t.Context(), strong.ID), core.ErrForbidden)
		_, err := w.app.Companies.AuthenticateKey(t.Context(), secret)
		require.NoError(t, err)
		require.NoError(t, maker.APIKeys.Revoke(t.Context(), weak.ID))
		require.NoError(t, o.user(o.admin).APIKeys.Revoke(t.Context(), strong.ID))
	}},
	{"API keys/of an inactive company only read, and do not activate it", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		_, secret := o.key(o.roles[identity.Administrator])
		_, err := o.ws().Company.Deactivate(t.Context())
		require.NoError(t, err)
		scope, err := w.app.Companies.AuthenticateKey(t.Context(), secret)
		require.NoError(t, err)
		require.Equal(t, core.AllPermissions().ReadOnly(), scope.Actor.Permissions)
		_, err = w.app.Workspace(scope).Company.Activate(t.Context())
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
}
