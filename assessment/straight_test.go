package assessment

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestKeysTellShortIDsApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SliceOfN(rapid.SampledFrom([]byte("ab.\x00\xff")), 0, 12)
		a, b := string(id.Draw(t, "one")), string(id.Draw(t, "other"))
		if a == b || keyOf(a) >= longKey {
			require.Equal(t, len(a) > 7, keyOf(a) >= longKey, "%q", a)
		} else {
			require.NotEqual(t, keyOf(a), keyOf(b), "%q %q", a, b)
		}
	})
}
