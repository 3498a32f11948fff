package identity

import (
	"context"
	"errors"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// errLink is for a link that was used, is too old, or never was: which of them is nobody's
// business.
var errLink = &core.Error{Kind: core.ErrNotFound, Code: "link_not_valid", Message: "this link is no longer good: it was used, is too old, or there is a newer one"}

// issue makes a one-time token of a user, which ends their older one of the purpose.
func (a *Accounts) issue(ctx context.Context, tx PlatformTx, id core.UserID, p Purpose, e core.Email, ttl time.Duration) (Secret, error) {
	token, now := newToken(tokenBytes), tx.Env.Time()
	return token, tx.Store.PutToken(ctx, OneTimeToken{
		UserID: id, Purpose: p, Hash: token.hash(), Email: e, CreatedAt: now, ExpiresAt: now.Add(ttl),
	})
}

// valid reads a token that is good now.
func valid(ctx context.Context, tx PlatformTx, p Purpose, token Secret) (OneTimeToken, error) {
	t, err := tx.Store.Token(ctx, p, token.hash())
	switch {
	case errors.Is(err, core.ErrNotFound):
		return OneTimeToken{}, errLink
	case err != nil:
		return OneTimeToken{}, err
	case t.UsedAt != nil || !tx.Env.Time().Before(t.ExpiresAt):
		return OneTimeToken{}, errLink
	}
	return t, nil
}

// spends is what happened to the account when a token of the purpose was spent.
var spends = map[Purpose]string{VerifyEmail: userEmailVerified, ResetPassword: userPasswordReset, ChangeEmail: userEmailChanged}

// spend uses a token up, lets do change its user, and writes them. The user is given as
// they were too. An error leaves the token as good as it was.
func (a *Accounts) spend(ctx context.Context, p Purpose, token Secret, do func(PlatformTx, OneTimeToken, *User) error) (was, u User, err error) {
	err = core.Retry(ctx, a.work, func(tx PlatformTx) error {
		t, err := valid(ctx, tx, p, token)
		if err != nil {
			return err
		}
		if err := tx.Store.UseToken(ctx, t.Hash, tx.Env.Time()); err != nil {
			return err // overtaken: the next attempt finds it used
		}
		if was, err = tx.Store.User(ctx, t.UserID); err != nil {
			return err
		}
		if !was.Active {
			return errLink
		}
		u = was
		if err := do(tx, t, &u); err != nil {
			return err
		}
		if err := replace(ctx, tx, &was, &u); err != nil {
			return err
		}
		return a.client.noteChange(ctx, tx, spends[p], u.ID, &was, &u)
	})
	return was, u, err
}

// RequestPasswordReset sends the user of the address a link that is good for an hour. For an
// address of nobody it answers the same in the same time: what there is to do is done
// after the answer. Of many in an hour the first five are sent. [core.ErrInvalid]: this is no address.
func (a *Accounts) RequestPasswordReset(ctx context.Context, e core.Email) error {
	return a.request(ctx, e, ResetPassword, resetTTL, resetMail, func(u User) bool { return true })
}

// RequestEmailVerification sends the user of the address a link that verifies it, unless it
// is verified already. It tells as little as [Accounts.RequestPasswordReset].
func (a *Accounts) RequestEmailVerification(ctx context.Context, e core.Email) error {
	return a.request(ctx, e, VerifyEmail, verifyTTL, verificationMail, func(u User) bool { return u.EmailVerifiedAt == nil })
}

func (a *Accounts) request(ctx context.Context, e core.Email, p Purpose, ttl time.Duration, mail func(Config, core.Email, Secret) Message, wanted func(User) bool) error {
	var f core.Faults
	e = checkedEmail(&f, e)
	if err := f.Err(); err != nil {
		return err
	}
	if _, wait := a.letters.Take(string(p)+" "+e.Key(), a.env().Time()); wait > 0 {
		return nil // those before have come, and the last of them is good
	}
	return a.background.run(ctx, "request to "+string(p), func(ctx context.Context) error {
		user, _, err := a.work.Plain().Store.CredentialsAt(ctx, e)
		if errors.Is(err, core.ErrNotFound) {
			return nil
		}
		if err != nil || !user.Active || !wanted(user) {
			return err
		}
		var token Secret
		err = a.work.Atomic(ctx, func(tx PlatformTx) (err error) {
			token, err = a.issue(ctx, tx, user.ID, p, user.Email, ttl)
			return err
		})
		if err != nil {
			return err
		}
		return a.mailer.Send(ctx, mail(a.cfg, user.Email, token))
	})
}

// ResetPassword spends the link of a password reset: it sets the password, ends all
// sessions and tells the user by mail. Their address is verified by that, too. A password
// that is refused leaves the link good. [core.ErrNotFound]: the link is not good.
func (a *Accounts) ResetPassword(ctx context.Context, token, next Secret) error {
	t, err := valid(ctx, a.work.Plain(), ResetPassword, token) // before the work of hashing
	if err != nil {
		return err
	}
	var f core.Faults
	checkPassword(&f, "/password", next, t.Email)
	if err := f.Err(); err != nil {
		return err
	}
	hash, err := a.passwords.hash(ctx, next)
	if err != nil {
		return err
	}
	_, u, err := a.spend(ctx, ResetPassword, token, func(tx PlatformTx, t OneTimeToken, u *User) error {
		if t.Email.Key() != u.Email.Key() {
			return errLink // it was asked for while the address changed, and went to the old one
		}
		verify(tx, t, u)
		_, was, err := tx.Store.Credentials(ctx, u.ID)
		if err != nil {
			return err
		}
		if err := tx.Store.SetPassword(ctx, u.ID, hash, was); err != nil {
			return err
		}
		if err := tx.Store.DeleteTokens(ctx, u.ID, ChangeEmail); err != nil {
			return err
		}
		return tx.Store.DeleteSessions(ctx, u.ID, core.ID[Session]{})
	})
	if err != nil {
		return err
	}
	a.send(ctx, passwordChangedMail(a.cfg, u.Email))
	return nil
}

// VerifyEmail spends the link that verifies an address. [core.ErrNotFound]: the link is not
// good.
func (a *Accounts) VerifyEmail(ctx context.Context, token Secret) (User, error) {
	_, u, err := a.spend(ctx, VerifyEmail, token, func(tx PlatformTx, t OneTimeToken, u *User) error {
		if t.Email.Key() != u.Email.Key() {
			return errLink
		}
		verify(tx, t, u)
		return nil
	})
	return u, err
}

// verify notes that the user has the address, if it is theirs that the token was sent to.
func verify(tx PlatformTx, t OneTimeToken, u *User) {
	if u.EmailVerifiedAt == nil && t.Email.Key() == u.Email.Key() {
		now := tx.Env.Time()
		u.EmailVerifiedAt = &now
	}
}

// RequestEmailChange sends a link to the new address, by which it becomes the user's. They
// have to know their password. [core.ErrExists]: another user has the address.
func (a *Accounts) RequestEmailChange(ctx context.Context, id core.UserID, e core.Email, password Secret) error {
	var f core.Faults
	e = checkedEmail(&f, e)
	if err := f.Err(); err != nil {
		return err
	}
	for range core.Attempts {
		token, err := a.changeToken(ctx, id, e, password)
		if err == nil {
			a.send(ctx, changeMail(a.cfg, e, token))
		}
		if !errors.Is(err, core.ErrConflict) {
			return err
		}
	}
	return core.Stale("user")
}

// changeToken is a token by which the user gets the address, if the password is theirs.
func (a *Accounts) changeToken(ctx context.Context, id core.UserID, e core.Email, password Secret) (token Secret, err error) {
	user, hash, err := a.confirmed(ctx, id, "/password", password)
	if err != nil {
		return "", err
	}
	if !user.Active {
		return "", errInactive
	}
	if user.Email == e {
		return "", core.Faults{{Field: "/email", Rule: "unchanged", Message: "is the address of this account already"}}.Err()
	}
	holder, _, err := a.work.Plain().Store.CredentialsAt(ctx, e)
	switch {
	case err == nil && holder.ID != id: // one's own address in another case is free
		return "", taken(core.ErrExists)
	case err != nil && !errors.Is(err, core.ErrNotFound):
		return "", err
	}
	err = a.work.Atomic(ctx, func(tx PlatformTx) (err error) {
		// As a session begins: a password that is being changed is good for no link any more.
		if err := tx.Store.SetPassword(ctx, id, hash, hash); err != nil {
			return err
		}
		token, err = a.issue(ctx, tx, id, ChangeEmail, e, changeTTL)
		return err
	})
	return token, err
}

// ChangeEmail spends the link that was sent to a new address: it becomes the user's, and
// is verified. The old one is told. [core.ErrNotFound]: the link is not good.
// [core.ErrExists]: another user has taken the address since.
func (a *Accounts) ChangeEmail(ctx context.Context, token Secret) (User, error) {
	was, u, err := a.spend(ctx, ChangeEmail, token, func(tx PlatformTx, t OneTimeToken, u *User) error {
		now := tx.Env.Time()
		u.Email, u.EmailVerifiedAt = t.Email, &now
		// What was sent to the old address is worth nothing now.
		return tx.Store.DeleteTokens(ctx, u.ID, ResetPassword, VerifyEmail)
	})
	if err != nil {
		return User{}, err
	}
	a.send(ctx, addressChangedMail(a.cfg, was.Email))
	return u, nil
}
