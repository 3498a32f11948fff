package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// home and elsewhere are networks from which somebody calls.
const home, elsewhere = "192.0.2.7", "2001:db8:1:2::/64"

// from is the accounts as a client calls them.
func (p *accounts) from(network string) *accounts {
	as := *p
	as.Accounts = p.From(identity.Client{Network: network, Agent: "a browser"})
	return &as
}

// trail is what happened to the account, the oldest first.
func (p *accounts) trail(id core.UserID) (entries []identity.AccountEntry) {
	p.t.Helper()
	l, err := p.Audit(p.t.Context(), id, core.Page{})
	require.NoError(p.t, err)
	for _, e := range l.Items {
		entries = append([]identity.AccountEntry{e}, entries...)
	}
	return entries
}

func happened(entries []identity.AccountEntry) (names []string) {
	for _, e := range entries {
		names = append(names, strings.TrimPrefix(e.Action, "user."))
	}
	return names
}

var accountAuditContracts = []contract{
	{"Account audit/has what happens to an account, from where, and what changed", func(t *testing.T, w *world) {
		p := w.accounts().from(home)
		ada := p.ada()
		_, err := p.VerifyEmail(t.Context(), p.link(ada.Email))
		require.NoError(t, err)
		login := p.login(ada)
		_, err = p.UpdateMe(t.Context(), ada.ID, func(u *identity.User) error { u.Designation = "Countess"; return nil })
		require.NoError(t, err)
		_, err = p.UpdateMe(t.Context(), ada.ID, func(*identity.User) error { return nil })
		require.NoError(t, err)
		require.NoError(t, p.ChangePassword(t.Context(), p.session(login), goodPassword, newPassword))
		next := address("countess")
		require.NoError(t, p.RequestEmailChange(t.Context(), ada.ID, next, newPassword))
		_, err = p.from(elsewhere).ChangeEmail(t.Context(), p.link(next))
		require.NoError(t, err)
		require.NoError(t, p.RequestPasswordReset(t.Context(), next))
		require.NoError(t, p.ResetPassword(t.Context(), p.link(next), goodPassword))
		require.NoError(t, p.LogoutEverywhere(t.Context(), ada.ID))

		trail := p.trail(ada.ID)
		require.Equal(t, []string{
			"registered", "email_verified", "logged_in", "updated", "password_changed", "email_changed", "password_reset", "logged_out_everywhere",
		}, happened(trail))
		for _, e := range trail {
			require.Equal(t, core.Ref{Kind: "user", ID: ada.ID.UUID}, core.Ref{Kind: e.SubjectKind, ID: e.SubjectID})
			require.Equal(t, ada.ID, e.ActorID)
			require.Equal(t, "a browser", e.Agent)
			for field, change := range e.Changes {
				require.NotContains(t, string(change.New)+string(change.Old), string(goodPassword), field)
			}
		}
		require.JSONEq(t, `"Countess"`, string(trail[3].Changes["designation"].New))
		require.JSONEq(t, `"`+string(ada.Email)+`"`, string(trail[5].Changes["email"].Old))
		require.Equal(t, []string{home, elsewhere, home}, []string{trail[4].Network, trail[5].Network, trail[6].Network})
	}},
	{"Account audit/has nothing of what was not done", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		_, err := p.Login(t.Context(), ada.Email, "not the password")
		require.ErrorIs(t, err, core.ErrUnauthenticated)
		require.ErrorIs(t, p.RequestEmailChange(t.Context(), ada.ID, address("eve"), "not the password"), core.ErrInvalid)
		_, err = p.UpdateMe(t.Context(), ada.ID, func(u *identity.User) error { u.FirstName = ""; return nil })
		require.ErrorIs(t, err, core.ErrInvalid)
		require.Equal(t, []string{"registered"}, happened(p.trail(ada.ID)))
	}},
	{"Account audit/tells of a stolen refresh token and of who administers", func(t *testing.T, w *world) {
		p := w.accounts()
		ada, root := p.ada(), p.ada()
		login := p.login(ada)
		_, err := p.Refresh(t.Context(), login.RefreshToken)
		require.NoError(t, err)
		_, err = p.Refresh(t.Context(), login.RefreshToken)
		require.ErrorIs(t, err, core.ErrUnauthenticated)
		root.PlatformAdmin = true
		users := p.Users(root)
		_, err = users.Update(t.Context(), ada.ID, func(u *identity.User) error { u.Active = false; return nil })
		require.NoError(t, err)
		made, err := users.Create(t.Context(), identity.NewUser{Profile: ada.Profile, Email: address("made"), Password: goodPassword}, false)
		require.NoError(t, err)
		trail := p.trail(ada.ID)
		require.Equal(t, []string{"registered", "logged_in", "session_stolen", "updated"}, happened(trail))
		require.Zero(t, trail[2].ActorID, "nobody knows who it was")
		require.Equal(t, root.ID, trail[3].ActorID)
		require.Equal(t, root.ID, p.trail(made.ID)[0].ActorID)
		_, err = p.Users(ada).Audit(t.Context(), made.ID, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
	{"Account audit/keeps of a deleted user what happened and nothing that was known of them", func(t *testing.T, w *world) {
		p := w.accounts().from(home)
		ada, bea := p.ada(), p.ada()
		p.login(ada)
		root := bea
		root.PlatformAdmin = true
		require.NoError(t, p.Users(root).Delete(t.Context(), ada.ID))
		trail := p.trail(ada.ID)
		require.Equal(t, []string{"registered", "logged_in", "deleted"}, happened(trail))
		for _, e := range trail {
			require.Empty(t, e.Changes)
			require.Zero(t, e.Client)
		}
		require.NotEmpty(t, p.trail(bea.ID)[0].Changes, "another's is as it was")
	}},
	{"Account audit/is rolled back with what it tells of", func(t *testing.T, w *world) {
		p := w.accounts()
		ada, bea := p.ada(), p.ada()
		require.NoError(t, p.RequestEmailChange(t.Context(), ada.ID, address("next"), goodPassword))
		login := p.login(ada)
		_, err := p.ChangeEmail(t.Context(), "no token")
		require.ErrorIs(t, err, core.ErrNotFound)
		err = p.EndSession(t.Context(), bea.ID, p.session(login).ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.Equal(t, []string{"registered"}, happened(p.trail(bea.ID)))
	}},
	{"Sessions/are listed and ended one by one, by their user alone", func(t *testing.T, w *world) {
		p := w.accounts()
		ada, bea := p.ada(), p.ada()
		first, second, theirs := p.from(home).login(ada), p.from(elsewhere).login(ada), p.login(bea)
		l, err := p.Sessions(t.Context(), ada.ID, core.Page{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, p.session(second), l.Items[0], "the newest first")
		require.Equal(t, identity.Client{Network: elsewhere, Agent: "a browser"}, l.Items[0].Client)
		l, err = p.Sessions(t.Context(), ada.ID, core.Page{Cursor: l.Next})
		require.NoError(t, err)
		require.Equal(t, []identity.Session{p.session(first)}, l.Items)

		require.ErrorIs(t, p.EndSession(t.Context(), ada.ID, p.session(theirs).ID), core.ErrNotFound)
		require.NoError(t, p.EndSession(t.Context(), ada.ID, p.session(first).ID))
		p.ended(first)
		p.session(second)
		p.session(theirs)
		require.ErrorIs(t, p.EndSession(t.Context(), ada.ID, l.Items[0].ID), core.ErrNotFound, "it has ended")
		p.clock.pass(31 * 24 * time.Hour)
		l, err = p.Sessions(t.Context(), ada.ID, core.Page{})
		require.NoError(t, err)
		require.Empty(t, l.Items, "what cannot go on is no session")
	}},
	{"Passwords/cannot be guessed for long, by however many", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		require.Equal(t, []int{20, 5}, p.guess(ada.Email, "not the password", 25), "wrong, and refused")
		_, err := p.from(elsewhere).Login(t.Context(), ada.Email, goodPassword)
		var wait *identity.TooManyGuesses
		require.ErrorAs(t, err, &wait, "the right one too, as nobody can tell")
		require.ErrorIs(t, err, core.ErrLimit)
		require.Equal(t, 6*time.Minute, wait.Wait.Round(time.Second))
		p.clock.pass(wait.Wait)
		require.Equal(t, []int{1, 1}, p.guess(ada.Email, "not the password", 2))
		nobody := address("nobody")
		require.Equal(t, []int{20, 5}, p.guess(nobody, "not the password", 25), "it does not tell whether there is somebody")
		p.login(p.ada())
	}},
	{"Passwords/that are right do not count", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		for range 25 {
			p.login(ada)
		}
		require.NoError(t, p.ChangePassword(t.Context(), p.session(p.login(ada)), goodPassword, newPassword))
	}},
	{"Passwords/are counted by who is asked for them in any way", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		session := p.session(p.login(ada))
		for range 10 {
			require.ErrorIs(t, p.ChangePassword(t.Context(), session, "not the password", newPassword), core.ErrInvalid)
			require.ErrorIs(t, p.RequestEmailChange(t.Context(), ada.ID, address("eve"), "not the password"), core.ErrInvalid)
		}
		require.ErrorIs(t, p.ChangePassword(t.Context(), session, goodPassword, newPassword), core.ErrLimit)
		_, err := p.Login(t.Context(), "A"+ada.Email[1:], goodPassword)
		require.ErrorIs(t, err, core.ErrLimit, "the case of the address makes it no other account")
	}},
	{"Passwords/that strangers are wrong about keep nobody out", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		p.from(home).login(ada)
		p.guess(ada.Email, "not the password", 30)
		p.from(home).login(ada)
		away := p.from("198.51.100.9")
		_, err := away.Login(t.Context(), ada.Email, goodPassword)
		require.ErrorIs(t, err, core.ErrLimit, "where they were never before")
		require.NoError(t, away.RequestPasswordReset(t.Context(), ada.Email))
		require.NoError(t, away.ResetPassword(t.Context(), p.link(ada.Email), newPassword))
		_, err = away.Login(t.Context(), ada.Email, newPassword)
		require.NoError(t, err, "the mail lets them in")
		refused := 0
		for range 25 {
			if _, err := p.from(home).Login(t.Context(), ada.Email, "not the password"); errors.Is(err, core.ErrLimit) {
				refused++
			}
		}
		require.Equal(t, 5, refused, "who is at home may not guess for ever either")
		p.clock.pass(91 * 24 * time.Hour)
		p.guess(ada.Email, "not the password", 30)
		_, err = away.Login(t.Context(), ada.Email, newPassword)
		require.ErrorIs(t, err, core.ErrLimit, "it was too long ago")
	}},
	{"Accounts/are sent no more than some links an hour", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		before := len(p.mailsTo(ada.Email))
		for range 8 {
			require.NoError(t, p.RequestPasswordReset(t.Context(), ada.Email))
			require.NoError(t, p.Wait(t.Context()))
		}
		require.Len(t, p.mailsTo(ada.Email), before+5)
		require.NoError(t, p.ResetPassword(t.Context(), p.link(ada.Email), newPassword), "the last is good")
		p.clock.pass(12 * time.Minute)
		require.NoError(t, p.RequestPasswordReset(t.Context(), ada.Email))
		require.Len(t, p.mailsTo(ada.Email), before+7, "and one that the password was changed")
	}},
}

// guess tries a wrong password n times, from as many places: how often it was found wrong, and how
// often it was refused.
func (p *accounts) guess(e core.Email, password identity.Secret, n int) []int {
	p.t.Helper()
	wrong, refused := 0, 0
	for i := range n {
		_, err := p.from(fmt.Sprintf("203.0.113.%d", i)).Login(p.t.Context(), e, password)
		switch {
		case errors.Is(err, core.ErrUnauthenticated):
			wrong++
		case errors.Is(err, core.ErrLimit):
			refused++
		default:
			require.NoError(p.t, err)
			require.Fail(p.t, "a guess was right")
		}
	}
	return []int{wrong, refused}
}
