package crm

import "github.com/clientele-crm/clientele/core"

// Category groups contacts. One that is not Active stays on the contacts that have it, and
// cannot be newly chosen.
type Category struct {
	ID core.ID[Category] `json:"id"`
	NewCategory
	Active bool `json:"active"` // whether it can be newly chosen
	Stamp
}

// NewCategory is what a person may say of a category.
type NewCategory struct {
	Name        string `json:"name"`        // 1 to 200 characters, unique in the company without case and accents
	Description string `json:"description"` // up to 4000 characters
}

// CategoryFilter says which categories a list has. They are in the order of their names.
type CategoryFilter struct {
	Active *bool
}

// The events of a category.
var (
	CategoryCreated = core.EventType[Category]{Name: "category.created", Kind: "category"}
	CategoryUpdated = core.EventType[Category]{Name: "category.updated", Kind: "category"}
	CategoryDeleted = core.EventType[Category]{Name: "category.deleted", Kind: "category"}
)

// check brings the category into its canonical form, or says what is wrong with it.
func (c *Category) check() error {
	var f core.Faults
	c.Name = f.Line("/name", c.Name, maxName)
	if c.Name == "" {
		f.Add("/name", "required", "a category has to have a name")
	}
	c.Description = f.Text("/description", c.Description, maxText)
	return f.Err()
}
