package crm_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func TestKeysOfNumbersAreInTheOrderOfTheNumbers(t *testing.T) {
	t.Parallel()
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,29})(\.[0-9]{0,14}[1-9])?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		if t.Failed() || a == "-0" || b == "-0" {
			return // no canonical form
		}
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		require.Equal(t, x.Cmp(y), strings.Compare(crm.NumberField.SortKey(a), crm.NumberField.SortKey(b)), "%s and %s", a, b)
	})
}

func TestKeysOfTextsAreEqualWhereTheTextsAre(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringN(1, 1000, -1).Draw(t, "a")
		b := rapid.SampledFrom([]string{strings.ToUpper(a), a + "x", "x" + a, a}).Draw(t, "b")
		x, y := crm.TextField.SortKey(a), crm.TextField.SortKey(b)
		require.LessOrEqual(t, max(len(x), len(y)), 400)
		require.Equal(t, core.Fold(a) == core.Fold(b), x == y, "%q and %q", a, b)
	})
	long := strings.Repeat("é", 999)
	require.NotEqual(t, crm.TextField.SortKey(long), crm.TextField.SortKey(long+"a"), "that differ far behind")
	require.Less(t, crm.TextField.SortKey(strings.Repeat("a", 999)), crm.TextField.SortKey(strings.Repeat("b", 999)))
}

func TestAFieldValueIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]crm.FieldValue{
		`"a"`: crm.Text("a"), `["a","b"]`: crm.Choose("a", "b"), `12.50`: crm.Text("12.50"), `123456789012345678901234567890.1`: crm.Text("123456789012345678901234567890.1"),
		`true`: crm.Text("true"), `null`: {}, `[]`: {Chosen: []string{}},
	} {
		var got crm.FieldValue
		require.NoError(t, got.UnmarshalJSON([]byte(text)))
		require.Equal(t, want, got)
	}
	require.Error(t, new(crm.FieldValue).UnmarshalJSON([]byte(`{"a":1}`)))
	require.Error(t, new(crm.FieldValue).UnmarshalJSON([]byte(`[1]`)))
}
