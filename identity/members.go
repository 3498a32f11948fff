package identity

import (
	"context"
	"errors"
	"iter"

	"github.com/clientele-crm/clientele/core"
)

// Members is the service of a company's members.
//
// To read needs [core.MembersRead], to make and change [core.MembersWrite]. Nobody gives, changes or
// takes away a role that may do more than they may: that is [core.ErrForbidden]. The last active
// administrator stays what they are: [core.ErrState].
type Members struct{ work core.Work[Tx] }

// NewMembers is the service over a store, in the scope of work.
func NewMembers(work core.Work[Tx]) *Members { return &Members{work} }

// Create makes an existing user a member. [core.ErrNotFound]: there is no such user.
// [core.ErrExists]: they are a member already, perhaps a deactivated one.
func (s *Members) Create(ctx context.Context, n NewMember) (m Member, err error) {
	if err := s.require(core.MembersWrite); err != nil {
		return Member{}, err
	}
	if err := n.check(); err != nil {
		return Member{}, err
	}
	err = s.work.Atomic(ctx, func(tx Tx) error {
		role, err := grantable(ctx, tx, "/roleId", n.RoleID)
		if err != nil {
			return err
		}
		person, err := tx.Store.Person(ctx, n)
		if err != nil {
			return err
		}
		m = newMember(tx.Env, person, role)
		if err := tx.Store.InsertMember(ctx, m); err != nil {
			return memberExists(err)
		}
		return tx.Events.Emit(ctx, MemberCreated.Of(m.ID, nil, &m))
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

// Get reads a member, a deactivated one too.
func (s *Members) Get(ctx context.Context, id core.ID[Member]) (Member, error) {
	if err := s.require(core.MembersRead); err != nil {
		return Member{}, err
	}
	return s.work.Plain().Store.Member(ctx, id)
}

// List reads a page of the members that the filter lets through.
func (s *Members) List(ctx context.Context, f MemberFilter, p core.Page) (core.List[Member], error) {
	if err := s.require(core.MembersRead); err != nil {
		return core.List[Member]{}, err
	}
	if f.Sort == "" {
		f.Sort = MembersByCreation
	}
	return s.work.Plain().Store.ListMembers(ctx, f, p)
}

// All runs through the members that the filter lets through, page by page.
func (s *Members) All(ctx context.Context, f MemberFilter) iter.Seq2[Member, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Member], error) {
		return s.List(ctx, f, p)
	})
}

// Update changes a member's role: edit is given the member as it is and writes RoleID;
// nothing else is edit's to change. An error of edit is returned as it is.
func (s *Members) Update(ctx context.Context, id core.ID[Member], edit func(*Member) error) (Member, error) {
	return s.change(ctx, id, MemberUpdated, func(m *Member) error {
		edited := *m
		if err := edit(&edited); err != nil {
			return err
		}
		if edited.RoleID == m.RoleID {
			return errUnchanged
		}
		m.RoleID = edited.RoleID
		return nil
	})
}

// Deactivate keeps the member out of the company until Activate. One who is out already
// stays so.
func (s *Members) Deactivate(ctx context.Context, id core.ID[Member]) (Member, error) {
	return s.change(ctx, id, MemberDeactivated, func(m *Member) error { return m.setActive(false) })
}

// Activate undoes Deactivate.
func (s *Members) Activate(ctx context.Context, id core.ID[Member]) (Member, error) {
	return s.change(ctx, id, MemberActivated, func(m *Member) error { return m.setActive(true) })
}

func (m *Member) setActive(active bool) error {
	if m.Active == active {
		return errUnchanged
	}
	m.Active = active
	return nil
}

// Leave takes the actor out of the company: they are no member any more, and may join
// again. It needs no permission. In an inactive company nobody writes: [core.ErrState].
func (s *Members) Leave(ctx context.Context) error {
	return s.work.Atomic(ctx, func(tx Tx) error {
		if err := tx.Store.HoldCompany(ctx); err != nil {
			return err
		}
		c, err := tx.Store.Company(ctx)
		if err != nil {
			return err
		}
		if !c.Active {
			return errCompanyInactive
		}
		m, err := tx.Store.MemberOf(ctx, tx.Scope.Actor.ID)
		if err != nil {
			return err
		}
		role, err := tx.Store.Role(ctx, m.RoleID)
		if err != nil {
			return err
		}
		if m.Active && role.Builtin == Administrator {
			if err := notLast(ctx, tx, m.ID); err != nil {
				return err
			}
		}
		if err := tx.Store.DeleteMember(ctx, m.ID); err != nil {
			return err
		}
		if err := tx.out(ctx, m.UserID); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, MemberLeft.Of(m.ID, &m, nil))
	})
}

// change reads a member, lets edit change it, and writes it. It holds the company, so that of
// two last administrators who demote each other at once one comes second, and sees the
// other's demotion.
func (s *Members) change(ctx context.Context, id core.ID[Member], event core.EventType[Member], edit func(*Member) error) (m Member, err error) {
	if err := s.require(core.MembersWrite); err != nil {
		return Member{}, err
	}
	err = s.work.Atomic(ctx, func(tx Tx) error {
		if err := tx.Store.HoldCompany(ctx); err != nil {
			return err
		}
		if m, err = tx.Store.Member(ctx, id); err != nil {
			return err
		}
		was := m
		if err := edit(&m); err != nil {
			return err
		}
		m.Version, m.UpdatedAt = was.Version+1, tx.Env.Time()
		if err := checkChange(ctx, tx, was, &m); err != nil {
			return err
		}
		if err := tx.Store.ReplaceMember(ctx, m, was.Version); err != nil {
			return err
		}
		if was.Active && !m.Active {
			if err := tx.out(ctx, m.UserID); err != nil {
				return err
			}
		}
		return tx.Events.Emit(ctx, event.Of(m.ID, &was, &m))
	})
	if err != nil && !errors.Is(err, errUnchanged) {
		return Member{}, err
	}
	return m, nil
}

// checkChange refuses what the actor may not do to the member, and what would leave the
// company without an administrator. It writes the name of the role into m.
func checkChange(ctx context.Context, tx Tx, was Member, m *Member) error {
	before, err := grantable(ctx, tx, "/roleId", was.RoleID)
	if err != nil {
		return err
	}
	after := before
	if m.RoleID != was.RoleID {
		if after, err = grantable(ctx, tx, "/roleId", m.RoleID); err != nil {
			return err
		}
	}
	m.RoleName = after.Name
	administered := was.Active && before.Builtin == Administrator
	if administered && !(m.Active && after.Builtin == Administrator) {
		return notLast(ctx, tx, m.ID)
	}
	return nil
}

// notLast is [core.ErrState] unless the company has an active administrator beside the member.
func notLast(ctx context.Context, tx Tx, id core.ID[Member]) error {
	others, err := tx.Store.AdministratorBeside(ctx, id)
	if err != nil {
		return err
	}
	if !others {
		return &core.Error{Kind: core.ErrState, Code: "last_administrator", Message: "the company would have no administrator"}
	}
	return nil
}

// grantable reads the role at field, if the actor may give it to somebody. A role that the
// company does not have is [core.ErrInvalid].
func grantable(ctx context.Context, tx Tx, field string, id core.ID[Role]) (Role, error) {
	role, err := tx.Store.Role(ctx, id)
	if errors.Is(err, core.ErrNotFound) {
		return Role{}, core.Faults{{Field: field, Rule: "unknown", Message: "the company has no such role"}}.Err()
	}
	if err != nil {
		return Role{}, err
	}
	return role, mayGrant(tx.Scope.Actor, role)
}

// touchable is nil if the actor may take away what somebody or something has the role by.
func touchable(ctx context.Context, tx Tx, id core.ID[Role]) error {
	role, err := tx.Store.Role(ctx, id)
	if err != nil {
		return err
	}
	return mayGrant(tx.Scope.Actor, role)
}

func (s *Members) require(p core.Permission) error {
	return s.work.Plain().Scope.Actor.Require(p)
}
