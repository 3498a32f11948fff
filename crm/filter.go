package crm

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/core/words"
)

// ContactFilter says which contacts a list has, and in which order. The zero value is all
// live contacts by name. Several conditions are met all at once.
type ContactFilter struct {
	Category   core.ID[Category]
	Owner      core.UserID
	Type       ContactType
	Tag        string     // compared without case and accents
	Email      core.Email // any of the contact's addresses
	Phone      Phone      // likewise; national numbers are read in the company's country
	Source     string
	Company    string // the employer; compared without case and accents
	Active     *bool
	Incomplete *bool

	CreatedFrom, CreatedBefore time.Time // half-open; the zero time is no bound
	UpdatedFrom, UpdatedBefore time.Time

	Deleted bool // the deleted contacts instead of the live ones

	Where filter.Filter // any condition of [ContactFields]
	View  core.ID[View] // a saved filter, and its order unless Sort says another

	// Search is words in any order, which may be beginnings: of the name, the addresses, the
	// employer and the location. Without another order, the newest come first.
	Search string

	Sort ContactSort

	conditions []filter.Node
	search     words.Query
}

// Conditions are Where and the view's filter, checked: for a store, which meets them all.
func (f ContactFilter) Conditions() []filter.Node { return f.conditions }

// Words are Search, checked, for a store: empty where nothing is searched for.
func (f ContactFilter) Words() words.Query { return f.search }

// ContactSort is an order of contacts. Rows that are equal in it are in the order of
// their ids.
type ContactSort string

// The orders. Names are compared by [core.Fold].
const (
	ByName        ContactSort = "name" // the default
	ByNameDesc    ContactSort = "-name"
	ByCreated     ContactSort = "createdAt"
	ByCreatedDesc ContactSort = "-createdAt"
	ByUpdated     ContactSort = "updatedAt"
	ByUpdatedDesc ContactSort = "-updatedAt"
)

// checked brings the filter's values into the form in which they are stored.
func (f ContactFilter) checked(ctx context.Context, tx Tx) (ContactFilter, error) {
	var faults core.Faults
	if f.Email != "" {
		f.Email = email(&faults, "/email", string(f.Email))
	}
	if f.Phone != "" {
		rules, err := rulesOf(ctx, tx)
		if err != nil {
			return f, err
		}
		rules.anyPhone = true
		f.Phone, _ = rules.phone(&faults, "/phone", string(f.Phone))
	}
	if err := f.checkConditions(ctx, tx, &faults); err != nil {
		return f, err
	}
	f.Tag = faults.Line("/tag", f.Tag, maxLabel)
	f.Source = faults.Line("/source", f.Source, maxLabel)
	f.Company = faults.Line("/company", f.Company, maxName)
	faults.Instant("/createdFrom", f.CreatedFrom)
	faults.Instant("/createdBefore", f.CreatedBefore)
	faults.Instant("/updatedFrom", f.UpdatedFrom)
	faults.Instant("/updatedBefore", f.UpdatedBefore)
	checkType(&faults, f.Type)
	if f.Search != "" {
		f.search = words.Parse(&faults, "/q", f.Search)
	}
	switch {
	case f.Sort == "" && f.Search != "":
		f.Sort = ByCreatedDesc
	case f.Sort == "":
		f.Sort = ByName
	}
	return f, faults.Err()
}

// checkConditions makes conditions of the filter and the view.
func (f *ContactFilter) checkConditions(ctx context.Context, tx Tx, faults *core.Faults) error {
	if f.Where.IsZero() && f.View.IsZero() {
		return nil
	}
	tenant, err := tx.Store.Tenant(ctx)
	if err != nil {
		return err
	}
	fields := ContactFields(tenant.Country)
	_, where := fields.Check(faults, "/filter", f.Where)
	f.conditions = []filter.Node{where}
	if f.View.IsZero() {
		return nil
	}
	view, err := tx.Store.View(ctx, OfContacts, f.View)
	if err != nil {
		return err
	}
	_, saved := fields.Check(faults, "/view/filter", view.Filter)
	f.conditions = append(f.conditions, saved)
	if f.Sort == "" {
		f.Sort = ContactSort(view.Sort)
	}
	return nil
}
