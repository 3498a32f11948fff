package core_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "ada": "ada", "ADA 1": "ada 1", "ÉCOLE": "ecole", "école": "ecole", "e\u0301cole": "ecole",
		"STRASSE": "strasse", "Straße": "strasse", "ﬁn": "fin", "Ⅳ": "iv", "ＡＢ": "ab", "São João": "sao joao",
		"ΣΊΣΥΦΟΣ": "σισυφοσ", "Иванов": "иванов", "한국": "한국", "日本": "日本",
	} {
		require.Equal(t, want, core.Fold(text), text)
	}
	require.NotPanics(t, func() { core.Fold("\xffÉ") })
}

func TestFoldingTwiceIsFoldingOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("aAzZ éÉßſıİΣςﬁⅣ\u0301한"))).Draw(rt, "text")
		require.Equal(rt, core.Fold(text), core.Fold(core.Fold(text)))
	})
}

// Latin goes by a table, the rest by the rules: both have to say the same.
func TestFoldingByATableIsFoldingByTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rule := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), cases.Fold(), norm.NFC)
		text := rapid.StringOf(rapid.OneOf(rapid.RuneFrom(nil, &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0, Hi: 0x24f, Stride: 1}}}),
			rapid.RuneFrom([]rune("\u0250\u0301\u0307ΣςЙ한ﬁ")))).Draw(rt, "text")
		want, _, err := transform.String(rule, text)
		require.NoError(rt, err)
		require.Equal(rt, want, core.Fold(text))
	})
}

func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		core.Fold("Brekke & Söhne, San José")
	}
}

func TestFaultsGatherAll(t *testing.T) {
	t.Parallel()
	var f core.Faults
	require.NoError(t, f.Err())
	require.Equal(t, "ada", f.Line("/name", " ada ", 3))
	require.Equal(t, "two\nlines", f.Text("/notes", "two\nlines", 9))
	require.Equal(t, "ééé", f.Text("/notes", "ééé", 3), "characters count, not bytes")
	require.Empty(t, f)
	f.Line("/a", "two\nlines", 9)
	f.Line("/b", strings.Repeat("x", 4), 3)
	f.Text("/c", "\xff", 9)
	f.Text("/d", "a\x00b", 9)
	var rules []string
	for _, fault := range f {
		rules = append(rules, fault.Field+" "+fault.Rule)
	}
	require.Equal(t, []string{"/a control_character", "/b max_length", "/c not_utf8", "/d has_nul"}, rules)
	require.ErrorIs(t, f.Err(), core.ErrInvalid)
	require.Contains(t, f.Err().Error(), "/b: is longer than 3 characters")
}

func TestTextsThatNobodySeesAreEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \t\n", "\u202e\u200b", "\u00a0\ufeff", "\u2066 \u2069", "\u00ad", "\u3164", "\ufe0f\u034f", "\U000e0041"} {
		var f core.Faults
		require.Empty(t, f.Line("/name", text, 9), "%q", text)
		require.Empty(t, f.Text("/notes", text, 9), "%q", text)
		require.Empty(t, f, "%q", text)
	}
}

func TestLinesDoNotTurnTheirDirection(t *testing.T) {
	t.Parallel()
	for _, r := range "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" {
		var f core.Faults
		f.Line("/name", "ada"+string(r)+"gpj.exe", 20)
		require.Len(t, f, 1, "%q", r)
		require.Equal(t, "direction_control", f[0].Rule)
		f = nil
		f.Text("/notes", "ada"+string(r), 20)
		require.Empty(t, f, "%q", r)
	}
	for _, text := range []string{"می\u200cخواهم", "👩\u200d💻", "❤\ufe0f", "עדה\u200f", "\u0601\u0661"} {
		var f core.Faults
		require.Equal(t, text, f.Line("/name", text, 20))
		require.Empty(t, f, "%q", text)
	}
}
