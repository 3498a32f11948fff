package crm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/clientele-crm/clientele/core"
)

// The digits that a number may have before and behind the point.
const (
	maxWhole    = 30
	maxFraction = 15
)

// parseDecimal is the canonical form of a decimal number: without a plus, and without zeros that
// say nothing.
func parseDecimal(text string) (string, bool) {
	digits, negative := strings.CutPrefix(text, "-")
	if !negative {
		digits = strings.TrimPrefix(text, "+")
	}
	whole, fraction, dotted := strings.Cut(digits, ".")
	if whole == "" || dotted && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return "", false
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if len(whole) > maxWhole || len(fraction) > maxFraction {
		return "", false
	}
	number := whole
	if whole == "" {
		number = "0"
	}
	if fraction != "" {
		number += "." + fraction
	}
	if negative && number != "0" {
		number = "-" + number
	}
	return number, true
}

// SortKey is a text by which the canonical values of the type are compared, byte by byte, in the
// order that they have as what they are. Two values have the same key if they are equal: texts
// without case and accents.
func (t FieldType) SortKey(value string) string {
	switch {
	case value == "":
		return ""
	case t == NumberField:
		return decimalKey(value)
	case t == DateField, t == BooleanField:
		return value
	}
	return textKey(core.Fold(value))
}

// decimalKey begins with the sign and how many digits there are before the point. Of a negative
// number all digits are turned round, and an end follows that is greater than any digit: what
// goes on behind it is less.
func decimalKey(number string) string {
	magnitude, negative := strings.CutPrefix(number, "-")
	whole, fraction, _ := strings.Cut(magnitude, ".")
	if whole == "0" {
		whole = ""
	}
	key := fmt.Sprintf("%02d%s%s", len(whole), whole, fraction)
	if !negative {
		return "1" + key
	}
	turned := strings.Map(func(d rune) rune { return '9' - (d - '0') }, key)
	return "0" + turned + "~"
}

// maxTextKey bounds a key in bytes: an index takes no longer ones.
const maxTextKey = 400

// textKey is a folded text if it is short enough. Of a longer one it has the beginning, by which
// it is sorted, and a hash, by which it is equal to no other.
func textKey(folded string) string {
	if len(folded) <= maxTextKey {
		return folded
	}
	sum := sha256.Sum256([]byte(folded))
	hash := hex.EncodeToString(sum[:16])
	begin := folded[:maxTextKey-len(hash)]
	for !utf8.ValidString(begin) {
		begin = begin[:len(begin)-1]
	}
	return begin + hash
}
