package identity

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Invitation lets whoever has an e-mail address become a member. Its token is in the mail
// and nowhere else.
type Invitation struct {
	ID core.ID[Invitation] `json:"id"`
	NewInvitation

	CreatedByID core.UserID `json:"createdById,omitzero"`
	ExpiresAt   time.Time   `json:"expiresAt"` // when it cannot be accepted any more
	CreatedAt   time.Time   `json:"createdAt"`
	UpdatedAt   time.Time   `json:"updatedAt"`
}

// NewInvitation is what a person may say of an invitation. It does not change after.
type NewInvitation struct {
	Email  core.Email    `json:"email"`
	RoleID core.ID[Role] `json:"roleId"` // the role that the new member gets
}

// invitationLife is how long an invitation can be accepted.
const invitationLife = 7 * 24 * time.Hour

func (n *NewInvitation) check() error {
	var f core.Faults
	email, err := core.ParseEmail(string(n.Email))
	if err != nil {
		f.Add("/email", "email", err.(*core.Error).Message)
	}
	n.Email = email
	if n.RoleID.IsZero() {
		f.Add("/roleId", "required", "an invitation has to have a role")
	}
	return f.Err()
}

// The events of an invitation.
var (
	InvitationCreated  = core.EventType[Invitation]{Name: "invitation.created", Kind: "invitation"}
	InvitationDeleted  = core.EventType[Invitation]{Name: "invitation.deleted", Kind: "invitation"}
	InvitationAccepted = core.EventType[Invitation]{Name: "invitation.accepted", Kind: "invitation"}
)

// acceptable is nil if the user may accept the invitation now.
func (i *Invitation) acceptable(u User, now time.Time) error {
	if u.Email.Key() != i.Email.Key() {
		return &core.Error{Kind: core.ErrForbidden, Code: "invitation_of_another", Message: "the invitation is to another e-mail address"}
	}
	return i.current(now)
}

// current is nil until the invitation expires.
func (i *Invitation) current(now time.Time) error {
	if now.Before(i.ExpiresAt) {
		return nil
	}
	return &core.Error{Kind: core.ErrState, Code: "invitation_expired", Message: "the invitation has expired: ask for another"}
}
