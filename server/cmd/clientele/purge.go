package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// days is an option that is a number of them; 0 is none.
type days int

func (d *days) String() string { return strconv.Itoa(int(*d)) }

// Set implements [flag.Value].
func (d *days) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 36500 {
		return errors.New("has to be a number of days from 1 to 36500")
	}
	*d = days(n)
	return nil
}

func (d *days) duration() time.Duration { return time.Duration(*d) * 24 * time.Hour }

func purgeCommand() command {
	return command{
		name: "purge", summary: "Erase for good the contacts that were deleted long ago",
		details: "Of every company, or of one. Nothing brings them back; --dry-run only says whom it would be.",
		define: func(p *program, o *options) func(context.Context, []string) error {
			d := databaseOptions(o)
			files := o.String("files", "", "the `folder` of the files that are attached to notes (default beside the database)")
			of := o.String("company", "", "the `id` or the slug of a company (default all)")
			dryRun := o.Bool("dry-run", false, "only say what would be erased")
			after := new(days)
			o.Var(after, "deleted-for", "how many `days` ago they have been deleted, at least; it has to be said")
			return func(ctx context.Context, _ []string) (err error) {
				if *after == 0 {
					return errUsage{"--deleted-for has to be said"}
				}
				db, err := d.opened(ctx, p)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, db.Close()) }()
				dir, err := d.files(ctx, db, *files)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, dir.Close()) }()
				return p.purge(ctx, clientele.New(db, clientele.WithBlobs(dir)), *of, after.duration(), *dryRun)
			}
		},
	}
}

// purge tells of each contact, by its id alone, and of how many there were.
func (p *program) purge(ctx context.Context, app *clientele.Clientele, of string, after time.Duration, dryRun bool) error {
	n := 0
	tell := func(company core.CompanyID, c crm.Purged) error {
		n++
		_, err := fmt.Fprintf(p.stdout, "%s of company %s, deleted %s\n", c.ContactID, company, c.DeletedAt.Format(time.RFC3339))
		return err
	}
	var err error
	if of == "" {
		err = app.PurgeAll(ctx, after, dryRun, tell)
	} else {
		var company core.CompanyID
		if company, err = companyOf(ctx, app.Companies, of); err != nil {
			return err
		}
		ws := app.Workspace(core.Scope{Company: company, Actor: core.System()})
		_, err = ws.Privacy.Purge(ctx, after, dryRun, func(c crm.Purged) error { return tell(company, c) })
	}
	did := "erased"
	if dryRun {
		did = "would be erased"
	}
	fmt.Fprintf(p.stdout, "%d contacts %s\n", n, did)
	return err
}
