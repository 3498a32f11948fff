package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
)

// Secret is a password, a token or a hash of one. It prints and logs as "(secret)", so that
// it reaches a log by no accident; it encodes as JSON like a string, so fields that must not
// leave the program are tagged json:"-".
type Secret string

const redacted = "(secret)"

// String implements [fmt.Stringer] and tells nothing.
func (Secret) String() string { return redacted }

// GoString implements [fmt.GoStringer] and tells nothing.
func (Secret) GoString() string { return redacted }

// LogValue implements [slog.LogValuer] and tells nothing.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// newToken is an unguessable text of so many random bytes, for a URL and a header.
func newToken(bytes int) Secret {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return Secret(base64.RawURLEncoding.EncodeToString(b))
}

// hash is the form in which a token is stored. A token has so much entropy that a slow hash
// would add nothing.
func (s Secret) hash() Secret {
	sum := sha256.Sum256([]byte(s))
	return Secret(hex.EncodeToString(sum[:]))
}
