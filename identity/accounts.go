package identity

import (
	"context"
	"errors"
	"strings"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/internal/throttle"
)

// Accounts is the service of the users and their sessions. It crosses companies, and asks
// for no permission: who calls Me or ChangePassword has authenticated the user. The
// administration of other people's accounts is [Accounts.Users].
//
// Users belong to no company, so what happens to an account has no place in the events and
// the audit, which are companies': accounts have an audit of their own.
//
// It is safe for concurrent use.
type Accounts struct {
	work       core.Work[PlatformTx]
	cfg        Config
	passwords  *passwords
	guesses    *throttle.Limiter // by account
	letters    *throttle.Limiter // by account and purpose
	background *background
	mailer     Mailer
	client     Client
}

// NewAccounts is the service over a store.
func NewAccounts(work core.Work[PlatformTx], cfg Config) *Accounts {
	cfg = cfg.withDefaults()
	log := work.Plain().Env.Logger()
	mailer := cfg.Mailer
	if mailer == nil {
		mailer = LogMailer{log}
	}
	return &Accounts{
		work: work, cfg: cfg, mailer: mailer,
		passwords: newPasswords(cfg.PasswordCost), background: newBackground(log),
		guesses: throttle.New(guessesAnHour/3600.0, guessesAtOnce), letters: throttle.New(lettersAnHour/3600.0, lettersAtOnce),
	}
}

// From is the same service for what is asked by a client, which is noted with it. It costs one
// allocation: make one per request.
func (a *Accounts) From(c Client) *Accounts {
	from := *a
	from.client = c.checked()
	return &from
}

// Wait returns when the mails on their way have been handed over, or with the error of
// ctx. A program calls it before it ends.
func (a *Accounts) Wait(ctx context.Context) error { return a.background.wait(ctx) }

// Register adds a user and sends them a link to verify their address. [core.ErrExists]:
// another user has the address.
func (a *Accounts) Register(ctx context.Context, n NewUser) (User, error) {
	var token Secret
	u, err := a.create(ctx, n, nil, nil, func(tx PlatformTx, u User) (err error) {
		token, err = a.issue(ctx, tx, u.ID, VerifyEmail, u.Email, verifyTTL)
		return err
	})
	if err != nil {
		return User{}, err
	}
	a.send(ctx, verificationMail(a.cfg, u.Email, token))
	return u, nil
}

// create adds a user, who may be prepared before, and does more in the same transaction
// then. Both may be nil. By is who adds them; nil: they themselves.
func (a *Accounts) create(ctx context.Context, n NewUser, by *User, prepare func(*User), then func(PlatformTx, User) error) (User, error) {
	now := a.env().Time()
	u := User{ID: core.UserID{UUID: a.env().UUID()}, Profile: n.Profile, Email: n.Email, Active: true, Version: 1, CreatedAt: now, UpdatedAt: now}
	var f core.Faults
	u.Profile = u.Profile.checked(&f)
	u.Email = checkedEmail(&f, n.Email)
	checkPassword(&f, "/password", n.Password, u.Email)
	if err := f.Err(); err != nil {
		return User{}, err
	}
	if prepare != nil {
		prepare(&u)
	}
	actor := u.ID
	if by != nil {
		actor = by.ID
	}
	hash, err := a.passwords.hash(ctx, n.Password)
	if err != nil {
		return User{}, err
	}
	err = a.work.Atomic(ctx, func(tx PlatformTx) error {
		if err := tx.Store.InsertUser(ctx, u, hash); err != nil {
			return taken(err)
		}
		if err := a.client.noteChange(ctx, tx, userRegistered, actor, nil, &u); err != nil {
			return err
		}
		if then == nil {
			return nil
		}
		return then(tx, u)
	})
	if err != nil {
		return User{}, err
	}
	return u, nil
}

var errUnchanged = errors.New("nothing to change")

// change reads a user, lets edit change them, writes them if nobody else did meanwhile, and notes
// that somebody did that.
func (a *Accounts) change(ctx context.Context, id, by core.UserID, edit func(PlatformTx, *User) error) (u User, err error) {
	err = core.Retry(ctx, a.work, func(tx PlatformTx) error {
		was, err := tx.Store.User(ctx, id)
		if err != nil {
			return err
		}
		u = was
		if err := edit(tx, &u); err != nil {
			return err
		}
		if u == was {
			return errUnchanged
		}
		if err := replace(ctx, tx, &was, &u); err != nil {
			return err
		}
		return a.client.noteChange(ctx, tx, userUpdated, by, &was, &u)
	})
	if errors.Is(err, errUnchanged) {
		return u, nil
	}
	if err != nil {
		return User{}, err
	}
	return u, nil
}

// replace writes what was edited of a user.
func replace(ctx context.Context, tx PlatformTx, was, u *User) error {
	u.ID, u.CreatedAt = was.ID, was.CreatedAt
	u.Version, u.UpdatedAt = was.Version+1, tx.Env.Time()
	return taken(tx.Store.ReplaceUser(ctx, *u, was.Version))
}

// taken makes the store's [core.ErrExists] say that it is about the address.
func taken(err error) error {
	if !errors.Is(err, core.ErrExists) {
		return err
	}
	return &core.Error{
		Kind: core.ErrExists, Code: "email_taken", Message: "another user has this e-mail address",
		Fields: []core.FieldError{{Field: "/email", Rule: "unique", Message: "another user has this e-mail address"}},
	}
}

// The limits of a user's values, in characters.
const (
	maxName    = 200
	maxPhone   = 50
	maxPicture = 2000
)

// checked is the profile in its canonical form; f notes what is wrong with it.
func (p Profile) checked(f *core.Faults) Profile {
	p.FirstName = f.Line("/firstName", p.FirstName, maxName)
	if p.FirstName == "" {
		f.Add("/firstName", "required", "a user has to have a first name")
	}
	p.LastName = f.Line("/lastName", p.LastName, maxName)
	p.Designation = f.Line("/designation", p.Designation, maxName)
	p.Phone = f.Line("/phone", p.Phone, maxPhone)
	if p.Phone != "" && !strings.ContainsAny(p.Phone, "0123456789") {
		f.Add("/phone", "phone", "is not a telephone number")
	}
	return p
}

func checkedEmail(f *core.Faults, typed core.Email) core.Email {
	e, err := core.ParseEmail(string(typed))
	if err != nil {
		f.Add("/email", "email", err.(*core.Error).Message)
	}
	return e
}

func (a *Accounts) env() core.Env { return a.work.Plain().Env }
