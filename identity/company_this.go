package identity

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// ThisCompany is the service of the company that a workspace is bound to. Every member may
// read it. To change it needs [core.CompanyWrite].
type ThisCompany struct{ work core.Work[Tx] }

// NewThisCompany is the service over a store, in the scope of work.
func NewThisCompany(work core.Work[Tx]) *ThisCompany { return &ThisCompany{work} }

// Get reads the company, with its invite code for those who have [core.InvitationsWrite] and may
// give the role that it leads to.
func (s *ThisCompany) Get(ctx context.Context) (Company, error) {
	c, err := s.work.Plain().Store.Company(ctx)
	if err != nil {
		return Company{}, err
	}
	return s.shown(ctx, c)
}

// shown adds the invite code for those who may see it.
func (s *ThisCompany) shown(ctx context.Context, c Company) (Company, error) {
	tx := s.work.Plain()
	if !tx.Scope.Actor.Permissions.Has(core.InvitationsWrite) {
		return c, nil
	}
	if !c.DefaultRoleID.IsZero() { // else it is the least role, which anybody may give
		role, err := tx.Store.Role(ctx, c.DefaultRoleID)
		if errors.Is(err, core.ErrNotFound) {
			return c, nil // the company has another since, and the role was deleted
		}
		if err != nil {
			return Company{}, err
		}
		if mayGrant(tx.Scope.Actor, role) != nil {
			return c, nil // with the code they would join once more, and may do more
		}
	}
	var err error
	c.InviteCode, err = tx.Store.InviteCode(ctx)
	return c, err
}

// Update changes the company: edit is given it as it is and writes into what a person may
// say of it. If somebody else changes it meanwhile, edit is called again with what they
// wrote; an error of edit is returned as it is and changes nothing. An edit that changes
// nothing writes nothing. A default role that may
// do more than the actor is [core.ErrForbidden].
func (s *ThisCompany) Update(ctx context.Context, edit func(*Company) error) (Company, error) {
	if err := s.work.Plain().Scope.Actor.Require(core.CompanyWrite); err != nil {
		return Company{}, err
	}
	return s.change(ctx, CompanyUpdated, func(tx Tx, c *Company) error {
		was := *c
		c.ContactPolicy = slices.Clone(c.ContactPolicy)
		if err := edit(c); err != nil {
			return err
		}
		c.Active = was.Active
		if err := c.NewCompany.check(); err != nil {
			return err
		}
		if reflect.DeepEqual(was.NewCompany, c.NewCompany) {
			*c = was
			return errUnchanged
		}
		if c.DefaultRoleID == was.DefaultRoleID || c.DefaultRoleID.IsZero() {
			return nil
		}
		_, err := grantable(ctx, tx, "/defaultRoleId", c.DefaultRoleID)
		return err
	})
}

// Deactivate makes the company read-only to its members, and lets nobody join. One that is
// inactive already stays so.
func (s *ThisCompany) Deactivate(ctx context.Context) (Company, error) {
	if err := s.work.Plain().Scope.Actor.Require(core.CompanyWrite); err != nil {
		return Company{}, err
	}
	return s.setActive(ctx, false, CompanyDeactivated)
}

// Activate undoes Deactivate. In an inactive company nobody has [core.CompanyWrite]: here it
// counts what the member's role would allow.
func (s *ThisCompany) Activate(ctx context.Context) (Company, error) {
	if err := s.mayActivate(ctx); err != nil {
		return Company{}, err
	}
	return s.setActive(ctx, true, CompanyActivated)
}

func (s *ThisCompany) mayActivate(ctx context.Context) error {
	tx := s.work.Plain()
	refused := tx.Scope.Actor.Require(core.CompanyWrite)
	if refused == nil {
		return nil
	}
	m, err := tx.Store.MemberOf(ctx, tx.Scope.Actor.ID)
	if errors.Is(err, core.ErrNotFound) { // an API key, for one
		return refused
	}
	if err != nil {
		return err
	}
	role, err := tx.Store.Role(ctx, m.RoleID)
	if err != nil {
		return err
	}
	if !m.Active || !role.Permissions.Has(core.CompanyWrite) {
		return refused
	}
	return nil
}

func (s *ThisCompany) setActive(ctx context.Context, active bool, event core.EventType[Company]) (Company, error) {
	return s.change(ctx, event, func(_ Tx, c *Company) error {
		if c.Active == active {
			return errUnchanged
		}
		c.Active = active
		return nil
	})
}

// ResetInviteCode makes a new invite code, which the answer has as that of Get does: the one
// before leads nowhere at once. It needs [core.InvitationsWrite].
func (s *ThisCompany) ResetInviteCode(ctx context.Context) (Company, error) {
	if err := s.work.Plain().Scope.Actor.Require(core.InvitationsWrite); err != nil {
		return Company{}, err
	}
	return s.change(ctx, CompanyInviteCodeReset, func(tx Tx, _ *Company) error {
		return tx.Store.SetInviteCode(ctx, newInviteCode())
	})
}

// change reads the company, lets edit change it, and writes it if nobody else did meanwhile.
func (s *ThisCompany) change(ctx context.Context, event core.EventType[Company], edit func(Tx, *Company) error) (c Company, err error) {
	err = core.Retry(ctx, s.work, func(tx Tx) error {
		var err error
		if c, err = tx.Store.Company(ctx); err != nil {
			return err
		}
		was := c
		if err := edit(tx, &c); err != nil {
			return err
		}
		c.ID, c.Slug, c.CreatedAt, c.InviteCode = was.ID, was.Slug, was.CreatedAt, ""
		c.Version, c.UpdatedAt = was.Version+1, tx.Env.Time()
		if err := tx.Store.ReplaceCompany(ctx, c, was.Version); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, event.Of(c.ref(), &was, &c))
	})
	if err != nil && !errors.Is(err, errUnchanged) {
		return Company{}, err
	}
	return s.shown(ctx, c)
}
