package crm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// checkAddresses brings the addresses of c into their canonical form.
func (r *rules) checkAddresses(f *core.Faults, was, c *Contact) {
	if c.Phone == was.Phone {
		c.PhoneTyped = was.PhoneTyped
	} else {
		c.Phone, c.PhoneTyped = r.phone(f, "/phone", string(c.Phone))
	}
	if c.Email != was.Email {
		c.Email = email(f, "/email", string(c.Email))
	}
	if len(c.OtherAddresses) > maxOtherAddresses {
		f.Add("/otherAddresses", "max_items", fmt.Sprintf("has more than %d addresses", maxOtherAddresses))
		return
	}
	first := Contact{NewContact: NewContact{Phone: c.Phone, Email: c.Email}}
	seen := first.AddressKeys()
	others := make([]Address, 0, len(c.OtherAddresses))
	for i, a := range c.OtherAddresses {
		a = r.otherAddress(f, otherPointer(i), was.OtherAddresses, a)
		if a.Value == "" || slices.Contains(seen, a.key()) {
			continue // said twice is said once
		}
		seen = append(seen, a.key())
		others = append(others, a)
	}
	c.OtherAddresses = others
}

// otherPointer is the JSON pointer of the i-th of otherAddresses.
func otherPointer(i int) string { return "/otherAddresses/" + strconv.Itoa(i) }

// otherAddress is a in its canonical form. What was there already is left as it was, but
// for its label.
func (r *rules) otherAddress(f *core.Faults, at string, were []Address, a Address) Address {
	a.Label = f.Line(at+"/label", a.Label, maxLabel)
	same := func(was Address) bool { return was.Kind == a.Kind && was.Value == a.Value }
	if i := slices.IndexFunc(were, same); i >= 0 {
		a.Typed = were[i].Typed
		return a
	}
	switch a.Kind {
	case PhoneAddress:
		var p Phone
		p, a.Typed = r.phone(f, at+"/value", a.Value)
		a.Value = string(p)
	case EmailAddress:
		a.Value, a.Typed = string(email(f, at+"/value", a.Value)), ""
	default:
		f.Add(at+"/kind", "enum", "has to be phone or email")
	}
	return a
}

// directions are the characters that telephones put around a number that is copied, so that
// it reads from left to right everywhere.
const directions = " \u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

// phone is the canonical form of a typed number, and what was typed if that differs.
func (r *rules) phone(f *core.Faults, field, typed string) (p Phone, was string) {
	known := len(*f)
	typed = f.Line(field, strings.Trim(typed, directions), maxPhone)
	if typed == "" || len(*f) > known {
		return Phone(typed), ""
	}
	p, err := ParsePhone(typed, r.country)
	switch {
	case err != nil && r.anyPhone && strings.ContainsAny(typed, "0123456789"):
		return Phone(typed), ""
	case err != nil:
		f.Add(field, "phone", err.(*core.Error).Message)
		return Phone(typed), "" // not "": it is wrong, but it is there
	case string(p) != typed:
		return p, typed
	}
	return p, ""
}

func email(f *core.Faults, field, typed string) core.Email {
	if typed == "" {
		return ""
	}
	e, err := core.ParseEmail(typed)
	if err != nil {
		f.Add(field, "email", err.(*core.Error).Message)
		return core.Email(typed) // not "": it is wrong, but it is there
	}
	return e
}

// clashes says which addresses of c the holder has.
func clashes(c, holder *Contact) (f core.Faults) {
	taken := holder.AddressKeys()
	if c.Phone != "" && slices.Contains(taken, AddressKey{PhoneAddress, c.Phone.Key()}) {
		f.Add("/phone", "unique", "another contact has this phone")
	}
	if c.Email != "" && slices.Contains(taken, AddressKey{EmailAddress, c.Email.Key()}) {
		f.Add("/email", "unique", "another contact has this e-mail address")
	}
	for i, a := range c.OtherAddresses {
		if slices.Contains(taken, a.key()) {
			f.Add(otherPointer(i)+"/value", "unique", "another contact has this address")
		}
	}
	return f
}
