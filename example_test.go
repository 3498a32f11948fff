package clientele_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/sqlite"
)

func Example() {
	ctx := context.Background()
	db, err := sqlite.Memory(ctx) // or sqlite.Open(ctx, "crm.db"), or postgres.Open(ctx, dsn)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	acme := core.Tenant{ID: core.CompanyID{UUID: uuid.New()}, Name: "Acme", Country: "US", ContactPolicy: []string{"email"}}
	if err := db.EnsureCompany(ctx, acme); err != nil {
		log.Fatal(err)
	}

	ws := clientele.New(db).Workspace(core.Scope{Company: acme.ID, Actor: core.System()})
	ada, err := ws.Contacts.Create(ctx, crm.NewContact{Name: "Ada Lovelace", Email: "ada@example.org", Phone: "(415) 293-3313"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ada.Name, ada.Phone)

	_, err = ws.Contacts.Create(ctx, crm.NewContact{Name: "Ada again", Email: "ADA@example.org"})
	var taken *core.Error
	if errors.As(err, &taken) && errors.Is(err, core.ErrExists) {
		fmt.Println("the address is of the contact made before:", taken.Holder.ID == ada.ID.UUID)
	}

	// Output:
	// Ada Lovelace +14152933313
	// the address is of the contact made before: true
}

func ExampleWorkspace_Atomic() {
	ctx := context.Background()
	ws := workspace(ctx)
	err := ws.Atomic(ctx, func(ws *clientele.Workspace) error {
		vip, err := ws.Categories.Create(ctx, crm.NewCategory{Name: "VIP"})
		if err != nil {
			return err
		}
		_, err = ws.Contacts.Create(ctx, crm.NewContact{Name: "Grace Hopper", CategoryID: vip.ID, Website: "not a website"})
		return err // which undoes the category as well
	})
	fmt.Println(err)
	for c, err := range ws.Contacts.All(ctx, crm.ContactFilter{}) {
		fmt.Println(c, err)
	}

	// Output:
	// invalid: /website: has to be an http or https address
}

func workspace(ctx context.Context) *clientele.Workspace {
	db, err := sqlite.Memory(ctx)
	if err != nil {
		log.Fatal(err)
	}
	if err := db.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	tenant := core.Tenant{ID: core.CompanyID{UUID: uuid.New()}, Name: "Acme", ContactPolicy: []string{}}
	if err := db.EnsureCompany(ctx, tenant); err != nil {
		log.Fatal(err)
	}
	return clientele.New(db).Workspace(core.Scope{Company: tenant.ID, Actor: core.System()})
}
