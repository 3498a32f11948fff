package crm

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

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

	categories map[core.ID[Category]]Category // those that were looked up; the zero Category: there is none
}

func rulesOf(ctx context.Context, tx Tx) (*rules, error) {
	tenant, err := tx.Store.Tenant(ctx)
	if err != nil {
		return nil, err
	}
	return &rules{
		required: tenant.ContactPolicy, country: tenant.Country,
		categories: map[core.ID[Category]]Category{},
	}, nil
}

// newContact is the contact that n says, or [core.ErrInvalid].
func (r *rules) newContact(ctx context.Context, tx Tx, n NewContact) (Contact, error) {
	c := Contact{ID: core.NewID[Contact](tx.Env), NewContact: n, Active: true, Stamp: newStamp(tx)}
	var f core.Faults
	r.checkValues(&f, &Contact{}, &c)
	r.checkPolicy(&f, nil, &c)
	if err := r.checkCategory(ctx, tx, &f, core.ID[Category]{}, c.CategoryID); err != nil {
		return Contact{}, err
	}
	return c, f.Err()
}

// edited brings a contact that was edited into shape. What an actor may not change stays
// as it was.
func (r *rules) edited(ctx context.Context, tx Tx, was, c *Contact) error {
	c.ID, c.DeletedAt, c.MergedIntoID = was.ID, was.DeletedAt, was.MergedIntoID
	var f core.Faults
	r.checkValues(&f, was, c)
	r.exempt = was.Incomplete
	r.checkPolicy(&f, was, c)
	if err := r.checkCategory(ctx, tx, &f, was.CategoryID, c.CategoryID); err != nil {
		return err
	}
	return f.Err()
}

// checkValues brings c into its canonical form, and notes all that is wrong with it, but not
// what it lacks. A value that is as it was is not judged again: rules may have changed since
// it was written.
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
	checkType(f, c.Type)
	if c.Website != was.Website {
		c.Website = checkWebsite(f, c.Website)
	}
	r.checkAddresses(f, was, c)
	c.Tags = checkTags(f, "/tags", c.Tags)
	checkPlace(f, was, c)
}

func checkType(f *core.Faults, t ContactType) {
	if t != "" && t != Entrepreneur && t != Employee {
		f.Add("/type", "enum", "has to be entrepreneur or employee")
	}
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

// checkTags drops empty and repeated tags; the first spelling of one stays.
func checkTags(f *core.Faults, at string, tags []string) []string {
	if len(tags) > maxTags {
		f.Add(at, "max_items", fmt.Sprintf("has more than %d tags", maxTags))
	}
	kept := make([]string, 0, len(tags))
	seen := map[string]bool{"": true}
	for i, tag := range tags {
		tag = f.Line(fmt.Sprintf("%s/%d", at, i), tag, maxLabel)
		if key := core.Fold(tag); !seen[key] {
			seen[key] = true
			kept = append(kept, tag)
		}
	}
	return kept
}

func checkPlace(f *core.Faults, was, c *Contact) {
	if c.Timezone != was.Timezone && c.Timezone != "" {
		if _, err := core.ParseZone(c.Timezone); err != nil {
			f.Add("/timezone", "timezone", "is not a time zone of the IANA database")
		}
	}
	if c.Locale = f.Line("/locale", c.Locale, maxLabel); c.Locale != was.Locale && c.Locale != "" {
		tag, err := language.Parse(c.Locale)
		if err != nil {
			f.Add("/locale", "locale", "is not a language tag of BCP 47")
		}
		c.Locale = tag.String()
	}
}

// checkPolicy notes what c lacks: a name, or what the company's contact policy asks for. A
// contact that is exempt from the policy only becomes incomplete by it, and so does one that
// was edited and lacked the same before: the policy may have changed since. Was is nil for a
// new contact.
func (r *rules) checkPolicy(f *core.Faults, was, c *Contact) {
	if c.Name == "" {
		f.Add("/name", "required", "a contact has to have a name")
	}
	c.Incomplete = false
	for _, required := range []struct {
		name  string
		value func(*Contact) string
	}{
		{"phone", func(c *Contact) string { return string(c.Phone) }},
		{"email", func(c *Contact) string { return string(c.Email) }},
		{"location", func(c *Contact) string { return c.Location }},
		{"type", func(c *Contact) string { return string(c.Type) }},
	} {
		if required.value(c) != "" || !slices.Contains(r.required, required.name) {
			continue
		}
		if r.exempt || was != nil && required.value(was) == "" {
			c.Incomplete = true
		} else {
			f.Add("/"+required.name, "required", "the company's contact policy asks for it")
		}
	}
}

// checkCategory notes whether a category that is newly chosen can be. The error is the
// store's.
func (r *rules) checkCategory(ctx context.Context, tx Tx, f *core.Faults, was, chosen core.ID[Category]) error {
	if chosen == was || chosen.IsZero() {
		return nil
	}
	category, known := r.categories[chosen]
	if !known {
		var err error
		category, err = tx.Store.Category(ctx, chosen)
		if err != nil && !errors.Is(err, core.ErrNotFound) {
			return err
		}
		r.categories[chosen] = category
	}
	switch {
	case category.ID.IsZero():
		f.Add("/categoryId", "exists", "no such category")
	case !category.Active:
		f.Add("/categoryId", "active", "this category is not active")
	}
	return nil
}
