package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var trackerContracts = []contract{
	{"Trackers/are read back as they were written, with the usual stages", func(t *testing.T, w *world) {
		ann, ben := newUser(), newUser()
		made, err := w.ws().Trackers.Create(t.Context(), crm.NewTracker{
			TrackerDetails: crm.TrackerDetails{Name: " Sales ", Description: "a\nb", Assignment: crm.Assignment{
				Rule: crm.RoundRobin, Members: []crm.Assignee{{UserID: ann}, {UserID: ben, Weight: 3}},
			}},
			Fields: []crm.NewField{
				{Name: "z", Type: crm.SelectField, Options: []string{" Red ", "Blue"}, SortOrder: -1, IsRequired: true},
				{Name: "b", Label: "Bee", Type: crm.TextField, Placeholder: "p", HelpText: "h"}, {Name: "a", Type: crm.DateField},
			},
		})
		require.NoError(t, err)
		got, err := w.ws().Trackers.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, got)
		require.Equal(t, "Sales", got.Name)
		require.Equal(t, []crm.Assignee{{UserID: ann, Weight: 1}, {UserID: ben, Weight: 3}}, got.Assignment.Members)
		require.Equal(t, crm.DefaultStages(), got.Stages)
		require.Equal(t, []string{"z", "a", "b"}, fieldNames(got.Fields))
		require.Equal(t, crm.NewField{Name: "z", Label: "z", Type: crm.SelectField, Options: []string{"Red", "Blue"}, SortOrder: -1, IsRequired: true}, got.Fields[0].NewField)
		require.True(t, got.Active)
		require.Empty(t, got.Retired)
		edited, err := w.ws().Trackers.Update(t.Context(), made.ID, func(tr *crm.Tracker) error {
			tr.Name, tr.Active, tr.Stages, tr.Fields = "Deals", false, nil, nil
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, made.Stages, edited.Stages, "not edit's to change")
		require.Equal(t, made.Fields, edited.Fields)
		got, err = w.ws().Trackers.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, edited, got)
		require.Equal(t, []string{"tracker.created", "tracker.updated"}, w.trail(made.ID.UUID))
	}},
	{"Trackers/have values of their kinds and lengths", func(t *testing.T, w *world) {
		_, err := w.ws().Trackers.Create(t.Context(), crm.NewTracker{
			TrackerDetails: crm.TrackerDetails{Assignment: crm.Assignment{Rule: crm.RoundRobin}},
			Stages: []crm.Stage{
				{Key: "A b", Kind: "odd", Probability: 101, AllowedMoves: []string{"nowhere"}, Requires: []string{"nothing"}}, {Key: "won", Kind: crm.WonStage}, {Key: "won", Kind: crm.WonStage},
			},
			Fields: []crm.NewField{
				{Name: "x", Type: "odd"}, {Name: "x", Type: crm.SelectField}, {Name: "y", Type: crm.TextField, Options: []string{"o"}},
				{Name: "z", Type: crm.SelectField, Options: []string{"é", "E", " "}}, {Name: "description", Type: crm.TextField}, {Type: crm.TextField},
			},
		})
		require.ElementsMatch(t, []string{
			"/name required", "/assignment/members items", "/fields/0/type enum", "/fields/1/options items", "/fields/1/name unique", "/fields/2/options options",
			"/fields/3/options/1 unique", "/fields/3/options/2 required", "/fields/4/name reserved", "/fields/5/name required",
			"/stages/0/key key", "/stages/0/kind enum", "/stages/0/probability range", "/stages/0/allowedMoves/0 exists", "/stages/0/requires/0 exists",
			"/stages/1/key unique", "/stages/2/key unique", "/stages open",
		}, faults(t, err))
		_, err = w.ws().Trackers.Create(t.Context(), crm.NewTracker{TrackerDetails: crm.TrackerDetails{Name: "x"}, Stages: make([]crm.Stage, 51), Fields: make([]crm.NewField, 101)})
		require.ElementsMatch(t, []string{"/stages max_items", "/fields max_items"}, faults(t, err))
	}},
	{"Trackers/of another company are not found, and nothing changes them", func(t *testing.T, w *world) {
		theirs := w.dealsOf(w.foreign, core.System()).tracker
		ours := w.ws().Trackers
		_, err := ours.Get(t.Context(), theirs.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.Update(t.Context(), theirs.ID, func(tr *crm.Tracker) error { tr.Name = "Ours"; return nil })
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.SetStages(t.Context(), theirs.ID, crm.StagesChange{Stages: theirs.Stages})
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.PlanStages(t.Context(), theirs.ID, crm.StagesChange{Stages: theirs.Stages})
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.SetFields(t.Context(), theirs.ID, crm.FieldsChange{})
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = ours.PlanFields(t.Context(), theirs.ID, crm.FieldsChange{})
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, ours.Delete(t.Context(), theirs.ID), core.ErrNotFound)
		l, err := ours.List(t.Context(), crm.TrackerFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, l.Items)
		got, err := w.theirs().Trackers.Get(t.Context(), theirs.ID)
		require.NoError(t, err)
		require.Equal(t, theirs, got)
	}},
	{"Trackers/need leads:read to be read and trackers:write to be changed", func(t *testing.T, w *world) {
		tr := w.deals(core.System()).tracker
		_, err := w.as(own(core.LeadsRead)).Trackers.Get(t.Context(), tr.ID)
		require.NoError(t, err, "one who sees own rows sees all trackers")
		_, err = w.as(without(core.LeadsRead)).Trackers.Get(t.Context(), tr.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.as(without(core.LeadsRead)).Trackers.List(t.Context(), crm.TrackerFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		refused := w.as(without(core.TrackersWrite)).Trackers
		_, err = refused.Create(t.Context(), crm.NewTracker{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = refused.Update(t.Context(), tr.ID, func(*crm.Tracker) error { return nil })
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = refused.SetStages(t.Context(), tr.ID, crm.StagesChange{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = refused.PlanFields(t.Context(), tr.ID, crm.FieldsChange{})
		require.ErrorIs(t, err, core.ErrForbidden)
		require.ErrorIs(t, refused.Delete(t.Context(), tr.ID), core.ErrForbidden)
	}},
	{"Trackers/with leads are not deleted, and those that are not active take no new ones", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{}))
		require.ErrorIs(t, w.ws().Trackers.Delete(t.Context(), d.tracker.ID), core.ErrState)
		_, err := w.ws().Trackers.Update(t.Context(), d.tracker.ID, func(tr *crm.Tracker) error { tr.Active = false; return nil })
		require.NoError(t, err)
		_, err = d.Create(t.Context(), d.about(crm.LeadDetails{}))
		require.Equal(t, []string{"/trackerId active"}, faults(t, err))
		d.moved(l, "contacted")
		require.NoError(t, d.Delete(t.Context(), l.ID))
		require.NoError(t, w.ws().Trackers.Delete(t.Context(), d.tracker.ID))
		_, err = w.ws().Trackers.Get(t.Context(), d.tracker.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Trackers/are listed by name", func(t *testing.T, w *world) {
		for _, name := range []string{"b", "É", "A", "d"} {
			_, err := w.ws().Trackers.Create(t.Context(), crm.NewTracker{TrackerDetails: crm.TrackerDetails{Name: name}})
			require.NoError(t, err)
		}
		var names []string
		p := core.Page{Limit: 3}
		for {
			l, err := w.ws().Trackers.List(t.Context(), crm.TrackerFilter{Active: new(true)}, p)
			require.NoError(t, err)
			for _, tr := range l.Items {
				names = append(names, tr.Name)
				require.Len(t, tr.Stages, 8)
			}
			if p.Cursor = l.Next; p.Cursor == "" {
				break
			}
		}
		require.Equal(t, []string{"A", "b", "d", "É"}, names)
	}},
	{"Trackers/ask for required fields of new leads, and of others only to keep what they have", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		before := d.lead(d.about(crm.LeadDetails{}))
		fields := newFields(d.tracker.Fields)
		fields[slices.IndexFunc(fields, func(f crm.NewField) bool { return f.Name == "budget" })].IsRequired = true
		_, err := d.SetFields(t.Context(), d.tracker.ID, crm.FieldsChange{Fields: fields})
		require.NoError(t, err)
		_, err = d.Create(t.Context(), d.about(crm.LeadDetails{}))
		require.Equal(t, []string{"/values/budget required"}, faults(t, err))
		_, err = d.Update(t.Context(), before.ID, func(l *crm.Lead) error { l.Title = "x"; return nil })
		require.NoError(t, err)
		has := d.lead(d.about(crm.LeadDetails{Values: crm.Values{"budget": crm.Text("1")}}))
		_, err = d.Update(t.Context(), has.ID, func(l *crm.Lead) error { delete(l.Values, "budget"); return nil })
		require.Equal(t, []string{"/values/budget required"}, faults(t, err))
	}},
}

func fieldNames(fields []crm.Field) (names []string) {
	for _, f := range fields {
		names = append(names, f.Name)
	}
	return names
}

// newFields are the fields as a person says them.
func newFields(fields []crm.Field) (list []crm.NewField) {
	for _, f := range fields {
		f.Options = slices.Clone(f.Options)
		list = append(list, f.NewField)
	}
	return list
}

// effectText is one line for each change of an effect: "sizes S > M 2", and "kept" where nothing is in its place.
func effectText(e crm.Effect) (lines []string) {
	for _, c := range e.Changes {
		becomes := c.Becomes
		if c.Kept {
			becomes = "kept"
		}
		lines = append(lines, strings.Join(strings.Fields(fmt.Sprintf("%s%s %s > %s %d", c.Stage, c.Field, c.Value, becomes, c.Leads)), " "))
	}
	slices.Sort(lines)
	return lines
}
