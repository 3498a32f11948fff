package identity

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// OneTimeToken lets the holder of a link in a mail do one thing once.
type OneTimeToken struct {
	UserID  core.UserID
	Purpose Purpose
	Hash    Secret
	Email   core.Email // the address that it was sent to, which it proves

	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
}

// Purpose is what a one-time token is for.
type Purpose string

// The purposes.
const (
	VerifyEmail   Purpose = "verify_email"
	ResetPassword Purpose = "reset_password"
	ChangeEmail   Purpose = "change_email"
)
