package duplicates

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The values are those of Winkler's paper of 1990, table 1, and of Wikipedia's article on his measure.
func TestJaroWinklerGivesThePublishedValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"martha", "marhta", 0.961}, {"dwayne", "duane", 0.840}, {"dixon", "dicksonx", 0.813},
		{"shackleford", "shackelford", 0.982}, {"dunningham", "cunnigham", 0.896}, {"jones", "johnson", 0.832},
		{"abc", "xyz", 0}, {"a", "a", 1}, {"", "", 1}, {"", "a", 0}, {"a", "b", 0},
	} {
		require.InDelta(t, c.want, jaroWinkler([]rune(c.a), []rune(c.b)), 0.0006, "%s %s", c.a, c.b)
	}
}

func TestJaroWinklerIsAMeasure(t *testing.T) {
	t.Parallel()
	word := rapid.SliceOfN(rapid.RuneFrom([]rune("abcé李")), 0, 50)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		s := jaroWinkler(a, b)
		require.Equal(t, s, jaroWinkler(b, a))
		require.True(t, 0 <= s && s <= 1, "%f", s)
		require.Equal(t, 1.0, jaroWinkler(a, a))
	})
}

func TestOneSlipIsADistanceOfOneAtMost(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[12]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		require.Equal(t, distance(a, b) <= 1, oneSlip(a, b), "%s %s", a, b)
	})
}

// distance is Damerau's, by the textbook: slow, and for words of digits.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
		for j := range d[i] {
			if i == 0 {
				d[i][j] = j
				continue
			}
			if j == 0 {
				continue
			}
			other := 1
			if a[i-1] == b[j-1] {
				other = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+other)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// The codes of the National Archives of the United States.
func TestSoundexGivesThePublishedCodes(t *testing.T) {
	t.Parallel()
	for word, code := range map[string]string{
		"washington": "w252", "lee": "l", "gutierrez": "g362", "pfister": "p236", "jackson": "j25", "tymczak": "t522", "ashcraft": "a261",
	} {
		require.Equal(t, code, sound(word), word)
	}
}
