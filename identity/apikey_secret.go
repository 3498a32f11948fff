package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
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
func newKeySecret() string {
	var random [keyChecked - len(keyMark)]byte
	rand.Read(random[:]) //nolint:errcheck // never fails: it ends the program instead
	text := []byte(keyMark)
	for _, b := range random {
		text = append(text, keyAlphabet[b&31])
	}
	return string(text) + keyChecksum(string(text))
}

// isKeySecret reports whether the text is well-formed, not whether there is such a key.
func isKeySecret(text string) bool {
	return len(text) == keyLength && strings.HasPrefix(text, keyMark) && keyChecksum(text[:keyChecked]) == text[keyChecked:]
}

// keyPrefix is the part of a key that may be shown.
func keyPrefix(secret string) string { return secret[:keyNamed] }

// keyHash is what is stored of a key. It is as random as the key is: salting and slowing it
// down would gain nothing.
func keyHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func keyChecksum(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	var digits [keyLength - keyChecked]byte
	for i := range digits {
		digits[i] = keyAlphabet[sum&31]
		sum >>= 5
	}
	return string(digits[:])
}
