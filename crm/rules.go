package crm

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/clientele-crm/clientele/core"
)

// The limits of a contact's values, in characters.
const (
	maxName  = 200
	maxText  = 4000
	maxLabel = 50
	maxURL   = 2000

	maxTags           = 50
	maxOtherAddresses = 20
)

// rules is what a contact of a company has to be like.
type rules struct {
	required []string // of the contact policy
	country  string
	exempt   bool // lacking what the policy requires only makes it incomplete
	anyPhone bool // a phone that does not parse is kept as typed
}

func rulesOf(ctx context.Context, tx Tx) (*rules, error) {
	tenant, err := tx.Store.Tenant(ctx)
	if err != nil {
		return nil, err
	}
	return &rules{required: tenant.ContactPolicy, country: tenant.Country}, nil
}

// newContact is the contact that n says, or [core.ErrInvalid].
func (r *rules) newContact(tx Tx, n NewContact) (Contact, error) {
	now := tx.Env.Time()
	c := Contact{
		ID: core.NewID[Contact](tx.Env), NewContact: n, Active: true,
		CreatedByID: tx.Scope.Actor.ID, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if err := r.check(&Contact{}, &c); err != nil {
		return Contact{}, err
	}
	return c, nil
}

// edited brings a contact that was edited into shape. What an actor may not change stays
// as it was.
func (r *rules) edited(was, c *Contact) error {
	c.DeletedAt = was.DeletedAt
	r.exempt = was.Incomplete
	return r.check(was, c)
}

// check brings c into its canonical form, or says all that is wrong with it. A value that
// is as it was is not judged again: rules may have changed since it was written.
func (r *rules) check(was, c *Contact) error {
	var f core.Faults
	r.checkValues(&f, was, c)
	r.checkPolicy(&f, c)
	return f.Err()
}

// checkValues is check without the question what a contact has to have.
func (r *rules) checkValues(f *core.Faults, was, c *Contact) {
	c.Name = f.Line("/name", c.Name, maxName)
	for _, t := range []struct {
		field string
		value *string
		limit int
	}{
		{"/location", &c.Location, maxName}, {"/company", &c.Company, maxName},
		{"/designation", &c.Designation, maxName}, {"/industry", &c.Industry, maxName},
		{"/personalityType", &c.PersonalityType, maxName}, {"/source", &c.Source, maxLabel},
	} {
		*t.value = f.Line(t.field, *t.value, t.limit)
	}
	for _, t := range []struct {
		field string
		value *string
	}{
		{"/innerDrives", &c.InnerDrives}, {"/baselines", &c.Baselines}, {"/traits", &c.Traits}, {"/notes", &c.Notes},
	} {
		*t.value = f.Text(t.field, *t.value, maxText)
	}
	if c.Type != "" && c.Type != Entrepreneur && c.Type != Employee {
		f.Add("/type", "enum", "has to be entrepreneur or employee")
	}
	c.Website = checkWebsite(f, c.Website)
	r.checkAddresses(f, was, c)
	c.Tags = checkTags(f, c.Tags)
	checkPlace(f, was, c)
}

func checkWebsite(f *core.Faults, website string) string {
	website = f.Line("/website", website, maxURL)
	if website == "" {
		return ""
	}
	full := website
	if !strings.Contains(full, "://") {
		full = "https://" + full
	}
	u, err := url.Parse(full)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		f.Add("/website", "url", "has to be an http or https address")
	}
	return website
}

func (r *rules) checkAddresses(f *core.Faults, was, c *Contact) {
	c.PhoneTyped = was.PhoneTyped
	if c.Phone != was.Phone {
		c.Phone, c.PhoneTyped = r.phone(f, "/phone", string(c.Phone))
	}
	if c.Email != was.Email {
		c.Email = email(f, "/email", string(c.Email))
	}
	if len(c.OtherAddresses) > maxOtherAddresses {
		f.Add("/otherAddresses", "max_items", fmt.Sprintf("has more than %d addresses", maxOtherAddresses))
		return
	}
	var seen []AddressKey
	if c.Phone != "" {
		seen = append(seen, AddressKey{PhoneAddress, c.Phone.Key()})
	}
	if c.Email != "" {
		seen = append(seen, AddressKey{EmailAddress, c.Email.Key()})
	}
	others := make([]Address, 0, len(c.OtherAddresses))
	for i, a := range c.OtherAddresses {
		at := otherPointer(i)
		a.Label = f.Line(at+"/label", a.Label, maxLabel)
		if !slices.Contains(was.OtherAddresses, a) {
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
		}
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

// phone is the canonical form of a typed number, and what was typed if that differs.
func (r *rules) phone(f *core.Faults, field, typed string) (p Phone, was string) {
	typed = f.Line(field, typed, maxPhone)
	if typed == "" {
		return "", ""
	}
	p, err := ParsePhone(typed, r.country)
	switch {
	case err != nil && r.anyPhone && strings.ContainsAny(typed, "0123456789"):
		return Phone(typed), ""
	case err != nil:
		f.Add(field, "phone", err.(*core.Error).Message)
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
	}
	return e
}

// checkTags drops empty and repeated tags; the first spelling of one stays.
func checkTags(f *core.Faults, tags []string) []string {
	if len(tags) > maxTags {
		f.Add("/tags", "max_items", fmt.Sprintf("has more than %d tags", maxTags))
	}
	kept := make([]string, 0, len(tags))
	seen := map[string]bool{"": true}
	for i, tag := range tags {
		tag = f.Line(fmt.Sprintf("/tags/%d", i), tag, maxLabel)
		if key := core.Fold(tag); !seen[key] {
			seen[key] = true
			kept = append(kept, tag)
		}
	}
	return kept
}

func checkPlace(f *core.Faults, was, c *Contact) {
	if c.Timezone != was.Timezone && c.Timezone != "" {
		if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "Local" {
			f.Add("/timezone", "timezone", "is not a time zone of the IANA database")
		}
	}
	if c.Locale != was.Locale && c.Locale != "" {
		tag, err := language.Parse(c.Locale)
		if err != nil {
			f.Add("/locale", "locale", "is not a language tag of BCP 47")
		}
		c.Locale = tag.String()
	}
}

func (r *rules) checkPolicy(f *core.Faults, c *Contact) {
	if c.Name == "" {
		f.Add("/name", "required", "a contact has to have a name")
	}
	c.Incomplete = false
	for _, required := range []struct {
		name  string
		empty bool
	}{
		{"phone", c.Phone == ""}, {"email", c.Email == ""}, {"location", c.Location == ""}, {"type", c.Type == ""},
	} {
		if !required.empty || !slices.Contains(r.required, required.name) {
			continue
		}
		if r.exempt {
			c.Incomplete = true
		} else {
			f.Add("/"+required.name, "required", "the company's contact policy asks for it")
		}
	}
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

// checked brings the filter's values into the form in which they are stored.
func (f ContactFilter) checked(ctx context.Context, tx Tx) (ContactFilter, error) {
	var faults core.Faults
	if f.Email != "" {
		f.Email = email(&faults, "/email", string(f.Email))
	}
	if f.Phone != "" {
		rules, err := rulesOf(ctx, tx)
		if err != nil {
			return f, err
		}
		rules.anyPhone = true
		f.Phone, _ = rules.phone(&faults, "/phone", string(f.Phone))
	}
	f.Tag = faults.Line("/tag", f.Tag, maxLabel)
	f.Source = faults.Line("/source", f.Source, maxLabel)
	f.Company = faults.Line("/company", f.Company, maxName)
	if f.Sort == "" {
		f.Sort = ByName
	}
	return f, faults.Err()
}
