package identity

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
)

var cheap = PasswordCost{Memory: 8, Passes: 1, Threads: 1}

func TestPasswordHash(t *testing.T) {
	t.Parallel()
	p := newPasswords(PasswordCost{}.withDefaults())
	hash, err := p.hash(t.Context(), "correct horse")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(hash), "$argon2id$v=19$m=19456,t=2,p=1$"))
	for password, right := range map[Secret]bool{"correct horse": true, "Correct horse": false, "correct horse ": false, "": false} {
		ok, err := p.verify(t.Context(), password, hash)
		require.NoError(t, err)
		require.Equal(t, right, ok, string(password))
	}
	require.False(t, p.outdated(hash))
	require.True(t, newPasswords(cheap).outdated(hash))
}

// The keys were computed by the reference program: argon2 <salt> -id -t 2 -m 16 -p 1.
func TestPasswordHashesOfOthers(t *testing.T) {
	t.Parallel()
	ok, err := newPasswords(cheap).verify(t.Context(), "password",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestPasswordOfNoHash(t *testing.T) {
	t.Parallel()
	p := newPasswords(cheap)
	for _, hash := range []Secret{
		"", "x", "password", "$2a$10$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=8,t=1,p=1$$", "$argon2id$v=19$m=0,t=0,p=0$YWFhYWFhYWE$YWFhYWFhYWE",
		"$argon2id$v=18$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
	} {
		before := p.derived.Load()
		ok, err := p.verify(t.Context(), "password", hash)
		require.NoError(t, err)
		require.False(t, ok, string(hash))
		require.EqualValues(t, 1, p.derived.Load()-before, "it takes as long")
	}
}

func TestPasswordsWaitTheirTurn(t *testing.T) {
	t.Parallel()
	p := newPasswords(cheap)
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.hash(ctx, "correct horse")
	require.ErrorIs(t, err, core.ErrUnavailable)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, p.derived.Load())
}

func TestPasswordIsTheSameInEveryNormalForm(t *testing.T) {
	t.Parallel()
	p := newPasswords(cheap)
	hash, err := p.hash(t.Context(), "caf\u00e9 au lait")
	require.NoError(t, err)
	for _, same := range []Secret{"cafe\u0301 au lait", "ｃafé au lait"} {
		ok, err := p.verify(t.Context(), same, hash)
		require.NoError(t, err)
		require.True(t, ok, string(same))
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, rule := range map[Secret]string{
		"":                                     "min_length",
		"1234567":                              "min_length",
		"пароль7":                              "min_length", // 7 characters, more bytes
		"парольный":                            "",
		"correct horse battery staple":         "",
		"   spaces   ":                         "",
		Secret(strings.Repeat("ab", 64)):       "",
		Secret(strings.Repeat("ab", 64) + "c"): "max_length",
		Secret(strings.Repeat("é1", 64)):       "",
		"password":                             "common_password",
		"PassWord123":                          "common_password",
		"ｐassword":                             "common_password",
		"zzzzzzzzzz":                           "common_password",
		"ada.lovelace":                         "common_password",
		"ADA.Lovelace@example.org":             "common_password",
		"with\x00nul byte":                     "has_nul",
		"not \xff utf-8":                       "not_utf8",
	} {
		var f core.Faults
		checkPassword(&f, "/password", password, "Ada.Lovelace@example.org")
		if rule == "" {
			require.Empty(t, f, string(password))
			continue
		}
		require.Len(t, f, 1, string(password))
		require.Equal(t, []string{"/password", rule}, []string{f[0].Field, f[0].Rule}, string(password))
	}
}

func TestCommonPasswordsCouldBeChosen(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(common()), 200)
	for password := range common() {
		require.GreaterOrEqual(t, len([]rune(password)), minPassword, "%q is refused for its length already", password)
		require.Equal(t, strings.ToLower(normalized(Secret(password))), password, "it is compared in this form")
	}
}

func TestAnyPasswordVerifies(t *testing.T) {
	t.Parallel()
	p := newPasswords(cheap)
	rapid.Check(t, func(t *rapid.T) {
		password, other := Secret(rapid.String().Draw(t, "password")), Secret(rapid.String().Draw(t, "other"))
		hash, err := p.hash(context.Background(), password)
		require.NoError(t, err)
		ok, err := p.verify(context.Background(), password, hash)
		require.NoError(t, err)
		require.True(t, ok)
		ok, err = p.verify(context.Background(), other, hash)
		require.NoError(t, err)
		require.Equal(t, normalized(password) == normalized(other), ok)
	})
}
