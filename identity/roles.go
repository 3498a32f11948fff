package identity

import (
	"context"
	"errors"

	"github.com/clientele-crm/clientele/core"
)

// Roles is the service of a company's roles: the built-in ones, which do not change, and its own.
//
// To read needs [core.RolesRead], to make, change and delete [core.RolesWrite]. Nobody makes or
// changes a role that may do more than they may, nor gives one more than they have:
// [core.ErrForbidden].
type Roles struct{ work core.Work[Tx] }

// NewRoles is the service over a store, in the scope of work.
func NewRoles(work core.Work[Tx]) *Roles { return &Roles{work} }

// Create adds a role of the company's own. [core.ErrExists]: another role has the name.
func (s *Roles) Create(ctx context.Context, n NewRole) (r Role, err error) {
	if err := s.require(core.RolesWrite); err != nil {
		return Role{}, err
	}
	if err := n.check(); err != nil {
		return Role{}, err
	}
	err = s.work.Atomic(ctx, func(tx Tx) error {
		now := tx.Env.Time()
		r = Role{ID: core.NewID[Role](tx.Env), NewRole: n, Version: 1, CreatedAt: now, UpdatedAt: now}
		if err := mayGrant(tx.Scope.Actor, r); err != nil {
			return err
		}
		if err := tx.Store.InsertRoles(ctx, r); err != nil {
			return roleExists(err)
		}
		return tx.Events.Emit(ctx, RoleCreated.Of(r.ID, nil, &r))
	})
	if err != nil {
		return Role{}, err
	}
	return r, nil
}

// Get reads a role.
func (s *Roles) Get(ctx context.Context, id core.ID[Role]) (Role, error) {
	if err := s.require(core.RolesRead); err != nil {
		return Role{}, err
	}
	return s.work.Plain().Store.Role(ctx, id)
}

// List reads a page of the roles, by name.
func (s *Roles) List(ctx context.Context, p core.Page) (core.List[Role], error) {
	if err := s.require(core.RolesRead); err != nil {
		return core.List[Role]{}, err
	}
	return s.work.Plain().Store.ListRoles(ctx, p)
}

// Update changes a role: edit is given it as it is and writes into what a person may say of
// it. What its members may do changes with their next request. If somebody else changes it
// meanwhile, edit is called again with what they wrote. An edit that changes nothing writes
// nothing. A built-in role is [core.ErrState].
func (s *Roles) Update(ctx context.Context, id core.ID[Role], edit func(*Role) error) (r Role, err error) {
	if err := s.require(core.RolesWrite); err != nil {
		return Role{}, err
	}
	err = core.Retry(ctx, s.work, func(tx Tx) error {
		r, err = s.update(ctx, tx, id, edit)
		return err
	})
	if err != nil {
		return Role{}, err
	}
	return r, nil
}

func (s *Roles) update(ctx context.Context, tx Tx, id core.ID[Role], edit func(*Role) error) (Role, error) {
	was, err := s.own(ctx, tx, id)
	if err != nil {
		return Role{}, err
	}
	r := was
	if err := edit(&r); err != nil {
		return Role{}, err
	}
	if err := r.NewRole.check(); err != nil {
		return Role{}, err
	}
	if r.NewRole == was.NewRole {
		return was, nil
	}
	r = Role{ID: was.ID, NewRole: r.NewRole, Version: was.Version + 1, CreatedAt: was.CreatedAt, UpdatedAt: tx.Env.Time()}
	if err := mayGrant(tx.Scope.Actor, r); err != nil {
		return Role{}, err
	}
	if err := tx.Store.ReplaceRole(ctx, r, was.Version); err != nil {
		return Role{}, roleExists(err)
	}
	return r, tx.Events.Emit(ctx, RoleUpdated.Of(r.ID, &was, &r))
}

// Delete deletes a role. One that a member, an invitation, an API key or the company's
// default has, and a built-in one, is [core.ErrState].
func (s *Roles) Delete(ctx context.Context, id core.ID[Role]) error {
	if err := s.require(core.RolesWrite); err != nil {
		return err
	}
	return s.work.Atomic(ctx, func(tx Tx) error {
		r, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := tx.Store.DeleteRole(ctx, id); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, RoleDeleted.Of(r.ID, &r, nil))
	})
}

// own reads a role that the actor may change.
func (s *Roles) own(ctx context.Context, tx Tx, id core.ID[Role]) (Role, error) {
	r, err := tx.Store.Role(ctx, id)
	if err != nil {
		return Role{}, err
	}
	if r.Builtin != "" {
		return Role{}, &core.Error{Kind: core.ErrState, Code: "role_builtin", Message: "a built-in role does not change: make one of your own"}
	}
	return r, mayGrant(tx.Scope.Actor, r)
}

func roleExists(err error) error {
	if errors.Is(err, core.ErrExists) {
		return &core.Error{
			Kind: core.ErrExists, Code: "role_exists", Message: "another role has this name",
			Fields: core.Faults{{Field: "/name", Rule: "unique", Message: "another role has this name"}},
		}
	}
	return err
}

func (s *Roles) require(p core.Permission) error {
	return s.work.Plain().Scope.Actor.Require(p)
}
