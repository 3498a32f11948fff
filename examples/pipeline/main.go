// Pipeline sells machines through a pipeline of its own, with fields of its own: it shows what a
// change of them would do to the leads before it is made, and a forecast.
//
//	go run ./examples/pipeline
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
	maker := core.Tenant{ID: core.CompanyID{UUID: uuid.New()}, Name: "The machine works", Currency: "EUR", ContactPolicy: []string{}}
	if err := db.EnsureCompany(ctx, maker); err != nil {
		return err
	}
	ws := clientele.New(db).Workspace(core.Scope{Company: maker.ID, Actor: core.System()})
	machines, err := ws.Trackers.Create(ctx, machineSales())
	if err != nil {
		return err
	}
	if err := sell(ctx, ws, machines.ID); err != nil {
		return err
	}
	if err := change(ctx, out, ws, machines); err != nil {
		return err
	}
	forecast, err := ws.Leads.Forecast(ctx, crm.ReportFilter{Tracker: machines.ID})
	if err != nil {
		return err
	}
	for _, f := range forecast {
		if _, err := fmt.Fprintf(out, "%s: %s %s of %s\n", f.Month, f.Weighted.Amount, f.Currency, f.Value.Amount); err != nil {
			return err
		}
	}
	return nil
}

// machineSales is a pipeline whose offers need a price, and fields that say what is wanted.
func machineSales() crm.NewTracker {
	return crm.NewTracker{
		TrackerDetails: crm.TrackerDetails{Name: "Machines"},
		Stages: []crm.Stage{
			{Key: "asked", Label: "Asked", Probability: 10},
			{Key: "visited", Label: "Visited", Probability: 30},
			{Key: "offered", Label: "Offered", Probability: 60, Requires: []string{"estimatedValue", "model"}},
			{Key: "sold", Label: "Sold", Kind: crm.WonStage, Probability: 100},
			{Key: "gone", Label: "Gone", Kind: crm.LostStage, Requires: []string{"lostReason"}},
		},
		Fields: []crm.NewField{
			{Name: "model", Label: "Model", Type: crm.SelectField, Options: []string{"Small", "Large"}},
			{Name: "cups", Label: "Cups a day", Type: crm.NumberField, IsRequired: true},
		},
	}
}

func sell(ctx context.Context, ws *clientele.Workspace, tracker core.ID[crm.Tracker]) error {
	cafe, err := ws.Contacts.Create(ctx, crm.NewContact{Name: "The café"})
	if err != nil {
		return err
	}
	for i, cups := range []string{"80", "250.5"} {
		lead, err := ws.Leads.Create(ctx, crm.NewLead{TrackerID: tracker, LeadDetails: crm.LeadDetails{
			Title: "A machine", ContactID: cafe.ID, ExpectedCloseDate: "2030-03-31",
			EstimatedValue: &core.Money{Minor: int64(i+1) * 150_000}, // in cents of the company's currency
			Values:         crm.Values{"model": crm.Text("small"), "cups": crm.Text(cups)},
		}})
		if err != nil {
			return err
		}
		if _, err := ws.Leads.Move(ctx, lead.ID, crm.Move{To: "offered"}); err != nil {
			return err
		}
	}
	return nil
}

// change renames an option, and shows first what that does.
func change(ctx context.Context, out io.Writer, ws *clientele.Workspace, machines crm.Tracker) error {
	fields := crm.FieldsChange{Options: map[string]map[string]string{"model": {"Small": "Compact"}}}
	for _, f := range machines.Fields {
		if f.Name == "model" {
			f.Options = []string{"Compact", "Large"}
		}
		fields.Fields = append(fields.Fields, f.NewField)
	}
	effect, err := ws.Trackers.PlanFields(ctx, machines.ID, fields)
	if err != nil {
		return err
	}
	for _, c := range effect.Changes {
		if _, err := fmt.Fprintf(out, "%d leads: %s becomes %s\n", c.Leads, c.Value, c.Becomes); err != nil {
			return err
		}
	}
	fields.Confirmed = true
	_, err = ws.Trackers.SetFields(ctx, machines.ID, fields)
	return err
}
