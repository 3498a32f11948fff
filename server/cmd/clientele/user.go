package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// defaultURL is where a server is that nothing is configured for.
const defaultURL = "http://127.0.0.1:8080"

// withApp opens what a command works on, and closes it when the command is done and its
// mails are sent.
func withApp(ctx context.Context, p *program, d *database, config identity.Config, work func(*clientele.Clientele) error) (err error) {
	db, err := d.opened(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	app := clientele.New(db, clientele.WithIdentity(config))
	return errors.Join(work(app), app.Accounts.Wait(ctx))
}

// address is the only argument of a command.
func address(args []string) (core.Email, error) {
	if len(args) != 1 {
		return "", errUsage{"it takes one e-mail address"}
	}
	return core.ParseEmail(args[0])
}

func userCreateCommand() command {
	return command{
		name: "user create", args: "ADDRESS", summary: "Add a user",
		details: "The address is taken to be verified. Without a password one is made, and printed.",
		define: func(p *program, o *options) func(context.Context, []string) error {
			d := databaseOptions(o)
			first, last := o.String("first-name", "", "the first `name` (default the address)"), o.String("last-name", "", "the last `name`")
			password := o.secret("password", "the `password`, of 8 to 128 characters")
			admin := o.Bool("admin", false, "let the user administer the whole platform")
			return func(ctx context.Context, args []string) error {
				email, err := address(args)
				if err != nil {
					return err
				}
				n := identity.NewUser{
					Profile: identity.Profile{FirstName: cmp.Or(*first, string(email)), LastName: *last},
					Email:   email, Password: identity.Secret(cmp.Or(*password, rand.Text())),
				}
				return withApp(ctx, p, d, identity.Config{}, func(app *clientele.Clientele) error {
					u, err := app.Accounts.Users(identity.Operator()).Create(ctx, n, *admin)
					if err != nil {
						return err
					}
					fmt.Fprintf(p.stdout, "%s is user %s\n", u.Email, u.ID)
					if *password == "" {
						fmt.Fprintf(p.stdout, "password: %s\n", string(n.Password))
					}
					return nil
				})
			}
		},
	}
}

func userSetAdminCommand() command {
	return command{
		name: "user set-admin", args: "ADDRESS", summary: "Let a user administer the platform, or no longer",
		define: func(p *program, o *options) func(context.Context, []string) error {
			d := databaseOptions(o)
			revoke := o.Bool("revoke", false, "no longer")
			return func(ctx context.Context, args []string) error {
				email, err := address(args)
				if err != nil {
					return err
				}
				return withApp(ctx, p, d, identity.Config{}, func(app *clientele.Clientele) error {
					users := app.Accounts.Users(identity.Operator())
					found, err := users.List(ctx, identity.UserFilter{Email: email}, core.Page{})
					if err != nil {
						return err
					}
					if len(found.Items) == 0 {
						return fmt.Errorf("there is no user %s", email)
					}
					u, err := users.Update(ctx, found.Items[0].ID, func(u *identity.User) error {
						u.PlatformAdmin = !*revoke
						return nil
					})
					if err != nil {
						return err
					}
					word := map[bool]string{true: "administers the platform", false: "does not administer the platform"}[u.PlatformAdmin]
					_, err = fmt.Fprintln(p.stdout, u.Email, word)
					return err
				})
			}
		},
	}
}

func userResetPasswordCommand() command {
	return command{
		name: "user reset-password", args: "ADDRESS", summary: "Send a user the link by which they set a new password",
		details: "Without --smtp-url the mail is written to the log, link and all.",
		define: func(p *program, o *options) func(context.Context, []string) error {
			d, mails := databaseOptions(o), letterOptions(o)
			return func(ctx context.Context, args []string) error {
				email, err := address(args)
				if err != nil {
					return err
				}
				config, err := mails.config(defaultURL)
				if err != nil {
					return err
				}
				return withApp(ctx, p, d, config, func(app *clientele.Clientele) error {
					if err := app.Accounts.RequestPasswordReset(ctx, email); err != nil {
						return err
					}
					_, err := fmt.Fprintf(p.stdout, "if %s is a user, a link is on its way\n", email)
					return err
				})
			}
		},
	}
}
