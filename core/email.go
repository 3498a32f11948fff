package core

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Email is an e-mail address. Every service parses the ones that it is given, so what
// comes out of a store is well-formed: the local part as it was typed (Unicode in NFC), the
// domain in lower case ASCII (RFC 5891).
type Email string

// Limits of RFC 5321, section 4.5.3.1, in octets. A path of 256 with its angle brackets
// leaves 254 to the address.
const (
	maxLocalPart = 64
	maxEmail     = 254
)

var hostnames = idna.New(
	idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true),
)

// ParseEmail reads one bare address as people have them: a dot-atom of RFC 5322 with the
// characters of RFC 6531, and the name of a domain with at least one dot. What else the
// RFCs allow (quoted strings, comments, address literals) is refused: docs/email.md says
// why. The error is [ErrInvalid].
func ParseEmail(s string) (Email, error) {
	bad := func(why string) (Email, error) {
		return "", &Error{Kind: ErrInvalid, Code: "not_an_email", Message: why}
	}
	s = strings.TrimSpace(s)
	if err := CheckText(s); err != nil {
		return "", err
	}
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return bad("is not an e-mail address: it has no @")
	}
	local, domain := norm.NFC.String(s[:at]), s[at+1:]
	if local == "" || len(local) > maxLocalPart {
		return bad("is not an e-mail address: before the @ there have to be 1 to 64 bytes")
	}
	if !isDotAtom(local) {
		return bad("is not an e-mail address: before the @ is something that cannot stand there")
	}
	domain, ok := domainName(domain)
	if !ok {
		return bad("is not an e-mail address: behind the @ is not the name of a domain")
	}
	if len(local)+1+len(domain) > maxEmail {
		return bad("is not an e-mail address: it is longer than 254 bytes")
	}
	return Email(local + "@" + domain), nil
}

// isDotAtom reports whether s is words between dots, as a local part is nearly always.
func isDotAtom(s string) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" || strings.ContainsFunc(word, func(r rune) bool { return !isAtext(r) }) {
			return false
		}
	}
	return true
}

// isAtext reports whether r may stand in a word. Of Unicode, RFC 6531 allows all; what
// nobody sees (spaces, controls, directions) is refused, because it serves to deceive.
func isAtext(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return true
	case r <= unicode.MaxASCII:
		return strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S)
}

// domainName is the domain in ASCII, if it is the name of one with a dot: a name without,
// and the digits of an address, are no mail domain on the Internet.
func domainName(domain string) (string, bool) {
	ascii, err := hostnames.ToASCII(domain)
	if err != nil {
		return "", false
	}
	dot := strings.LastIndexByte(ascii, '.')
	if dot <= 0 || strings.Trim(ascii[dot+1:], "0123456789") == "" {
		return "", false
	}
	return ascii, true
}

// Key is the form in which addresses are compared: without case. Almost no server tells
// A@x from a@x, although RFC 5321 would let it.
func (e Email) Key() string { return strings.ToLower(string(e)) }
