package crm

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestAPolicyThatWasTightenedMakesContactsIncompleteAndBlocksNoEdit(t *testing.T) {
	t.Parallel()
	strict := rules{required: []string{"phone", "location"}}
	was := Contact{NewContact: NewContact{Name: "Ada", Location: "London"}}

	var f core.Faults
	renamed := was
	renamed.Name = "Ada Lovelace"
	strict.checkPolicy(&f, &was, &renamed)
	require.NoError(t, f.Err())
	require.True(t, renamed.Incomplete)

	moved := was
	moved.Location = ""
	strict.checkPolicy(&f, &was, &moved)
	require.Equal(t, core.Faults{{Field: "/location", Rule: "required", Message: "the company's contact policy asks for it"}}, f)

	complete := renamed
	complete.Phone = "+14155550100"
	f = nil
	strict.checkPolicy(&f, &renamed, &complete)
	require.NoError(t, f.Err())
	require.False(t, complete.Incomplete)
}

func TestAPhoneMayBePastedWithItsDirection(t *testing.T) {
	t.Parallel()
	var f core.Faults
	p, typed := (&rules{}).phone(&f, "/phone", "\u202a+14155550100\u202c ")
	require.NoError(t, f.Err())
	require.Equal(t, Phone("+14155550100"), p)
	require.Empty(t, typed)
}
