package crm

import (
	"cmp"
	"slices"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm/duplicates"
)

// Duplicate is a contact that may be the same person as another.
type Duplicate struct {
	Contact Contact `json:"contact"` // who that may be
	duplicates.Match
}

// DuplicatePair is two contacts that may be one person.
type DuplicatePair struct {
	Contact Contact `json:"contact"` // the older one, by its id
	Other   Contact `json:"other"`   // the newer one
	duplicates.Match
}

// DuplicateFilter says how likely the duplicates of a list have to be.
type DuplicateFilter struct {
	Likelihood duplicates.Likelihood // at least; possible is the default
}

// DistinctPair is two contacts that somebody has said to be two people. The first is the one
// with the smaller id.
type DistinctPair struct {
	ContactID core.ID[Contact] `json:"contactId"`
	OtherID   core.ID[Contact] `json:"otherId"`
}

// Distinct is the pair of the two, in order.
func Distinct(a, b core.ID[Contact]) DistinctPair {
	if before(b, a) {
		a, b = b, a
	}
	return DistinctPair{a, b}
}

// before is the order of ids in both databases.
func before(a, b core.ID[Contact]) bool { return slices.Compare(a.UUID[:], b.UUID[:]) < 0 }

// MarkedDistinct and its opposite are events of the pair's first contact.
var (
	MarkedDistinct   = core.EventType[DistinctPair]{Name: "contact.not_duplicate", Kind: "contact"}
	UnmarkedDistinct = core.EventType[DistinctPair]{Name: "contact.not_duplicate_withdrawn", Kind: "contact"}
)

// Candidate is as much of a contact as comparing it needs.
type Candidate struct {
	ID     core.ID[Contact]
	Record duplicates.Record
}

// Compared is what a contact is compared by.
func (c *Contact) Compared() duplicates.Record {
	r := duplicates.Record{Name: c.Name, Company: c.Company, Location: c.Location}
	for _, a := range append([]Address{{Kind: PhoneAddress, Value: string(c.Phone)}, {Kind: EmailAddress, Value: string(c.Email)}}, c.OtherAddresses...) {
		switch {
		case a.Value == "":
		case a.Kind == PhoneAddress:
			r.Phones = append(r.Phones, a.Value)
		default:
			r.Emails = append(r.Emails, a.Value)
		}
	}
	return r
}

// MatchKeys are the keys, of [duplicates.Keys], of which whom to compare many contacts with have one.
type MatchKeys struct{ Addresses, Names, Places []int64 }

func (k *MatchKeys) add(l duplicates.Keys) {
	k.Addresses = append(append(k.Addresses, l.Phones...), l.Emails...)
	if l.Name != 0 {
		k.Names = append(k.Names, l.Name)
	}
	if l.Place != 0 {
		k.Places = append(k.Places, l.Place)
	}
}

// likeliest puts the highest score first, and of one score the oldest contact.
func likeliest(a, b duplicates.Found[core.ID[Contact]]) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), slices.Compare(a.Name.UUID[:], b.Name.UUID[:]))
}
