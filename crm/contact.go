package crm

import (
	"cmp"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Contact is a person whom a company deals with. LeadSmart's Client is one too.
type Contact struct {
	ID core.ID[Contact] `json:"id"`
	NewContact

	// PhoneTyped is the phone as it was typed, where that differs from Phone.
	PhoneTyped string `json:"phoneTyped"`
	Active     bool   `json:"active"` // false: kept, and not worked with

	// Incomplete says that the contact came in by a way that is exempt from the company's
	// contact policy, and lacks something that the policy asks for.
	Incomplete bool `json:"incomplete"`

	Stamp
	DeletedAt *time.Time `json:"deletedAt,omitzero"`

	// MergedIntoID is the contact that has all that this one had: it was merged, and is deleted.
	MergedIntoID core.ID[Contact] `json:"mergedIntoId,omitzero"`
}

// NewContact is what a person may say of a contact. Only the name is always required; the
// company's contact policy may ask for phone, email, location and type as well.
type NewContact struct {
	Name     string      `json:"name"`  // 1 to 200 characters
	Phone    Phone       `json:"phone"` // as typed on the way in, E.164 on the way out
	Email    core.Email  `json:"email"`
	Location string      `json:"location"` // up to 200 characters, as the texts below
	Type     ContactType `json:"type"`     // what the contact does for a living; empty unless the policy asks

	Company     string `json:"company"`     // the employer, not the company that keeps the contact
	Designation string `json:"designation"` // what the contact is there: "Head of sales"
	Industry    string `json:"industry"`    // what the employer does
	Website     string `json:"website"`     // an http or https URL, or a host name

	// The personality profile that assessments fill: up to 4000 characters each.
	InnerDrives     string `json:"innerDrives"`
	Baselines       string `json:"baselines"`       // part of the same profile
	Traits          string `json:"traits"`          // part of the same profile
	PersonalityType string `json:"personalityType"` // up to 200 characters

	CategoryID core.ID[Category] `json:"categoryId,omitzero"` // an active one, when it is chosen
	OwnerID    core.UserID       `json:"ownerId,omitzero"`    // the user who looks after the contact
	Notes      string            `json:"notes"`               // up to 4000 characters
	Tags       []string          `json:"tags"`                // up to 50 of up to 50 characters, compared without case and accents
	Source     string            `json:"source"`              // where the contact came from: "import", "web", …
	Timezone   string            `json:"timezone"`            // a name of the IANA database; may be empty
	Locale     string            `json:"locale"`              // a BCP 47 tag of up to 50 characters; may be empty

	// OtherAddresses are the phones and e-mails beside the first of each: up to 20.
	OtherAddresses []Address `json:"otherAddresses"`
}

// ContactType is what a contact does for a living. It may be empty unless the policy asks.
type ContactType string

// The types of contacts.
const (
	Entrepreneur ContactType = "entrepreneur"
	Employee     ContactType = "employee"
)

// Address is a way to reach a contact.
type Address struct {
	Kind  AddressKind `json:"kind"`  // phone or email
	Value string      `json:"value"` // canonical: E.164, or an e-mail address
	Typed string      `json:"typed"` // as it was typed, where that differs
	Label string      `json:"label"` // such as "home"; up to 50 characters
}

// AddressKind tells phones from e-mail addresses.
type AddressKind string

// The kinds of addresses.
const (
	PhoneAddress AddressKind = "phone"
	EmailAddress AddressKind = "email"
)

// AddressKey is an address in the form in which it is compared. No two live contacts of a
// company have the same.
type AddressKey struct {
	Kind AddressKind
	Key  string
}

// AddressKeys are the keys of all of a contact's addresses, sorted and without repetition.
func (c *Contact) AddressKeys() []AddressKey {
	var keys []AddressKey
	if c.Phone != "" {
		keys = append(keys, AddressKey{PhoneAddress, c.Phone.Key()})
	}
	if c.Email != "" {
		keys = append(keys, AddressKey{EmailAddress, c.Email.Key()})
	}
	for _, a := range c.OtherAddresses {
		keys = append(keys, a.key())
	}
	// Sorted: two transactions that take the same addresses take them in the same order.
	slices.SortFunc(keys, func(a, b AddressKey) int {
		if a.Kind != b.Kind {
			return cmp.Compare(a.Kind, b.Kind)
		}
		return cmp.Compare(a.Key, b.Key)
	})
	return slices.Compact(keys)
}

func (a Address) key() AddressKey {
	if a.Kind == PhoneAddress {
		return AddressKey{PhoneAddress, Phone(a.Value).Key()}
	}
	return AddressKey{EmailAddress, core.Email(a.Value).Key()}
}

// The events of a contact.
var (
	ContactCreated  = core.EventType[Contact]{Name: "contact.created", Kind: "contact"}
	ContactUpdated  = core.EventType[Contact]{Name: "contact.updated", Kind: "contact"}
	ContactDeleted  = core.EventType[Contact]{Name: "contact.deleted", Kind: "contact"}
	ContactRestored = core.EventType[Contact]{Name: "contact.restored", Kind: "contact"}
	ContactMerged   = core.EventType[Contact]{Name: "contact.merged", Kind: "contact"}   // of the one that is merged into another
	ContactUnmerged = core.EventType[Contact]{Name: "contact.unmerged", Kind: "contact"} // the same, when that is undone
)
