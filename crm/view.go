package crm

import (
	"slices"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
)

// View is a filter that somebody has saved, with a name and an order. It is private to who
// made it, or shared with all who see other people's rows.
type View struct {
	ID core.ID[View] `json:"id"`
	Of ViewOf        `json:"of"` // whose rows it chooses
	NewView
	Stamp
}

// NewView is what a person may say of a view.
type NewView struct {
	Name   string        `json:"name"`   // 1 to 200 characters
	Filter filter.Filter `json:"filter"` // empty: everything
	Sort   string        `json:"sort"`   // an order of the list; empty: the list's own
	Shared bool          `json:"shared"` // seen by others too
}

// ViewOf is the kind of rows that a view chooses.
type ViewOf string

// OfContacts are views of contacts.
const OfContacts ViewOf = "contacts"

// The events of a view.
var (
	ViewCreated = core.EventType[View]{Name: "view.created", Kind: "view"}
	ViewUpdated = core.EventType[View]{Name: "view.updated", Kind: "view"}
	ViewDeleted = core.EventType[View]{Name: "view.deleted", Kind: "view"}
)

// viewed is what the views of a kind can say.
type viewed struct {
	of    ViewOf
	check func(f *core.Faults, at string, country string, filter filter.Filter) filter.Filter
	sorts []string
}

var contactViews = viewed{
	of: OfContacts,
	check: func(f *core.Faults, at, country string, given filter.Filter) filter.Filter {
		kept, _ := ContactFields(country).Check(f, at, given)
		return kept
	},
	sorts: []string{string(ByName), string(ByNameDesc), string(ByCreated), string(ByCreatedDesc), string(ByUpdated), string(ByUpdatedDesc)},
}

// checked brings a view into the form in which it is kept.
func (of viewed) checked(v *View, country string) error {
	var f core.Faults
	if v.Name = f.Line("/name", v.Name, maxName); v.Name == "" {
		f.Add("/name", "required", "a view has to have a name")
	}
	v.Filter = of.check(&f, "/filter", country, v.Filter)
	if v.Sort != "" && !slices.Contains(of.sorts, v.Sort) {
		f.Add("/sort", "sort", "there is no such order")
	}
	return f.Err()
}
