package identity_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/internal/sqlitetest"
	"github.com/clientele-crm/clientele/store/identitystore"
)

var cheap = identity.PasswordCost{Memory: 8, Passes: 1, Threads: 1}

var ada = identity.NewUser{
	Profile:  identity.Profile{FirstName: "Ada", LastName: "Lovelace"},
	Email:    "ada@example.org",
	Password: "correct horse battery staple",
}

func newAccounts(t *testing.T, cfg identity.Config, log *slog.Logger) *identity.Accounts {
	db := sqlitetest.Memory(t)
	db.Env.Log = log
	cfg.PasswordCost = cheap
	a := identity.NewAccounts(identitystore.Platform(db), cfg)
	t.Cleanup(func() { require.NoError(t, a.Wait(context.Background())) })
	return a
}

// A log-in costs the hashing of one password, whoever it is and whatever is wrong. Counted
// rather than timed: a clock would make the test fail by chance.
func TestLoginTakesAsLongForNobody(t *testing.T) {
	t.Parallel()
	a := newAccounts(t, identity.Config{RequireVerifiedEmail: true}, nil)
	_, err := a.Register(t.Context(), ada)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		email    core.Email
		password identity.Secret
	}{
		"right":                  {ada.Email, ada.Password},
		"wrong password":         {ada.Email, "not the password"},
		"unknown address":        {"nobody@example.org", ada.Password},
		"not an address":         {"nobody", ada.Password},
		"no password":            {ada.Email, ""},
		"no password for nobody": {"nobody@example.org", ""},
	} {
		before := a.Derived()
		_, err := a.Login(t.Context(), c.email, c.password)
		require.Error(t, err, name)
		require.EqualValues(t, 1, a.Derived()-before, name)
	}
}

// What is asked for by an address is answered before anybody is looked up.
func TestRequestsDoNotWaitForTheMail(t *testing.T) {
	t.Parallel()
	mailer := newStuck()
	a := newAccounts(t, identity.Config{Mailer: mailer}, nil)
	_, err := a.Register(t.Context(), ada)
	require.NoError(t, err)
	<-mailer.taken
	require.NoError(t, a.RequestPasswordReset(t.Context(), ada.Email))
	<-mailer.taken
	require.NoError(t, a.RequestPasswordReset(t.Context(), "nobody@example.org"))

	over, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, a.Wait(over), context.Canceled, "two mails are on their way")
	close(mailer.release)
	require.NoError(t, a.Wait(t.Context()))
}

// A request that ends does not take its mail along.
func TestMailOutlivesItsRequest(t *testing.T) {
	t.Parallel()
	mailer := newStuck()
	a := newAccounts(t, identity.Config{Mailer: mailer}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := a.Register(ctx, ada)
	require.NoError(t, err)
	<-mailer.taken
	cancel()
	close(mailer.release)
	require.NoError(t, a.Wait(t.Context()))
	require.NoError(t, <-mailer.over)
}

// stuck is a mailer whose server does not answer until it is released.
type stuck struct {
	release, taken chan struct{}
	over           chan error // of the context of each mail, at its end
}

func newStuck() *stuck {
	return &stuck{release: make(chan struct{}), taken: make(chan struct{}, 4), over: make(chan error, 4)}
}

func (s *stuck) Send(ctx context.Context, _ identity.Message) error {
	s.taken <- struct{}{}
	<-s.release
	s.over <- ctx.Err()
	return nil
}

// Everything that an account does at the most talkative level leaves no secret in the log.
func TestLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	a := newAccounts(t, identity.Config{Mailer: silent{}}, log)
	_, err := a.Register(t.Context(), ada)
	require.NoError(t, err)
	login, err := a.Login(t.Context(), ada.Email, ada.Password)
	require.NoError(t, err)
	next, err := a.Refresh(t.Context(), login.RefreshToken)
	require.NoError(t, err)
	_, err = a.Refresh(t.Context(), login.RefreshToken)
	require.Error(t, err)
	log.Info("careless", "user", ada, "login", next)
	require.NoError(t, a.Wait(t.Context()))

	require.Contains(t, text.String(), "careless")
	require.Contains(t, text.String(), "used twice")
	for _, secret := range []identity.Secret{ada.Password, login.AccessToken, login.RefreshToken, next.AccessToken, next.RefreshToken, "argon2id"} {
		require.NotContains(t, text.String(), string(secret))
	}
}

type silent struct{}

func (silent) Send(context.Context, identity.Message) error { return nil }

// A password that is changed while somebody logs in with the old one lets nobody in: the
// change has ended all sessions, and none may begin after.
func TestLoginIsOvertakenByAChangeOfThePassword(t *testing.T) {
	t.Parallel()
	db := sqlitetest.Memory(t)
	cfg := identity.Config{PasswordCost: cheap, Mailer: silent{}}
	elsewhere := identity.NewAccounts(identitystore.Platform(db), cfg)
	_, err := elsewhere.Register(t.Context(), ada)
	require.NoError(t, err)
	login, err := elsewhere.Login(t.Context(), ada.Email, ada.Password)
	require.NoError(t, err)
	_, session, err := elsewhere.Authenticate(t.Context(), login.AccessToken)
	require.NoError(t, err)

	work := &overtaken{Work: identitystore.Platform(db), by: func() {
		require.NoError(t, elsewhere.ChangePassword(t.Context(), session, ada.Password, "a wholly different sentence"))
	}}
	_, err = identity.NewAccounts(work, cfg).Login(t.Context(), ada.Email, ada.Password)
	require.ErrorIs(t, err, core.ErrUnauthenticated)
	require.Nil(t, work.by, "the log-in had come to its transaction")
	require.NoError(t, elsewhere.Wait(t.Context()))
}

// overtaken is work that somebody else is faster than, once.
type overtaken struct {
	core.Work[identity.PlatformTx]
	by func()
}

func (o *overtaken) Atomic(ctx context.Context, fn func(identity.PlatformTx) error) error {
	if by := o.by; by != nil {
		o.by = nil
		by()
	}
	return o.Work.Atomic(ctx, fn)
}
