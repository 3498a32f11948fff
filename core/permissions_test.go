package core_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestPermissionsEncodeAsTheirNames(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(core.PermissionSet(core.ContactsWrite, core.MembersRead))
	require.NoError(t, err)
	require.Equal(t, `["members:read","contacts:write"]`, string(text))
	var back core.Permissions
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, core.PermissionSet(core.MembersRead, core.ContactsWrite), back)

	text, err = json.Marshal(core.Permissions{})
	require.NoError(t, err)
	require.Equal(t, `[]`, string(text))
}

func TestUnknownPermissionIsRefusedFromPeopleAndLeftOutFromTheDatabase(t *testing.T) {
	t.Parallel()
	var set core.Permissions
	require.ErrorIs(t, json.Unmarshal([]byte(`["contacts:read","contacts:juggle"]`), &set), core.ErrInvalid)
	require.NoError(t, set.Scan(`["contacts:read","contacts:juggle"]`))
	require.Equal(t, core.PermissionSet(core.ContactsRead), set)
	require.Error(t, set.Scan(nil))
	require.Error(t, set.Scan("contacts:read"))
}
