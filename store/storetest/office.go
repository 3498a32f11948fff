package storetest

import (
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// newUser is a user whose address is verified. Nobody logs in as one in these contracts.
func (w *world) newUser(first string) identity.User {
	u := identity.User{
		ID: core.UserID{UUID: uuid.New()}, Profile: identity.Profile{FirstName: first, LastName: "Lovelace"},
		Email:  core.Email(strings.ToLower(first) + "-" + uuid.NewString()[:8] + "@example.org"),
		Active: true, Version: 1,
	}
	env := w.backend.Platform().Plain().Env
	u.CreatedAt, u.UpdatedAt = env.Time(), env.Time()
	u.EmailVerifiedAt = &u.CreatedAt
	require.NoError(w.t, w.backend.Platform().Plain().Store.InsertUser(w.t.Context(), u, "nobody logs in by this"))
	return u
}

// office is a company that a user has made, with its administrator.
type office struct {
	*world
	company identity.Company
	admin   identity.User
	roles   map[identity.Builtin]identity.Role
}

func (w *world) newOffice(n identity.NewCompany) *office {
	admin := w.newUser("Admin")
	if n.Name == "" {
		n.Name = "Office " + uuid.NewString()
	}
	c, err := w.app.Companies.Create(w.t.Context(), admin.ID, n)
	require.NoError(w.t, err)
	o := &office{world: w, company: c, admin: admin, roles: map[identity.Builtin]identity.Role{}}
	list, err := o.ws().Roles.List(w.t.Context(), core.Page{})
	require.NoError(w.t, err)
	for _, r := range list.Items {
		o.roles[r.Builtin] = r
	}
	return o
}

// user is the office's workspace for a user, with the permissions of their role.
func (o *office) user(u identity.User) *clientele.Workspace {
	a, err := o.app.Companies.Actor(o.t.Context(), u.ID, o.company.ID)
	require.NoError(o.t, err)
	return o.actor(a)
}

func (o *office) actor(a core.Actor) *clientele.Workspace {
	return o.app.Workspace(core.Scope{Company: o.company.ID, Actor: a})
}

func (o *office) ws() *clientele.Workspace { return o.actor(core.System()) }

// hire makes a new user a member with the role.
func (o *office) hire(first string, role core.ID[identity.Role]) (identity.User, identity.Member) {
	u := o.newUser(first)
	m, err := o.ws().Members.Create(o.t.Context(), identity.NewMember{UserID: u.ID, RoleID: role})
	require.NoError(o.t, err)
	return u, m
}

// audited are the actions in the office's audit, the oldest first.
func (o *office) audited(f identity.AuditFilter) (actions []string) {
	f.Sort = identity.AuditOldest
	for e, err := range o.ws().Audit.Export(o.t.Context(), f) {
		require.NoError(o.t, err)
		actions = append(actions, e.Action)
	}
	return actions
}

// race calls both at the same time, and is their errors.
func race(a, b func() error) (errs [2]error) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, fn := range []func() error{a, b} {
		wg.Go(func() {
			<-start
			errs[i] = fn()
		})
	}
	close(start)
	wg.Wait()
	return errs
}
