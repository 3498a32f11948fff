package server

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func TestPatch(t *testing.T) {
	t.Parallel()
	owner := core.UserID{UUID: core.Env{}.UUID()}
	was := crm.NewContact{Name: "Ada", Notes: "x", Tags: []string{"a", "b"}, OwnerID: owner, OtherAddresses: []crm.Address{{Kind: crm.EmailAddress, Value: "a@example.org"}}}
	for name, c := range map[string]struct {
		patch string
		want  func(*crm.NewContact)
	}{
		"nothing":                 {`{}`, func(*crm.NewContact) {}},
		"a value":                 {`{"name": "Grace"}`, func(c *crm.NewContact) { c.Name = "Grace" }},
		"null clears a text":      {`{"notes": null}`, func(c *crm.NewContact) { c.Notes = "" }},
		"null clears a reference": {`{"ownerId": null}`, func(c *crm.NewContact) { c.OwnerID = core.UserID{} }},
		"an array is replaced":    {`{"tags": ["c"]}`, func(c *crm.NewContact) { c.Tags = []string{"c"} }},
		"null clears an array":    {`{"otherAddresses": null}`, func(c *crm.NewContact) { c.OtherAddresses = nil }},
		"empty is not absent":     {`{"name": ""}`, func(c *crm.NewContact) { c.Name = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p Patch[crm.NewContact]
			require.NoError(t, json.Unmarshal([]byte(c.patch), &p))
			got, want := was, was
			require.NoError(t, p.apply(&got))
			c.want(&want)
			require.Equal(t, want, got)
		})
	}
}

func TestPatchRefuses(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{`{"version": 3}`, `{"name": 7}`, `7`, `[]`} {
		var p Patch[crm.NewContact]
		require.NoError(t, json.Unmarshal([]byte(doc), &p))
		c := crm.NewContact{Name: "Ada"}
		require.ErrorIs(t, p.apply(&c), core.ErrInvalid, doc)
		require.Equal(t, crm.NewContact{Name: "Ada"}, c, doc)
	}
}

func TestTagIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list         string
		strong, weak bool
	}{
		{`"3"`, true, true}, {`"1", "3"`, true, true}, {`*`, true, true}, {`W/"3"`, false, true}, {`"4"`, false, false}, {`3`, false, false},
	} {
		require.Equal(t, c.strong, tagIn(c.list, `"3"`, false), c.list)
		require.Equal(t, c.weak, tagIn(c.list, `"3"`, true), c.list)
	}
}

func TestPointer(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"body": "", "body.name": "/name", "body.otherAddresses[0].kind": "/otherAddresses/0/kind", "query.limit": "/limit", "body.a/b": "/a~1b",
	} {
		require.Equal(t, want, pointer(location), location)
	}
}
