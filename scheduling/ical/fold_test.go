package ical

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Unfolding what was folded gives it back, and no line is too long or cut inside a character.
func TestFoldingIsUndoneByUnfolding(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([A-Z][^\r\n]{0,200}\r\n){0,4}`).Draw(t, "text")
		got := folded([]byte(text))
		for line := range bytes.SplitSeq(got, []byte("\r\n")) {
			require.LessOrEqual(t, len(line), lineOctets)
			require.True(t, utf8.Valid(line), "%q", line)
		}
		require.Equal(t, text, string(bytes.ReplaceAll(got, []byte("\r\n "), nil)))
	})
}

func FuzzFold(f *testing.F) {
	f.Add([]byte("SUMMARY:x\r\n"))
	f.Fuzz(func(t *testing.T, line []byte) {
		line = bytes.Map(func(r rune) rune {
			if r == '\r' || r == '\n' {
				return -1
			}
			return r
		}, line)
		line = append(line, "\r\n"...)
		require.Equal(t, line, bytes.ReplaceAll(folded(line), []byte("\r\n "), nil))
	})
}
