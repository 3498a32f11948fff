// Package crm has the people that a company deals with, and what it wants to sell them.
//
// Its services are bound to one company and one actor through a [core.Work], check the actor's
// permissions, and write an event and an entry of the audit with every change:
//
//	contacts := crm.NewContacts(crmstore.Work(db.Session(scope)))
//	ada, err := contacts.Create(ctx, crm.NewContact{Name: "Ada Lovelace", Email: "ada@example.org"})
//
// Package clientele wires them all. What a person may say of a thing is a struct of its own, such as
// [NewContact], which the thing embeds; an Update is given the thing to write into.
//
// # People
//
//   - [Contacts] keeps contacts: their addresses, which no two live ones share, tags, lists by a
//     [ContactFilter], search, many at once ([Contacts.Bulk]).
//   - [Categories], [Notes], [Activities] and [SocialLinks] are what is sorted and hung on them.
//   - [Timeline] is all that happened with one, in every package: see [TimelineSource].
//   - [Contacts.Duplicates] and [Contacts.ListDuplicates] find who may be the same person, as package
//     duplicates judges; [Contacts.Merge] makes one of two, and [Contacts.UndoMerge] two again.
//   - [Contacts.Import] reads CSV, vCard and JSON lines, or only says what it would do;
//     [Contacts.RevertImport] undoes it. [Contacts.Export] writes them.
//   - [Consents] is what people agreed to. [Privacy] tells a person of all that is kept of them, and
//     erases them.
//
// # Leads
//
//   - [Trackers] keeps pipelines: their stages and fields, and by which rule leads are given to
//     members. A change of them says first what becomes of the leads ([Trackers.PlanStages],
//     [Trackers.PlanFields]).
//   - [Leads] moves leads through them, assigns them, and reports on them: [Leads.Funnel],
//     [Leads.Stays], [Leads.Closed], [Leads.Forecast]. [LeadNotes] are notes on them.
//
// # Both
//
//   - [ContactFields] and [LeadFields] are what a filter of package core/filter can ask;
//     [Views] keeps filters under a name.
//
// # For other packages and databases
//
// A package that keeps something of contacts takes part in their merges, timelines and erasures by a
// [Relation], a [TimelineSource] and a [PersonalData]. [Store], and the types that only it names, are
// for those who keep the rows; package store/crmstore does.
package crm
