package main

import (
	"context"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// pipeline makes the tracker of the demo, which leads are made in.
func (d *demo) pipeline(ctx context.Context, ws *clientele.Workspace) error {
	made, err := ws.Trackers.Create(ctx, crm.NewTracker{
		TrackerDetails: crm.TrackerDetails{
			Name: "Coffee for offices", Description: "From the first tasting to the monthly delivery",
			Assignment: crm.Assignment{Rule: crm.RoundRobin, Members: []crm.Assignee{{UserID: d.user}}},
		},
		Fields: []crm.NewField{
			{Name: "cups", Label: "Cups a day", Type: crm.NumberField, HelpText: "How many they drink now", SortOrder: 1},
			{Name: "roast", Label: "Roast", Type: crm.SelectField, Options: []string{"Light", "Medium", "Dark"}, SortOrder: 2},
			{Name: "extras", Label: "Extras", Type: crm.MultiSelectField, Options: []string{"Machine", "Grinder", "Milk", "Decaf"}, SortOrder: 3},
			{Name: "tasting", Label: "Tasting on", Type: crm.DateField, SortOrder: 4},
		},
	})
	d.tracker = made.ID
	return err
}

// lead makes a lead of every other contact, and moves it along the pipeline.
func (d *demo) lead(ctx context.Context, ws *clientele.Workspace, c crm.Contact) error {
	if d.random.IntN(2) == 0 {
		return nil
	}
	cups := demoCups[d.random.IntN(len(demoCups))]
	values := crm.Values{"cups": crm.Text(cups.text), "roast": crm.Text(one(d, []string{"Light", "Medium", "Medium", "Dark"}))}
	if d.random.IntN(3) == 0 {
		values["extras"] = crm.Choose(one(d, []string{"Machine", "Grinder"}), "Milk")
	}
	lead, err := ws.Leads.Create(ctx, crm.NewLead{TrackerID: d.tracker, LeadDetails: crm.LeadDetails{
		Title: one(d, demoLeads) + c.Company, ContactID: c.ID, Values: values,
		EstimatedValue:    &core.Money{Minor: cups.value*100 + int64(d.random.IntN(50))*1000, Currency: "USD"},
		ExpectedCloseDate: crm.Date(d.today.AddDate(0, d.random.IntN(6), d.random.IntN(28)).Format("2006-01-02")),
	}})
	if err != nil {
		return err
	}
	for _, to := range one(d, demoPaths) {
		move := crm.Move{To: to}
		if to == "closed_lost" {
			move.LostReason = one(d, demoLostReasons)
		}
		if _, err := ws.Leads.Move(ctx, lead.ID, move); err != nil {
			return err
		}
	}
	if d.random.IntN(3) == 0 {
		_, err = ws.LeadNotes.Create(ctx, lead.ID, crm.NewLeadNote{Content: one(d, demoLeadNotes)})
	}
	return err
}

var (
	demoCups = []struct {
		text  string
		value int64 // of a year, in dollars
	}{{"25", 1800}, {"40", 2900}, {"60", 4300}, {"120", 8600}, {"300", 21000}}
	demoLeads = []string{"Monthly beans for ", "A machine and beans for ", "Coffee for the new office of ", "Decaf and filter for "}
	demoPaths = [][]string{
		{}, {}, {"contacted"}, {"contacted"}, {"contacted", "qualified"}, {"contacted", "qualified", "proposal"},
		{"contacted", "qualified", "proposal", "negotiation"}, {"contacted", "qualified", "proposal", "closed_won"},
		{"contacted", "qualified", "proposal", "negotiation", "closed_won"}, {"contacted", "closed_lost"}, {"contacted", "qualified", "proposal", "closed_lost"}, {"contacted", "on_hold"},
	}
	demoLostReasons = []string{"Stays with the supermarket's beans", "Our price", "The new owner drinks tea", "Delivery twice a week is what they need"}
	demoLeadNotes   = []string{"The office manager decides with the team, at the tasting.", "Wants a fixed price for a year.", "Has a machine on lease until summer."}
)
