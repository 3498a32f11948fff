// Importing reads contacts from a CSV file: it asks first what would become of each row, does it, and
// undoes it again.
//
//	go run ./examples/importing             # SQLite, in memory
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// people is an export of another program: somebody whom we know, somebody new, somebody who is
// probably known by another address, and a row that nobody can be reached by.
const people = `First Name,Last Name,E-mail Address,Company,Categories
Ada,Lovelace,ada@example.org,Analytical Engines,vip;maths
Grace,Hopper,grace.hopper@example.org,Navy,
Grace,Hopper,grace.hopper@example.com,Navy,
Alan,Turing,nowhere,,
`

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	db, err := sqlite.Memory(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	tenant := core.Tenant{ID: core.CompanyID{UUID: uuid.New()}, Name: "Acme", ContactPolicy: []string{}}
	if err := db.EnsureCompany(ctx, tenant); err != nil {
		return err
	}
	contacts := clientele.New(db).Workspace(core.Scope{Company: tenant.ID, Actor: core.System()}).Contacts
	if _, err := contacts.Create(ctx, crm.NewContact{Name: "Ada", Email: "ada@example.org"}); err != nil {
		return err
	}
	options := crm.ImportOptions{OnDuplicate: crm.SkipDuplicate, DryRun: true, OnRow: func(row crm.ImportRow) error { return tell(out, row) }}
	planned, err := contacts.Import(ctx, strings.NewReader(people), options)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "would be: %d created, %d updated\n", planned.Created, planned.Updated)

	options.DryRun, options.OnRow = false, nil
	done, err := contacts.Import(ctx, strings.NewReader(people), options)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "stored: %d created, %d updated, %d skipped, %d refused\n", done.Created, done.Updated, done.Skipped, done.Failed)

	undone, err := contacts.RevertImport(ctx, done.ID)
	if err != nil {
		return err
	}
	left, err := contacts.List(ctx, crm.ContactFilter{}, core.Page{})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "undone: %d contacts, and there is %s again\n", undone.Reverted, left.Items[0].Name)
	return nil
}

// tell prints what would become of a row.
func tell(out io.Writer, row crm.ImportRow) error {
	fmt.Fprintf(out, "line %d: %s", row.Line, row.Action)
	if len(row.Changes) > 0 {
		fmt.Fprintf(out, " of %s", strings.Join(row.Changes, ", "))
	}
	if row.Duplicate != nil {
		fmt.Fprintf(out, ", probably the same person as an earlier one: %d points", row.Duplicate.Score)
	}
	for _, problem := range row.Problems {
		fmt.Fprintf(out, ", %s %s", problem.Column, problem.Message)
	}
	_, err := fmt.Fprintln(out)
	return err
}
