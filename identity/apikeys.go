package identity

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// APIKeys is the service of a company's API keys. To read needs [core.APIKeysRead], to make
// and revoke [core.APIKeysWrite]. Nobody makes or revokes a key whose role may do more than
// they may: that is [core.ErrForbidden].
type APIKeys struct{ work core.Work[Tx] }

// NewAPIKeys is the service over a store, in the scope of work.
func NewAPIKeys(work core.Work[Tx]) *APIKeys { return &APIKeys{work} }

// Create makes a key. The secret is answered this once: only its hash is kept.
func (s *APIKeys) Create(ctx context.Context, n NewAPIKey) (k APIKey, secret Secret, err error) {
	if err := s.require(core.APIKeysWrite); err != nil {
		return APIKey{}, "", err
	}
	secret = newKeySecret()
	err = s.work.Atomic(ctx, func(tx Tx) error {
		now := tx.Env.Time()
		if err := n.check(now); err != nil {
			return err
		}
		if _, err := grantable(ctx, tx, "/roleId", n.RoleID); err != nil {
			return err
		}
		k = APIKey{
			ID: core.NewID[APIKey](tx.Env), NewAPIKey: n, Prefix: keyPrefix(secret),
			CreatedByID: tx.Scope.Actor.ID, CreatedAt: now, UpdatedAt: now,
		}
		if err := tx.Store.InsertAPIKey(ctx, k, secret.hash()); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, APIKeyCreated.Of(k.ID, nil, &k))
	})
	if err != nil {
		return APIKey{}, "", err
	}
	return k, secret, nil
}

// Get reads a key, an expired one too.
func (s *APIKeys) Get(ctx context.Context, id core.ID[APIKey]) (APIKey, error) {
	if err := s.require(core.APIKeysRead); err != nil {
		return APIKey{}, err
	}
	return s.work.Plain().Store.APIKey(ctx, id)
}

// List reads a page of the keys, the newest first, expired ones too.
func (s *APIKeys) List(ctx context.Context, p core.Page) (core.List[APIKey], error) {
	if err := s.require(core.APIKeysRead); err != nil {
		return core.List[APIKey]{}, err
	}
	return s.work.Plain().Store.ListAPIKeys(ctx, p)
}

// Revoke ends a key at once and for good. Its name stays in the audit.
func (s *APIKeys) Revoke(ctx context.Context, id core.ID[APIKey]) error {
	if err := s.require(core.APIKeysWrite); err != nil {
		return err
	}
	return s.work.Atomic(ctx, func(tx Tx) error {
		k, err := tx.Store.APIKey(ctx, id)
		if err != nil {
			return err
		}
		if err := touchable(ctx, tx, k.RoleID); err != nil {
			return err
		}
		if err := tx.Store.DeleteAPIKey(ctx, id); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, APIKeyRevoked.Of(k.ID, &k, nil))
	})
}

func (s *APIKeys) require(p core.Permission) error {
	return s.work.Plain().Scope.Actor.Require(p)
}
