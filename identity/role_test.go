package identity

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
)

func TestBuiltinRolesGrantNoMoreThanTheOneAbove(t *testing.T) {
	t.Parallel()
	all := Builtins()
	require.Len(t, all, 4)
	require.Equal(t, core.AllPermissions(), all[0].Grants().Permissions)
	for i, b := range all[1:] {
		above, grants := all[i].Grants(), b.Grants()
		require.True(t, above.Permissions.Contains(grants.Permissions), b)
		require.False(t, above.OwnRows && !grants.OwnRows, b)
	}
	require.Equal(t, core.Permissions{}, Lead.Grants().Permissions)
	require.Equal(t, NewRole{}, Builtin("owner").Grants())
}

func TestWhatSomebodyMayGrantTheyMayDo(t *testing.T) {
	t.Parallel()
	sets := rapid.Custom(func(t *rapid.T) core.Permissions {
		var ps []core.Permission
		for p := range core.AllPermissions().All() {
			if rapid.Bool().Draw(t, p.String()) {
				ps = append(ps, p)
			}
		}
		return core.PermissionSet(ps...)
	})
	rapid.Check(t, func(t *rapid.T) {
		a := core.Actor{Permissions: sets.Draw(t, "actor"), OwnRows: rapid.Bool().Draw(t, "actor's own rows")}
		r := Role{NewRole: NewRole{Permissions: sets.Draw(t, "role"), OwnRows: rapid.Bool().Draw(t, "role's own rows")}}
		exceeds := a.OwnRows && !r.OwnRows
		for p := range r.Permissions.All() {
			exceeds = exceeds || !a.Permissions.Has(p)
		}
		if exceeds {
			require.ErrorIs(t, mayGrant(a, r), core.ErrForbidden)
		} else {
			require.NoError(t, mayGrant(a, r))
		}
	})
}
