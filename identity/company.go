package identity

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Company is a tenant: an organisation with members, and with rows that no other company
// sees.
type Company struct {
	ID   core.CompanyID `json:"id"`
	Slug string         `json:"slug"` // unique among all companies, made of the first name
	NewCompany

	// InviteCode lets whoever knows it join, with the default role. Only those who may
	// invite, and give that role, are shown it; events and the audit never have it.
	InviteCode string `json:"inviteCode,omitempty"`

	Active    bool      `json:"active"`  // an inactive company's members read, and nobody writes
	Version   int64     `json:"version"` // counts the changes, from 1
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// NewCompany is what a person may say of a company. Only the name is required.
type NewCompany struct {
	Name        string     `json:"name"`        // 1 to 200 characters
	Description string     `json:"description"` // up to 4000 characters
	Website     string     `json:"website"`     // an http or https URL, or a host name
	Email       core.Email `json:"email"`
	Phone       string     `json:"phone"`    // as it was typed, up to 50 characters
	Logo        string     `json:"logo"`     // an http or https URL
	Timezone    string     `json:"timezone"` // a name of the IANA database; empty: UTC
	Locale      string     `json:"locale"`   // a BCP 47 tag of up to 50 characters; empty: en
	Country     string     `json:"country"`  // ISO 3166-1 alpha-2: the plan of phones without a "+"; may be empty
	Currency    string     `json:"currency"` // ISO 4217; empty: USD

	// ContactPolicy is what a contact has to have beside its name: any of phone, email,
	// location and type. Absent: all four; empty: nothing.
	ContactPolicy []string `json:"contactPolicy"`

	// DefaultRoleID is the role of those who join by the invite code; none: the built-in
	// [Lead], which may do nothing. A new company has no other roles yet to choose from.
	DefaultRoleID core.ID[Role] `json:"defaultRoleId,omitzero"`
}

// ref is the company's id as its events name it.
func (c *Company) ref() core.ID[Company] { return core.ID[Company]{UUID: c.ID.UUID} }

// The events of a company.
var (
	CompanyCreated         = core.EventType[Company]{Name: "company.created", Kind: "company"}
	CompanyUpdated         = core.EventType[Company]{Name: "company.updated", Kind: "company"}
	CompanyDeactivated     = core.EventType[Company]{Name: "company.deactivated", Kind: "company"}
	CompanyActivated       = core.EventType[Company]{Name: "company.activated", Kind: "company"}
	CompanyInviteCodeReset = core.EventType[Company]{Name: "company.invite_code_reset", Kind: "company"}
)
