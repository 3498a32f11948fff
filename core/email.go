package core

import (
	"net/mail"
	"strings"

	"golang.org/x/net/idna"
)

// Email is an e-mail address. Every service parses the ones that it is given, so what
// comes out of a store is well-formed: the local part as it was typed, the domain in lower
// case ASCII (RFC 5891).
type Email string

// Limits of RFC 5321, section 4.5.3.1, in octets.
const (
	maxLocalPart = 64
	maxDomain    = 253
)

var hostnames = idna.New(
	idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true),
)

// ParseEmail reads one bare address (an addr-spec of RFC 5322, with the characters of
// RFC 6531). The error is [ErrInvalid].
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
	local, domain := s[:at], s[at+1:]
	if local == "" || len(local) > maxLocalPart {
		return bad("is not an e-mail address: before the @ there have to be 1 to 64 characters")
	}
	ascii, err := hostnames.ToASCII(domain)
	if err != nil || len(ascii) > maxDomain || !strings.Contains(ascii, ".") {
		return bad("is not an e-mail address: " + domain + " is not the name of a domain")
	}
	parsed, err := mail.ParseAddress(local + "@" + ascii)
	if err != nil || parsed.Name != "" || parsed.Address != local+"@"+ascii {
		return bad("is not an e-mail address")
	}
	return Email(local + "@" + ascii), nil
}

// Key is the form in which addresses are compared: without case. Almost no server tells
// A@x from a@x, although RFC 5321 would let it.
func (e Email) Key() string { return strings.ToLower(string(e)) }
