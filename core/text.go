package core

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// CheckText refuses what no database keeps faithfully: bytes that are not UTF-8, and NUL,
// which Postgres cannot hold. The error is [ErrInvalid].
func CheckText(s string) error {
	if !utf8.ValidString(s) {
		return &Error{Kind: ErrInvalid, Code: "not_utf8", Message: "is not valid UTF-8"}
	}
	if strings.ContainsRune(s, 0) {
		return &Error{Kind: ErrInvalid, Code: "has_nul", Message: "has a NUL character"}
	}
	return nil
}

// Text notes in f what is wrong with a text of at most limit characters, and is the text
// without white space around it. One that nobody can see is empty: of white space and
// characters that only steer how others look. Lines end with a line feed alone, as they do in
// every format that a text may be exported to. Field is a JSON pointer.
func (f *Faults) Text(field, value string, limit int) string {
	value = strings.TrimSpace(value)
	if strings.ContainsRune(value, '\r') {
		value = lineEnds.Replace(value)
	}
	if strings.IndexFunc(value, visible) < 0 {
		return ""
	}
	if err := CheckText(value); err != nil {
		f.Add(field, err.(*Error).Code, err.(*Error).Message)
	} else if utf8.RuneCountInString(value) > limit {
		f.Add(field, "max_length", "is longer than "+strconv.Itoa(limit)+" characters")
	}
	return value
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// visible reports whether a character shows by itself. Some of the format characters do.
func visible(r rune) bool {
	return unicode.Is(unicode.Prepended_Concatenation_Mark, r) ||
		!unicode.IsSpace(r) && !unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Line is [Faults.Text] for a text of one line: control characters are refused, and so are
// those that turn the direction of what follows, by which a name can look like another.
// Joiners, as in Persian and in emoji, stay.
func (f *Faults) Line(field, value string, limit int) string {
	value = f.Text(field, value, limit)
	if strings.IndexFunc(value, func(r rune) bool { return r != 0 && unicode.IsControl(r) }) >= 0 {
		f.Add(field, "control_character", "has a control character or a line break")
	}
	if strings.IndexFunc(value, turns) >= 0 {
		f.Add(field, "direction_control", "has a character that turns the direction of the text")
	}
	return value
}

// turns reports whether a character embeds, overrides or isolates the direction of a text.
func turns(r rune) bool {
	return '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// Fold is the form in which texts are compared and sorted: without case and accents, with
// compatible characters made one (Unicode NFKD, default case folding). "ÉCOLE" and "école"
// fold to "ecole".
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	if folded, all := foldLatin(s); all {
		return folded
	}
	return foldAny(s)
}

// foldAny is Fold by the rules themselves.
func foldAny(s string) string {
	fold := folders.Get().(transform.Transformer)
	defer folders.Put(fold)
	folded, _, err := transform.String(fold, s) // resets it first
	if err != nil {                             // only for input that is not UTF-8
		return strings.ToLower(s)
	}
	return folded
}

// folders are kept because a transformer has state and is dear to make.
var folders = sync.Pool{New: func() any {
	return transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), cases.Fold(), norm.NFC)
}}

// endOfLatin is behind the letters of Latin-1 and Latin Extended A and B. Each folds to the same
// whatever stands beside it, since no mark that would join its neighbour is among them.
const endOfLatin = 0x250

// latin is what each character before endOfLatin folds to.
var latin = sync.OnceValue(func() *[endOfLatin]string {
	var folded [endOfLatin]string
	for r := range folded {
		folded[r] = foldAny(string(rune(r)))
	}
	return &folded
})

// foldLatin is Fold by a table, which is ten times as fast; false where s has other characters.
func foldLatin(s string) (string, bool) {
	table := latin()
	folded := make([]byte, 0, len(s)+8)
	for _, r := range s {
		if r >= endOfLatin { // what is not UTF-8 too
			return "", false
		}
		folded = append(folded, table[r]...)
	}
	return string(folded), true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
