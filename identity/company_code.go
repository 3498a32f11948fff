package identity

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
)

// Codes that people read aloud and type have Crockford's alphabet: no I, L, O and U.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// newInviteCode is 80 random bits as "K7QM-2XWF-9ATB-HE3R".
func newInviteCode() string {
	var random [10]byte
	_, _ = rand.Read(random[:]) // never fails
	code := crockford.EncodeToString(random[:])
	return code[:4] + "-" + code[4:8] + "-" + code[8:12] + "-" + code[12:]
}

// readInviteCode is the code as it was made of what a person typed, or "".
func readInviteCode(typed string) string {
	code := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(typed))
	code = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(code)
	if raw, err := crockford.DecodeString(code); err != nil || len(raw) != 10 || len(code) != 16 {
		return ""
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:12] + "-" + code[12:]
}
