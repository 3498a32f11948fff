package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var leadListContracts = []contract{
	{"Leads/are filtered by every column", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		bob, owner := w.contact(crm.NewContact{Name: "Bob"}), newUser()
		me := person(leadPermissions...)
		n := d.about(crm.LeadDetails{
			Title: "École", ContactID: bob.ID, EstimatedValue: &core.Money{Minor: 500, Currency: "BRL"}, ExpectedCloseDate: "2030-03-01", Source: "web",
		})
		n.AssignedToID = owner
		_, err := d.by(me).Create(t.Context(), n)
		require.NoError(t, err)
		d.later(time.Hour)
		noon := *d.now
		d.lead(d.about(crm.LeadDetails{Title: "other", EstimatedValue: &core.Money{Minor: 500}}))
		lost := d.lead(d.about(crm.LeadDetails{Title: "lost"}))
		d.later(time.Hour)
		_, err = d.Move(t.Context(), lost.ID, crm.Move{To: "closed_lost", LostReason: "dear"})
		require.NoError(t, err)
		other, err := w.ws().Trackers.Create(t.Context(), crm.NewTracker{TrackerDetails: crm.TrackerDetails{Name: "Else"}})
		require.NoError(t, err)
		d.lead(crm.NewLead{TrackerID: other.ID, LeadDetails: crm.LeadDetails{Title: "elsewhere", ContactID: d.ada.ID}})
		five, six := int64(500), int64(501)
		for name, c := range map[string]struct {
			f    crm.LeadFilter
			want []string
		}{
			"all":          {crm.LeadFilter{Sort: crm.LeadsOldest}, []string{"École", "other", "lost", "elsewhere"}},
			"tracker":      {crm.LeadFilter{Tracker: other.ID}, []string{"elsewhere"}},
			"status":       {crm.LeadFilter{Status: []string{"closed_lost", "qualified"}}, []string{"lost"}},
			"kind":         {crm.LeadFilter{Kind: crm.LostStage}, []string{"lost"}},
			"contact":      {crm.LeadFilter{Contact: bob.ID}, []string{"École"}},
			"assignee":     {crm.LeadFilter{AssignedTo: owner}, []string{"École"}},
			"unassigned":   {crm.LeadFilter{Unassigned: true, Sort: crm.LeadsByTitle}, []string{"elsewhere", "lost", "other"}},
			"creator":      {crm.LeadFilter{CreatedBy: me.ID}, []string{"École"}},
			"source":       {crm.LeadFilter{Source: "web"}, []string{"École"}},
			"title":        {crm.LeadFilter{Title: "ecole"}, []string{"École"}},
			"reason":       {crm.LeadFilter{LostReason: "dear"}, []string{"lost"}},
			"currency":     {crm.LeadFilter{Currency: "BRL"}, []string{"École"}},
			"values":       {crm.LeadFilter{Currency: "USD", MinValue: &five, MaxValue: &five}, []string{"other"}},
			"no values":    {crm.LeadFilter{Currency: "USD", MinValue: &six}, nil},
			"expected":     {crm.LeadFilter{ExpectedFrom: "2030-03-01", ExpectedBefore: "2030-03-02"}, []string{"École"}},
			"not expected": {crm.LeadFilter{ExpectedBefore: "2030-03-01"}, nil},
			"closed":       {crm.LeadFilter{ClosedFrom: "2030-01-07"}, []string{"lost"}},
			"created":      {crm.LeadFilter{CreatedBefore: noon}, []string{"École"}},
			"updated":      {crm.LeadFilter{UpdatedFrom: noon.Add(time.Minute), UpdatedBefore: noon.Add(2 * time.Hour), Tracker: d.tracker.ID}, []string{"lost"}},
			"entered":      {crm.LeadFilter{EnteredFrom: noon, EnteredBefore: noon.Add(time.Minute)}, []string{"other"}},
		} {
			require.Equal(t, c.want, d.titles(c.f), name)
			n, err := d.Count(t.Context(), c.f, 0)
			require.NoError(t, err)
			require.Len(t, c.want, n, name)
		}
		n2, err := d.Count(t.Context(), crm.LeadFilter{}, 2)
		require.NoError(t, err)
		require.Equal(t, 2, n2)
	}},
	{"Leads/are filtered and sorted by their fields, numbers as numbers and exactly", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		for title, v := range map[string]crm.Values{
			"-10": {"budget": crm.Text("-10"), "sizes": crm.Choose("S")}, "-9.5": {"budget": crm.Text("-9.5"), "sizes": crm.Choose("S", "L")},
			"0": {"budget": crm.Text("0"), "colour": crm.Text("Red")}, "9": {"budget": crm.Text("9")}, "10": {"budget": crm.Text("10.0")},
			"big":   {"budget": crm.Text("123456789012345678901234567890.000000000000001")},
			"more":  {"budget": crm.Text("123456789012345678901234567890.000000000000002")},
			"first": {"since": crm.Text("2029-12-31"), "name": crm.Text("École")}, "last": {"since": crm.Text("2030-01-01"), "name": crm.Text("eclat")},
		} {
			d.lead(d.about(crm.LeadDetails{Title: title, Values: v}))
		}
		by := func(sort crm.LeadSort, values ...crm.ValueFilter) []string {
			return d.titles(crm.LeadFilter{Tracker: d.tracker.ID, Sort: sort, Values: values})
		}
		require.Equal(t, []string{"-10", "-9.5", "0", "9", "10", "big", "more"}, by("values.budget"))
		require.Equal(t, []string{"more", "big", "10", "9", "0", "-9.5", "-10"}, by("-values.budget"))
		require.Equal(t, []string{"first", "last"}, by("values.since"))
		require.Equal(t, []string{"last", "first"}, by("values.name"))
		require.Equal(t, []string{"-9.5", "0", "9"}, by("values.budget", crm.ValueFilter{Field: "budget", Op: crm.ValueAbove, Value: "-10"}, crm.ValueFilter{Field: "budget", Op: crm.ValueUpTo, Value: "9.00"}))
		require.Equal(t, []string{"big"}, by("values.budget", crm.ValueFilter{Field: "budget", Op: crm.ValueFrom, Value: "11"},
			crm.ValueFilter{Field: "budget", Op: crm.ValueBelow, Value: "123456789012345678901234567890.000000000000002"}))
		require.Equal(t, []string{"10"}, by("values.budget", crm.ValueFilter{Field: "budget", Op: crm.ValueIs, Value: "+010"}))
		require.Equal(t, []string{"-9.5"}, by("values.budget", crm.ValueFilter{Field: "sizes", Op: crm.ValueIs, Value: "l"}))
		require.Equal(t, []string{"-10", "-9.5"}, by("values.budget", crm.ValueFilter{Field: "sizes", Op: crm.ValueThere}))
		require.Equal(t, []string{"0"}, by("values.budget", crm.ValueFilter{Field: "colour", Op: crm.ValueIs, Value: "RED"}))
		require.Equal(t, []string{"first", "last"}, by("title", crm.ValueFilter{Field: "budget", Op: crm.ValueAbsent}))
		require.Equal(t, []string{"first"}, by("", crm.ValueFilter{Field: "name", Op: crm.ValueIs, Value: "ECOLE"}))
		n, err := d.Count(t.Context(), crm.LeadFilter{Tracker: d.tracker.ID, Sort: "values.budget"}, 0)
		require.NoError(t, err)
		require.Equal(t, 7, n)
	}},
	{"Leads/are listed in every order, page by page, with leads made in between", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		for i, title := range []string{"b", "a", "c", "d"} {
			d.lead(d.about(crm.LeadDetails{Title: title, EstimatedValue: &core.Money{Minor: int64(10 - i), Currency: "USD"}, ExpectedCloseDate: crm.Date("2030-01-0" + string(rune('9'-i)))}))
			d.later(time.Minute)
		}
		for sort, want := range map[crm.LeadSort][]string{
			"": {"d", "c", "a", "b"}, crm.LeadsOldest: {"b", "a", "c", "d"}, crm.LeadsUpdated: {"b", "a", "c", "d"}, crm.LeadsUpdatedDesc: {"d", "c", "a", "b"},
			crm.LeadsByTitle: {"a", "b", "c", "d"}, crm.LeadsByTitleDesc: {"d", "c", "b", "a"}, crm.LeadsByValue: {"d", "c", "a", "b"}, crm.LeadsByValueDesc: {"b", "a", "c", "d"},
			crm.LeadsExpected: {"d", "c", "a", "b"}, crm.LeadsExpectedDesc: {"b", "a", "c", "d"},
		} {
			require.Equal(t, want, d.titles(crm.LeadFilter{Sort: sort}), sort)
		}
		first, err := d.List(t.Context(), crm.LeadFilter{}, core.Page{Limit: 2})
		require.NoError(t, err)
		d.lead(d.about(crm.LeadDetails{Title: "new"}))
		next, err := d.List(t.Context(), crm.LeadFilter{}, core.Page{Limit: 2, Cursor: first.Next})
		require.NoError(t, err)
		require.Equal(t, "a", next.Items[0].Title)
		require.Empty(t, next.Next)
		_, err = d.List(t.Context(), crm.LeadFilter{Sort: crm.LeadsByTitle}, core.Page{Cursor: first.Next})
		require.ErrorIs(t, err, core.ErrInvalid, "a cursor of another order")
	}},
	{"Leads/are not filtered by what there is not", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		one := int64(1)
		for fault, f := range map[string]crm.LeadFilter{
			"/currency required":       {MinValue: &one},
			"/currency currency":       {Currency: "XXQ"},
			"/kind enum":               {Kind: "odd"},
			"/status/0 key":            {Status: []string{"A b"}},
			"/expectedFrom date":       {ExpectedFrom: "2030-13-01"},
			"/trackerId required":      {Values: []crm.ValueFilter{{Field: "budget", Op: crm.ValueThere}}},
			"/sort sort":               {Tracker: d.tracker.ID, Sort: "values.nothing"},
			"/values/0/field exists":   {Tracker: d.tracker.ID, Values: []crm.ValueFilter{{Field: "nothing", Op: crm.ValueThere}}},
			"/values/0/op enum":        {Tracker: d.tracker.ID, Values: []crm.ValueFilter{{Field: "budget", Op: "odd"}}},
			"/values/0/value number":   {Tracker: d.tracker.ID, Values: []crm.ValueFilter{{Field: "budget", Op: crm.ValueIs, Value: "x"}}},
			"/values/0/value required": {Tracker: d.tracker.ID, Values: []crm.ValueFilter{{Field: "budget", Op: crm.ValueIs}}},
			"/values max_items":        {Tracker: d.tracker.ID, Values: make([]crm.ValueFilter, 11)},
		} {
			_, err := d.List(t.Context(), f, core.Page{})
			require.Equal(t, []string{fault}, faults(t, err))
		}
		_, err := d.List(t.Context(), crm.LeadFilter{Sort: "odd"}, core.Page{})
		require.Equal(t, []string{"/sort sort"}, faults(t, err))
	}},
}
