package identity

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// APIKey lets a program act in one company, with one role. Its secret is shown once, when
// it is made. The actor's id of what is done by a key is the key's.
type APIKey struct {
	ID core.ID[APIKey] `json:"id"`
	NewAPIKey

	Prefix      string      `json:"prefix"` // the start of the secret, to tell keys by
	CreatedByID core.UserID `json:"createdById,omitzero"`
	LastUsedAt  *time.Time  `json:"lastUsedAt,omitzero"` // to the minute
	CreatedAt   time.Time   `json:"createdAt"`
	UpdatedAt   time.Time   `json:"updatedAt"`
}

// NewAPIKey is what a person may say of an API key. It does not change after.
type NewAPIKey struct {
	Name      string        `json:"name"`               // 1 to 100 characters
	RoleID    core.ID[Role] `json:"roleId"`             // the role whose permissions the key has
	ExpiresAt *time.Time    `json:"expiresAt,omitzero"` // absent: never
}

// userID is the actor's id of what the key does.
func (k *APIKey) userID() core.UserID { return core.UserID{UUID: k.ID.UUID} }

const maxKeyName = 100

func (n *NewAPIKey) check(now time.Time) error {
	var f core.Faults
	n.Name = f.Line("/name", n.Name, maxKeyName)
	if n.Name == "" {
		f.Add("/name", "required", "a key has to have a name")
	}
	if n.RoleID.IsZero() {
		f.Add("/roleId", "required", "a key has to have a role")
	}
	if n.ExpiresAt != nil {
		expires := n.ExpiresAt.UTC().Truncate(time.Microsecond)
		n.ExpiresAt = &expires
		f.Instant("/expiresAt", expires)
		if !expires.After(now) {
			f.Add("/expiresAt", "future", "has to be in the future")
		}
	}
	return f.Err()
}

// The events of an API key.
var (
	APIKeyCreated = core.EventType[APIKey]{Name: "api_key.created", Kind: "api_key"}
	APIKeyRevoked = core.EventType[APIKey]{Name: "api_key.revoked", Kind: "api_key"}
)
