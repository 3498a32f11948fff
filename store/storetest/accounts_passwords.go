package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

const newPassword identity.Secret = "a wholly different sentence"

var passwordContracts = []contract{
	{"Passwords/change by who knows the current one, and end the other sessions", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		here, there := p.login(ada), p.login(ada)
		s := p.session(here)
		require.ErrorIs(t, p.ChangePassword(t.Context(), s, "not the password", newPassword), core.ErrInvalid)
		require.ErrorIs(t, p.ChangePassword(t.Context(), s, goodPassword, "password1"), core.ErrInvalid)
		p.session(there)

		require.NoError(t, p.ChangePassword(t.Context(), s, goodPassword, newPassword))
		p.session(here)
		p.ended(there)
		_, err := p.Login(t.Context(), ada.Email, goodPassword)
		require.ErrorIs(t, err, core.ErrUnauthenticated)
		_, err = p.Login(t.Context(), ada.Email, newPassword)
		require.NoError(t, err)
		require.Contains(t, p.mailTo(ada.Email).Subject, "password was changed")
	}},
	{"Passwords/are kept at today's cost after a log-in", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		dearer := w.accountsLike(identity.Config{PasswordCost: identity.PasswordCost{Memory: 16, Passes: 2, Threads: 1}})
		hash := func() identity.Secret {
			_, h, err := w.backend.Platform().Plain().Store.Credentials(t.Context(), ada.ID)
			require.NoError(t, err)
			return h
		}
		require.Contains(t, string(hash()), "$argon2id$v=19$m=8,t=1,p=1$")
		dearer.login(ada)
		renewed := hash()
		require.Contains(t, string(renewed), "$argon2id$v=19$m=16,t=2,p=1$")
		dearer.login(ada)
		require.Equal(t, renewed, hash(), "no need to write it again")
	}},
	{"Password resets/work once, of many at once too", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		before := p.login(ada)
		require.NoError(t, p.RequestPasswordReset(t.Context(), ada.Email))
		link := p.link(ada.Email)
		errs := atOnce(6, func() error { return p.ResetPassword(t.Context(), link, newPassword) })
		require.Equal(t, 1, successes(errs), "%v", errs)
		for _, err := range errs {
			if err != nil {
				require.ErrorIs(t, err, core.ErrNotFound)
			}
		}
		p.ended(before)
		login, err := p.Login(t.Context(), ada.Email, newPassword)
		require.NoError(t, err)
		require.NotNil(t, login.User.EmailVerifiedAt, "who has the link has the address")
	}},
	{"Password resets/end in an hour", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		require.NoError(t, p.RequestPasswordReset(t.Context(), ada.Email))
		link := p.link(ada.Email)
		p.clock.pass(time.Hour)
		require.ErrorIs(t, p.ResetPassword(t.Context(), link, newPassword), core.ErrNotFound)
		p.login(ada)
	}},
	{"Password resets/end by a newer one, and survive a refused password", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		require.NoError(t, p.RequestPasswordReset(t.Context(), ada.Email))
		older := p.link(ada.Email)
		require.NoError(t, p.RequestPasswordReset(t.Context(), ada.Email))
		newer := p.link(ada.Email)
		require.ErrorIs(t, p.ResetPassword(t.Context(), older, newPassword), core.ErrNotFound)
		require.ErrorIs(t, p.ResetPassword(t.Context(), newer, "password1"), core.ErrInvalid)
		require.NoError(t, p.ResetPassword(t.Context(), newer, newPassword))
	}},
	{"Password resets/of nobody are answered alike and send nothing", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		setActive(p, ada, false)
		nobody := address("nobody")
		require.NoError(t, p.RequestPasswordReset(t.Context(), nobody))
		require.NoError(t, p.RequestPasswordReset(t.Context(), ada.Email))
		require.Empty(t, p.mailsTo(nobody))
		require.Len(t, p.mailsTo(ada.Email), 1, "only the one of the registration")
		require.ErrorIs(t, p.RequestPasswordReset(t.Context(), "nobody"), core.ErrInvalid)
	}},
	{"Links/are good for one purpose", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		link := p.link(ada.Email)
		require.ErrorIs(t, p.ResetPassword(t.Context(), link, newPassword), core.ErrNotFound)
		_, err := p.ChangeEmail(t.Context(), link)
		require.ErrorIs(t, err, core.ErrNotFound)
		u, err := p.VerifyEmail(t.Context(), link)
		require.NoError(t, err)
		require.NotNil(t, u.EmailVerifiedAt)
		_, err = p.VerifyEmail(t.Context(), link)
		require.ErrorIs(t, err, core.ErrNotFound)

		sent := len(p.mailsTo(ada.Email))
		require.NoError(t, p.RequestEmailVerification(t.Context(), ada.Email))
		require.Len(t, p.mailsTo(ada.Email), sent, "it is verified already")
	}},
	{"Links/verify in a day", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		older := p.link(ada.Email)
		p.clock.pass(24 * time.Hour)
		_, err := p.VerifyEmail(t.Context(), older)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.NoError(t, p.RequestEmailVerification(t.Context(), ada.Email))
		_, err = p.VerifyEmail(t.Context(), p.link(ada.Email))
		require.NoError(t, err)
	}},
	{"E-mail changes/are confirmed at the new address, and the old one is told", func(t *testing.T, w *world) {
		p := w.accounts()
		ada, next := p.ada(), address("countess")
		require.NoError(t, p.RequestPasswordReset(t.Context(), ada.Email))
		reset := p.link(ada.Email)
		require.ErrorIs(t, p.RequestEmailChange(t.Context(), ada.ID, next, "not the password"), core.ErrInvalid)
		require.ErrorIs(t, p.RequestEmailChange(t.Context(), ada.ID, ada.Email, goodPassword), core.ErrInvalid)
		require.NoError(t, p.RequestEmailChange(t.Context(), ada.ID, next, goodPassword))
		p.login(ada) // nothing has changed yet

		link := p.link(next)
		changed, err := p.ChangeEmail(t.Context(), link)
		require.NoError(t, err)
		require.Equal(t, next, changed.Email)
		require.NotNil(t, changed.EmailVerifiedAt)
		p.login(changed)
		require.Contains(t, p.mailTo(ada.Email).Subject, "address was changed")
		_, err = p.Login(t.Context(), ada.Email, goodPassword)
		require.ErrorIs(t, err, core.ErrUnauthenticated)
		_, err = p.ChangeEmail(t.Context(), link)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, p.ResetPassword(t.Context(), reset, newPassword), core.ErrNotFound, "the old address resets nothing")
	}},
	{"E-mail changes/take no address of another", func(t *testing.T, w *world) {
		p := w.accounts()
		ada, bob, free := p.ada(), p.ada(), address("free")
		require.ErrorIs(t, p.RequestEmailChange(t.Context(), ada.ID, "A"+bob.Email[1:], goodPassword), core.ErrExists)
		require.NoError(t, p.RequestEmailChange(t.Context(), ada.ID, free, goodPassword))
		_, err := p.Register(t.Context(), identity.NewUser{Profile: identity.Profile{FirstName: "Fast"}, Email: free, Password: goodPassword})
		require.NoError(t, err)
		for _, m := range p.mailsTo(free) {
			if m.Subject == "Confirm your new e-mail address" {
				_, err = p.ChangeEmail(t.Context(), identity.Secret(tokenInMail.FindStringSubmatch(m.Text)[1]))
				require.ErrorIs(t, err, core.ErrExists)
			}
		}
		still, err := p.Me(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, still)
	}},
}
