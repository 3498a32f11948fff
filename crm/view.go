package crm

import (
	"context"
	"reflect"
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

// What there are views of.
const (
	OfContacts ViewOf = "contacts"
	OfLeads    ViewOf = "leads"
)

// The events of a view.
var (
	ViewCreated = core.EventType[View]{Name: "view.created", Kind: "view"}
	ViewUpdated = core.EventType[View]{Name: "view.updated", Kind: "view"}
	ViewDeleted = core.EventType[View]{Name: "view.deleted", Kind: "view"}
)

// viewed is what the views of a kind can say.
type viewed struct {
	of ViewOf

	// check brings the filter into the form in which it is kept, and notes what is wrong with it or
	// with the order.
	check func(ctx context.Context, tx Tx, f *core.Faults, v *View) error
}

var contactViews = viewed{OfContacts, func(ctx context.Context, tx Tx, f *core.Faults, v *View) error {
	tenant, err := tx.Store.Tenant(ctx)
	if err != nil {
		return err
	}
	v.Filter, _ = ContactFields(tenant.Country).Check(f, "/filter", v.Filter)
	checkSort(f, v.Sort, []string{string(ByName), string(ByNameDesc), string(ByCreated), string(ByCreatedDesc), string(ByUpdated), string(ByUpdatedDesc)})
	return nil
}}

var leadViews = viewed{OfLeads, func(ctx context.Context, tx Tx, f *core.Faults, v *View) error {
	of, err := leadFiltersOf(ctx, tx, f, "/filter", trackerNamed(v.Filter))
	if err != nil {
		return err
	}
	v.Filter, _ = of.fields.Check(f, "/filter", v.Filter)
	if name, byField := fieldOfSort(LeadSort(v.Sort)); byField {
		of.sortField(f, name)
		return nil
	}
	checkSort(f, v.Sort, leadSorts)
	return nil
}}

func checkSort(f *core.Faults, sort string, known []string) {
	if sort != "" && !slices.Contains(known, sort) {
		f.Add("/sort", "sort", "there is no such order")
	}
}

// checked brings a view into the form in which it is kept. A filter that is as it was is not judged
// again: what it names may be gone since.
func (of viewed) checked(ctx context.Context, tx Tx, was, v *View) error {
	var f core.Faults
	if v.Name = f.Line("/name", v.Name, maxName); v.Name == "" {
		f.Add("/name", "required", "a view has to have a name")
	}
	if v.Sort == was.Sort && reflect.DeepEqual(v.Filter, was.Filter) {
		return f.Err()
	}
	if err := of.check(ctx, tx, &f, v); err != nil {
		return err
	}
	return f.Err()
}
