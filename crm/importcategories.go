package crm

import "github.com/clientele-crm/clientele/core"

// maxInvented is how many categories an import may make.
const maxInvented = 1000

// categorise finds the category that a row names, or makes it.
func (p *planner) categorise(r *roster, row *importedRow, f *core.Faults) {
	row.chosen, row.says.CategoryID = nil, core.ID[Category]{}
	if row.category == "" {
		return
	}
	key := core.Fold(row.category)
	c, known := r.categories[key]
	switch {
	case known:
	case len(*f) > 0: // nothing is made for a row that is refused
		return
	case !p.invents:
		f.Add("/categoryId", "exists", "there is no category of this name")
		return
	case r.madeBefore+len(r.invented) >= maxInvented:
		f.Add("/categoryId", "max_items", "the import has made 1000 categories: it makes no more")
		return
	default:
		c = Category{
			ID: core.NewID[Category](p.env), NewCategory: NewCategory{Name: row.category}, Active: true,
			Stamp: newStamp(Tx{Scope: p.scope, Env: p.env}),
		}
		r.categories[key] = c
		r.invented = append(r.invented, c)
		r.events = append(r.events, CategoryCreated.Of(c.ID, nil, &c))
	}
	row.chosen, row.says.CategoryID = &c, c.ID
}

// checkChosen notes that a category that is newly chosen is not active.
func (row *importedRow) checkChosen(was *Contact, f *core.Faults) {
	if c := row.chosen; c != nil && !c.Active && (was == nil || was.CategoryID != c.ID) {
		f.Add("/categoryId", "active", "this category is not active")
	}
}
