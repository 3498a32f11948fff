package crm

import (
	"slices"
	"unicode/utf8"

	"github.com/clientele-crm/clientele/core"
)

// mergeField is a field of which a merge keeps one of two values.
type mergeField struct {
	name  string
	value func(*Contact) string // to compare; empty: none
	copy  func(to, from *Contact)
}

func mergedText(name string, of func(*Contact) *string) mergeField {
	return mergeField{name, func(c *Contact) string { return *of(c) }, func(to, from *Contact) { *of(to) = *of(from) }}
}

// mergeFields are all fields that a person may say, but tags and other addresses: those unite.
var mergeFields = []mergeField{
	mergedText("name", func(c *Contact) *string { return &c.Name }),
	{"phone", func(c *Contact) string { return string(c.Phone) }, func(to, from *Contact) { to.Phone, to.PhoneTyped = from.Phone, from.PhoneTyped }},
	{"email", func(c *Contact) string { return string(c.Email) }, func(to, from *Contact) { to.Email = from.Email }},
	mergedText("location", func(c *Contact) *string { return &c.Location }),
	{"type", func(c *Contact) string { return string(c.Type) }, func(to, from *Contact) { to.Type = from.Type }},
	mergedText("company", func(c *Contact) *string { return &c.Company }),
	mergedText("designation", func(c *Contact) *string { return &c.Designation }),
	mergedText("industry", func(c *Contact) *string { return &c.Industry }),
	mergedText("website", func(c *Contact) *string { return &c.Website }),
	mergedText("innerDrives", func(c *Contact) *string { return &c.InnerDrives }),
	mergedText("baselines", func(c *Contact) *string { return &c.Baselines }),
	mergedText("traits", func(c *Contact) *string { return &c.Traits }),
	mergedText("personalityType", func(c *Contact) *string { return &c.PersonalityType }),
	{"categoryId", func(c *Contact) string { return idText(c.CategoryID.UUID) }, func(to, from *Contact) { to.CategoryID = from.CategoryID }},
	{"ownerId", func(c *Contact) string { return idText(c.OwnerID.UUID) }, func(to, from *Contact) { to.OwnerID = from.OwnerID }},
	mergedText("notes", func(c *Contact) *string { return &c.Notes }),
	mergedText("source", func(c *Contact) *string { return &c.Source }),
	mergedText("timezone", func(c *Contact) *string { return &c.Timezone }),
	mergedText("locale", func(c *Contact) *string { return &c.Locale }),
}

func mergeable(name string) bool {
	return slices.ContainsFunc(mergeFields, func(f mergeField) bool { return f.name == name })
}

// united is the survivor with what it takes of the loser, or [core.ErrInvalid] where both have more
// than one contact may have.
func (n *NewMerge) united(survivor, loser *Contact) (Contact, error) {
	c := *survivor
	for _, field := range mergeFields {
		rule, chosen := n.Fields[field.name]
		if rule == "" {
			rule, chosen = n.Rule, false
		}
		if field.name == "notes" && !chosen && joinNotes(&c, loser) {
			continue
		}
		if takesLosers(rule, field, survivor, loser) {
			field.copy(&c, loser)
		}
	}
	c.OtherAddresses = unitedAddresses(&c, survivor, loser)
	c.Tags = unitedTags(survivor.Tags, loser.Tags)
	var f core.Faults
	if len(c.OtherAddresses) > maxOtherAddresses {
		f.Add("/otherAddresses", "max_items", "both contacts together have more addresses than one may have: remove some first")
	}
	if len(c.Tags) > maxTags {
		f.Add("/tags", "max_items", "both contacts together have more tags than one may have: remove some first")
	}
	return c, f.Err()
}

// takesLosers says whether the loser's value of a field stays.
func takesLosers(rule Survivorship, field mergeField, survivor, loser *Contact) bool {
	ours, theirs := field.value(survivor), field.value(loser)
	switch {
	case theirs == "":
		return false
	case ours == "":
		return true
	case rule == OfLoser:
		return true
	case rule == Newest:
		return loser.UpdatedAt.After(survivor.UpdatedAt)
	case rule == MostComplete:
		return utf8.RuneCountInString(theirs) > utf8.RuneCountInString(ours)
	}
	return false
}

// joinNotes puts the loser's notes below the survivor's, if both say something else and it fits.
func joinNotes(c, loser *Contact) bool {
	if c.Notes == "" || loser.Notes == "" || c.Notes == loser.Notes {
		return false
	}
	joined := c.Notes + "\n\n" + loser.Notes
	if utf8.RuneCountInString(joined) > maxText {
		return false
	}
	c.Notes = joined
	return true
}

// unitedAddresses are all addresses of both but the first ones of c.
func unitedAddresses(c, survivor, loser *Contact) []Address {
	seen := (&Contact{NewContact: NewContact{Phone: c.Phone, Email: c.Email}}).AddressKeys()
	united := []Address{}
	for _, from := range []*Contact{survivor, loser} {
		all := slices.Clone(from.OtherAddresses)
		if from.Phone != "" {
			all = append(all, Address{Kind: PhoneAddress, Value: string(from.Phone), Typed: from.PhoneTyped})
		}
		if from.Email != "" {
			all = append(all, Address{Kind: EmailAddress, Value: string(from.Email)})
		}
		for _, a := range all {
			if !slices.Contains(seen, a.key()) {
				seen = append(seen, a.key())
				united = append(united, a)
			}
		}
	}
	return united
}

func unitedTags(ours, theirs []string) []string {
	return addMissing(slices.Clone(ours), theirs, core.Fold)
}

// addMissing adds those of more to list that it does not have, by their keys.
func addMissing[T any, K comparable](list, more []T, key func(T) K) []T {
	for _, one := range more {
		if !slices.ContainsFunc(list, func(has T) bool { return key(has) == key(one) }) {
			list = append(list, one)
		}
	}
	return list
}
