package identity

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// How often somebody may be wrong about the password of an account, whoever they are: at once, and
// over time. It is 260 guesses on the first day.
const (
	guessesAtOnce = 20
	guessesAnHour = 10
)

// How many links an account is sent that somebody asks for who need not have it.
const (
	lettersAtOnce = 5
	lettersAnHour = 5
)

// knownFor is how long a network is known in which somebody has shown who they are.
const knownFor = 90 * 24 * time.Hour

// TooManyGuesses says, in an error of the kind [core.ErrLimit], in how long a password may be tried
// again.
type TooManyGuesses struct{ Wait time.Duration }

func (t *TooManyGuesses) Error() string { return "in " + t.Wait.Round(time.Second).String() }

// guess reports whether the password is the one of the hash. Those that are wrong are counted by the
// account, whether there is such a user or not. So that nobody can lock somebody out by being
// wrong on purpose, they are counted apart for each network in which the user has logged in, or
// has used a link to set their password: that mail is the way in for who is locked out elsewhere.
func (a *Accounts) guess(ctx context.Context, user core.UserID, e core.Email, password, hash Secret) (bool, error) {
	now := a.env().Time()
	giveBack, wait := a.guesses.Take(e.Key(), now)
	if wait > 0 && a.client.Network != "" {
		known, err := a.work.Plain().Store.KnownFrom(ctx, user, a.client.Network, now.Add(-knownFor), userLoggedIn, userPasswordReset)
		if err != nil {
			return false, err
		}
		if known {
			giveBack, wait = a.guesses.Take(e.Key()+" "+a.client.Network, now)
		}
	}
	if wait > 0 {
		return false, &core.Error{
			Kind: core.ErrLimit, Code: "too_many_requests", Err: &TooManyGuesses{wait},
			Message: "there were too many wrong passwords for this account: set a new one by mail, or try again later",
		}
	}
	// Without a user the hash is empty, and verifying takes as long.
	right, err := a.passwords.verify(ctx, password, hash)
	if right || err != nil {
		giveBack()
	}
	return right, err
}
