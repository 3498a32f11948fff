package crmstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// No list, view, filter and search of leads reads the whole table, and neither do the lists of what hangs on
// leads and contacts.
func TestNoListOfLeadsWalksTheTable(t *testing.T) {
	t.Parallel()
	walkNoTable(t, func(t *testing.T, db *bunstore.DB) map[string]asking {
		return newLeadCrowd(t, db, 10_000).everyList(t, db)
	})
}

// No report reads the leads themselves, and none sorts them: each sums them up in the order of an index. So
// it is on SQLite, which has but one way; Postgres may hash them, and reads them side by side.
func TestReportsAreReadOutOfIndexesInTheirOrder(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Memory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	d := newLeadCrowd(t, db, 1000)
	pool, _ := db.Pools()
	f, every := crm.ReportFilter{Tracker: d.trackers[0].ID}, crm.ReportFilter{}
	own := core.Actor{ID: d.users[3], OwnRows: true, Permissions: core.PermissionSet(core.LeadsRead, core.ReportsRead)}
	mine := clientele.New(db).Workspace(core.Scope{Company: d.scope.Company, Actor: own})
	heard := listen(db)
	for name, report := range map[string]func(context.Context, *clientele.Workspace) error{
		"funnel": func(ctx context.Context, ws *clientele.Workspace) error {
			_, err := ws.Leads.Funnel(ctx, f)
			return err
		},
		"stays": func(ctx context.Context, ws *clientele.Workspace) error { _, err := ws.Leads.Stays(ctx, f); return err },
		"forecast": func(ctx context.Context, ws *clientele.Workspace) error {
			_, err := ws.Leads.Forecast(ctx, f)
			return err
		},
		"forecast of all": func(ctx context.Context, ws *clientele.Workspace) error {
			_, err := ws.Leads.Forecast(ctx, every)
			return err
		},
		"closed": func(ctx context.Context, ws *clientele.Workspace) error {
			_, err := ws.Leads.Closed(ctx, f, crm.ByMonth)
			return err
		},
		"closed by owner": func(ctx context.Context, ws *clientele.Workspace) error {
			_, err := ws.Leads.Closed(ctx, every, crm.ByOwner)
			return err
		},
	} {
		heard.forget()
		require.NoError(t, report(t.Context(), d.ws), name)
		read := 0
		for _, query := range heard.queries {
			steps := plan(t, pool, "EXPLAIN QUERY PLAN "+query)
			for i, step := range steps {
				if !strings.HasPrefix(step, "SEARCH l ") && !strings.HasPrefix(step, "SEARCH mv ") && !strings.HasPrefix(step, "SCAN l") {
					continue
				}
				read++
				require.Regexp(t, "^SEARCH (l|mv) USING COVERING INDEX crm_lead(s_funnel|s_closed|_moves_stays) ", step, name)
				require.False(t, i+1 < len(steps) && strings.HasPrefix(steps[i+1], "USE TEMP B-TREE"), "%s sorts: %s", name, steps)
			}
		}
		require.NotZero(t, read, name)

		heard.forget()
		require.NoError(t, report(t.Context(), mine), name)
		for _, query := range heard.queries {
			for _, step := range plan(t, pool, "EXPLAIN QUERY PLAN "+query) {
				if strings.HasPrefix(step, "SEARCH l ") || strings.HasPrefix(step, "SCAN l") {
					require.Contains(t, step, "(company_id=? AND id=?)", "%s of own leads", name)
				}
			}
		}
	}
}

// walkedLeads are the conditions for which a list goes through all leads of its tracker, where none meets
// them, and why.
func walkedLeads(field string, op filter.Op) string {
	switch {
	case op == filter.HasNot || op == filter.Contains:
		return walked(field, op)
	case slices.Contains([]string{"status", "reached", "currency", "source"}, field):
		return "they have few values, which many leads have: lists come upon one soon"
	case slices.Contains([]string{"estimatedValue", "closedOn", "enteredAt", "createdAt", "updatedAt", "expectedCloseDate", "title"}, field):
		return "SQLite has no statistics that tell a stretch of an order in which there is no lead from others"
	}
	return ""
}

func (d *leadCrowd) everyList(t *testing.T, db *bunstore.DB) map[string]asking {
	asks := map[string]asking{}
	add := func(name string, f crm.LeadFilter, rare bool) {
		for _, sort := range []crm.LeadSort{
			crm.LeadsNewest, crm.LeadsOldest, crm.LeadsUpdated, crm.LeadsUpdatedDesc, crm.LeadsByTitle, crm.LeadsByTitleDesc, crm.LeadsByValue,
			crm.LeadsByValueDesc, crm.LeadsExpected, crm.LeadsExpectedDesc,
		} {
			f.Sort = sort
			asks[name+" by "+string(sort)] = asking{func() error { return d.twoPages(t.Context(), f) }, rare}
		}
	}
	add("all", crm.LeadFilter{}, false)
	add("of a tracker", crm.LeadFilter{Tracker: d.trackers[0].ID}, false)
	for _, field := range crm.LeadFields("BR", d.trackers[0].Fields...) {
		for _, op := range field.Kind.Ops() {
			many, nobodys := d.values(field, op)
			where := func(value any) crm.LeadFilter {
				return crm.LeadFilter{Tracker: d.trackers[0].ID, Where: filter.Filter{Field: field.Name, Op: op, Value: value}}
			}
			if op == filter.Has && (field.Name == "description" || field.Name == "lostReason") { // which none of them has
				add(fmt.Sprint(field.Name, " ", op), where(nil), true)
			} else if many != nil || op == filter.Has {
				add(fmt.Sprint(field.Name, " ", op, " ", many), where(many), false)
			}
			if nobodys != nil && walkedLeads(field.Name, op) == "" {
				add(fmt.Sprint(field.Name, " ", op, " ", nobodys), where(nobodys), true)
			}
		}
	}
	for _, q := range d.questions() {
		add(q.name, q.ask(7), false)
	}
	view, err := d.ws.LeadViews.Create(t.Context(), crm.NewView{Name: "mine", Filter: filter.Filter{All: []filter.Filter{
		is("trackerId", d.trackers[0].ID.String()), is("assignedToId", d.users[3].String()),
	}}})
	require.NoError(t, err)
	add("of a view", crm.LeadFilter{View: view.ID}, false)
	asks["by a field"] = asking{func() error {
		return d.twoPages(t.Context(), crm.LeadFilter{Tracker: d.trackers[0].ID, Sort: "values.city"})
	}, false}
	d.children(t, db, asks)
	return asks
}

func (d *leadCrowd) twoPages(ctx context.Context, f crm.LeadFilter) error {
	first, err := d.ws.Leads.List(ctx, f, core.Page{Limit: 10})
	if err == nil && first.Next != "" {
		_, err = d.ws.Leads.List(ctx, f, core.Page{Limit: 10, Cursor: first.Next})
	}
	return err
}

// values are what a field is compared with that many leads have, and that none has.
func (d *leadCrowd) values(field filter.Field[crm.Lead], op filter.Op) (many, nobodys any) {
	text := map[string]string{
		"title": word(3), "status": "contacted", "reached": "new", "source": "web", "currency": "EUR", "trackerId": d.trackers[0].ID.String(),
		"contactId": d.contacts[3].String(), "assignedToId": d.users[3].String(), "values.city": word(2000),
	}[field.Name]
	switch {
	case op == filter.Has || op == filter.HasNot:
		return nil, nil
	case field.Kind == filter.Time:
		return "2020-01-01T00:00:00Z", nil
	case field.Kind == filter.Day:
		return "2020-01-01", nil
	case field.Kind == filter.Whole:
		return "1000", nil
	case op == filter.In && text != "":
		many = []string{text, text}
	case text != "":
		many = text
	}
	switch {
	case op == filter.In || field.Name == "trackerId": // there is none but those of the company
	case strings.HasSuffix(field.Name, "Id"):
		nobodys = named("nobody").String()
	default:
		nobodys = "nobody"
	}
	return many, nobodys
}

// children are the lists of what hangs on a lead and on a contact, of which there is some.
func (d *leadCrowd) children(t *testing.T, db *bunstore.DB, asks map[string]asking) {
	ctx, contact, p := t.Context(), d.contacts[3], core.Page{Limit: 10}
	l, err := d.ws.Leads.List(ctx, crm.LeadFilter{}, core.Page{Limit: 1})
	require.NoError(t, err)
	lead := l.Items[0]
	err = crmstore.Work(db.Session(d.scope)).Atomic(ctx, func(tx crm.Tx) error {
		for i := range 1000 {
			at := tx.Env.Time().Add(time.Duration(i-500) * time.Hour)
			stamp, of := crm.Stamp{Version: 1, CreatedAt: at, UpdatedAt: at}, d.contacts[pick(i, 1000)]
			if err := errors.Join(
				tx.Store.InsertNote(ctx, crm.Note{ID: core.NewID[crm.Note](tx.Env), ContactID: of, NewNote: crm.NewNote{Content: "x"}, Stamp: stamp}),
				tx.Store.InsertActivity(ctx, crm.Activity{ID: core.NewID[crm.Activity](tx.Env), ContactID: of, NewActivity: crm.NewActivity{Type: crm.Call, Title: "x", ScheduledAt: &at}, Stamp: stamp}),
				tx.Store.InsertLeadNote(ctx, crm.LeadNote{ID: core.NewID[crm.LeadNote](tx.Env), LeadID: lead.ID, NewLeadNote: crm.NewLeadNote{Content: "x"}, Stamp: stamp}),
				tx.Store.InsertLeadMoves(ctx, crm.LeadMove{ID: core.NewID[crm.LeadMove](tx.Env), LeadID: lead.ID, ContactID: lead.ContactID, TrackerID: lead.TrackerID, To: "new", CreatedAt: at}),
			); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.NoError(t, db.Session(d.scope).Analyze(ctx, "crm_contact_notes", "crm_contact_activities", "crm_lead_notes", "crm_lead_moves"))
	for name, run := range map[string]func() error{
		"activities of a contact": func() error { _, err := d.ws.Activities.List(ctx, contact, crm.ActivityFilter{}, p); return err },
		"activities of a type": func() error {
			_, err := d.ws.Activities.List(ctx, contact, crm.ActivityFilter{Type: crm.Meeting}, p)
			return err
		},
		"overdue activities": func() error { _, err := d.ws.Activities.Due(ctx, crm.DueFilter{Due: crm.Overdue}, p); return err },
		"activities to come": func() error { _, err := d.ws.Activities.Due(ctx, crm.DueFilter{Due: crm.Upcoming}, p); return err },
		"notes of a contact": func() error { _, err := d.ws.Notes.List(ctx, contact, p); return err },
		"notes of a lead":    func() error { _, err := d.ws.LeadNotes.List(ctx, lead.ID, p); return err },
		"moves of a lead":    func() error { _, err := d.ws.Leads.History(ctx, lead.ID, p); return err },
		"leads of a contact": func() error { return d.twoPages(ctx, crm.LeadFilter{Contact: contact}) },
	} {
		asks[name] = asking{run, false}
	}
}
