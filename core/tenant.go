package core

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Tenant is the little that the packages need to know of a company. Package identity's
// companies have more; an embedder with tenants of its own registers them as these.
type Tenant struct {
	ID      CompanyID
	Name    string
	Country string // ISO 3166-1 alpha-2: the plan of telephone numbers written without a "+"; may be empty

	Timezone string // a name of the IANA database, by which days begin; empty: UTC
	Currency string // ISO 4217, of amounts that say none; empty: USD

	// ContactPolicy is what a contact has to have beside its name: any of "phone", "email",
	// "location" and "type".
	ContactPolicy []string
}

// maxTenantName is in characters, as that of a company of package identity.
const maxTenantName = 200

// Checked is the tenant in its canonical form and with its defaults, or [ErrInvalid] with all that is
// wrong with it.
func (t Tenant) Checked() (Tenant, error) {
	var f Faults
	if t.ID.IsZero() {
		f.Add("/id", "required", "a tenant has to have an id")
	}
	if t.Name = f.Line("/name", t.Name, maxTenantName); t.Name == "" {
		f.Add("/name", "required", "a tenant has to have a name")
	}
	t.CheckPlace(&f)
	t.ContactPolicy = CheckContactPolicy(&f, t.ContactPolicy)
	return t, f.Err()
}

// CheckPlace brings the country, the time zone and the currency into their canonical form; f notes
// what is wrong with them.
func (t *Tenant) CheckPlace(f *Faults) {
	t.Country = strings.ToUpper(t.Country)
	if t.Country != "" {
		region, err := language.ParseRegion(t.Country)
		if err != nil || !region.IsCountry() || region.String() != t.Country {
			f.Add("/country", "country", "is not a country of ISO 3166-1 in two letters")
		}
	}
	if t.Timezone == "" {
		t.Timezone = "UTC"
	}
	if _, err := ParseZone(t.Timezone); err != nil {
		f.Add("/timezone", "timezone", err.(*Error).Message)
	}
	if t.Currency == "" {
		t.Currency = "USD"
	}
	if err := CheckCurrency(t.Currency); err != nil {
		f.Add("/currency", "currency", err.(*Error).Message)
	}
}

// CheckContactPolicy is the words of a policy in one order, each once; nil is the default one. F notes
// that there is a word which is none.
func CheckContactPolicy(f *Faults, policy []string) []string {
	words := DefaultContactPolicy()
	if policy == nil {
		return words
	}
	for _, word := range policy {
		if !slices.Contains(words, word) {
			f.Add("/contactPolicy", "enum", "may have phone, email, location and type")
			return policy
		}
	}
	return slices.DeleteFunc(words, func(word string) bool { return !slices.Contains(policy, word) })
}

// DefaultContactPolicy is the one of a new company.
func DefaultContactPolicy() []string { return []string{"phone", "email", "location", "type"} }
