package identity

import (
	"crypto/rand"
	"hash/crc32"
	"strings"
)

// A key is "clt_", 8 characters that name it in lists, 52 that are secret (more than 256
// bits together with them), and 7 of a checksum, by which a mistyped or made-up key is
// refused without asking the database, and a scanner for leaked secrets is sure.
const (
	keyMark     = "clt_"
	keyNamed    = len(keyMark) + 8
	keyChecked  = keyNamed + 52
	keyLength   = keyChecked + 7
	keyAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"
)

// newKeySecret is the text of a new API key.
func newKeySecret() Secret {
	var random [keyChecked - len(keyMark)]byte
	_, _ = rand.Read(random[:]) // never fails
	text := []byte(keyMark)
	for _, b := range random {
		text = append(text, keyAlphabet[b&31])
	}
	return Secret(text) + Secret(keyChecksum(string(text)))
}

// isKeySecret reports whether the text is well-formed, not whether there is such a key.
func isKeySecret(secret Secret) bool {
	text := string(secret)
	return len(text) == keyLength && strings.HasPrefix(text, keyMark) && keyChecksum(text[:keyChecked]) == text[keyChecked:]
}

// keyPrefix is the part of a key that may be shown.
func keyPrefix(secret Secret) string { return string(secret[:keyNamed]) }

func keyChecksum(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	var digits [keyLength - keyChecked]byte
	for i := range digits {
		digits[i] = keyAlphabet[sum&31]
		sum >>= 5
	}
	return string(digits[:])
}
