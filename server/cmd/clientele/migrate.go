package main

import (
	"context"
	"errors"
	"fmt"
)

func migrateCommand() command {
	return command{
		name: "migrate", summary: "Make the tables, or bring them up to date",
		details: "Any number of processes may do this at once. \"clientele serve\" does it too.",
		define: func(p *program, o *options) func(context.Context, []string) error {
			d := databaseOptions(o)
			check := o.Bool("check", false, "only say whether it has been done: fail if not")
			return func(ctx context.Context, _ []string) (err error) {
				db, err := d.open(ctx, p)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, db.Close()) }()
				if *check {
					return db.Check(ctx)
				}
				if err := upToDate(ctx, db); err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.stdout, "%s is up to date\n", d.name())
				return err
			}
		},
	}
}
