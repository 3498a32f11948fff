package server

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
)

func contactOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts", ID: "listContacts", Tag: "Contacts",
			Summary: "List contacts",
			Details: "The live contacts that meet every condition; with deleted=true the deleted ones instead.",
			Access:  needs(core.ContactsRead),
		}, listContacts),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts", ID: "createContact", Tag: "Contacts",
			Summary: "Add a contact",
			Details: "Only the name is always required; the company's contact policy may ask for phone, email, location and type. " +
				"No two live contacts have the same phone or e-mail address: 409 names the one that has it. " +
				"With duplicates=true the answer says too whom it may be the same person as; it is stored all the same.",
			Access: needs(core.ContactsWrite), Status: http.StatusCreated,
			Required: []string{"name"}, Example: ada,
		}, createContact),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/search", ID: "searchContacts", Tag: "Contacts",
			Summary: "Search contacts",
			Details: "The live contacts that have all words of q, in any order: words of the name, the e-mail addresses, the employer and the location, " +
				"and telephone numbers in whatever form. The end of a word may be missing; case and accents do not count. " +
				"The newest come first. All conditions of the list of contacts can be asked beside.",
			Access: needs(core.ContactsRead),
		}, searchContacts),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}", ID: "getContact", Tag: "Contacts",
			Summary: "Read a contact",
			Details: "A deleted one too. The id of one that was merged into another answers that one, at the URL in Content-Location.",
			Access:  needs(core.ContactsRead),
		}, getContact),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/contacts/{id}", ID: "updateContact", Tag: "Contacts",
			Summary: "Change a contact", Details: "A JSON merge patch: what is absent stays, null clears.",
			Access: needs(core.ContactsWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"designation": "Analyst", "notes": nil},
		}, updateContact),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/contacts/{id}", ID: "deleteContact", Tag: "Contacts",
			Summary: "Delete a contact", Details: "It leaves the lists and frees its addresses, and can be restored.",
			Access: needs(core.ContactsDelete), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, deleteContact),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/contacts/{id}/restore", ID: "restoreContact", Tag: "Contacts",
			Summary: "Bring a deleted contact back", Access: needs(core.ContactsDelete),
		}, restoreContact),
	}
}

var ada = map[string]any{
	"name": "Ada Lovelace", "email": "ada@example.org", "phone": "+55 11 91234-5678",
	"location": "London", "type": "entrepreneur", "tags": []string{"vip"},
}

type contactID struct {
	ID core.ID[crm.Contact] `path:"id"`
}

type contactQuery struct {
	Counted
	Sort string `query:"sort" enum:"name,-name,createdAt,-createdAt,updatedAt,-updatedAt" doc:"Without it the view's order, or name."`
	ContactConditions
}

// ContactConditions are the parameters that say which contacts.
type ContactConditions struct {
	View       core.ID[crm.View]     `query:"view" doc:"A saved filter, beside all other conditions."`
	Filter     string                `query:"filter" doc:"A filter as views have it, as JSON; beside all other conditions." example:"{\"field\": \"tag\", \"op\": \"is\", \"value\": \"vip\"}"`
	Category   core.ID[crm.Category] `query:"categoryId"`
	Owner      core.UserID           `query:"ownerId"`
	Type       crm.ContactType       `query:"type"`
	Tag        string                `query:"tag" doc:"Compared without case and accents."`
	Email      core.Email            `query:"email" doc:"Any of the contact's addresses."`
	Phone      crm.Phone             `query:"phone" doc:"Any of the contact's numbers, as people type them."`
	Source     string                `query:"source"`
	Company    string                `query:"company" doc:"The employer, compared without case and accents."`
	Active     optional[bool]        `query:"active"`
	Incomplete optional[bool]        `query:"incomplete"`
	Deleted    bool                  `query:"deleted"`

	CreatedFrom   time.Time `query:"createdFrom"`
	CreatedBefore time.Time `query:"createdBefore"`
	UpdatedFrom   time.Time `query:"updatedFrom"`
	UpdatedBefore time.Time `query:"updatedBefore"`
}

func (q *contactQuery) filter() (crm.ContactFilter, error) {
	f, err := q.ContactConditions.filter()
	f.Sort = crm.ContactSort(q.Sort)
	return f, err
}

func (q *ContactConditions) filter() (f crm.ContactFilter, err error) {
	f = crm.ContactFilter{
		Category: q.Category, Owner: q.Owner, Type: q.Type, Tag: q.Tag, Email: q.Email, Phone: q.Phone,
		Source: q.Source, Company: q.Company, Active: q.Active.pointer(), Incomplete: q.Incomplete.pointer(),
		CreatedFrom: q.CreatedFrom, CreatedBefore: q.CreatedBefore, UpdatedFrom: q.UpdatedFrom, UpdatedBefore: q.UpdatedBefore,
		Deleted: q.Deleted, View: q.View,
	}
	if q.Filter != "" {
		f.Where, err = filter.Parse(q.Filter)
	}
	return f, err
}

func listContacts(ctx context.Context, ws *clientele.Workspace, in *contactQuery) (*pageOf[crm.Contact], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	return contactPage(ctx, ws, in.Counted, f)
}

type contactSearch struct {
	Counted
	Q    string `query:"q" required:"true" doc:"Up to 200 characters, and 10 words." example:"ada 91234-5678"`
	Sort string `query:"sort" enum:"name,-name,createdAt,-createdAt,updatedAt,-updatedAt" doc:"Without it the view's order, or the newest first."`
	ContactConditions
}

func searchContacts(ctx context.Context, ws *clientele.Workspace, in *contactSearch) (*pageOf[crm.Contact], error) {
	f, err := in.ContactConditions.filter()
	if err != nil {
		return nil, err
	}
	f.Search, f.Sort = cmp.Or(in.Q, " "), crm.ContactSort(in.Sort) // q= is nothing to search for, not everything
	return contactPage(ctx, ws, in.Counted, f)
}

// contactPage answers a page of what the filter lets through.
func contactPage(ctx context.Context, ws *clientele.Workspace, in Counted, f crm.ContactFilter) (*pageOf[crm.Contact], error) {
	l, err := ws.Contacts.List(ctx, f, in.page())
	return counted(ctx, in, l, err, func(ctx context.Context, limit int) (int, error) {
		return ws.Contacts.Count(ctx, f, limit)
	})
}

type newContact struct {
	Duplicates bool `query:"duplicates" doc:"Answer too whom it may be the same person as."`
	Body       crm.NewContact
}

func createContact(ctx context.Context, ws *clientele.Workspace, in *newContact) (*resource[SavedContact], error) {
	c, err := ws.Contacts.Create(ctx, in.Body)
	return saved(ctx, ws, in.Duplicates, c, err)
}

// foundContact is a contact, which may have another id than was asked for.
type foundContact struct {
	ETag            string `header:"ETag" doc:"The version: send it as If-Match with a change."`
	ContentLocation string `header:"Content-Location" doc:"Where the contact is, if the one that was asked for was merged into it."`
	Body            crm.Contact
}

func (f *foundContact) tag() string { return f.ETag }

func getContact(ctx context.Context, ws *clientele.Workspace, in *contactID) (*foundContact, error) {
	c, err := ws.Contacts.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	found := &foundContact{ETag: etag(c.Version), Body: c}
	if c.ID != in.ID {
		found.ContentLocation = prefix + "/contacts/" + c.ID.String()
	}
	return found, nil
}

// EditedContact is what a PATCH may change.
type EditedContact struct {
	crm.NewContact
	Active bool `json:"active"` // false: kept, and not worked with
}

type contactChange struct {
	ID core.ID[crm.Contact] `path:"id"`
	IfMatch
	Duplicates bool `query:"duplicates" doc:"Answer too whom it may be the same person as."`
	Body       Patch[EditedContact]
}

// editContact makes a patch an edit of a contact.
func editContact(patch Patch[EditedContact]) func(*crm.Contact) error {
	return func(c *crm.Contact) error {
		edited := EditedContact{c.NewContact, c.Active}
		err := patch.apply(&edited)
		c.NewContact, c.Active = edited.NewContact, edited.Active
		return err
	}
}

func updateContact(ctx context.Context, ws *clientele.Workspace, in *contactChange) (*resource[SavedContact], error) {
	edit := editContact(in.Body)
	c, err := ws.Contacts.Update(ctx, in.ID, func(c *crm.Contact) error {
		if err := in.matches(c.Version, *c); err != nil {
			return err
		}
		return edit(c)
	})
	return saved(ctx, ws, in.Duplicates, c, err)
}

type contactDeletion struct {
	ID core.ID[crm.Contact] `path:"id"`
	IfMatch
}

func deleteContact(ctx context.Context, ws *clientele.Workspace, in *contactDeletion) (*nothing, error) {
	return done(ws.Contacts.Delete(ctx, in.ID, func(c crm.Contact) error { return in.matches(c.Version, c) }))
}

func restoreContact(ctx context.Context, ws *clientele.Workspace, in *contactID) (*resource[crm.Contact], error) {
	c, err := ws.Contacts.Restore(ctx, in.ID)
	return one(c, c.Version, err)
}
