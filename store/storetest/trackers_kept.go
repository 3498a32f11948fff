package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// trackerKeptContracts say what stays of leads whose tracker has no place for it any more.
var trackerKeptContracts = []contract{
	{"Trackers/that lose a stage count whoever had come so far as having come to the one before", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		past := d.moved(d.moved(d.lead(d.about(crm.LeadDetails{})), "proposal"), "closed_lost")
		there := d.moved(d.lead(d.about(crm.LeadDetails{})), "negotiation")
		begun := d.moved(d.lead(d.about(crm.LeadDetails{})), "on_hold")
		change := crm.StagesChange{
			Stages: append(slices.Clone(crm.DefaultStages()[1:3]), crm.DefaultStages()[5:]...), // without new, proposal and negotiation
			MoveTo: map[string]string{"negotiation": "closed_lost"}, Confirmed: true,
		}
		_, err := d.SetStages(t.Context(), d.tracker.ID, change)
		require.NoError(t, err)
		for id, reached := range map[core.ID[crm.Lead]]string{past.ID: "qualified", there.ID: "qualified", begun.ID: ""} {
			got, err := d.Get(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, reached, got.Reached)
		}
		funnel, err := d.Funnel(t.Context(), crm.ReportFilter{Tracker: d.tracker.ID})
		require.NoError(t, err)
		require.EqualValues(t, 2, funnel.Stages[1].Reached)
	}},
	{"Trackers/do not lose a field that a stage requires", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		stages := crm.DefaultStages()
		stages[2].Requires = []string{"budget", "description"}
		_, err := d.SetStages(t.Context(), d.tracker.ID, crm.StagesChange{Stages: stages})
		require.NoError(t, err)
		fields := slices.DeleteFunc(newFields(d.tracker.Fields), func(f crm.NewField) bool { return f.Name == "budget" })
		_, err = d.PlanFields(t.Context(), d.tracker.ID, crm.FieldsChange{Fields: fields})
		require.Equal(t, []string{"/fields required"}, faults(t, err))
		require.ErrorContains(t, err, "the stage Qualified requires budget")
		_, err = d.SetStages(t.Context(), d.tracker.ID, crm.StagesChange{Stages: crm.DefaultStages()})
		require.NoError(t, err)
		_, err = d.SetFields(t.Context(), d.tracker.ID, crm.FieldsChange{Fields: fields})
		require.NoError(t, err)
	}},
	{"Trackers/whose fields change from any type to any other lose no value, and the plan says which are kept", func(t *testing.T, w *world) {
		for _, to := range []crm.FieldType{
			crm.TextField, crm.NumberField, crm.EmailField, crm.PhoneField, crm.DateField, crm.SelectField, crm.MultiSelectField, crm.TextareaField, crm.BooleanField,
		} {
			d := w.deals(core.System())
			l := d.lead(d.about(crm.LeadDetails{Values: crm.Values{
				"name": crm.Text("red"), "budget": crm.Text("12.5"), "mail": crm.Text("ada@example.org"), "tel": crm.Text("+5511912345678"), "since": crm.Text("2030-01-31"),
				"colour": crm.Text("Red"), "sizes": crm.Choose("S", "L"), "memo": crm.Text("two\nlines"), "vip": crm.Text("true"),
			}}))
			fields := newFields(d.tracker.Fields)
			for i := range fields {
				if fields[i].Type = to; to != crm.SelectField && to != crm.MultiSelectField {
					fields[i].Options = nil
				} else {
					fields[i].Options = []string{"RED", "L", "12.5", "true"}
				}
			}
			plan, err := d.PlanFields(t.Context(), d.tracker.ID, crm.FieldsChange{Fields: fields})
			require.NoError(t, err)
			_, err = d.SetFields(t.Context(), d.tracker.ID, crm.FieldsChange{Fields: fields, Confirmed: true})
			require.NoError(t, err)
			got, err := d.Get(t.Context(), l.ID)
			require.NoError(t, err)
			said, kept := map[string]bool{}, map[string]bool{}
			for _, on := range plan.Changes {
				if on.Kept {
					said[on.Field] = true
				}
			}
			left := map[string]string{}
			for name, value := range got.Values {
				left[name] = value.String()
			}
			for _, old := range got.OldValues {
				kept[old.Field] = true
				left[old.Field] += "\n" + old.Value
			}
			require.Equal(t, said, kept, "to %s", to)
			for name, was := range l.Values {
				for _, text := range append(was.Chosen, was.Text) {
					require.Contains(t, core.Fold(left[name]), strings.TrimPrefix(core.Fold(text), "+"), "%s to %s", name, to)
				}
			}
		}
	}},
	{"Trackers/whose field takes one value where it took many lose none of them", func(t *testing.T, w *world) {
		for _, change := range []struct {
			to      crm.NewField
			plan    []string
			becomes crm.FieldValue
			kept    []crm.OldValue
		}{
			{
				crm.NewField{Name: "sizes", Type: crm.SelectField, Options: []string{"S", "M", "L"}},
				[]string{"sizes L > kept 1", "sizes S > S 1"}, crm.Text("S"), []crm.OldValue{{Field: "sizes", Label: "sizes", Value: "L"}},
			},
			{crm.NewField{Name: "sizes", Type: crm.TextField}, []string{"sizes > text 1"}, crm.Text("S, L"), []crm.OldValue{}},
			{
				crm.NewField{Name: "sizes", Type: crm.NumberField},
				[]string{"sizes > kept 1"}, crm.FieldValue{}, []crm.OldValue{{Field: "sizes", Label: "sizes", Value: "S"}, {Field: "sizes", Label: "sizes", Value: "L"}},
			},
		} {
			d := w.deals(core.System())
			l := d.lead(d.about(crm.LeadDetails{Values: crm.Values{"sizes": crm.Choose("S", "L")}}))
			fields := newFields(d.tracker.Fields)
			for i := range fields {
				if fields[i].Name == "sizes" {
					fields[i] = change.to
				}
			}
			plan, err := d.PlanFields(t.Context(), d.tracker.ID, crm.FieldsChange{Fields: fields})
			require.NoError(t, err)
			require.Equal(t, change.plan, effectText(plan))
			tracker, err := d.SetFields(t.Context(), d.tracker.ID, crm.FieldsChange{Fields: fields, Confirmed: true})
			require.NoError(t, err)
			got, err := d.Get(t.Context(), l.ID)
			require.NoError(t, err)
			require.Equal(t, change.becomes, got.Values["sizes"], "as the plan has it")
			require.Equal(t, change.kept, got.OldValues)
			read, err := w.ws().Trackers.Get(t.Context(), d.tracker.ID)
			require.NoError(t, err)
			require.Equal(t, tracker, read)
		}
	}},
}
