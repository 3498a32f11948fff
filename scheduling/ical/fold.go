package ical

import (
	"bytes"
	"unicode/utf8"
)

// lineOctets is how long a line may be, without its end (RFC 5545, 3.1).
const lineOctets = 75

// folded is text whose lines are of 75 octets at most: longer ones go on after a line break and a
// space, between two characters.
func folded(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/lineOctets*3)
	for line := range bytes.Lines(text) {
		for room := lineOctets; len(bytes.TrimRight(line, "\r\n")) > room; room = lineOctets - 1 {
			cut := room
			for cut > 1 && !utf8.RuneStart(line[cut]) {
				cut--
			}
			out = append(out, line[:cut]...)
			out = append(out, "\r\n "...)
			line = line[cut:]
		}
		out = append(out, line...)
	}
	return out
}
