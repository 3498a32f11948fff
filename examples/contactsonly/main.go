// Contactsonly keeps contacts in Postgres and links nothing else: no SQLite, no users, no
// other package. Its tables are made beside those that the database has.
//
//	DATABASE_URL=postgres://user@localhost/crm go run ./examples/contactsonly
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/postgres"
)

func main() {
	if err := run(context.Background(), os.Getenv("DATABASE_URL")); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, dsn string) error {
	db, err := postgres.Open(ctx, dsn)
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
	contacts := crm.NewContacts(crmstore.Work(db.Session(core.Scope{Company: tenant.ID, Actor: core.System()})))
	if _, err := contacts.Create(ctx, crm.NewContact{Name: "Ada Lovelace", Email: "ada@example.org"}); err != nil {
		return err
	}
	for c, err := range contacts.All(ctx, crm.ContactFilter{}) {
		if err != nil {
			return err
		}
		fmt.Println(c.Name, c.Email)
	}
	return nil
}
