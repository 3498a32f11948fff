package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func exportCommand() command {
	return command{
		name: "export", args: "FILE", summary: "Export contacts to a file",
		details: "FILE is made anew, readable by its owner alone; - is the standard output. Importing it changes nothing.",
		define: func(p *program, o *options) func(context.Context, []string) error {
			d := databaseOptions(o)
			of := o.String("company", "", "the `id` or the slug of the company that the contacts are of (default the only one there is)")
			format := o.String("format", string(crm.ExportCSV), "the `format`: csv, vcard (version 4), vcard3 or jsonl")
			var f crm.ContactFilter
			o.StringVar(&f.Tag, "tag", "", "only the contacts with this `tag`")
			o.StringVar(&f.Source, "source", "", "only the contacts from this `source`")
			o.BoolVar(&f.Deleted, "deleted", false, "the deleted contacts instead")
			return func(ctx context.Context, args []string) (err error) {
				if len(args) != 1 {
					return errUsage{"it takes one FILE"}
				}
				db, err := d.opened(ctx, p)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, db.Close()) }()
				app := clientele.New(db)
				company, err := companyOf(ctx, app.Companies, *of)
				if err != nil {
					return err
				}
				e, err := app.Workspace(core.Scope{Company: company, Actor: core.System()}).Contacts.Export(ctx, f, crm.ExportFormat(*format))
				if err != nil {
					return err
				}
				return p.writeFile(args[0], func(w io.Writer) error { return e.Write(ctx, w) })
			}
		},
	}
}

// writeFile has a file written, which is made for its owner alone; - is the standard output.
func (p *program) writeFile(path string, write func(io.Writer) error) (err error) {
	if path == "-" {
		return write(p.stdout)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) //nolint:gosec // whoever starts the program names the file
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return write(f)
}
