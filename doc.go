// Package clientele is an embeddable CRM: companies, their people, and their contacts with
// everything that hangs on them, in the embedder's database and the embedder's
// transactions, on SQLite or Postgres.
//
// This package wires the others over one database:
//
//	db, err := sqlite.Open(ctx, "crm.db")
//	err = db.Migrate(ctx)
//	err = db.EnsureCompany(ctx, core.Tenant{ID: tenant, Name: "Acme"})
//
//	app := clientele.New(db)
//	ws := app.Workspace(core.Scope{Company: tenant, Actor: core.System()})
//	ada, err := ws.Contacts.Create(ctx, crm.NewContact{Name: "Ada Lovelace", …})
//
// A [Workspace] is bound to one company and one actor, and inside [Workspace.Atomic] or
// [Clientele.WorkspaceIn] to one transaction. What crosses companies, such as logging in,
// hangs on [Clientele] itself.
//
// The packages below can be used without this one, each on its own:
//
//   - core: ids, scopes, permissions, errors, pages, events: the words of all the others
//   - crm: contacts and what hangs on them
//   - identity: users, companies, members, roles, API keys; an embedder may bring their own
//   - scheduling: free slots, agendas, appointments
//   - assessment: exact scoring, assessments, questionnaires
//   - core/jobs, core/events, core/webhooks: what happens in the background
//   - store/postgres and store/sqlite: the databases
//   - server: the HTTP API, as an http.Handler
package clientele
