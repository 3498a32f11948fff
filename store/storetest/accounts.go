package storetest

import (
	"context"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/internal/mailtest"
)

const goodPassword identity.Secret = "correct horse battery staple"

// cheap is a cost of passwords that tests can afford.
var cheap = identity.PasswordCost{Memory: 8, Passes: 1, Threads: 1}

// accounts is the accounts with a mailbox and a clock of the test's.
type accounts struct {
	*identity.Accounts
	t     *testing.T
	clock *clock
	mails *mailtest.Box
}

func (w *world) accounts() *accounts { return w.accountsLike(identity.Config{PasswordCost: cheap}) }

func (w *world) accountsLike(cfg identity.Config) *accounts {
	p := &accounts{t: w.t, clock: &clock{now: time.Now()}, mails: &mailtest.Box{}}
	cfg.Mailer = p.mails
	p.Accounts = identity.NewAccounts(clocked{w.backend.Platform(), p.clock}, cfg)
	return p
}

// address is one that nobody else in the database has.
func address(name string) core.Email {
	return core.Email(name + "." + uuid.NewString() + "@example.org")
}

// ada is a new user, whose first mail has come.
func (p *accounts) ada() identity.User {
	u, err := p.Register(p.t.Context(), identity.NewUser{
		Profile: identity.Profile{FirstName: "Ada", LastName: "Lovelace"}, Email: address("ada"), Password: goodPassword,
	})
	require.NoError(p.t, err)
	require.NoError(p.t, p.Wait(p.t.Context()))
	return u
}

func (p *accounts) login(u identity.User) identity.Login {
	login, err := p.Login(p.t.Context(), u.Email, goodPassword)
	require.NoError(p.t, err)
	return login
}

// session is the one of a log-in.
func (p *accounts) session(l identity.Login) identity.Session {
	_, s, err := p.Authenticate(p.t.Context(), l.AccessToken)
	require.NoError(p.t, err)
	return s
}

// ended requires that a log-in is over in every way.
func (p *accounts) ended(l identity.Login) {
	p.t.Helper()
	_, _, err := p.Authenticate(p.t.Context(), l.AccessToken)
	require.ErrorIs(p.t, err, core.ErrUnauthenticated)
	_, err = p.Refresh(p.t.Context(), l.RefreshToken)
	require.ErrorIs(p.t, err, core.ErrUnauthenticated)
}

var tokenInMail = regexp.MustCompile(`\?token=([\w-]+)`)

// link is the token in the last mail to the address.
func (p *accounts) link(e core.Email) identity.Secret {
	p.t.Helper()
	found := tokenInMail.FindStringSubmatch(p.mailTo(e).Text)
	require.NotNil(p.t, found, "the mail has no link")
	return identity.Secret(found[1])
}

// mailTo is the last mail to the address.
func (p *accounts) mailTo(e core.Email) identity.Message {
	p.t.Helper()
	to := p.mailsTo(e)
	require.NotEmpty(p.t, to, "no mail was sent")
	return to[len(to)-1]
}

func (p *accounts) mailsTo(e core.Email) []identity.Message {
	require.NoError(p.t, p.Wait(p.t.Context()))
	return p.mails.To(e)
}

// clock is a time that passes when a test says so.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// clocked is work at the time of a clock.
type clocked struct {
	core.Work[identity.PlatformTx]
	clock *clock
}

func (c clocked) Plain() identity.PlatformTx { return c.at(c.Work.Plain()) }

func (c clocked) Atomic(ctx context.Context, fn func(identity.PlatformTx) error) error {
	return c.Work.Atomic(ctx, func(tx identity.PlatformTx) error { return fn(c.at(tx)) })
}

func (c clocked) at(tx identity.PlatformTx) identity.PlatformTx {
	tx.Env.Now = c.clock.time
	return tx
}

// atOnce calls fn n times at the same time, and is the errors.
func atOnce(n int, fn func() error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = fn()
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// successes counts the nils.
func successes(errs []error) (n int) {
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}
