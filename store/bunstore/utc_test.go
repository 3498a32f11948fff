package bunstore

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPlainTextsAreReadAsJSONIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`\[("[a-z,\\ é]{0,3}"(, ?"[a-z,]{0,3}"){0,3})?\]`),
			rapid.StringMatching(`[\[\]",a n]{0,8}`),
		).Draw(t, "text")
		got, ok := plainTexts(text)
		if !ok {
			return // whatever it is, the decoder reads it
		}
		var want []string
		require.NoError(t, json.Unmarshal([]byte(text), &want))
		require.Equal(t, want, got)
	})
	for _, text := range []string{`[]`, `["vip"]`, `["vip", "maths, pure"]`, `["a","b"]`} {
		_, ok := plainTexts([]byte(text))
		require.True(t, ok, text)
	}
	for _, src := range []any{nil, "", "null", `["a\nb"]`, `["a"`, `[1]`, 7} {
		_, ok := plainTexts(src)
		require.False(t, ok, "%v", src)
	}
}
