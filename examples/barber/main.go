// Barber is a shop with two barbers: it lists what is free tomorrow, and books the first.
//
//	go run ./examples/barber
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
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
	shop := core.Tenant{ID: core.CompanyID{UUID: uuid.New()}, Name: "The barber shop"}
	if err := errors.Join(db.Migrate(ctx), db.EnsureCompany(ctx, shop)); err != nil {
		return err
	}
	ws := clientele.New(db).Workspace(core.Scope{Company: shop.ID, Actor: core.System()})
	haircut, err := ws.Agendas.Create(ctx, scheduling.NewAgenda{
		Name:    "Haircut",
		Rules:   slots.Rules{Hours: slots.Hours{Timezone: "Europe/Lisbon", Week: slots.EveryDay("09:00-12:30", "14:00-19:00")}, Duration: 30, Assignment: slots.RoundRobin},
		Members: []scheduling.AgendaMember{{ID: core.UserID{UUID: uuid.New()}}, {ID: core.UserID{UUID: uuid.New()}}},
	})
	if err != nil {
		return err
	}
	tomorrow, after := core.Day(time.Now(), time.UTC, 1)
	free, err := ws.Agendas.Slots(ctx, haircut.ID, scheduling.SlotQuery{From: tomorrow, To: after})
	if err != nil {
		return err
	}
	booked, err := ws.Appointments.Book(ctx, scheduling.NewAppointment{AgendaID: haircut.ID, StartDate: free[0].Start})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d slots are free; booked %s, by %s\n", len(free), booked.Title, booked.AssignedBy)
	return err
}
