package crm

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// phonePlan is a region's plan of telephone numbers, with its patterns compiled.
type phonePlan struct {
	code    string         // of the country
	idd     *regexp.Regexp // what is dialled before another country's code
	prefix  *regexp.Regexp // what is dialled before a national number; nil: nothing
	leading *regexp.Regexp // what the region's numbers begin with, where others have its code; nil: not said
	general numberPattern
	kinds   []numberPattern // of fixed lines, mobiles and so on
}

// numberPattern is the numbers of one kind.
type numberPattern struct {
	lengths []int32 // any where there are none
	digits  *regexp.Regexp
}

// dialled reports whether national digits may begin with what is not part of the number.
func (p *phonePlan) dialled(digits string) bool {
	return strings.HasPrefix(digits, p.code) || p.idd != nil && p.idd.MatchString(digits)
}

// has reports whether the plan contains a national number.
func (p *phonePlan) has(national string) bool {
	return p.general.matches(national) && slices.ContainsFunc(p.kinds, func(k numberPattern) bool { return k.matches(national) })
}

func (n numberPattern) matches(national string) bool {
	return (len(n.lengths) == 0 || slices.Contains(n.lengths, int32(len(national)))) && n.digits.MatchString(national)
}

var phonePlans sync.Map // by region, *phonePlan or nil

// planOf is the plan of a region, nil if there is none.
func planOf(region string) *phonePlan {
	known, ok := phonePlans.Load(region)
	if !ok {
		m := phoneRegions()[region]
		if m == nil {
			return nil // and none is kept, since anybody may ask for any
		}
		known, _ = phonePlans.LoadOrStore(region, newPhonePlan(m))
	}
	return known.(*phonePlan)
}

// phoneRegions is the metadata of the regions; that of numbers of no country is left out.
var phoneRegions = sync.OnceValue(func() map[string]*phonenumbers.PhoneMetadata {
	regions := map[string]*phonenumbers.PhoneMetadata{}
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		return nil // the library reads the same at its start, and panics where it cannot
	}
	for _, m := range all.GetMetadata() {
		if m.GetId() != phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
			regions[m.GetId()] = m
		}
	}
	return regions
})

func newPhonePlan(m *phonenumbers.PhoneMetadata) *phonePlan {
	p := &phonePlan{
		code: strconv.Itoa(int(m.GetCountryCode())),
		idd:  startingWith(m.GetInternationalPrefix()), prefix: startingWith(m.GetNationalPrefixForParsing()),
		leading: startingWith(m.GetLeadingDigits()), general: patternOf(m.GetGeneralDesc()),
	}
	for _, kind := range []*phonenumbers.PhoneNumberDesc{ // the usual ones first
		m.GetMobile(), m.GetFixedLine(), m.GetTollFree(), m.GetVoip(), m.GetSharedCost(), m.GetPremiumRate(),
		m.GetPersonalNumber(), m.GetUan(), m.GetPager(), m.GetVoicemail(),
	} {
		if kind.GetNationalNumberPattern() != "" {
			p.kinds = append(p.kinds, patternOf(kind))
		}
	}
	return p
}

func patternOf(d *phonenumbers.PhoneNumberDesc) numberPattern {
	return numberPattern{d.GetPossibleLength(), regexp.MustCompile("^(?:" + d.GetNationalNumberPattern() + ")$")}
}

func startingWith(pattern string) *regexp.Regexp {
	if pattern == "" {
		return nil
	}
	return regexp.MustCompile("^(?:" + pattern + ")")
}
