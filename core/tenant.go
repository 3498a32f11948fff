package core

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

// DefaultContactPolicy is the one of a new company.
func DefaultContactPolicy() []string { return []string{"phone", "email", "location", "type"} }
