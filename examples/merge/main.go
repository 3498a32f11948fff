// Merge finds two contacts that are one person, tries what merging them would do, does it, and
// undoes it again.
//
//	go run ./examples/merge             # SQLite, in memory
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/sqlite"
)

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
	for _, n := range []crm.NewContact{
		{Name: "Ada Lovelace", Email: "ada.lovelace@example.org", Location: "London"},
		{Name: "Lovelace, Ada", Email: "ada.lovelace@example.com", Location: "London", Phone: "+442071234567"},
	} {
		if _, err := contacts.Create(ctx, n); err != nil {
			return err
		}
	}
	pairs, err := contacts.ListDuplicates(ctx, crm.DuplicateFilter{}, core.Page{})
	if err != nil {
		return err
	}
	for _, pair := range pairs.Items {
		fmt.Fprintf(out, "%s, %d points:", pair.Likelihood, pair.Score)
		for _, r := range pair.Reasons {
			fmt.Fprintf(out, " %s %s %+d", r.Field, r.Rule, r.Points)
		}
		fmt.Fprintln(out)
		if err := mergeAndUndo(ctx, out, &contacts, pair); err != nil {
			return err
		}
	}
	return nil
}

// mergeAndUndo merges the newer contact of a pair into the older one, and undoes it.
func mergeAndUndo(ctx context.Context, out io.Writer, contacts *crm.Contacts, pair crm.DuplicatePair) error {
	n := crm.NewMerge{LoserID: pair.Other.ID, Rule: crm.OfSurvivor, Fields: map[string]crm.Survivorship{"email": crm.OfLoser}, DryRun: true}
	tried, err := contacts.Merge(ctx, pair.Contact.ID, n)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "would be:", tried.Now.Name, tried.Now.Email, tried.Now.Phone)
	n.DryRun = false
	done, err := contacts.Merge(ctx, pair.Contact.ID, n)
	if err != nil {
		return err
	}
	found, err := contacts.Get(ctx, pair.Other.ID)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "the old id answers:", found.Name)
	undone, err := contacts.UndoMerge(ctx, done.ID)
	if err != nil {
		return err
	}
	if found, err = contacts.Get(ctx, pair.Other.ID); err != nil {
		return err
	}
	fmt.Fprintf(out, "undone, but for %d changes since: %s\n", len(undone.Kept), found.Name)
	return nil
}
