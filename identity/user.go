package identity

import (
	"log/slog"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// User is a person who can log in. Users belong to no company: they are members of any
// number of them.
type User struct {
	ID core.UserID `json:"id"`
	Profile

	Email           core.Email `json:"email"`                    // no two users have the same, compared without case
	EmailVerifiedAt *time.Time `json:"emailVerifiedAt,omitzero"` // when the address was shown to be theirs
	Picture         string     `json:"picture"`                  // a URL; may be empty
	PictureKey      string     `json:"-"`                        // where the Blobs have it, if it was uploaded
	PictureType     string     `json:"-"`                        // its media type then
	Active          bool       `json:"active"`                   // who is not cannot log in
	PlatformAdmin   bool       `json:"platformAdmin"`            // administers users and companies of the whole platform

	Version   int64      `json:"version"` // counts the changes, from 1
	CreatedAt time.Time  `json:"createdAt"`
	UpdatedAt time.Time  `json:"updatedAt"`
	DeletedAt *time.Time `json:"deletedAt,omitzero"`
}

// Profile is what users say of themselves, each up to 200 characters.
type Profile struct {
	FirstName   string `json:"firstName"`   // required
	LastName    string `json:"lastName"`    // may be empty
	Phone       string `json:"phone"`       // as typed; up to 50 characters
	Designation string `json:"designation"` // what the user is in their company; may be empty
}

// Name is the first and the last name.
func (p Profile) Name() string {
	if p.LastName == "" {
		return p.FirstName
	}
	return p.FirstName + " " + p.LastName
}

// NewUser is who registers.
type NewUser struct {
	Profile
	Email    core.Email `json:"email"`
	Password Secret     `json:"password"` // 8 to 128 characters
}

// LogValue implements [slog.LogValuer]: as JSON, a log would have the password.
func (NewUser) LogValue() slog.Value { return slog.StringValue("a new user") }

// UserFilter says which users a list has, and in which order. The zero value is all of
// them, the newest first. Several conditions are met all at once.
type UserFilter struct {
	Email         core.Email // the whole address
	Active        *bool
	PlatformAdmin *bool

	Sort UserSort
}

// UserSort is an order of users. Rows that are equal in it are in the order of their ids.
type UserSort string

// The orders.
const (
	UsersByCreatedDesc UserSort = "-createdAt" // the default
	UsersByCreated     UserSort = "createdAt"
	UsersByEmail       UserSort = "email" // compared without case
	UsersByEmailDesc   UserSort = "-email"
)
