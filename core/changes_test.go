package core_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, c := range []struct {
		name          string
		before, after json.RawMessage
		want          map[string]core.AuditChange
	}{
		{"made", nil, raw(`{"a":1}`), map[string]core.AuditChange{"a": {New: raw("1")}}},
		{"erased", raw(`{"a":1}`), nil, map[string]core.AuditChange{"a": {Old: raw("1")}}},
		{"changed", raw(`{"a":1,"b":"x,}"}`), raw(`{"a":2,"b":"x,}"}`), map[string]core.AuditChange{"a": {Old: raw("1"), New: raw("2")}}},
		{"deep", raw(`{"a":{"b":[1,2]},"c":null}`), raw(`{"a":{"b":[1,3]},"c":null}`), map[string]core.AuditChange{"a": {Old: raw(`{"b":[1,2]}`), New: raw(`{"b":[1,3]}`)}}},
		{"came and went", raw(`{"a":1}`), raw(`{"b":1}`), map[string]core.AuditChange{"a": {Old: raw("1")}, "b": {New: raw("1")}}},
		{"quotes", raw(`{"a":"\"},{\\"}`), raw(`{"a":"\\"}`), map[string]core.AuditChange{"a": {Old: raw(`"\"},{\\"`), New: raw(`"\\"`)}}},
		{"same", raw(`{"a":1}`), raw(`{ "a" : 1 }`), map[string]core.AuditChange{}},
		{"nothing", nil, nil, map[string]core.AuditChange{}},
	} {
		got, err := core.Changes(c.before, c.after)
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, got, c.name)
	}
	for _, bad := range []string{`[]`, `1`, `{"a"}`, `{"a":}`, `{a:1}`, `{`} {
		_, err := core.Changes(nil, raw(bad))
		require.Error(t, err, bad)
	}
}

func TestEncodedChangesAreTheChanges(t *testing.T) {
	t.Parallel()
	object := rapid.MapOf(rapid.StringMatching(`[a-c"\\,:{}\[\]é]{1,2}`), rapid.OneOf(
		rapid.Map(rapid.StringMatching(`[a"\\,:{}\[\]é<\n]{0,3}`), func(s string) any { return s }),
		rapid.Map(rapid.IntRange(0, 2), func(n int) any { return []any{n, map[string]any{"x": nil}} }),
	))
	rapid.Check(t, func(rt *rapid.T) {
		before, err := json.Marshal(object.Draw(rt, "before"))
		require.NoError(rt, err)
		after, err := json.Marshal(object.Draw(rt, "after"))
		require.NoError(rt, err)
		want, err := core.Changes(before, after)
		require.NoError(rt, err)
		text, err := core.EncodeChanges(before, after)
		require.NoError(rt, err)
		got := map[string]core.AuditChange{}
		require.NoError(rt, json.Unmarshal(text, &got))
		require.Equal(rt, want, got)
	})
}

func TestNothingBecomesOfNothing(t *testing.T) {
	t.Parallel()
	full := json.RawMessage(`{"name":"Ada","email":"","tags":[],"notes":null,"active":false}`)
	made, err := core.Changes(nil, full)
	require.NoError(t, err)
	require.Equal(t, map[string]core.AuditChange{"name": {New: json.RawMessage(`"Ada"`)}, "active": {New: json.RawMessage("false")}}, made)
	erased, err := core.Changes(full, nil)
	require.NoError(t, err)
	require.Len(t, erased, 2)
	cleared, err := core.Changes(json.RawMessage(`{"email":"a@b.c","tags":["x"]}`), json.RawMessage(`{"email":"","tags":[]}`))
	require.NoError(t, err)
	require.Len(t, cleared, 2, "what was cleared did change")
}
