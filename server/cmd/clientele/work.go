package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

func workCommand() command {
	return command{
		name: "work", summary: "Do the background work, and answer nobody",
		details: "\"clientele serve\" does it too, unless it is told --no-work. Any number of processes may do it.\n" +
			"SIGINT and SIGTERM let the jobs that have begun finish for a while, and end the program.",
		define: func(p *program, o *options) func(context.Context, []string) error {
			d, pl := databaseOptions(o), platformOptions(o)
			return func(ctx context.Context, _ []string) (err error) {
				db, err := d.opened(ctx, p)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, db.Close()) }()
				app, files, err := pl.app(ctx, d, db, defaultURL)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, files.Close()) }()
				fmt.Fprintf(p.stderr, "Clientele works on %s\n", d.name())
				err = app.Work(ctx)
				drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
				defer cancel()
				return errors.Join(err, app.Accounts.Wait(drain))
			}
		},
	}
}
