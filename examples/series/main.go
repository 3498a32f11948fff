// Series books ten weeks of a lesson at once, through a change of the clocks, and writes them as a
// calendar file.
//
//	go run ./examples/series > lessons.ics
package main

import (
	"context"
	"io"
	"log"
	"os"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/ical"
	"github.com/clientele-crm/clientele/scheduling/slots"
	"github.com/clientele-crm/clientele/store/sqlite"
)

func main() {
	if err := run(context.Background(), os.Stdout, time.Now()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer, now time.Time) error {
	db, err := sqlite.Memory(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	db.Env.Now = func() time.Time { return now }
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	school := core.Tenant{ID: core.CompanyID{UUID: uuid.New()}, Name: "The music school"}
	if err := db.EnsureCompany(ctx, school); err != nil {
		return err
	}
	ws := clientele.New(db).Workspace(core.Scope{Company: school.ID, Actor: core.System()})
	lesson, err := ws.Agendas.Create(ctx, scheduling.NewAgenda{
		Name:    "Piano lesson",
		Rules:   slots.Rules{Hours: slots.Hours{Timezone: "Europe/Lisbon", Week: slots.EveryDay("14:00-19:00")}, Duration: 60},
		Members: []scheduling.AgendaMember{{ID: core.UserID{UUID: uuid.New()}}},
	})
	if err != nil {
		return err
	}
	lisbon, err := slots.Zone(lesson.Rules.Timezone)
	if err != nil {
		return err
	}
	first := slots.At(lisbon, slots.DateOf(now.In(lisbon)).AddDays(1), 16*60)
	booked, err := ws.Appointments.BookSeries(ctx, scheduling.NewSeries{
		AgendaID: lesson.ID, SeriesPlan: scheduling.SeriesPlan{StartDate: first, Rule: "FREQ=WEEKLY;COUNT=10"},
	})
	if err != nil {
		return err
	}
	file, err := ical.NewWriter(out, ical.Calendar{Name: lesson.Name, From: first, Until: booked.Appointments[9].EndDate})
	if err != nil {
		return err
	}
	if err := file.Series(booked.Series, booked.Appointments, ical.Event{}); err != nil {
		return err
	}
	return file.Close()
}
