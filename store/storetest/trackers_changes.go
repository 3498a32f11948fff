package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var trackerChangeContracts = []contract{
	{"Trackers/that lose a stage show whose leads that moves, and move them", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		one := d.lead(d.about(crm.LeadDetails{Title: "one"}))
		two := d.moved(d.lead(d.about(crm.LeadDetails{Title: "two"})), "proposal")
		past := d.moved(d.moved(d.lead(d.about(crm.LeadDetails{Title: "past"})), "proposal"), "on_hold")
		change := crm.StagesChange{Stages: crm.DefaultStages()[:3]}
		change.Stages = append(change.Stages, crm.DefaultStages()[5:]...) // without proposal and negotiation
		plan, err := d.PlanStages(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		require.Equal(t, []string{"proposal > 1"}, effectText(plan), "there is no stage for them yet")
		change.Confirmed = true
		_, err = d.SetStages(t.Context(), d.tracker.ID, change)
		require.ErrorIs(t, err, core.ErrState)
		change.Confirmed, change.MoveTo = false, map[string]string{"proposal": "qualified"}
		plan, err = d.PlanStages(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		require.Equal(t, []string{"proposal > qualified 1"}, effectText(plan))
		require.Equal(t, 1, plan.Affected)
		require.Equal(t, []crm.AffectedLead{{ID: two.ID, Title: "two", Status: "proposal"}}, plan.Leads)
		plan, err = d.by(own(core.TrackersWrite)).PlanStages(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		require.Equal(t, 1, plan.Affected, "it is changed whoever sees it")
		require.Empty(t, plan.Leads, "and is told to those alone who do")
		_, err = d.SetStages(t.Context(), d.tracker.ID, change)
		require.ErrorIs(t, err, core.ErrState, "not confirmed")
		got, err := d.Get(t.Context(), two.ID)
		require.NoError(t, err)
		require.Equal(t, two, got, "what was refused has done nothing")

		d.later(time.Minute)
		change.Confirmed = true
		tracker, err := d.by(own(core.TrackersWrite)).SetStages(t.Context(), d.tracker.ID, change)
		require.NoError(t, err, "leads that the actor does not see are moved too")
		require.Len(t, tracker.Stages, 6)
		read, err := w.ws().Trackers.Get(t.Context(), d.tracker.ID)
		require.NoError(t, err)
		require.Equal(t, tracker, read)
		got, err = d.Get(t.Context(), two.ID)
		require.NoError(t, err)
		require.Equal(t, "qualified", got.Status)
		require.Equal(t, "qualified", got.Reached)
		require.Equal(t, two.Version+1, got.Version)
		history, err := d.History(t.Context(), two.ID, core.Page{})
		require.NoError(t, err)
		require.Len(t, history.Items, 3)
		require.Equal(t, "proposal", history.Items[0].From)
		require.EqualValues(t, 60, history.Items[0].StaySeconds)
		require.Equal(t, []string{"lead.created", "lead.moved", "lead.moved"}, w.trail(two.ID.UUID))
		got, err = d.Get(t.Context(), past.ID)
		require.NoError(t, err)
		require.Equal(t, "qualified", got.Reached, "it has been in the stage that went")
		got, err = d.Get(t.Context(), one.ID)
		require.NoError(t, err)
		require.Equal(t, one, got)
	}},
	{"Trackers/whose stage changes its kind close and open its leads", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.moved(d.lead(d.about(crm.LeadDetails{})), "negotiation")
		entered := *d.now
		d.later(time.Hour)
		stages := crm.DefaultStages()
		stages[4].Kind = crm.WonStage
		plan, err := d.PlanStages(t.Context(), d.tracker.ID, crm.StagesChange{Stages: stages})
		require.NoError(t, err)
		require.Equal(t, []string{"negotiation > negotiation 1"}, effectText(plan))
		_, err = d.SetStages(t.Context(), d.tracker.ID, crm.StagesChange{Stages: stages, Confirmed: true})
		require.NoError(t, err)
		got, err := d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, &entered, got.ClosedAt, "since it came there")
		_, err = d.SetStages(t.Context(), d.tracker.ID, crm.StagesChange{Stages: crm.DefaultStages(), Confirmed: true})
		require.NoError(t, err)
		got, err = d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Nil(t, got.ClosedAt)

		lost, err := d.Move(t.Context(), l.ID, crm.Move{To: "closed_lost", LostReason: "dear"})
		require.NoError(t, err)
		stages = crm.DefaultStages()
		stages[6].Kind = crm.WonStage
		_, err = d.SetStages(t.Context(), d.tracker.ID, crm.StagesChange{Stages: stages})
		require.ErrorIs(t, err, core.ErrState, "what was lost is not won unseen")
		_, err = d.SetStages(t.Context(), d.tracker.ID, crm.StagesChange{Stages: stages, Confirmed: true})
		require.NoError(t, err)
		got, err = d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, lost.ClosedAt, got.ClosedAt)
		require.Empty(t, got.LostReason)
		require.Equal(t, "closed_lost", got.Reached)
	}},
	{"Trackers/whose options change show whose values that changes, and lose none", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		red := d.lead(d.about(crm.LeadDetails{Title: "red", Values: crm.Values{"colour": crm.Text("Red"), "sizes": crm.Choose("S", "M")}}))
		blue := d.lead(d.about(crm.LeadDetails{Title: "blue", Values: crm.Values{"colour": crm.Text("Blue"), "sizes": crm.Choose("L")}}))
		fields := newFields(d.tracker.Fields)
		for i := range fields {
			switch fields[i].Name {
			case "colour":
				fields[i].Options = []string{"Crimson", "Green"} // Red is renamed, Blue goes
			case "sizes":
				fields[i].Options = []string{"L", "M", "XL"} // S becomes L
			}
		}
		change := crm.FieldsChange{Fields: fields, Options: map[string]map[string]string{"colour": {"Red": "Crimson"}, "sizes": {"S": "L"}}}
		plan, err := d.PlanFields(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		require.Equal(t, []string{"colour Blue > kept 1", "colour Red > Crimson 1", "sizes S > L 1"}, effectText(plan))
		require.Equal(t, 2, plan.Affected)
		_, err = d.SetFields(t.Context(), d.tracker.ID, change)
		require.ErrorIs(t, err, core.ErrState)
		change.Confirmed = true
		_, err = d.by(own(core.TrackersWrite)).SetFields(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		got, err := d.Get(t.Context(), red.ID)
		require.NoError(t, err)
		require.Equal(t, crm.Values{"colour": crm.Text("Crimson"), "sizes": crm.Choose("L", "M")}, got.Values)
		require.Empty(t, got.OldValues)
		got, err = d.Get(t.Context(), blue.ID)
		require.NoError(t, err)
		require.Equal(t, crm.Values{"sizes": crm.Choose("L")}, got.Values)
		require.Equal(t, []crm.OldValue{{Field: "colour", Label: "colour", Value: "Blue"}}, got.OldValues)
		require.Equal(t, []string{"lead.created", "lead.updated"}, w.trail(blue.ID.UUID))
		require.Equal(t, []string{"red"}, d.titles(crm.LeadFilter{Tracker: d.tracker.ID, Values: []crm.ValueFilter{{Field: "colour", Op: crm.ValueIs, Value: "CRIMSON"}}}))

		change.Options = map[string]map[string]string{"colour": {"Crimson": "Green", "Pink": "Green", "Green": "Pink"}, "memo": {"a": "b"}}
		_, err = d.SetFields(t.Context(), d.tracker.ID, change)
		require.ElementsMatch(t, []string{
			"/options/colour/Crimson stays", "/options/colour/Pink exists", "/options/colour/Green stays", "/options/colour/Green option", "/options/memo exists",
		}, faults(t, err))
	}},
	{"Trackers/whose field changes its type keep what does not fit to be read", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		fits := d.lead(d.about(crm.LeadDetails{Title: "fits", Values: crm.Values{"name": crm.Text("007.50")}}))
		odd := d.lead(d.about(crm.LeadDetails{Title: "odd", Values: crm.Values{"name": crm.Text("about seven")}}))
		none := d.lead(d.about(crm.LeadDetails{Title: "none"}))
		fields := newFields(d.tracker.Fields)
		for i := range fields {
			if fields[i].Name == "name" {
				fields[i].Type = crm.NumberField
			}
		}
		change := crm.FieldsChange{Fields: fields}
		plan, err := d.PlanFields(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		require.Equal(t, []string{"name > kept 1", "name > number 1"}, effectText(plan))
		change.Confirmed = true
		_, err = d.SetFields(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		got, err := d.Get(t.Context(), fits.ID)
		require.NoError(t, err)
		require.Equal(t, crm.Text("7.5"), got.Values["name"])
		above := crm.LeadFilter{Tracker: d.tracker.ID, Values: []crm.ValueFilter{{Field: "name", Op: crm.ValueAbove, Value: "7"}}}
		require.Equal(t, []string{"fits"}, d.titles(above), "it is compared as a number")
		got, err = d.Get(t.Context(), odd.ID)
		require.NoError(t, err)
		require.Empty(t, got.Values)
		require.Equal(t, []crm.OldValue{{Field: "name", Label: "name", Value: "about seven"}}, got.OldValues)
		_, err = d.Update(t.Context(), odd.ID, func(l *crm.Lead) error { l.Values["name"] = crm.Text("8"); l.OldValues = nil; return nil })
		require.NoError(t, err)
		got, err = d.Get(t.Context(), odd.ID)
		require.NoError(t, err)
		require.Len(t, got.OldValues, 1, "what is new does not take the place of what is old")
		got, err = d.Get(t.Context(), none.ID)
		require.NoError(t, err)
		require.Equal(t, none, got)
	}},
	{"Trackers/that lose a field keep its values to be read, and may have its name anew", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{Values: crm.Values{"budget": crm.Text("5"), "name": crm.Text("n")}}))
		var fields []crm.NewField
		for _, f := range newFields(d.tracker.Fields) {
			if f.Name != "budget" {
				fields = append(fields, f)
			}
		}
		change := crm.FieldsChange{Fields: fields}
		plan, err := d.PlanFields(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		require.Equal(t, []string{"budget > kept 1"}, effectText(plan))
		_, err = d.SetFields(t.Context(), d.tracker.ID, change)
		require.ErrorIs(t, err, core.ErrState)
		change.Confirmed = true
		tracker, err := d.SetFields(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		require.Equal(t, []string{"budget"}, fieldNames(tracker.Retired))
		got, err := d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, crm.Values{"name": crm.Text("n")}, got.Values)
		require.Equal(t, []crm.OldValue{{Field: "budget", Label: "budget", Value: "5"}}, got.OldValues)
		change.Fields = append(fields, crm.NewField{Name: "budget", Type: crm.TextField})
		tracker, err = d.SetFields(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		read, err := w.ws().Trackers.Get(t.Context(), d.tracker.ID)
		require.NoError(t, err)
		require.Equal(t, tracker, read)
		_, err = d.Update(t.Context(), l.ID, func(l *crm.Lead) error { l.Values["budget"] = crm.Text("a lot"); return nil })
		require.NoError(t, err)
		got, err = d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, crm.Text("a lot"), got.Values["budget"])
		require.Len(t, got.OldValues, 1)
	}},
	{"Trackers/that are changed while leads are made have no lead of what was", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		rush(t, 8, func(i int) {
			if i == 3 {
				changed := newFields(d.tracker.Fields)
				for i := range changed {
					if changed[i].Name == "name" {
						changed[i].Type = crm.NumberField
					}
				}
				if _, err := d.SetFields(t.Context(), d.tracker.ID, crm.FieldsChange{Fields: changed, Confirmed: true}); err != nil {
					t.Error(err)
				}
				return
			}
			_, _ = d.Create(t.Context(), d.about(crm.LeadDetails{Values: crm.Values{"name": crm.Text("text")}})) // refused once the field is a number
		})
		for l, err := range d.Leads.All(t.Context(), crm.LeadFilter{}) {
			require.NoError(t, err)
			require.NotContains(t, l.Values, "name", "it is no number")
		}
	}},
	{"Trackers/that lose a stage while leads come into it have none there", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		leads := make([]crm.Lead, 8)
		for i := range leads {
			leads[i] = d.lead(d.about(crm.LeadDetails{}))
		}
		stages := slices.Delete(crm.DefaultStages(), 3, 4) // without proposal
		rush(t, len(leads), func(i int) {
			if i == 3 {
				change := crm.StagesChange{Stages: stages, MoveTo: map[string]string{"proposal": "qualified"}, Confirmed: true}
				if _, err := d.SetStages(t.Context(), d.tracker.ID, change); err != nil {
					t.Error(err)
				}
				return
			}
			if _, err := d.Move(t.Context(), leads[i].ID, crm.Move{To: "proposal"}); err != nil && !errors.Is(err, core.ErrInvalid) {
				t.Error(err) // refused once there is no such stage
			}
		})
		for l, err := range d.Leads.All(t.Context(), crm.LeadFilter{}) {
			require.NoError(t, err)
			require.Contains(t, []string{"new", "qualified"}, l.Status)
			require.Equal(t, l.Status, l.Reached)
			moves, err := d.History(t.Context(), l.ID, core.Page{})
			require.NoError(t, err)
			require.Equal(t, l.Status, moves.Items[0].To, "its last move is to where it is")
		}
	}},
}
