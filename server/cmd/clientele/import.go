package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
)

func importCommand() command {
	return command{
		name: "import", args: "FILE", summary: "Import contacts from a file of CSV or vCards",
		details: "CSV has a header; its encoding and the sign between cells are found out. - is the standard input.\n" +
			"What cannot be stored is told row by row, and written to the file of --rejected. The rest comes in,\n" +
			"and importing the file again changes nothing, unless rows have neither id, phone nor e-mail address.\n" +
			"Each import has an id, by which it can be resumed after a crash, and undone.\n" +
			"Its exit status is 0 where every row came in, 3 where some were refused, 1 where it\n" +
			"failed, and 2 where it was called wrongly. So it is for a dry run.",
		define: func(p *program, o *options) func(context.Context, []string) error {
			d := databaseOptions(o)
			i := importOptions(o)
			return func(ctx context.Context, args []string) (err error) {
				if err := i.checkArgs(args); err != nil {
					return err
				}
				db, err := d.opened(ctx, p)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, db.Close()) }()
				app := clientele.New(db)
				company, err := companyOf(ctx, app.Companies, *i.company)
				if err != nil {
					return err
				}
				ws := app.Workspace(core.Scope{Company: company, Actor: core.System()})
				if *i.revert != "" {
					return revertImport(ctx, p, ws, *i.revert)
				}
				return i.run(ctx, p, ws, args[0])
			}
		},
	}
}

// importing is the options of the command.
type importing struct {
	company, rejected, problems *string
	revert                      *string // an import to be undone, instead
	untold                      int     // refused rows beyond --problems
	opts                        crm.ImportOptions
}

func importOptions(o *options) *importing {
	i := &importing{opts: crm.ImportOptions{Mapping: nil, Defaults: map[string]string{}}}
	i.company = o.String("company", "", "the `id` or the slug of the company that the contacts are for (default the only one there is)")
	i.rejected = o.String("rejected", "", "write the rows that cannot be stored to this `file`, as CSV with the reasons")
	i.problems = o.String("problems", "20", "tell of so many rows that cannot be stored, as a `number`, or of all")
	i.revert = o.String("revert", "", "undo the import of this `id`, without a file: contacts that it made are deleted, and those that it changed are as before")
	o.Func("resume", "go on with the import of this `id`, which ended early: with the same file and options", func(s string) (err error) {
		i.opts.Resume, err = core.ParseID[crm.ImportRecord](s)
		return err
	})
	o.BoolVar(&i.opts.DryRun, "dry-run", false, "only say what would be done")
	o.BoolVar(&i.opts.Relax, "relax", false, "let contacts in that lack what the company's contact policy asks for")
	o.BoolVar(&i.opts.KeepPhones, "keep-phones", false, "keep a phone that no telephone plan contains as it is typed")
	o.StringVar(&i.opts.Country, "country", "", "the `country` of phones without a +, such as US (default the company's)")
	o.Func("on-match", "`what` to do with a contact that is there: update (default) or skip", func(s string) error {
		i.opts.OnMatch = crm.OnMatch(s)
		return nil
	})
	o.Func("on-new", "`what` to do with anybody else: create (default) or skip", func(s string) error {
		i.opts.OnNew = crm.OnNew(s)
		return nil
	})
	o.Func("on-duplicate", "`what` to do with a new row that probably is somebody whom there is: warn (default), create, skip or update", func(s string) error {
		i.opts.OnDuplicate = crm.OnDuplicate(s)
		return nil
	})
	o.Func("match-by", "by which `value` a row finds its contact: id, phone or email; may be repeated (default: all)", func(s string) error {
		i.opts.MatchBy = append(i.opts.MatchBy, s)
		return nil
	})
	o.Func("clear", "a `field` of which a blank cell clears what the contact has, or * for all that can be cleared; may be repeated", func(s string) error {
		i.opts.ClearBlanks = append(i.opts.ClearBlanks, s)
		return nil
	})
	o.BoolVar(&i.opts.CreateCategories, "create-categories", false, "make the categories that rows name and that do not exist")
	o.StringVar(&i.opts.Encoding, "encoding", "", "the `encoding` of the file, such as windows-1252 (default: found out)")
	o.StringVar(&i.opts.Delimiter, "delimiter", "", "the `sign` between cells (default: found out)")
	o.Func("default", "a value for cells that are blank, as `field=value`; may be repeated", pairsInto(i.opts.Defaults))
	o.Func("column", "what a column is, as `header=field`; may be repeated, and only these columns are read (default: guessed)", func(s string) error {
		if i.opts.Mapping == nil {
			i.opts.Mapping = map[string]string{}
		}
		return pairsInto(i.opts.Mapping)(s)
	})
	return i
}

// companyOf is the company of an id or a slug; without either, the only one there is.
func companyOf(ctx context.Context, companies *identity.Companies, named string) (id core.CompanyID, err error) {
	if id.UUID, err = uuid.Parse(named); err == nil {
		return id, nil
	}
	count := 0
	for c, err := range core.All(ctx, func(ctx context.Context, p core.Page) (core.List[identity.Company], error) {
		return companies.All(ctx, identity.Operator(), identity.CompanyFilter{}, p)
	}) {
		if err != nil {
			return id, err
		}
		if c.Slug == named {
			return c.ID, nil
		}
		id, count = c.ID, count+1
	}
	switch {
	case named != "":
		return id, errUsage{"there is no company " + named}
	case count != 1:
		return id, errUsage{fmt.Sprintf("there are %d companies: --company says which", count)}
	}
	return id, nil
}

func pairsInto(pairs map[string]string) func(string) error {
	return func(s string) error {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return errors.New("has to have a =")
		}
		pairs[name] = value
		return nil
	}
}

func (i *importing) run(ctx context.Context, p *program, ws *clientele.Workspace, path string) (err error) {
	from := io.NopCloser(p.stdin)
	if path != "-" {
		if from, err = os.Open(path); err != nil { //nolint:gosec // whoever starts the program names the file
			return err
		}
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if *i.rejected != "" {
		to, err := os.OpenFile(*i.rejected, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) //nolint:gosec // likewise
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, to.Close()) }()
		i.opts.Rejected = to
	}
	if i.opts.OnRow, err = i.teller(p); err != nil {
		return err
	}
	result, err := ws.Contacts.Import(ctx, from, i.opts)
	if result.Columns != nil { // else nothing was begun
		i.summary(p, result)
	}
	if err == nil && result.Failed > 0 {
		return i.refused(result)
	}
	return err
}

// refused says where the rows are that did not come in.
func (i *importing) refused(r crm.ImportResult) error {
	where := "--rejected writes them to a file, with the reasons"
	if *i.rejected != "" {
		where = "those of this run are in " + *i.rejected + ", with the reasons"
	}
	return errPartly{fmt.Sprintf("%d of %d rows are refused: %s", r.Failed, r.Rows, where)}
}

// progressEvery is after how many rows of a long file it tells that it is at work.
const progressEvery = 10_000

// teller tells of progress, and of rows that cannot be stored, until there have been enough.
func (i *importing) teller(p *program) (func(crm.ImportRow) error, error) {
	left := -1
	if *i.problems != "all" {
		if _, err := fmt.Sscanf(*i.problems, "%d", &left); err != nil || left < 0 {
			return nil, errUsage{"--problems has to be a number or all"}
		}
	}
	rows := 0
	return func(row crm.ImportRow) error {
		if rows++; rows%progressEvery == 0 {
			if _, err := fmt.Fprintf(p.stderr, "%d rows\n", rows); err != nil {
				return err
			}
		}
		refused := row.Action == crm.ImportError
		if !refused && row.Duplicate == nil {
			return nil
		}
		if left == 0 {
			if refused {
				i.untold++
			}
			return nil
		}
		left--
		if d := row.Duplicate; d != nil {
			_, err := fmt.Fprintf(p.stderr, "line %d: %s probably is contact %s: %d points\n", row.Line, row.Action, duplicateOf(d), d.Score)
			return err
		}
		for _, problem := range row.Problems {
			where := problem.Column
			if where == "" {
				where = strings.TrimPrefix(problem.Field, "/")
			}
			if _, err := fmt.Fprintf(p.stderr, "line %d: %s: %s\n", row.Line, where, problem.Message); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// duplicateOf names a contact that a dry run only would have made by where it is.
func duplicateOf(d *crm.ImportDuplicate) string {
	if d.ContactID.IsZero() {
		return "of an earlier line"
	}
	return d.ContactID.String()
}

func (i *importing) summary(p *program, r crm.ImportResult) {
	for _, c := range r.Columns {
		if c.Field != "" {
			fmt.Fprintf(p.stdout, "column %s is %s\n", c.Header, c.Field)
		}
	}
	if ignored := r.Ignored(); len(ignored) > 0 {
		fmt.Fprintf(p.stdout, "not read: %s\n", strings.Join(ignored, ", "))
	}
	did := ""
	if !r.ID.IsZero() {
		fmt.Fprintf(p.stdout, "import %s: --revert undoes it\n", r.ID)
	}
	if r.DryRun {
		did = "would be "
	}
	fmt.Fprintf(p.stdout, "%d rows: %d %screated, %d %supdated, %d unchanged, %d refused\n", r.Rows, r.Created, did, r.Updated, did, r.Skipped, r.Failed)
	if i.untold > 0 {
		fmt.Fprintf(p.stdout, "%d of the refused are not told of above: --problems all tells of them, and --rejected writes them to a file\n", i.untold)
	}
}
