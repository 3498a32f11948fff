package identity

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Member is a user's place in a company.
type Member struct {
	ID     core.ID[Member] `json:"id"`
	UserID core.UserID     `json:"userId"` // who it is

	// Of the user. One who was deleted is "Deleted user", without an address.
	FirstName  string     `json:"firstName"`
	LastName   string     `json:"lastName"` // the user's
	Email      core.Email `json:"email"`
	UserActive bool       `json:"userActive"` // false: they cannot log in, whatever the member may

	RoleID   core.ID[Role] `json:"roleId"`   // the role, whose permissions they have
	RoleName string        `json:"roleName"` // the role's

	Active    bool      `json:"active"`  // false: a member who may do nothing
	Version   int64     `json:"version"` // counts the changes, from 1
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// NewMember says which existing user to make a member: by id, or by e-mail address.
type NewMember struct {
	UserID core.UserID   `json:"userId,omitzero"` // the user, who has to be registered
	Email  core.Email    `json:"email,omitempty"`
	RoleID core.ID[Role] `json:"roleId"` // the role in the company
}

func (n *NewMember) check() error {
	var f core.Faults
	switch {
	case n.UserID.IsZero() && n.Email == "":
		f.Add("/email", "required", "a member is an existing user: say which by userId or email")
	case !n.UserID.IsZero() && n.Email != "":
		f.Add("/email", "exclusive", "say the user by userId or by email, not both")
	case n.Email != "":
		email, err := core.ParseEmail(string(n.Email))
		if err != nil {
			f.Add("/email", "email", err.(*core.Error).Message)
		}
		n.Email = email
	}
	if n.RoleID.IsZero() {
		f.Add("/roleId", "required", "a member has to have a role")
	}
	return f.Err()
}

// Person is the little of a user that a company's members see.
type Person struct {
	UserID    core.UserID
	FirstName string
	LastName  string
	Email     core.Email
}

// person is what a company's members see of the user.
func (u *User) person() Person {
	return Person{UserID: u.ID, FirstName: u.FirstName, LastName: u.LastName, Email: u.Email}
}

// newMember is the person with the role in a company.
func newMember(env core.Env, p Person, r Role) Member {
	now := env.Time()
	return Member{
		ID: core.NewID[Member](env), UserID: p.UserID, FirstName: p.FirstName, LastName: p.LastName, Email: p.Email,
		UserActive: true, RoleID: r.ID, RoleName: r.Name, Active: true, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
}

// MemberFilter says which members to list. The zero value lists all, the oldest first.
type MemberFilter struct {
	Role   core.ID[Role]
	Active *bool
	Sort   MemberSort
}

// PlatformMember is a member of any company, as administrators of the platform see them.
type PlatformMember struct {
	CompanyID core.CompanyID `json:"companyId"` // the company that they are a member of
	Member
}

// PlatformMemberFilter says which members of all companies to list. The zero value lists all.
type PlatformMemberFilter struct {
	Company core.CompanyID
	User    core.UserID
	MemberFilter
}

// MemberSort is an order of members.
type MemberSort string

// The orders of members.
const (
	MembersByCreation       MemberSort = "createdAt"
	MembersByCreationNewest MemberSort = "-createdAt"
)

// The events of a member.
var (
	MemberCreated     = core.EventType[Member]{Name: "member.created", Kind: "member"}
	MemberUpdated     = core.EventType[Member]{Name: "member.updated", Kind: "member"}
	MemberDeactivated = core.EventType[Member]{Name: "member.deactivated", Kind: "member"}
	MemberActivated   = core.EventType[Member]{Name: "member.activated", Kind: "member"}
	MemberLeft        = core.EventType[Member]{Name: "member.left", Kind: "member"}
)
