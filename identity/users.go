package identity

import (
	"cmp"
	"context"
	"iter"

	"github.com/clientele-crm/clientele/core"
)

// Users is the administration of all users, for platform administrators: anybody else is
// [core.ErrForbidden].
type Users struct {
	accounts *Accounts
	by       User
}

// Users is the administration in the name of a user.
func (a *Accounts) Users(by User) *Users { return &Users{a, by} }

// Operator is who runs the program, such as at its command line: they administer the
// platform without being a user of it.
func Operator() User { return User{Active: true, PlatformAdmin: true} }

func (s *Users) require() error { return requirePlatformAdmin(s.by) }

func requirePlatformAdmin(by User) error {
	if by.Active && by.PlatformAdmin {
		return nil
	}
	return &core.Error{Kind: core.ErrForbidden, Code: "platform_admin_required", Message: "this is for platform administrators"}
}

// Create adds a user whose address is taken to be verified, and sends no mail. The first
// user of a platform is made like this.
func (s *Users) Create(ctx context.Context, n NewUser, platformAdmin bool) (User, error) {
	if err := s.require(); err != nil {
		return User{}, err
	}
	return s.accounts.create(ctx, n, &s.by, func(u *User) {
		u.PlatformAdmin, u.EmailVerifiedAt = platformAdmin, &u.CreatedAt
	}, nil)
}

// Get reads a user.
func (s *Users) Get(ctx context.Context, id core.UserID) (User, error) {
	if err := s.require(); err != nil {
		return User{}, err
	}
	return s.accounts.work.Plain().Store.User(ctx, id)
}

// List reads a page of the users that the filter lets through.
func (s *Users) List(ctx context.Context, f UserFilter, p core.Page) (core.List[User], error) {
	if err := s.require(); err != nil {
		return core.List[User]{}, err
	}
	if f.Email != "" {
		var faults core.Faults
		f.Email = checkedEmail(&faults, f.Email)
		if err := faults.Err(); err != nil {
			return core.List[User]{}, err
		}
	}
	if f.Sort == "" {
		f.Sort = UsersByCreatedDesc
	}
	return s.accounts.work.Plain().Store.ListUsers(ctx, f, p)
}

// All runs through the users that the filter lets through, page by page.
func (s *Users) All(ctx context.Context, f UserFilter) iter.Seq2[User, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[User], error) {
		return s.List(ctx, f, p)
	})
}

// Update changes a user: edit is given them as they are and writes into the Profile, Active
// and PlatformAdmin; what else it writes is left out. Who is deactivated is logged out at
// once, and does not count as an administrator of any company; a company whose only one they
// were has none until they are activated. The API keys of companies keep working, whoever
// made them. The last active platform administrator stays one: [core.ErrState].
func (s *Users) Update(ctx context.Context, id core.UserID, edit func(*User) error) (User, error) {
	if err := s.require(); err != nil {
		return User{}, err
	}
	return s.accounts.change(ctx, id, s.by.ID, func(tx PlatformTx, u *User) error {
		was := *u
		if err := edit(u); err != nil {
			return err
		}
		said := *u
		*u = was
		var f core.Faults
		u.Profile, u.Active, u.PlatformAdmin = said.Profile.checked(&f), said.Active, said.PlatformAdmin
		if err := f.Err(); err != nil {
			return err
		}
		return s.demoted(ctx, tx, &was, u)
	})
}

// Delete deletes a user: they can log in no more, and what is known of them is erased. The
// id stays, since contacts, members and the audit name it. For companies it is as if they
// were deactivated. The last active platform administrator
// stays: [core.ErrState]. An error of a check is returned as it is and changes nothing.
func (s *Users) Delete(ctx context.Context, id core.UserID, checks ...UserCheck) error {
	if err := s.require(); err != nil {
		return err
	}
	var picture string
	err := core.Retry(ctx, s.accounts.work, func(tx PlatformTx) error {
		was, err := tx.Store.User(ctx, id)
		if err != nil {
			return err
		}
		if err := allow(&was, checks); err != nil {
			return err
		}
		picture = was.PictureKey
		return s.erase(ctx, tx, &was)
	})
	if err == nil {
		s.accounts.removePicture(ctx, picture)
	}
	return err
}

func (s *Users) erase(ctx context.Context, tx PlatformTx, was *User) error {
	now := tx.Env.Time()
	u := User{Profile: Profile{FirstName: "Deleted user"}, DeletedAt: &now}
	if err := tx.Store.DeleteTokens(ctx, was.ID, VerifyEmail, ResetPassword, ChangeEmail); err != nil {
		return err
	}
	if err := s.demoted(ctx, tx, was, &u); err != nil {
		return err
	}
	if err := replace(ctx, tx, was, &u); err != nil {
		return err
	}
	if err := tx.Store.EraseAccountAudit(ctx, was.ID); err != nil {
		return err
	}
	return s.accounts.client.note(ctx, tx, userDeleted, s.by.ID, was.ID, nil)
}

// demoted does what follows when a user loses something: the sessions of who is inactive
// end, and the last administrator does not go.
func (s *Users) demoted(ctx context.Context, tx PlatformTx, was, u *User) error {
	if was.Active && was.PlatformAdmin && !(u.Active && u.PlatformAdmin) {
		n, err := tx.Store.HoldAdministrators(ctx)
		if err != nil {
			return err
		}
		if n < 2 {
			if now, err := tx.Store.User(ctx, was.ID); err != nil || now.Version != was.Version {
				return cmp.Or(err, core.Stale("user")) // somebody else did it while this waited
			}
			return &core.Error{Kind: core.ErrState, Code: "last_platform_admin", Message: "this is the last platform administrator"}
		}
	}
	if u.Active {
		return nil
	}
	return tx.Store.DeleteSessions(ctx, was.ID, core.ID[Session]{})
}
