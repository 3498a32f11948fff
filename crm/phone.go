package crm

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/clientele-crm/clientele/core"
)

// Phone is a telephone number. What comes out of a store is E.164, with an extension as in
// RFC 3966 where there is one: "+14155550100;ext=371". A number that no plan contains is
// kept as typed only where an import was told to.
type Phone string

// ParsePhone reads a number as people type it. Region (ISO 3166-1 alpha-2) is the plan of
// numbers without a "+"; with an empty one those are refused. The error is [core.ErrInvalid].
func ParsePhone(typed, region string) (Phone, error) {
	bad := func(why string) (Phone, error) {
		return "", &core.Error{Kind: core.ErrInvalid, Code: "not_a_phone", Message: why}
	}
	typed = strings.TrimSpace(typed)
	if err := core.CheckText(typed); err != nil {
		return "", err
	}
	if len(typed) > maxPhone {
		return bad("is too long for a telephone number")
	}
	if p, valid, plain := parsePlain(typed, region); valid {
		return p, nil
	} else if plain {
		return bad(noPlan)
	}
	n, err := phonenumbers.Parse(typed, region)
	if err != nil {
		if region == "" && !strings.HasPrefix(typed, "+") {
			return bad("is a number without a country: write it with + and the country's code")
		}
		return bad("is not a telephone number")
	}
	if !phonenumbers.IsValidNumber(n) {
		return bad(noPlan)
	}
	p := phonenumbers.Format(n, phonenumbers.E164)
	if ext := n.GetExtension(); ext != "" {
		p += ";ext=" + ext
	}
	return Phone(p), nil
}

const (
	maxPhone = 100
	noPlan   = "is not a number of any telephone plan"
)

// E164 is the number without its extension, and whether it is one: a phone that was kept
// as typed is not.
func (p Phone) E164() (string, bool) {
	number, _, _ := strings.Cut(string(p), ";")
	return number, strings.HasPrefix(number, "+") && len(number) > 1 && strings.Trim(number[1:], "0123456789") == ""
}

// Extension is the number behind the switchboard, or "".
func (p Phone) Extension() string {
	_, ext, _ := strings.Cut(string(p), ";ext=")
	return ext
}

// Key is the form in which numbers are compared. Two spellings of one number that was kept
// as typed have the same key too: their digits.
func (p Phone) Key() string {
	if _, ok := p.E164(); ok {
		return string(p)
	}
	return "~" + strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9':
			return r
		case r == 'x' || r == 'X' || r == '#': // an extension
			return 'x'
		}
		return -1
	}, string(p))
}
