package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
)

var viewContracts = []contract{
	{"Views/are kept as they were said, and lists take them", func(t *testing.T, w *world) {
		w.contact(crm.NewContact{Name: "Ada", Tags: []string{"vip"}})
		w.contact(crm.NewContact{Name: "Bob", Tags: []string{"VIP"}})
		w.contact(crm.NewContact{Name: "Eve"})
		made, err := w.ws().ContactViews.Create(t.Context(), crm.NewView{
			Name: " Important ", Sort: string(crm.ByNameDesc), Filter: filter.Filter{Field: "tag", Op: filter.In, Value: []string{"Vip", "x"}},
		})
		require.NoError(t, err)
		read, err := w.ws().ContactViews.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, read)
		require.Equal(t, "Important", read.Name)
		require.Equal(t, crm.OfContacts, read.Of)
		require.Equal(t, filter.Filter{Field: "tag", Op: filter.In, Value: []any{"Vip", "x"}}, read.Filter)

		require.Equal(t, []string{"Bob", "Ada"}, namesOf(w.pages(crm.ContactFilter{View: made.ID}, 1, nil)))
		require.Equal(t, []string{"Ada", "Bob"}, namesOf(w.pages(crm.ContactFilter{View: made.ID, Sort: crm.ByName}, 1, nil)))
		beside := filter.Filter{Field: "name", Op: filter.StartsWith, Value: "B"}
		require.Equal(t, []string{"Bob"}, namesOf(w.pages(crm.ContactFilter{View: made.ID, Where: beside}, 1, nil)))
		_, err = w.ws().Contacts.List(t.Context(), crm.ContactFilter{View: core.NewID[crm.View](core.Env{})}, core.Page{})
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Views/change by their versions and leave a trail", func(t *testing.T, w *world) {
		v, err := w.ws().ContactViews.Create(t.Context(), crm.NewView{Name: "x"})
		require.NoError(t, err)
		same, err := w.ws().ContactViews.Update(t.Context(), v.ID, func(*crm.View) error { return nil })
		require.NoError(t, err)
		require.Equal(t, v, same)
		changed, err := w.ws().ContactViews.Update(t.Context(), v.ID, func(v *crm.View) error {
			v.Filter, v.Of = filter.Filter{Field: "email", Op: filter.HasNot}, "robots"
			return nil
		})
		require.NoError(t, err)
		require.EqualValues(t, 2, changed.Version)
		require.Equal(t, crm.OfContacts, changed.Of)
		for fault, edit := range map[string]func(*crm.View){
			"/name required": func(v *crm.View) { v.Name = "" },
			"/sort sort":     func(v *crm.View) { v.Sort = "phone" },
		} {
			_, err = w.ws().ContactViews.Update(t.Context(), v.ID, func(v *crm.View) error { edit(v); return nil })
			require.Equal(t, []string{fault}, faults(t, err))
		}
		require.NoError(t, w.ws().ContactViews.Delete(t.Context(), v.ID))
		_, err = w.ws().ContactViews.Get(t.Context(), v.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		var actions []string
		for e, err := range w.ws().Audit.Export(t.Context(), identity.AuditFilter{Sort: identity.AuditOldest}) {
			require.NoError(t, err)
			actions = append(actions, e.Action)
		}
		require.Equal(t, []string{"view.created", "view.updated", "view.deleted"}, actions)
	}},
	{"Views/of what is gone can be renamed all the same, and are edited in place", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		of := filter.Filter{All: []filter.Filter{
			{Field: "trackerId", Op: filter.Is, Value: d.tracker.ID}, {Not: &filter.Filter{Field: "values.budget", Op: filter.From, Value: 5}},
		}}
		v, err := w.ws().LeadViews.Create(t.Context(), crm.NewView{Name: "x", Filter: of, Sort: "values.budget"})
		require.NoError(t, err)
		edited, err := w.ws().LeadViews.Update(t.Context(), v.ID, func(v *crm.View) error { v.Filter.All[1].Not.Value = "7"; return nil })
		require.NoError(t, err)
		require.EqualValues(t, 2, edited.Version)
		require.Equal(t, "7", edited.Filter.All[1].Not.Value)
		_, err = d.SetFields(t.Context(), d.tracker.ID, crm.FieldsChange{Fields: []crm.NewField{}})
		require.NoError(t, err)
		renamed, err := w.ws().LeadViews.Update(t.Context(), v.ID, func(v *crm.View) error { v.Name = "y"; return nil })
		require.NoError(t, err)
		require.Equal(t, edited.Filter, renamed.Filter)
		_, err = w.ws().LeadViews.Update(t.Context(), v.ID, func(v *crm.View) error { v.Filter.All[1].Not.Value = "8"; return nil })
		require.Equal(t, []string{"/filter/all/1/not/field field", "/sort sort"}, faults(t, err))
	}},
	{"Views/are their maker's, unless they are shared", func(t *testing.T, w *world) {
		ada, bob, partner := person(core.ContactsRead, core.ContactsWrite), person(core.ContactsRead, core.ContactsWrite), own(core.ContactsRead, core.ContactsWrite)
		private, err := w.as(ada).ContactViews.Create(t.Context(), crm.NewView{Name: "private"})
		require.NoError(t, err)
		shared, err := w.as(ada).ContactViews.Create(t.Context(), crm.NewView{Name: "shared", Shared: true})
		require.NoError(t, err)
		theirs, err := w.as(partner).ContactViews.Create(t.Context(), crm.NewView{Name: "a partner's", Shared: true})
		require.NoError(t, err)
		for _, c := range []struct {
			actor core.Actor
			sees  []crm.View
		}{
			{ada, []crm.View{theirs, private, shared}}, {bob, []crm.View{theirs, shared}}, {partner, []crm.View{theirs}},
			{core.System(), []crm.View{theirs, private, shared}},
		} {
			l, err := w.as(c.actor).ContactViews.List(t.Context(), core.Page{})
			require.NoError(t, err)
			require.Equal(t, c.sees, l.Items)
		}
		for _, c := range []struct {
			actor core.Actor
			view  crm.View
		}{{bob, private}, {partner, private}, {partner, shared}} {
			views := w.as(c.actor).ContactViews
			_, err := views.Get(t.Context(), c.view.ID)
			require.ErrorIs(t, err, core.ErrNotFound)
			_, err = views.Update(t.Context(), c.view.ID, func(v *crm.View) error { v.Name = "x"; return nil })
			require.ErrorIs(t, err, core.ErrNotFound)
			require.ErrorIs(t, views.Delete(t.Context(), c.view.ID), core.ErrNotFound)
			_, err = w.as(c.actor).Contacts.List(t.Context(), crm.ContactFilter{View: c.view.ID}, core.Page{})
			require.ErrorIs(t, err, core.ErrNotFound)
		}
		l, err := w.theirs().ContactViews.List(t.Context(), core.Page{})
		require.NoError(t, err)
		require.Empty(t, l.Items)
		_, err = w.as(without(core.ContactsRead)).ContactViews.List(t.Context(), core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.as(without(core.ContactsWrite)).ContactViews.Create(t.Context(), crm.NewView{Name: "x"})
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
}
