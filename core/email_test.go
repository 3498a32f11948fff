package core_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestParseEmail(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	for typed, want := range map[string]core.Email{
		"ada@example.org":         "ada@example.org",
		" Ada@Example.ORG ":       "Ada@example.org",
		"o'neil+crm@example.org":  "o'neil+crm@example.org",
		"josé@bücher.example":     "josé@xn--bcher-kva.example",
		"jose\u0301@example.org":  "jos\u00e9@example.org", // NFC
		"ada@BÜCHER.example":      "ada@xn--bcher-kva.example",
		"ada@XN--BCHER-KVA.com":   "ada@xn--bcher-kva.com",
		"用户@例子.广告":                "用户@xn--fsqu00a.xn--4rr70v",
		long + "@example.org":     core.Email(long + "@example.org"),
		"ada@sub-domain.ex-am.pl": "ada@sub-domain.ex-am.pl",
	} {
		got, err := core.ParseEmail(typed)
		require.NoError(t, err, typed)
		require.Equal(t, want, got)
	}
	for _, typed := range []string{
		"", "@", "ada", "ada@", "@example.org", "ada@example", "ada@localhost", "ada@1.2.3.4", "ada@[1.2.3.4]",
		"a b@example.org", "ada@exa mple.org", "ada@@example.org", ".ada@example.org", "ada.@example.org", "a..b@example.org",
		`"ada"@example.org`, "ada(comment)@example.org", "Ada <ada@example.org>", "ada@example.org, eve@example.org",
		"ada@-example.org", "ada@example-.org", "ada@ex_ample.org", "ada@.org", "ada@example..org", "ada@example.org.",
		"ada@xn--a.org", "a\u200bda@example.org", "a\u202eda@example.org", "ada\n@example.org", "\xff@example.org", "a\x00@example.org",
		long + "a@example.org", "a@" + strings.Repeat("a.", 126) + "org", "ada@" + long + ".org",
		long + "@" + strings.Repeat("abcdefg.", 24) + "org",
	} {
		_, err := core.ParseEmail(typed)
		require.ErrorIs(t, err, core.ErrInvalid, "%q", typed)
	}
	require.Equal(t, core.Email("Ada@example.org").Key(), core.Email("ada@example.org").Key())
}

func FuzzParseEmail(f *testing.F) {
	for _, seed := range []string{"ada@example.org", "josé@bücher.example", `"a b"@x.org`, "a@[1.2.3.4]", "@", "a@xn--.org", "ı@İ.org"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		once, err := core.ParseEmail(typed)
		if err != nil {
			require.ErrorIs(t, err, core.ErrInvalid)
			return
		}
		twice, err := core.ParseEmail(string(once))
		require.NoError(t, err)
		require.Equal(t, once, twice)
		require.LessOrEqual(t, len(once), 254)
		require.NoError(t, core.CheckText(string(once)))
	})
}
