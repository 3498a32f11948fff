// Package vcard writes and reads people as vCards: version 4 (RFC 6350) and version 3 (RFC 2426).
package vcard

// Version is a version of the format.
type Version string

// The versions that are written. What is read may be of any.
const (
	V4 Version = "4.0"
	V3 Version = "3.0"
)

// Card is the part of a vCard that a contact is made of. What is empty is not written.
type Card struct {
	UID          string    // UID: "urn:uuid:…"
	Name         string    // FN: the whole name
	Phones       []Address // TEL: the first is preferred
	Emails       []Address // EMAIL: likewise
	Organization string    // ORG, its first component
	Title        string    // TITLE
	Location     string    // ADR: the locality is the whole of it
	URL          string    // URL
	Note         string    // NOTE: may have several lines
	Categories   []string  // CATEGORIES: a property each, so that a comma in one is no question
	Timezone     string    // TZ: a name of the IANA database
	Language     string    // LANG: a BCP 47 tag; of version 3, X-CLIENTELE-LOCALE

	// Extended are properties that no RFC has, under names that begin with "X-".
	Extended []Property
}

// Address is a phone or an e-mail address. A label that is a type of the RFCs, such as "home",
// is written as TYPE, and any other as X-ABLabel of a group, as address books do.
type Address struct{ Value, Label string }

// Property is a line of a card whose value is one text.
type Property struct{ Name, Value string }
