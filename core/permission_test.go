package core_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestEveryPermissionHasAName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for p := range core.AllPermissions().All() {
		require.Regexp(t, `^[a-z_]+:[a-z]+$`, p.String())
		require.False(t, seen[p.String()], p)
		seen[p.String()] = true
		again, err := core.ParsePermission(p.String())
		require.NoError(t, err)
		require.Equal(t, p, again)
	}
	for _, bad := range []string{"", "contacts:fly", "contacts"} {
		_, err := core.ParsePermission(bad)
		require.ErrorIs(t, err, core.ErrInvalid)
	}
	require.Equal(t, "Permission(255)", core.Permission(255).String())
}

func TestSetsOfPermissions(t *testing.T) {
	t.Parallel()
	set := core.PermissionSet(core.ContactsWrite, core.ContactsRead, core.ContactsRead)
	require.Equal(t, []core.Permission{core.ContactsRead, core.ContactsWrite}, slices.Collect(set.All()))
	require.True(t, set.Has(core.ContactsRead))
	require.False(t, set.Has(core.ContactsDelete))
	require.False(t, core.AllPermissions().Has(core.Permission(255)))
	require.True(t, core.AllPermissions().Contains(set))
	require.False(t, set.Contains(core.AllPermissions()))
	require.True(t, set.Contains(core.Permissions{}))
	require.Equal(t, core.PermissionSet(core.ContactsRead), set.ReadOnly())
}

func TestAnActorNeedsPermission(t *testing.T) {
	t.Parallel()
	require.NoError(t, core.System().Require(core.ContactsDelete))
	err := core.Actor{}.Require(core.ContactsDelete)
	require.ErrorIs(t, err, core.ErrForbidden)
	require.Contains(t, err.Error(), "contacts:delete")
}
