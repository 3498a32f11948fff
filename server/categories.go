package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func categoryOperations() []Operation {
	customers := map[string]any{"name": "Customers", "description": "Who have bought something"}
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contact-categories", ID: "listContactCategories", Tag: "Contact categories",
			Summary: "List categories", Details: "By name, those that are not active too.", Access: needs(core.ContactsRead),
		}, listCategories),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contact-categories", ID: "createContactCategory", Tag: "Contact categories",
			Summary: "Add a category", Details: "Names are unique in the company, without case and accents.",
			Access: needs(core.CategoriesWrite), Status: http.StatusCreated, Required: []string{"name"}, Example: customers,
		}, createCategory),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contact-categories/{id}", ID: "getContactCategory", Tag: "Contact categories",
			Summary: "Read a category", Access: needs(core.ContactsRead),
		}, getCategory),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/contact-categories/{id}", ID: "updateContactCategory", Tag: "Contact categories",
			Summary: "Change a category", Details: "A JSON merge patch. One that is not active stays where it is, and cannot be newly chosen.",
			Access: needs(core.CategoriesWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"active": false},
		}, updateCategory),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/contact-categories/{id}", ID: "deleteContactCategory", Tag: "Contact categories",
			Summary: "Delete a category", Details: "Its contacts move to moveTo. Without moveTo, a category that contacts have is 409.",
			Access: needs(core.CategoriesWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, deleteCategory),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contact-tags", ID: "listContactTags", Tag: "Contact categories",
			Summary: "List the tags in use", Details: "With the number of live contacts that have each; spellings that differ only in case and accents are one tag.",
			Access: needs(core.ContactsRead),
		}, listTags),
	}
}

type categoryQuery struct {
	Paged
	Active optional[bool] `query:"active"`
}

func listCategories(ctx context.Context, ws *clientele.Workspace, in *categoryQuery) (*pageOf[crm.Category], error) {
	l, err := ws.Categories.List(ctx, crm.CategoryFilter{Active: in.Active.pointer()}, in.page())
	return list(l, err)
}

type newCategory struct{ Body crm.NewCategory }

func createCategory(ctx context.Context, ws *clientele.Workspace, in *newCategory) (*resource[crm.Category], error) {
	c, err := ws.Categories.Create(ctx, in.Body)
	return one(c, c.Version, err)
}

type categoryID struct {
	ID core.ID[crm.Category] `path:"id"`
}

func getCategory(ctx context.Context, ws *clientele.Workspace, in *categoryID) (*resource[crm.Category], error) {
	c, err := ws.Categories.Get(ctx, in.ID)
	return one(c, c.Version, err)
}

// EditedCategory is what a PATCH may change.
type EditedCategory struct {
	crm.NewCategory
	Active bool `json:"active"` // whether it can be newly chosen
}

type categoryChange struct {
	ID core.ID[crm.Category] `path:"id"`
	IfMatch
	Body Patch[EditedCategory]
}

func updateCategory(ctx context.Context, ws *clientele.Workspace, in *categoryChange) (*resource[crm.Category], error) {
	c, err := ws.Categories.Update(ctx, in.ID, func(c *crm.Category) error {
		if err := in.matches(c.Version, *c); err != nil {
			return err
		}
		edited := EditedCategory{c.NewCategory, c.Active}
		err := in.Body.apply(&edited)
		c.NewCategory, c.Active = edited.NewCategory, edited.Active
		return err
	})
	return one(c, c.Version, err)
}

type categoryDeletion struct {
	ID     core.ID[crm.Category] `path:"id"`
	MoveTo core.ID[crm.Category] `query:"moveTo" doc:"The category that its contacts move to."`
	IfMatch
}

func deleteCategory(ctx context.Context, ws *clientele.Workspace, in *categoryDeletion) (*nothing, error) {
	return done(ws.Categories.Delete(ctx, in.ID, in.MoveTo, func(c crm.Category) error { return in.matches(c.Version, c) }))
}

type tagQuery struct {
	Prefix string `query:"prefix" doc:"How the tags begin, without case and accents."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// tagList is the answer of all tags that were asked for.
type tagList struct {
	Body struct {
		Items []crm.Tag `json:"items"`
	}
}

func listTags(ctx context.Context, ws *clientele.Workspace, in *tagQuery) (*tagList, error) {
	tags, err := ws.Contacts.Tags(ctx, in.Prefix, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &tagList{}
	out.Body.Items = tags
	return out, nil
}
