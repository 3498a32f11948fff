package crm

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
)

func TestAViewIsForgottenForWhatIsSaidOfThePersonAlone(t *testing.T) {
	t.Parallel()
	is := func(field string, value any) filter.Filter {
		return filter.Filter{Field: field, Op: filter.Is, Value: value}
	}
	view := func(name string, f filter.Filter) View { return View{NewView: NewView{Name: name, Filter: f}} }
	for name, about := range map[string]struct {
		view   View
		gone   bool
		person Person
	}{
		"a type that is their name":     {view("Employee", is("type", "employee")), false, Person{Names: []string{"Employee"}}},
		"a place, a tag and a company":  {view("Rio", filter.Filter{Any: []filter.Filter{is("location", "Rio"), is("tag", "rio"), is("company", "Rio")}}), false, Person{Names: []string{"Rio"}}},
		"a company of two words":        {view("them", is("company", "Acme Ltd")), false, Person{Names: []string{"Acme Ltd"}}},
		"an option of a tracker":        {view("new", is("values.Status", "New")), false, Person{Names: []string{"New"}}},
		"the field of names":            {view("her", is("name", "RÍO")), true, Person{Names: []string{"Rio"}}},
		"a name in a title":             {view("her", filter.Filter{Field: "title", Op: filter.Contains, Value: "deal with Ada Byron"}), true, Person{Names: []string{"Ada Byron"}}},
		"a name in the view's own name": {view("Calls of Ada Byron", is("type", "client")), true, Person{Names: []string{"Ada Byron"}}},
		"an address in any field":       {view("her", is("company", "ada@example.org")), true, Person{Emails: []core.Email{"ada@example.org"}}},
		"a phone without a plus":        {view("her", is("phone", "4711")), true, Person{Phones: []Phone{"4711"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said, left := newSayings(about.person), about.view
			require.Equal(t, about.gone, said.forget(&left))
			if !about.gone {
				require.Equal(t, about.view, left)
				return
			}
			require.False(t, said.forget(&left), "nothing is left of it")
		})
	}
}

func TestWhatAnAuditSaysOfAPersonIsFoundInItsJSON(t *testing.T) {
	t.Parallel()
	said := newSayings(Person{Names: []string{`Brekke & "Söhne"`, "Vip"}, Phones: []Phone{"4711"}})
	require.True(t, said.within(`{"name":[null,"calls of Brekke \u0026 \"Söhne\" and others"]}`))
	require.True(t, said.within(`{"filter":{"value":"4711"}}`))
	require.False(t, said.within(`{"filter":{"field":"tag","value":"vip"},"n":"14711"}`))
}
