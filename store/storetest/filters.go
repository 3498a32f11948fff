package storetest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
)

var filterContracts = []contract{
	{"Filters/let through what the predicate in Go does", func(t *testing.T, w *world) {
		g := newFilterGround(t, w)
		fields := crm.ContactFields("BR")
		rapid.Check(t, func(rt *rapid.T) {
			f := g.filter(rt, 3)
			var faults core.Faults
			_, node := fields.Check(&faults, "", f)
			require.NoError(rt, faults.Err())
			for _, deleted := range []bool{false, true} {
				want := []string{}
				for i := range g.contacts {
					if c := &g.contacts[i]; (c.DeletedAt != nil) == deleted && fields.Match(node, c) {
						want = append(want, c.Name)
					}
				}
				slices.Sort(want)
				asked := crm.ContactFilter{Where: f, Deleted: deleted}
				l, err := w.ws().Contacts.List(t.Context(), asked, core.Page{Limit: 200})
				require.NoError(rt, err)
				got := namesOf(l.Items)
				slices.Sort(got)
				text, _ := json.Marshal(f)
				require.Equal(rt, want, got, "%s", text)
				n, err := w.ws().Contacts.Count(t.Context(), asked, 0)
				require.NoError(rt, err)
				require.Equal(rt, len(want), n)
			}
		})
	}},
	{"Filters/never let through what is another's", func(t *testing.T, w *world) {
		_, err := w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Theirs", Tags: []string{"vip"}, Email: "theirs@example.org"})
		require.NoError(t, err)
		w.contact(crm.NewContact{Name: "Ours", Tags: []string{"vip"}})
		me := own(contactPermissions...)
		_, err = w.as(me).Contacts.Create(t.Context(), crm.NewContact{Name: "Mine"})
		require.NoError(t, err)
		everything := filter.Filter{Any: []filter.Filter{
			{Field: "tag", Op: filter.Is, Value: "vip"},
			{Field: "email", Op: filter.Has},
			{Not: &filter.Filter{Field: "email", Op: filter.Has}},
			{Field: "name", Op: filter.Has},
		}}
		for _, f := range []filter.Filter{everything, {Not: &filter.Filter{Not: &everything}}, {Any: []filter.Filter{everything, everything}}} {
			l, err := w.ws().Contacts.List(t.Context(), crm.ContactFilter{Where: f}, core.Page{})
			require.NoError(t, err)
			require.Equal(t, []string{"Mine", "Ours"}, namesOf(l.Items))
			l, err = w.as(me).Contacts.List(t.Context(), crm.ContactFilter{Where: f}, core.Page{})
			require.NoError(t, err)
			require.Equal(t, []string{"Mine"}, namesOf(l.Items))
			n, err := w.as(me).Contacts.Count(t.Context(), crm.ContactFilter{Where: f}, 0)
			require.NoError(t, err)
			require.Equal(t, 1, n)
		}
	}},
	{"Filters/are sorted and paged as any list", func(t *testing.T, w *world) {
		for _, name := range []string{"Ada", "Bob", "Carol", "Dan", "Eve", "Ábel"} {
			w.contact(crm.NewContact{Name: name, Company: strings.Repeat("x", utf8.RuneCountInString(name)%2)})
		}
		f := filter.Filter{Field: "company", Op: filter.Has}
		for _, sort := range []crm.ContactSort{crm.ByName, crm.ByNameDesc, crm.ByCreated, crm.ByCreatedDesc, crm.ByUpdated, crm.ByUpdatedDesc} {
			whole := namesOf(w.pages(crm.ContactFilter{Where: f, Sort: sort}, 200, nil))
			require.Len(t, whole, 5, "all but Ábel, whose letters are even in number")
			require.Equal(t, whole, namesOf(w.pages(crm.ContactFilter{Where: f, Sort: sort}, 2, nil)), sort)
		}
	}},
	{"Filters/say what is wrong with them, and where", func(t *testing.T, w *world) {
		deep := filter.Filter{Field: "name", Op: filter.Has}
		for range filter.MaxDepth + 1 {
			deep = filter.Filter{Not: new(deep)}
		}
		many := filter.Filter{}
		for range filter.MaxTests + 1 {
			many.All = append(many.All, filter.Filter{Field: "name", Op: filter.Has})
		}
		for fault, f := range map[string]filter.Filter{
			"/filter/field field":      {Field: "shoeSize", Op: filter.Is, Value: "44"},
			"/filter/op op":            {Field: "notes", Op: filter.Contains, Value: "x"},
			"/filter/op op ":           {Field: "name"},
			"/filter/value type":       {Field: "name", Op: filter.Is, Value: true},
			"/filter/value type ":      {Field: "active", Op: filter.Is, Value: "true"},
			"/filter/value required":   {Field: "name", Op: filter.Is, Value: " "},
			"/filter/value required ":  {Field: "name", Op: filter.Is, Value: "\u0301"},
			"/filter/value has_nul":    {Field: "name", Op: filter.Is, Value: "x\x00"},
			"/filter/value max_length": {Field: "name", Op: filter.Is, Value: strings.Repeat("x", 201)},
			"/filter/value absent":     {Field: "name", Op: filter.Has, Value: "x"},
			"/filter/value list":       {Field: "name", Op: filter.In, Value: "x"},
			"/filter/value list ":      {Field: "name", Op: filter.In, Value: []string{}},
			"/filter/value/1 type":     {Field: "name", Op: filter.In, Value: []any{"x", true}},
			"/filter/value time":       {Field: "createdAt", Op: filter.From, Value: "yesterday"},
			"/filter/value value":      {Field: "email", Op: filter.Is, Value: "x"},
			"/filter/value value ":     {Field: "ownerId", Op: filter.Is, Value: "x"},
			"/filter filter":           {Field: "name", Op: filter.Has, Not: &filter.Filter{Field: "name", Op: filter.Has}},
			"/filter/all min_items":    {All: []filter.Filter{}},
			"/filter/any/1/not filter": {Any: []filter.Filter{{Field: "name", Op: filter.Has}, {Not: &filter.Filter{}}}},
			"/filter" + strings.Repeat("/not", filter.MaxDepth+1) + " max_depth": deep,
			"/filter/all/50 max_items": many,
		} {
			fault = strings.TrimSpace(fault)
			_, err := w.ws().Contacts.List(t.Context(), crm.ContactFilter{Where: f}, core.Page{})
			require.ErrorIs(t, err, core.ErrInvalid, fault)
			require.Equal(t, []string{fault}, faults(t, err))
			_, err = w.ws().ContactViews.Create(t.Context(), crm.NewView{Name: "x", Filter: f})
			require.ErrorIs(t, err, core.ErrInvalid, fault)
			require.Equal(t, []string{fault}, faults(t, err))
		}
	}},
}

// filterGround is contacts whose values are few, so that conditions meet some of them.
type filterGround struct {
	contacts []crm.Contact
	values   map[string][]string // that a field is compared with
}

var (
	someTexts = []string{"", "École", "ecole polytechnique", "a_b%c!", "A", "São Paulo", "\ufdfa", "🦊", "\U0010ffff x"}
	someTags  = []string{"vip", "Émigré", "press"}
)

func newFilterGround(t *testing.T, w *world) *filterGround {
	var ids []string
	categories := []core.ID[crm.Category]{{}, w.category("Customers").ID, w.category("Friends").ID}
	owners := []core.UserID{{}, {UUID: uuid.New()}, {UUID: uuid.New()}}
	for i := range 24 {
		pick := func(n int) string { return someTexts[(i*n+i/3)%len(someTexts)] }
		n := crm.NewContact{
			Name: strings.TrimSpace(pick(1) + " n" + string(rune('a'+i))), Location: pick(2), Company: pick(3), Designation: pick(4), Industry: pick(5),
			Type: []crm.ContactType{"", crm.Entrepreneur, crm.Employee}[i%3], Source: []string{"", "web", "Web"}[i/2%3], Notes: pick(7), Traits: pick(8),
			CategoryID: categories[i%3], OwnerID: owners[i/2%3], Tags: someTags[:i%4],
			Website: []string{"", "example.org"}[i%2], Timezone: []string{"", "Europe/Lisbon"}[i/3%2], Locale: []string{"pt-BR", ""}[i/4%2],
		}
		if i%2 == 0 {
			n.Email = core.Email("P" + string(rune('a'+i)) + "@example.org")
		}
		if i%3 == 0 {
			n.OtherAddresses = []crm.Address{{Kind: crm.PhoneAddress, Value: "(11) 91234-56" + string(rune('0'+i/10)) + string(rune('0'+i%10))}}
		}
		c, err := w.as(core.Actor{ID: owners[i%3], Permissions: core.AllPermissions()}).Contacts.Create(t.Context(), n)
		require.NoError(t, err)
		if i%5 == 0 {
			_, err := w.ws().Contacts.Update(t.Context(), c.ID, func(c *crm.Contact) error { c.Active = false; return nil })
			require.NoError(t, err)
		}
		if i%6 == 1 {
			require.NoError(t, w.ws().Contacts.Delete(t.Context(), c.ID))
		}
		ids = append(ids, c.ID.String())
	}
	g := &filterGround{values: map[string][]string{
		"type": {"employee", "robot"}, "source": {"web", "WEB"}, "website": {"example.org"}, "timezone": {"Europe/Lisbon"}, "locale": {"pt-BR"}, "personalityType": {"INTJ"},
		"email": {"PA@example.org", "pc@example.org"}, "phone": {"11 912345600", "+55 11 91234 5603", "3"}, "tag": {"VIP", "emi", "PRESS"},
		"categoryId": {categories[1].String(), uuid.NewString()}, "ownerId": {owners[1].String(), owners[2].String()}, "createdById": {owners[2].String()},
	}}
	for _, id := range ids {
		c, err := w.ws().Contacts.Get(t.Context(), core.ID[crm.Contact]{UUID: uuid.MustParse(id)})
		require.NoError(t, err)
		g.contacts = append(g.contacts, c)
		g.values["createdAt"] = append(g.values["createdAt"], c.CreatedAt.Format(time.RFC3339Nano))
		g.values["updatedAt"] = append(g.values["updatedAt"], c.UpdatedAt.Format(time.RFC3339Nano))
	}
	for _, name := range []string{"name", "location", "company", "designation", "industry"} {
		g.values[name] = []string{"ÉCOLE", "eco", "a_b", "%", "!", "SAO", "o", "🦊", "\U0010ffff", "\ufdfa", "n"}
	}
	return g
}

func (g *filterGround) filter(rt *rapid.T, depth int) filter.Filter {
	return filterOf(rt, crm.ContactFields("BR"), g.values, depth)
}

// filterOf draws a filter of up to so many groups in groups, which compares with some of the values.
func filterOf[R any](rt *rapid.T, fields filter.Fields[R], values map[string][]string, depth int) filter.Filter {
	if depth > 0 && rapid.Bool().Draw(rt, "grouped") {
		nodes := make([]filter.Filter, rapid.IntRange(1, 3).Draw(rt, "nodes"))
		for i := range nodes {
			nodes[i] = filterOf(rt, fields, values, depth-1)
		}
		return []filter.Filter{{All: nodes}, {Any: nodes}, {Not: &nodes[0]}}[rapid.IntRange(0, 2).Draw(rt, "group")]
	}
	field := rapid.SampledFrom(fields).Draw(rt, "field")
	f := filter.Filter{Field: field.Name, Op: rapid.SampledFrom(field.Kind.Ops()).Draw(rt, "op")}
	switch {
	case f.Op == filter.Has || f.Op == filter.HasNot:
	case field.Kind == filter.Truth:
		f.Value = rapid.Bool().Draw(rt, "truth")
	case f.Op == filter.In:
		f.Value = rapid.SliceOfN(rapid.SampledFrom(values[f.Field]), 1, 3).Draw(rt, "values")
	default:
		f.Value = rapid.SampledFrom(values[f.Field]).Draw(rt, "value")
	}
	return f
}
