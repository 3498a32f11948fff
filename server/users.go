package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

const usersTag = "Users"

func userOperations() []Operation {
	return []Operation{
		onPlatform(Operation{
			Method: http.MethodGet, Path: "/users", ID: "listUsers", Tag: usersTag,
			Summary: "List users", Access: platformAdmin(),
		}, listUsers),
		onPlatform(Operation{
			Method: http.MethodGet, Path: "/users/{id}", ID: "getUser", Tag: usersTag,
			Summary: "Read a user", Access: platformAdmin(),
		}, getUser),
		onPlatform(Operation{
			Method: http.MethodPatch, Path: "/users/{id}", ID: "updateUser", Tag: usersTag,
			Summary: "Change a user",
			Details: "A JSON merge patch. Who is deactivated is logged out at once. The last active platform administrator stays one: 409.",
			Access:  platformAdmin(), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"active": false},
		}, updateUser),
		onPlatform(Operation{
			Method: http.MethodDelete, Path: "/users/{id}", ID: "deleteUser", Tag: usersTag,
			Summary: "Delete a user",
			Details: "They can log in no more, and what is known of them is erased. The last active platform administrator stays: 409.",
			Access:  platformAdmin(), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, deleteUser),
	}
}

type userQuery struct {
	Paged
	Sort          string         `query:"sort" enum:"-createdAt,createdAt,email,-email" default:"-createdAt"`
	Email         core.Email     `query:"email" doc:"The whole address."`
	Active        optional[bool] `query:"active"`
	PlatformAdmin optional[bool] `query:"platformAdmin"`
}

func listUsers(ctx context.Context, c *Call, in *userQuery) (*pageOf[identity.User], error) {
	l, err := c.users().List(ctx, identity.UserFilter{
		Email: in.Email, Active: in.Active.pointer(), PlatformAdmin: in.PlatformAdmin.pointer(), Sort: identity.UserSort(in.Sort),
	}, in.page())
	return list(l, err)
}

// users is the administration in the caller's name.
func (c *Call) users() *identity.Users { return c.accounts().Users(c.Caller.User) }

type userID struct {
	ID core.UserID `path:"id"`
}

func getUser(ctx context.Context, c *Call, in *userID) (*resource[identity.User], error) {
	u, err := c.users().Get(ctx, in.ID)
	return one(u, u.Version, err)
}

// EditedUser is what an administrator may write of a user.
type EditedUser struct {
	identity.Profile
	Active        bool `json:"active"`        // who is not cannot log in
	PlatformAdmin bool `json:"platformAdmin"` // administers users and companies of the whole platform
}

type userChange struct {
	ID core.UserID `path:"id"`
	IfMatch
	Body Patch[EditedUser]
}

func updateUser(ctx context.Context, c *Call, in *userChange) (*resource[identity.User], error) {
	u, err := c.users().Update(ctx, in.ID, func(u *identity.User) error {
		if err := in.matches(u.Version, *u); err != nil {
			return err
		}
		w := EditedUser{u.Profile, u.Active, u.PlatformAdmin}
		if err := in.Body.apply(&w); err != nil {
			return err
		}
		u.Profile, u.Active, u.PlatformAdmin = w.Profile, w.Active, w.PlatformAdmin
		return nil
	})
	return one(u, u.Version, err)
}

type userDeletion struct {
	ID core.UserID `path:"id"`
	IfMatch
}

func deleteUser(ctx context.Context, c *Call, in *userDeletion) (*nothing, error) {
	return done(c.users().Delete(ctx, in.ID, in.ofUser))
}

// ofUser asks the condition of a user.
func (m IfMatch) ofUser(u identity.User) error { return m.matches(u.Version, u) }
