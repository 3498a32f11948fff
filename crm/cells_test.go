package crm

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", "Ada": "Ada", "'t Hooft": "'t Hooft", "=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0",
		"-1": "-1", "+55 (11) 91234-5678": "+55 (11) 91234-5678", "-a": "'-a", "\t=1": "'\t=1", "＝1": "'＝1", "'=1": "''=1", "''": "''",
	} {
		require.Equal(t, want, inert(cell), "%q", cell)
		require.Equal(t, cell, freed(inert(cell)), "%q", cell)
	}
}

func TestWhatIsMadeInertIsFreedAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.StringMatching(`['=+@\-\t＝1a ]{0,6}`), rapid.String()).Draw(t, "cell")
		require.Equal(t, cell, freed(inert(cell)))
		require.False(t, runs(inert(cell)))
	})
}

func TestTagsComeBackOutOfACell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tags := rapid.SliceOfN(rapid.StringMatching(`[a-z,"é\\'=][a-z,"é \\'=]{0,4}[a-z,"é\\'=]`), 1, 4).Draw(t, "tags")
		require.Equal(t, tags, splitTags(joinTags(tags)))
	})
	require.Equal(t, []string{"a", ` b "c`}, splitTags(`a, b "c`), "a foreign cell")
}

func TestAddressesComeBackOutOfACell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Address {
			return Address{Kind: EmailAddress, Value: rapid.String().Draw(t, "value"), Label: rapid.String().Draw(t, "label")}
		}), 1, 3).Draw(t, "list")
		back, err := splitAddresses(joinAddresses(list))
		require.NoError(t, err)
		require.Equal(t, list, back)
	})
	_, err := splitAddresses("not JSON")
	require.Error(t, err)
}
