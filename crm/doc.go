// Package crm has the people that a company deals with: contacts with their addresses,
// categories, notes, activities and social links, and their import from files.
//
// Its services are bound to one company and one actor through a [core.Work]:
//
//	contacts := crm.NewContacts(crmstore.Work(db.Session(scope)))
//	ada, err := contacts.Create(ctx, crm.NewContact{Name: "Ada Lovelace", Email: "ada@example.org"})
//
// Package clientele wires them all.
package crm
