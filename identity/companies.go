package identity

import (
	"context"
	"errors"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// Companies is the service of all companies: making and joining them, and who may do what
// in which. It takes the user's word for who they are: callers authenticate them first.
type Companies struct{ work core.Work[PlatformTx] }

// NewCompanies is the service over a store.
func NewCompanies(work core.Work[PlatformTx]) *Companies { return &Companies{work} }

// CompanyFilter says which companies to list. The zero value lists all, by slug.
type CompanyFilter struct {
	Member core.UserID // of which this user is an active member
	Active *bool
	Sort   CompanySort
}

// CompanySort is an order of companies.
type CompanySort string

// The orders of companies.
const (
	CompaniesBySlug           CompanySort = "slug" // the default: as good as by name
	CompaniesBySlugDesc       CompanySort = "-slug"
	CompaniesByCreation       CompanySort = "createdAt"
	CompaniesByCreationNewest CompanySort = "-createdAt"
)

// Create makes a company, whose first administrator is the user. What is answered has the
// invite code. [core.ErrInvalid] lists what is wrong with n.
func (s *Companies) Create(ctx context.Context, user core.UserID, n NewCompany) (Company, error) {
	if err := n.check(); err != nil {
		return Company{}, err
	}
	if !n.DefaultRoleID.IsZero() {
		return Company{}, core.Faults{{Field: "/defaultRoleId", Rule: "not_yet", Message: "a new company has no roles yet: set it after"}}.Err()
	}
	var c Company
	var err error
	for _, slug := range slugs(n.Name) {
		c, err = s.create(ctx, user, n, slug)
		if !errors.Is(err, core.ErrExists) { // else another company has the slug
			break
		}
	}
	return c, err
}

// slugs are the ones to try: as nice as possible first, and at last one that is free.
func slugs(name string) []string {
	base := slug(name)
	random := strings.ToLower(strings.ReplaceAll(newInviteCode()[5:14], "-", ""))
	return []string{base, base + "-2", base + "-3", base + "-" + random}
}

func (s *Companies) create(ctx context.Context, user core.UserID, n NewCompany, slug string) (c Company, err error) {
	err = s.work.Atomic(ctx, func(tx PlatformTx) error {
		creator, err := tx.Store.User(ctx, user)
		if err != nil {
			return err
		}
		now := tx.Env.Time()
		c = Company{
			ID: core.CompanyID{UUID: tx.Env.UUID()}, Slug: slug, NewCompany: n, InviteCode: newInviteCode(),
			Active: true, Version: 1, CreatedAt: now, UpdatedAt: now,
		}
		if err := tx.Store.InsertCompany(ctx, c); err != nil {
			return err
		}
		in := tx.In(core.Scope{Company: c.ID, Actor: core.Actor{ID: user}})
		roles := builtinRoles(tx.Env)
		if err := in.Store.InsertRoles(ctx, roles...); err != nil {
			return err
		}
		first := newMember(tx.Env, creator.person(), roles[0])
		if err := in.Store.InsertMember(ctx, first); err != nil {
			return err
		}
		shown := c
		shown.InviteCode = ""
		return in.Events.Emit(ctx, CompanyCreated.Of(c.ref(), nil, &shown), MemberCreated.Of(first.ID, nil, &first))
	})
	if err != nil {
		return Company{}, err
	}
	return c, nil
}

// builtinRoles are the rows of the roles that every company has, the administrator's first.
func builtinRoles(env core.Env) []Role {
	now := env.Time()
	var roles []Role
	for _, b := range Builtins() {
		roles = append(roles, Role{ID: core.NewID[Role](env), NewRole: b.Grants(), Builtin: b, Version: 1, CreatedAt: now, UpdatedAt: now})
	}
	return roles
}

// ListOf reads a page of the companies that the user is an active member of, by slug.
func (s *Companies) ListOf(ctx context.Context, user core.UserID, p core.Page) (core.List[Company], error) {
	return s.work.Plain().Store.ListCompanies(ctx, CompanyFilter{Member: user, Sort: CompaniesBySlug}, p)
}

// All reads a page of all companies, for a platform administrator: anybody else is
// [core.ErrForbidden].
func (s *Companies) All(ctx context.Context, by User, f CompanyFilter, p core.Page) (core.List[Company], error) {
	if err := requirePlatformAdmin(by); err != nil {
		return core.List[Company]{}, err
	}
	if f.Sort == "" {
		f.Sort = CompaniesBySlug
	}
	return s.work.Plain().Store.ListCompanies(ctx, f, p)
}

// AllMembers reads a page of the members of all companies, for a platform administrator:
// anybody else is [core.ErrForbidden].
func (s *Companies) AllMembers(ctx context.Context, by User, f PlatformMemberFilter, p core.Page) (core.List[PlatformMember], error) {
	if err := requirePlatformAdmin(by); err != nil {
		return core.List[PlatformMember]{}, err
	}
	if f.Sort == "" {
		f.Sort = MembersByCreation
	}
	return s.work.Plain().Store.ListAllMembers(ctx, f, p)
}

// Join makes the user a member of the company that has the invite code, with its default
// role. [core.ErrNotFound]: no company has the code. [core.ErrExists]: they are a member; one
// who was deactivated does not come back this way. [core.ErrState]: the company is inactive.
func (s *Companies) Join(ctx context.Context, user core.UserID, inviteCode string) (m Member, err error) {
	code := readInviteCode(inviteCode)
	if code == "" {
		return Member{}, core.NotFound("invite_code")
	}
	err = s.work.Atomic(ctx, func(tx PlatformTx) error {
		c, err := tx.Store.CompanyWithCode(ctx, code)
		if err != nil {
			return err
		}
		joiner, err := tx.Store.User(ctx, user)
		if err != nil {
			return err
		}
		in := tx.In(core.Scope{Company: c.ID, Actor: core.Actor{ID: user}})
		role, err := defaultRole(ctx, in, c)
		if err != nil {
			return err
		}
		m, err = admit(ctx, in, c, joiner.person(), role)
		return err
	})
	return m, err
}

// defaultRole is the one of those who join by the invite code.
func defaultRole(ctx context.Context, in Tx, c Company) (Role, error) {
	if c.DefaultRoleID.IsZero() {
		return in.Store.BuiltinRole(ctx, Lead)
	}
	return in.Store.Role(ctx, c.DefaultRoleID)
}

var errCompanyInactive = &core.Error{Kind: core.ErrState, Code: "company_inactive", Message: "the company is not active"}

// admit makes the person a member of the company, unless it is inactive.
func admit(ctx context.Context, in Tx, c Company, p Person, role Role) (Member, error) {
	if !c.Active {
		return Member{}, errCompanyInactive
	}
	m := newMember(in.Env, p, role)
	if err := in.Store.InsertMember(ctx, m); err != nil {
		return Member{}, memberExists(err)
	}
	if err := in.Events.Emit(ctx, MemberCreated.Of(m.ID, nil, &m)); err != nil {
		return Member{}, err
	}
	return m, nil
}

// memberExists says what an [core.ErrExists] of inserting a member is about.
func memberExists(err error) error {
	if errors.Is(err, core.ErrExists) {
		return &core.Error{Kind: core.ErrExists, Code: "member_exists", Message: "the user is a member of the company, perhaps a deactivated one"}
	}
	return err
}
