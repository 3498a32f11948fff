package identity

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// Me reads the user.
func (a *Accounts) Me(ctx context.Context, id core.UserID) (User, error) {
	return a.work.Plain().Store.User(ctx, id)
}

// UpdateMe changes what users say of themselves: edit is given the user as they are and
// writes into the Profile; what else it writes is left out. If somebody else changes the
// user meanwhile, edit is called again; its error is returned as it is and changes nothing.
func (a *Accounts) UpdateMe(ctx context.Context, id core.UserID, edit func(*User) error) (User, error) {
	return a.change(ctx, id, id, func(_ PlatformTx, u *User) error {
		was := *u
		if err := edit(u); err != nil {
			return err
		}
		said := u.Profile
		*u = was
		var f core.Faults
		u.Profile = said.checked(&f)
		return f.Err()
	})
}

// UserCheck looks at a user before they are changed, in the same transaction. It is called
// again if somebody else changes them meanwhile.
type UserCheck func(User) error

func allow(u *User, checks []UserCheck) error {
	for _, check := range checks {
		if err := check(*u); err != nil {
			return err
		}
	}
	return nil
}

// ChangePassword changes the password of the session's user, who has to know the current
// one, and ends all their other sessions. They are told by mail.
func (a *Accounts) ChangePassword(ctx context.Context, s Session, current, next Secret) error {
	user, hash, err := a.confirmed(ctx, s.UserID, "/currentPassword", current)
	if err != nil {
		return err
	}
	var f core.Faults
	checkPassword(&f, "/newPassword", next, user.Email)
	if err := f.Err(); err != nil {
		return err
	}
	renewed, err := a.passwords.hash(ctx, next)
	if err != nil {
		return err
	}
	err = a.work.Atomic(ctx, func(tx PlatformTx) error {
		if err := tx.Store.SetPassword(ctx, user.ID, renewed, hash); err != nil {
			return err
		}
		if err := tx.Store.DeleteTokens(ctx, user.ID, ResetPassword, ChangeEmail); err != nil {
			return err
		}
		if err := tx.Store.DeleteSessions(ctx, user.ID, s.ID); err != nil {
			return err
		}
		return a.client.note(ctx, tx, userPasswordChanged, user.ID, user.ID, nil)
	})
	if err != nil {
		return err
	}
	a.send(ctx, passwordChangedMail(a.cfg, user.Email))
	return nil
}

// confirmed is the user and their password's hash if the password is theirs, and else
// [core.ErrInvalid] at field.
func (a *Accounts) confirmed(ctx context.Context, id core.UserID, field string, password Secret) (User, Secret, error) {
	user, hash, err := a.work.Plain().Store.Credentials(ctx, id)
	if err != nil {
		return User{}, "", err
	}
	right, err := a.guess(ctx, id, user.Email, password, hash)
	if err != nil {
		return User{}, "", err
	}
	if !right {
		return User{}, "", core.Faults{{Field: field, Rule: "password", Message: "is not the password"}}.Err()
	}
	return user, hash, nil
}
