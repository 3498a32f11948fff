// React does something for every new contact: in the background, at least once, and through
// any crash. Here a letter of welcome is written, and a week later a reminder.
//
//	go run ./examples/react             # SQLite, in react.db
//
// Stop it with Ctrl-C; what was not done yet is done when it runs again.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// Reminder is what a reminder has to know: ids, not copies, as much may happen in a week.
type Reminder struct {
	Contact core.ID[crm.Contact] `json:"contact"`
}

var remind = jobs.Kind[Reminder]{Name: "react.remind", Attempts: 5}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	db, err := sqlite.Open(ctx, cmp.Or(strings.Join(os.Args[1:], ""), "react.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	tenant := core.Tenant{ID: core.CompanyID{UUID: uuid.New()}, Name: "Acme", ContactPolicy: []string{"email"}}
	if err := db.EnsureCompany(ctx, tenant); err != nil {
		log.Fatal(err)
	}
	app := clientele.New(db)
	react(app, func(to core.Email, text string) error {
		fmt.Printf("To %s: %s\n", to, text)
		return nil
	})
	ws := app.Workspace(core.Scope{Company: tenant.ID, Actor: core.System()})
	go func() {
		time.Sleep(time.Second)
		_, err := ws.Contacts.Create(ctx, crm.NewContact{Name: "Ada Lovelace", Email: "ada@example.org"})
		if err != nil {
			log.Print(err)
		}
	}()
	if err := app.Work(ctx); err != nil {
		log.Fatal(err)
	}
}

// react registers what is to be done when a contact is created. A letter may be sent a second
// time if the program dies between sending and noting it: what must not happen twice needs
// the event's id, which stays the same, told to whoever does it.
func react(app *clientele.Clientele, send func(to core.Email, text string) error) {
	events.On(app.Relay, "welcome", crm.ContactCreated, func(ctx context.Context, c events.Change[crm.Contact]) error {
		if c.After.Email == "" {
			return nil
		}
		if err := send(c.After.Email, "Welcome, "+c.After.Name+"!"); err != nil {
			return err // it is tried again, later and later
		}
		later := remind.Of(Reminder{c.After.ID}).At(c.At.AddDate(0, 0, 7)).Once(c.After.ID.String())
		return app.Workspace(c.Scope()).Jobs.Enqueue(ctx, later)
	})
	jobs.Handle(app.Jobs, remind, func(ctx context.Context, r jobs.Run[Reminder]) error {
		contact, err := app.Workspace(r.Scope()).Contacts.Get(ctx, r.Args.Contact)
		if errors.Is(err, core.ErrNotFound) || err == nil && contact.DeletedAt != nil {
			return nil // who has gone needs no reminder
		}
		if err != nil {
			return err
		}
		return send(contact.Email, "Are you still there, "+contact.Name+"?")
	})
}
