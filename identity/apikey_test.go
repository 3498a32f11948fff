package identity

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeySecretIsToldFromWhatIsNone(t *testing.T) {
	t.Parallel()
	secret := newKeySecret()
	require.Regexp(t, `^clt_[0-9a-z]{67}$`, string(secret))
	require.True(t, isKeySecret(secret))
	require.NotEqual(t, secret, newKeySecret())
	require.Equal(t, string(secret[:12]), keyPrefix(secret))
	for i := range secret { // one character changed, anywhere
		other := []byte(secret)
		if other[i]++; other[i] > 'z' {
			other[i] = '0'
		}
		require.False(t, isKeySecret(Secret(other)), i)
	}
	for _, no := range []Secret{"", "clt_", secret[1:], secret + "0"} {
		require.False(t, isKeySecret(no))
	}
}

func FuzzKeySecret(f *testing.F) {
	f.Add("clt_")
	f.Add(string(newKeySecret()))
	f.Fuzz(func(t *testing.T, text string) { isKeySecret(Secret(text)) })
}

func FuzzInviteCode(f *testing.F) {
	f.Add("K7QM-2XWF-9ATB-HE3R")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if code := readInviteCode(text); code != "" {
			require.Equal(t, code, readInviteCode(code))
		}
	})
}
