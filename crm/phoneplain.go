package crm

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// parsePlain reads a number in which nothing is left to find out: digits, perhaps a "+" and
// what people put between digits; no extension, no prefix for dialling, no zero in front.
// Most numbers are so, and the library takes twenty times as long to find that nothing else is
// there. Plain is false where something may be. Otherwise the number is what the library
// makes of it, and valid says whether a plan contains it.
func parsePlain(typed, region string) (p Phone, valid, plain bool) {
	digits, international, ok := plainDigits(typed)
	if !ok {
		return "", false, false
	}
	var plan *phonePlan
	if international {
		if plan, digits = planOfCode(digits); plan == nil {
			return "", false, false
		}
	} else if plan = planOf(region); plan == nil || plan.dialled(digits) {
		return "", false, false
	}
	if len(digits) < minPlain || len(digits) > maxPlain || digits[0] == '0' || plan.prefix != nil && plan.prefix.MatchString(digits) {
		return "", false, false
	}
	return Phone("+" + plan.code + digits), validNumber(plan.code, digits), true
}

// The digits of a national number that is read the short way.
const (
	minPlain = 5
	maxPlain = 15
)

// plainDigits are the digits of a text that has nothing else but signs between them.
func plainDigits(typed string) (digits string, international, ok bool) {
	rest, international := strings.CutPrefix(typed, "+")
	kept := make([]byte, 0, 24)
	for i := range len(rest) {
		switch c := rest[i]; {
		case '0' <= c && c <= '9':
			kept = append(kept, c)
		case c != ' ' && c != '(' && c != ')' && c != '-' && c != '.':
			return "", false, false
		}
	}
	return string(kept), international, true
}

// planOfCode is the plan of the country code that digits begin with, and what follows it.
func planOfCode(digits string) (*phonePlan, string) {
	for i := 1; i <= 3 && i < len(digits) && digits[0] != '0'; i++ {
		code, _ := strconv.Atoi(digits[:i])
		if region := phonenumbers.GetRegionCodeForCountryCode(code); region != phonenumbers.UNKNOWN_REGION {
			return planOf(region), digits[i:]
		}
	}
	return nil, ""
}

// validNumber reports whether a plan of the country code has the national number. Where
// countries share a code, the one whose leading digits it has decides; of those that have
// none, it is enough that one has the number.
func validNumber(code, national string) bool {
	number, _ := strconv.Atoi(code)
	regions := phonenumbers.GetRegionCodesForCountryCode(number)
	for _, region := range regions {
		plan := planOf(region)
		switch {
		case plan == nil:
		case len(regions) == 1 || plan.leading != nil && plan.leading.MatchString(national):
			return plan.has(national)
		case plan.leading == nil && plan.has(national):
			return true
		}
	}
	return false
}
