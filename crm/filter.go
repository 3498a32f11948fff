package crm

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// ContactFilter says which contacts a list has, and in which order. The zero value is all
// live contacts by name. Several conditions are met all at once.
type ContactFilter struct {
	Category   core.ID[Category]
	Owner      core.UserID
	Type       ContactType
	Tag        string     // compared without case and accents
	Email      core.Email // any of the contact's addresses
	Phone      Phone      // likewise; national numbers are read in the company's country
	Source     string
	Company    string // the employer; compared without case and accents
	Active     *bool
	Incomplete *bool

	CreatedFrom, CreatedBefore time.Time // half-open; the zero time is no bound
	UpdatedFrom, UpdatedBefore time.Time

	Deleted bool // the deleted contacts instead of the live ones

	Sort ContactSort
}

// ContactSort is an order of contacts. Rows that are equal in it are in the order of
// their ids.
type ContactSort string

// The orders. Names are compared by [core.Fold].
const (
	ByName        ContactSort = "name" // the default
	ByNameDesc    ContactSort = "-name"
	ByCreated     ContactSort = "createdAt"
	ByCreatedDesc ContactSort = "-createdAt"
	ByUpdated     ContactSort = "updatedAt"
	ByUpdatedDesc ContactSort = "-updatedAt"
)
