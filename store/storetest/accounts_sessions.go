package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

var sessionContracts = []contract{
	{"Accounts/are read back as they registered", func(t *testing.T, w *world) {
		p := w.accounts()
		e := address("Ada")
		made, err := p.Register(t.Context(), identity.NewUser{
			Profile: identity.Profile{FirstName: " Ada ", LastName: "Lovelace", Phone: "+44 20 7946 0000", Designation: "Countess"},
			Email:   e, Password: goodPassword,
		})
		require.NoError(t, err)
		got, err := p.Me(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, got)
		require.Equal(t, "Ada Lovelace", got.Name())
		require.Equal(t, e, got.Email)
		require.True(t, got.Active)
		require.False(t, got.PlatformAdmin)
		require.Nil(t, got.EmailVerifiedAt)
	}},
	{"Accounts/refuse what is wrong all at once", func(t *testing.T, w *world) {
		_, err := w.accounts().Register(t.Context(), identity.NewUser{Profile: identity.Profile{Phone: "no digits"}, Email: "ada", Password: "short"})
		var invalid *core.Error
		require.ErrorAs(t, err, &invalid)
		require.ErrorIs(t, err, core.ErrInvalid)
		var fields []string
		for _, f := range invalid.Fields {
			fields = append(fields, f.Field)
		}
		require.ElementsMatch(t, []string{"/firstName", "/phone", "/email", "/password"}, fields)
	}},
	{"Accounts/have one address each whatever its case", func(t *testing.T, w *world) {
		p := w.accounts()
		e := address("ada")
		errs := atOnce(6, func() error {
			_, err := p.Register(t.Context(), identity.NewUser{Profile: identity.Profile{FirstName: "Ada"}, Email: e, Password: goodPassword})
			return err
		})
		require.Equal(t, 1, successes(errs))
		_, err := p.Register(t.Context(), identity.NewUser{Profile: identity.Profile{FirstName: "Eve"}, Email: "A" + e[1:], Password: goodPassword})
		require.ErrorIs(t, err, core.ErrExists)
		var exists *core.Error
		require.ErrorAs(t, err, &exists)
		require.Equal(t, "/email", exists.Fields[0].Field)
		_, err = p.Login(t.Context(), "A"+e[1:], goodPassword)
		require.NoError(t, err, "the case of the address does not matter")
	}},
	{"Sessions/are known by their access token", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		login := p.login(ada)
		require.Equal(t, ada, login.User)
		user, session, err := p.Authenticate(t.Context(), login.AccessToken)
		require.NoError(t, err)
		require.Equal(t, ada, user)
		require.Equal(t, ada.ID, session.UserID)
		require.Equal(t, login.ExpiresAt, session.AccessExpiresAt)
		for _, bad := range []identity.Secret{"", "x", login.RefreshToken, login.AccessToken + "x", "\x00"} {
			_, _, err = p.Authenticate(t.Context(), bad)
			require.ErrorIs(t, err, core.ErrUnauthenticated)
		}
	}},
	{"Sessions/do not tell a wrong password from an unknown address", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		_, wrong := p.Login(t.Context(), ada.Email, "not the password")
		require.ErrorIs(t, wrong, core.ErrUnauthenticated)
		for _, e := range []core.Email{address("nobody"), "nobody", "", "nobody\x00@example.org"} {
			_, unknown := p.Login(t.Context(), e, goodPassword)
			require.Equal(t, wrong, unknown)
		}
	}},
	{"Sessions/refuse users whose address has to be verified and is not", func(t *testing.T, w *world) {
		p := w.accountsLike(identity.Config{PasswordCost: cheap, RequireVerifiedEmail: true})
		ada := p.ada()
		_, err := p.Login(t.Context(), ada.Email, goodPassword)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = p.Login(t.Context(), ada.Email, "not the password")
		require.ErrorIs(t, err, core.ErrUnauthenticated, "only who knows the password hears of it")
		_, err = p.VerifyEmail(t.Context(), p.link(ada.Email))
		require.NoError(t, err)
		p.login(ada)
	}},
	{"Sessions/end in their time", func(t *testing.T, w *world) {
		p := w.accounts()
		login := p.login(p.ada())
		p.clock.pass(15*time.Minute - time.Second)
		p.session(login)
		p.clock.pass(time.Second)
		_, _, err := p.Authenticate(t.Context(), login.AccessToken)
		require.ErrorIs(t, err, core.ErrUnauthenticated)

		p.clock.pass(29 * 24 * time.Hour)
		next, err := p.Refresh(t.Context(), login.RefreshToken)
		require.NoError(t, err)
		p.session(next)
		p.clock.pass(30 * 24 * time.Hour)
		p.ended(next)
	}},
	{"Sessions/go on with new tokens, and the old access token is over", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		first := p.login(ada)
		next, err := p.Refresh(t.Context(), first.RefreshToken)
		require.NoError(t, err)
		require.Equal(t, ada, next.User)
		require.Equal(t, p.session(next).UserID, ada.ID)
		_, _, err = p.Authenticate(t.Context(), first.AccessToken)
		require.ErrorIs(t, err, core.ErrUnauthenticated)
	}},
	{"Sessions/end when a refresh token is used twice, and no other does", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		other := p.login(ada)
		first := p.login(ada)
		second, err := p.Refresh(t.Context(), first.RefreshToken)
		require.NoError(t, err)
		third, err := p.Refresh(t.Context(), second.RefreshToken)
		require.NoError(t, err)
		p.session(third)

		_, err = p.Refresh(t.Context(), first.RefreshToken) // older than the last but one
		require.ErrorIs(t, err, core.ErrUnauthenticated)
		p.ended(third)
		p.session(other)
	}},
	{"Sessions/are refreshed by one of many at once, and end by the others", func(t *testing.T, w *world) {
		p := w.accounts()
		login := p.login(p.ada())
		won := make(chan identity.Login, 6)
		errs := atOnce(6, func() error {
			l, err := p.Refresh(t.Context(), login.RefreshToken)
			if err == nil {
				won <- l
			}
			return err
		})
		require.Equal(t, 1, successes(errs))
		for _, err := range errs {
			if err != nil {
				require.ErrorIs(t, err, core.ErrUnauthenticated)
			}
		}
		p.ended(<-won)
	}},
	{"Sessions/end at once at log-out", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		one, two, three := p.login(ada), p.login(ada), p.login(ada)
		someoneElse := p.login(p.ada())
		require.NoError(t, p.Logout(t.Context(), one.AccessToken))
		require.NoError(t, p.Logout(t.Context(), one.AccessToken), "once more does no harm")
		p.ended(one)
		p.session(two)
		require.NoError(t, p.LogoutEverywhere(t.Context(), ada.ID))
		p.ended(two)
		p.ended(three)
		p.session(someoneElse)
	}},
	{"Sessions/that have expired are forgotten at the next log-in", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		old := p.login(ada)
		id := p.session(old).ID
		p.clock.pass(31 * 24 * time.Hour)
		p.login(ada)
		err := w.backend.Platform().Plain().Store.DeleteSession(t.Context(), ada.ID, id)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
}
