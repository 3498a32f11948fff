package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/core/words"
	"github.com/clientele-crm/clientele/crm"
)

var leadFilterContracts = []contract{
	{"Leads/are let through by a filter as the predicate in Go does", func(t *testing.T, w *world) {
		g := newLeadGround(t, w)
		rapid.Check(t, func(rt *rapid.T) {
			f := g.filter(rt, 3)
			var faults core.Faults
			_, node := g.fields.Check(&faults, "", f)
			require.NoError(rt, faults.Err())
			want := []string{}
			for i := range g.leads {
				if g.fields.Match(node, &g.leads[i]) {
					want = append(want, g.leads[i].Title)
				}
			}
			slices.Sort(want)
			asked := crm.LeadFilter{Tracker: g.deals.tracker.ID, Where: f}
			l, err := g.deals.List(t.Context(), asked, core.Page{Limit: 200})
			require.NoError(rt, err)
			got := titlesOf(l.Items)
			slices.Sort(got)
			text, _ := json.Marshal(f)
			require.Equal(rt, want, got, "%s", text)
			n, err := g.deals.Count(t.Context(), asked, 0)
			require.NoError(rt, err)
			require.Equal(rt, len(want), n)
		})
	}},
	{"Leads/are never let through to whom they are not shown, whatever the filter or search", func(t *testing.T, w *world) {
		d, me := w.deals(core.System()), own(leadPermissions...)
		d.lead(d.about(crm.LeadDetails{Title: "boat ours"}))
		theirs := w.dealsOf(w.foreign, core.System())
		theirs.lead(theirs.about(crm.LeadDetails{Title: "boat theirs"}))
		n := d.about(crm.LeadDetails{Title: "boat mine"})
		n.AssignedToID = me.ID
		d.lead(n)
		all := filter.Filter{Any: []filter.Filter{
			{Field: "title", Op: filter.Has}, {Not: &filter.Filter{Field: "title", Op: filter.Has}}, {Field: "source", Op: filter.HasNot},
		}}
		for _, f := range []crm.LeadFilter{{Where: all}, {Where: filter.Filter{Not: &filter.Filter{Not: &all}}}, {Search: "boat"}, {Search: "b", Where: all}} {
			f.Sort = crm.LeadsByTitle
			require.Equal(t, []string{"boat mine", "boat ours"}, d.titles(f))
			require.Equal(t, []string{"boat mine"}, d.by(me).titles(f))
			n, err := d.by(me).Count(t.Context(), f, 0)
			require.NoError(t, err)
			require.Equal(t, 1, n)
		}
		_, err := w.as(without(core.LeadsRead)).Leads.Search(t.Context(), "boat", core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
	{"Leads/say what is wrong with a filter, a view or a search of them", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		for fault, f := range map[string]filter.Filter{
			"/filter/field field":   {Field: "shoeSize", Op: filter.Is, Value: "44"},
			"/filter/field field ":  {Field: "values.budget", Op: filter.Has}, // of no tracker
			"/filter/op op":         {Field: "description", Op: filter.Contains, Value: "x"},
			"/filter/value number":  {Field: "estimatedValue", Op: filter.From, Value: "x"},
			"/filter/value day":     {Field: "closedOn", Op: filter.Before, Value: "soon"},
			"/filter/value value":   {Field: "trackerId", Op: filter.Is, Value: "x"},
			"/filter/value value ":  {Field: "contactId", Op: filter.Is, Value: "x"},
			"/filter/all min_items": {All: []filter.Filter{}},
			"/filter/all/1/value value": {All: []filter.Filter{
				{Field: "trackerId", Op: filter.Is, Value: d.tracker.ID}, {Field: "values.budget", Op: filter.From, Value: "much"},
			}},
		} {
			fault = strings.TrimSpace(fault)
			_, err := d.List(t.Context(), crm.LeadFilter{Where: f}, core.Page{})
			require.Equal(t, []string{fault}, faults(t, err))
			_, err = w.ws().LeadViews.Create(t.Context(), crm.NewView{Name: "x", Filter: f})
			require.Equal(t, []string{fault}, faults(t, err))
		}
		for _, q := range []string{" ", "-", strings.Repeat("x ", 11)} {
			_, err := d.Search(t.Context(), q, core.Page{})
			require.ErrorIs(t, err, core.ErrInvalid, q)
		}
		_, err := d.List(t.Context(), crm.LeadFilter{View: core.NewID[crm.View](core.Env{})}, core.Page{})
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Leads/are chosen by saved views, by the fields of the tracker that a view names too", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		for title, budget := range map[string]string{"dinghy": "900", "yacht": "10000", "sloop": "2000"} {
			d.lead(d.about(crm.LeadDetails{Title: title, Values: crm.Values{"budget": crm.Text(budget)}}))
		}
		d.lead(d.about(crm.LeadDetails{Title: "raft"}))
		made, err := w.ws().LeadViews.Create(t.Context(), crm.NewView{
			Name: "Large", Sort: "-values.budget", Filter: filter.Filter{All: []filter.Filter{
				{Field: "trackerId", Op: filter.Is, Value: d.tracker.ID}, {Field: "values.budget", Op: filter.From, Value: 1000},
			}},
		})
		require.NoError(t, err)
		read, err := w.ws().LeadViews.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, read)
		require.Equal(t, crm.OfLeads, read.Of)
		require.Equal(t, []string{"yacht", "sloop"}, d.titles(crm.LeadFilter{View: made.ID}))
		require.Equal(t, []string{"sloop", "yacht"}, d.titles(crm.LeadFilter{View: made.ID, Sort: crm.LeadsByTitle}))
		require.Equal(t, []string{"sloop"}, d.titles(crm.LeadFilter{View: made.ID, Search: "slo"}))
		for fault, sort := range map[string]string{"/sort sort": "phone", "/sort sort ": "values.nothing", "/sort sort  ": "values.sizes"} {
			_, err = w.ws().LeadViews.Update(t.Context(), made.ID, func(v *crm.View) error { v.Sort = sort; return nil })
			require.Equal(t, []string{strings.TrimSpace(fault)}, faults(t, err))
		}

		_, err = w.ws().ContactViews.Get(t.Context(), made.ID)
		require.ErrorIs(t, err, core.ErrNotFound, "a view of leads is none of contacts")
		_, err = w.ws().Contacts.List(t.Context(), crm.ContactFilter{View: made.ID}, core.Page{})
		require.ErrorIs(t, err, core.ErrNotFound)
		of, err := w.ws().ContactViews.Create(t.Context(), crm.NewView{Name: "x"})
		require.NoError(t, err)
		_, err = d.List(t.Context(), crm.LeadFilter{View: of.ID}, core.Page{})
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.as(without(core.LeadsRead)).LeadViews.Get(t.Context(), made.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.as(without(core.LeadsWrite)).LeadViews.Create(t.Context(), crm.NewView{Name: "x"})
		require.ErrorIs(t, err, core.ErrForbidden)
		require.NoError(t, w.ws().LeadViews.Delete(t.Context(), made.ID))
	}},
	{"Leads/are searched by what the rules in Go find", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		parts := []string{"Boat", "boat", "Édith", "édi", "Straße", "STRASSE", "a1", "12", "345", "Kim", "김", "o'Neil", "x-y", "ﬁn", "½"}
		var all []crm.Lead
		for i := range 50 {
			all = append(all, d.lead(d.about(crm.LeadDetails{
				Title: parts[i%7] + " " + parts[i%len(parts)], Description: parts[i*5%len(parts)],
				Values: crm.Values{
					"name": crm.Text(parts[i/3%len(parts)]), "sizes": crm.Choose([]string{"S", "M", "L"}[i%3]),
					"tel": crm.Text([]string{"", fmt.Sprintf("(11) 91234-5%03d", i)}[i%2]),
				},
			})))
		}
		rapid.Check(t, func(rt *rapid.T) {
			text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(append(parts, "b", "e", "s", "m", "+55 11", "11 9123", "912345001", "1234")), 1, 4).Draw(rt, "words"), " ")
			var f core.Faults
			q := words.Parse(&f, "/q", text)
			if len(f) > 0 {
				rt.Skip("has no word")
			}
			l, err := d.Search(t.Context(), text, core.Page{Limit: 200})
			require.NoError(rt, err)
			requireMatched(rt, q, all, l.Items, func(l *crm.Lead) (string, []string) { return l.ID.String(), l.Words() })
		})
	}},
	{"Leads/are searched as they are, not as they were", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{Title: "Boat", Values: crm.Values{"name": crm.Text("Titanic"), "colour": crm.Text("Red")}}))
		d.lead(d.about(crm.LeadDetails{Title: "Boat the second"}))
		found := func(text string) []string { return d.titles(crm.LeadFilter{Search: text}) }
		require.Equal(t, []string{"Boat the second", "Boat"}, found("boat"), "the newest first")
		require.Equal(t, []string{"Boat"}, found("titan boa"))
		d.moved(l, "contacted")
		require.Equal(t, []string{"Boat"}, found("titanic"))
		_, err := d.Update(t.Context(), l.ID, func(l *crm.Lead) error { l.Values["name"] = crm.Text("Olympic"); return nil })
		require.NoError(t, err)
		require.Empty(t, found("titanic"))
		require.Equal(t, []string{"Boat"}, found("olympic"))

		fields := slices.DeleteFunc(newFields(d.tracker.Fields), func(f crm.NewField) bool { return f.Name == "colour" })
		_, err = d.SetFields(t.Context(), d.tracker.ID, crm.FieldsChange{Fields: fields, Confirmed: true})
		require.NoError(t, err)
		require.Equal(t, []string{"Boat"}, found("red"), "what was in a field that is gone can be read, and is found")
		require.NoError(t, d.Delete(t.Context(), l.ID))
		require.Empty(t, found("olympic"))
	}},
}

// leadGround is leads whose values are few, so that conditions meet some of them.
type leadGround struct {
	*filterGround
	deals  *deals
	leads  []crm.Lead
	fields filter.Fields[crm.Lead]
}

func newLeadGround(t *testing.T, w *world) *leadGround {
	d := w.deals(core.System())
	g := &leadGround{deals: d, fields: crm.LeadFields("BR", d.tracker.Fields...), filterGround: &filterGround{values: map[string][]string{}}}
	users := []core.UserID{{}, newUser(), newUser()}
	bob := w.contact(crm.NewContact{Name: "Bob"})
	for i := range 24 {
		pick := func(n int) string { return someTexts[(i*n+i/3)%len(someTexts)] }
		n := d.about(crm.LeadDetails{
			Title: strings.TrimSpace(pick(1) + " n" + string(rune('a'+i))), Description: pick(2), Source: []string{"", "web", "Web"}[i/2%3],
			ContactID: []core.ID[crm.Contact]{d.ada.ID, bob.ID}[i%2], ExpectedCloseDate: []crm.Date{"", "2030-02-01", "2030-03-01"}[i%3],
			Values: crm.Values{
				"name": crm.Text(pick(3)), "memo": crm.Text(strings.Repeat(pick(4), i%2*300)), "budget": crm.Text([]string{"", "-1.5", "9", "10", "1e3"[:1]}[i%5]),
				"tel": crm.Text([]string{"", "(11) 91234-5678", "+14155550100"}[i%3]), "since": crm.Text([]string{"2030-01-31", ""}[i%2]),
				"sizes": crm.Choose([]string{"S", "M", "L"}[:i%4]...), "vip": crm.Text([]string{"true", "false", ""}[i%3]),
				"mail": crm.Text([]string{"", "X@example.org"}[i%2]), "colour": crm.Text([]string{"Red", "", "Blue"}[i%3]),
			},
		})
		if i%4 > 0 {
			n.EstimatedValue = &core.Money{Minor: int64(i % 3 * 100), Currency: []string{"BRL", "USD"}[i%2]}
		}
		n.AssignedToID = users[i/3%3]
		l, err := d.by(core.Actor{ID: users[i%3], Permissions: core.AllPermissions()}).Create(t.Context(), n)
		require.NoError(t, err)
		d.later(time.Minute)
		if i%5 == 0 {
			l, err = d.Move(t.Context(), l.ID, crm.Move{To: []string{"closed_lost", "closed_won"}[i%2], LostReason: []string{"dear", ""}[i%2]})
			require.NoError(t, err)
		}
		l, err = d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		g.leads = append(g.leads, l)
		for name, at := range map[string]time.Time{"createdAt": l.CreatedAt, "updatedAt": l.UpdatedAt, "enteredAt": l.EnteredAt} {
			g.values[name] = append(g.values[name], at.Format(time.RFC3339Nano))
		}
	}
	g.known(users, bob)
	return g
}

// known are the values that filters compare with.
func (g *leadGround) known(users []core.UserID, bob crm.Contact) {
	for name, values := range map[string][]string{
		"title": {"ÉCOLE", "eco", "a_b", "%", "o", "🦊", "n"}, "values.name": {"ÉCOLE", "eco", "a_b", "%", "\ufdfa"}, "values.memo": {"sao", "%", "école"},
		"status": {"new", "closed_lost", "NEW"}, "reached": {"new", "closed_won"}, "source": {"web", "WEB"}, "lostReason": {"dear", "Dear"},
		"currency": {"BRL", "brl"}, "estimatedValue": {"0", "100", "150"}, "expectedCloseDate": {"2030-02-01", "2030-02-02"}, "closedOn": {"2030-01-07", "2030-01-08"},
		"trackerId": {g.deals.tracker.ID.String(), uuid.NewString()}, "contactId": {bob.ID.String()},
		"assignedToId": {users[1].String(), users[2].String()}, "createdById": {users[2].String()},
		"values.budget": {"-1.50", "+9", "9.5", "10"}, "values.tel": {"11 91234 5678", "+1 415 555 0100", "12"}, "values.since": {"2030-01-31", "2030-02-01"},
		"values.sizes": {"s", "L", "XL"}, "values.vip": {"true", "false"}, "values.mail": {"x@EXAMPLE.org", "x"}, "values.colour": {"red", "bl"},
	} {
		g.values[name] = values
	}
}

func (g *leadGround) filter(rt *rapid.T, depth int) filter.Filter {
	return filterOf(rt, g.fields, g.values, depth)
}

func titlesOf(leads []crm.Lead) []string {
	titles := make([]string, len(leads))
	for i, l := range leads {
		titles[i] = l.Title
	}
	return titles
}
