package server_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/blobs"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/core/outbound"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/sqlitetest"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// The canaries are in everything that is said of one person, and nowhere else: a word, and the
// digits of a telephone number.
const (
	canary      = "kanarie7f3a"
	canaryPhone = "912345670"
)

// Nothing of somebody who was erased is left in any column of any table, nor in a file. The test
// reads the tables out of the catalogue: one that is added later is looked at too.
func TestNothingIsLeftOfAnErasedPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		app := w.appThatTells()
		contact := w.plant(app)
		before := w.sightings(places, sighted)
		t.Log("the canary was in", before)
		for _, place := range planted {
			is := func(seen string) bool { return seen == place || strings.HasPrefix(seen, place+".") }
			require.True(t, slices.ContainsFunc(before, is), "the canary was not planted in %s", place)
		}
		w.call("POST", "/api/v1/contacts", map[string]any{"name": "Somebody else"})

		a := w.call("POST", "/api/v1/contacts/"+contact+"/erase", nil, "Idempotency-Key: erase")
		require.Equal(t, http.StatusOK, a.StatusCode, a.text)
		require.Equal(t, contact, a.json(t)["contactId"])
		require.NotEmpty(t, a.json(t)["finishedAt"])
		require.Empty(t, w.sightings(texts, sighted))
		w.viewsAfter()
		require.EqualValues(t, 1, len(w.call("GET", "/api/v1/contacts", nil).json(t)["items"].([]any)))

		named := func(text string) bool { return strings.Contains(text, contact) }
		require.Subset(t, stillNamed, w.sightings(places, named))

		w.problem(http.StatusNotFound, "contact_not_found", "POST", "/api/v1/contacts/"+contact+"/erase", nil)
		require.Equal(t, a.text, w.call("POST", "/api/v1/contacts/"+contact+"/erase", nil, "Idempotency-Key: erase").text)
		w.step(app) // the others are told of it, and of nothing else
		require.Empty(t, w.sightings(texts, sighted))
		list := w.call("GET", "/api/v1/contacts/erasures", nil).json(t)["items"].([]any)
		require.Len(t, list, 1)
		events := w.call("GET", "/api/v1/events?subjectKind=contact", nil)
		require.Contains(t, events.text, `"contact.erased"`)
	})
}

// planted are the tables, or the columns of them, in which the canary has to have been, so that the
// test proves something.
var planted = []string{
	"crm_contacts", "crm_contact_addresses", "crm_contact_tags", "crm_contact_notes", "crm_contact_activities", "crm_contact_social_links", "crm_consents", "crm_merges", "crm_views.filter", "crm_views.name",
	"crm_leads.lost_reason", "crm_leads.source", "crm_leads.words", "crm_lead_moves.lost_reason", "crm_lead_notes", "crm_lead_values", "sched_appointments", "sched_series", "asm_attempts", "asm_responses", "core_outbox", "core_audit", "core_jobs", "core_webhook_deliveries", "core_webhook_attempts",
	"core_idempotency", "files",
}

// stillNamed are the columns that name the contact by its id after it was erased: they say that it
// was, that something was done to it, and that an import made or changed it.
var stillNamed = []string{"core_audit.subject_id", "core_outbox.subject_id", "core_idempotency.body", "core_idempotency.headers", "crm_erasures.contact_id", "crm_import_batches.contacts"}

// appThatTells is Clientele over the same database, with webhooks to an endpoint that answers with
// what it was sent, and a subscriber that fails with it.
func (w *world) appThatTells() *clientele.Clientele {
	w.t.Helper()
	echo := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rw.WriteHeader(http.StatusTeapot)
		_, _ = rw.Write(body)
	}))
	w.t.Cleanup(echo.Close)
	files, err := blobs.OpenDir(w.files)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, files.Close()) })
	app := clientele.New(w.db, clientele.WithBlobs(files),
		clientele.WithWebhooks(outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})))
	subscribeFailing(app)
	w.step(app)
	w.made("/api/v1/webhooks", map[string]any{"url": echo.URL})
	return app
}

func (w *world) step(app *clientele.Clientele) {
	w.t.Helper()
	for range 4 { // events become jobs, and those deliveries
		_, err := app.Step(w.t.Context())
		require.NoError(w.t, err)
	}
}

// plant says all that can be said of a person through the API with the canary in it, and is the
// person's id.
func (w *world) plant(app *clientele.Clientele) (id string) {
	w.t.Helper()
	text := func(what string) string { return what + " " + canary }
	email := canary + "@example.org"
	created := w.call("POST", "/api/v1/contacts", map[string]any{
		"name": text("Ada"), "email": email, "phone": "11 " + canaryPhone[:5] + "-" + canaryPhone[5:], "location": text("At"), "company": text("Of"),
		"designation": text("As"), "industry": text("In"), "website": "https://" + canary + ".example.org", "innerDrives": text("a"), "baselines": text("b"),
		"traits": text("c"), "personalityType": text("d"), "notes": text("e"), "tags": []string{canary}, "source": text("f"),
		"otherAddresses": []any{map[string]any{"kind": "email", "value": "other." + email, "label": canary}},
	}, "Idempotency-Key: create")
	require.Equal(w.t, http.StatusCreated, created.StatusCode, created.text)
	id = created.json(w.t)["id"].(string)
	at := "/api/v1/contacts/" + id
	require.Equal(w.t, http.StatusOK, w.call("PATCH", at, map[string]any{"notes": text("changed")}).StatusCode)

	note := w.made(at+"/notes", map[string]any{"content": text("Note")})["id"].(string)
	attached := w.call("PUT", at+"/notes/"+note+"/attachment?name="+canary+".txt", text("A file"), "Content-Type: text/plain")
	require.Equal(w.t, http.StatusOK, attached.StatusCode, attached.text)
	gone := w.made(at+"/notes", map[string]any{"content": text("Gone")})["id"].(string)
	require.Equal(w.t, http.StatusOK, w.call("PATCH", at+"/notes/"+gone, map[string]any{"content": text("Changed")}).StatusCode)
	require.Equal(w.t, http.StatusNoContent, w.call("DELETE", at+"/notes/"+gone, nil).StatusCode)
	w.made(at+"/activities", map[string]any{"type": "call", "title": text("Call"), "description": text("About")})
	w.made(at+"/social-links", map[string]any{"platform": "other", "url": "https://example.org/" + canary, "username": canary})
	a := w.call("POST", at+"/consents", map[string]any{"channel": "email", "purpose": "marketing", "granted": true, "source": text("form"), "wording": text("Yes")})
	require.Equal(w.t, http.StatusCreated, a.StatusCode, a.text)
	a = w.call("POST", "/api/v1/contacts/imports", "email,notes\n"+email+","+text("imported")+"\n", "Content-Type: text/csv")
	require.EqualValues(w.t, 1, a.json(w.t)["updated"], a.text)

	w.plantMerge(id)
	w.plantAppointments(id)
	w.plantSeries(id)
	w.plantLead(id)
	_, agenda := w.agenda(1)
	waits := w.call("POST", "/api/v1/agendas/"+agenda+"/waitlist", map[string]any{
		"clientId": id, "fromDate": clockOf(nextWeek()), "untilDate": clockOf(nextWeek().AddDate(0, 0, 1)),
	})
	require.Equal(w.t, http.StatusCreated, waits.StatusCode, waits.text)
	w.plantAnswers(id, email)
	w.plantViews(email)
	w.step(app)
	return id
}

func (w *world) plantAppointments(contact string) {
	w.t.Helper()
	text := func(what string) string { return what + " " + canary }
	_, agenda := w.agenda(1)
	for i := range 2 {
		booked := w.call("POST", "/api/v1/appointments", map[string]any{
			"agendaId": agenda, "startDate": clockOf(nextWeek().Add(9*time.Hour + time.Duration(i)*30*time.Minute)), "clientId": contact, "title": text("Cut of"),
			"description": text("Likes"), "location": text("At"), "url": "https://example.org/" + canary, "googleEventId": canary,
		})
		require.Equal(w.t, http.StatusCreated, booked.StatusCode, booked.text)
		if i > 0 {
			cancelled := w.call("POST", "/api/v1/appointments/"+booked.json(w.t)["id"].(string)+"/cancel", map[string]any{"reason": text("No")})
			require.Equal(w.t, http.StatusOK, cancelled.StatusCode, cancelled.text)
		}
	}
}

// plantMerge has another contact of the same person merged into theirs.
func (w *world) plantMerge(contact string) {
	w.t.Helper()
	other := w.made("/api/v1/contacts", map[string]any{"name": "Other " + canary, "email": "merged." + canary + "@example.org", "notes": canary})["id"].(string)
	w.made("/api/v1/contacts/"+other+"/notes", map[string]any{"content": "Merged " + canary})
	merged := w.call("POST", "/api/v1/contacts/"+contact+"/merge", map[string]any{"loserId": other})
	require.Less(w.t, merged.StatusCode, 300, merged.text)
}

func (w *world) plantSeries(contact string) {
	w.t.Helper()
	_, agenda := w.agenda(1)
	booked := w.call("POST", "/api/v1/appointments/series", map[string]any{
		"agendaId": agenda, "startDate": clockOf(nextWeek().Add(9 * time.Hour)), "rule": "FREQ=DAILY;COUNT=2", "clientId": contact,
		"title": "Cuts of " + canary, "description": canary, "location": canary, "url": "https://example.org/" + canary,
	})
	require.Less(w.t, booked.StatusCode, 300, booked.text)
}

// plantLead has a lead that stays and one that is deleted, each with a note that changed.
func (w *world) plantLead(contact string) {
	w.t.Helper()
	text := func(what string) string { return what + " " + canary }
	ws := w.ws(w.company)
	for _, stays := range []bool{true, false} {
		tracker, err := ws.Trackers.Create(w.t.Context(), crm.NewTracker{TrackerDetails: crm.TrackerDetails{Name: "Sales"}, Fields: []crm.NewField{{Name: "remark", Label: "Remark", Type: crm.TextField}}})
		require.NoError(w.t, err)
		id, err := core.ParseID[crm.Contact](contact)
		require.NoError(w.t, err)
		lead, err := ws.Leads.Create(w.t.Context(), crm.NewLead{TrackerID: tracker.ID, LeadDetails: crm.LeadDetails{
			ContactID: id, Title: text("Deal"), Description: text("About"), Source: text("Of"), Values: crm.Values{"remark": {Text: text("x")}},
		}})
		require.NoError(w.t, err)
		_, err = ws.Leads.Move(w.t.Context(), lead.ID, crm.Move{To: "closed_lost", LostReason: text("Since")})
		require.NoError(w.t, err)
		_, err = ws.Trackers.SetFields(w.t.Context(), tracker.ID, crm.FieldsChange{Fields: []crm.NewField{{Name: "remark", Type: crm.NumberField}}, Confirmed: true})
		require.NoError(w.t, err, "it has an old value now")
		note, err := ws.LeadNotes.Create(w.t.Context(), lead.ID, crm.NewLeadNote{Content: text("Note")})
		require.NoError(w.t, err)
		_, err = ws.LeadNotes.Update(w.t.Context(), note.ID, func(n *crm.LeadNote) error { n.Content = text("Changed"); return nil })
		require.NoError(w.t, err)
		if !stays {
			require.NoError(w.t, ws.LeadNotes.Delete(w.t.Context(), note.ID))
			require.NoError(w.t, ws.Leads.Delete(w.t.Context(), lead.ID))
		}
	}
}

func (w *world) plantAnswers(contact, email string) {
	w.t.Helper()
	text := func(what string) string { return what + " " + canary }
	form, page := w.formOfAda()
	recorded := w.call("POST", "/api/v1/assessments/"+form+"/responses", map[string]any{"contactId": contact, "answers": []any{
		map[string]any{"questionId": "party", "value": 2}, map[string]any{"questionId": "why", "answerText": text("Because")},
	}})
	require.Equal(w.t, http.StatusCreated, recorded.StatusCode, recorded.text)
	marked := w.call("PUT", "/api/v1/assessment-responses/"+recorded.json(w.t)["id"].(string)+"/marks", map[string]any{"marks": []any{
		map[string]any{"questionId": "why", "points": 1, "comment": text("Good")},
	}})
	require.Equal(w.t, http.StatusOK, marked.StatusCode, marked.text)
	token := page[strings.LastIndexByte(page, '/')+1:]
	for _, submit := range []bool{false, true} {
		started := w.call("POST", "/api/v1/public/assessments/"+token+"/attempts", nil, "Authorization:")
		require.Equal(w.t, http.StatusCreated, started.StatusCode, started.text)
		attempt := started.json(w.t)["token"].(string)
		answered := w.call("POST", "/api/v1/public/assessments/"+attempt, map[string]any{
			"name": text("Ada"), "email": strings.ToUpper(email[:1]) + email[1:], "submit": submit, "answers": []any{
				map[string]any{"questionId": "party", "value": 2}, map[string]any{"questionId": "why", "answerText": text("Since")},
			},
		}, "Authorization:")
		require.Equal(w.t, http.StatusOK, answered.StatusCode, answered.text)
	}
}

// sightings are the columns of all tables, and the files, in which a canary is. A column is looked
// at with all its values.
func (w *world) sightings(how telling, sighted func(string) bool) (found []string) {
	w.t.Helper()
	seen := map[string]bool{}
	w.eachRow(func(table string, columns, values []string) {
		for i, text := range values {
			place := table + "." + columns[i]
			if !sighted(text) || seen[place] {
				continue
			}
			seen[place] = true
			if how == texts {
				place += ": " + text
			}
			found = append(found, place)
		}
	})
	require.NoError(w.t, filepath.WalkDir(w.files, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if sighted(path) || sighted(string(text)) {
			found = append(found, "files."+d.Name())
		}
		return err
	}))
	return found
}

// eachRow looks at each row of each table, its values as texts.
func (w *world) eachRow(look func(table string, columns, values []string)) {
	w.t.Helper()
	_, pool := w.db.Pools()
	for _, table := range w.tables(pool) {
		rows, err := pool.QueryContext(w.t.Context(), `SELECT * FROM "`+table+`"`)
		require.NoError(w.t, err)
		columns, err := rows.Columns()
		require.NoError(w.t, err)
		for rows.Next() {
			scanned, values := make([]any, len(columns)), make([]string, len(columns))
			for i := range scanned {
				scanned[i] = new(any)
			}
			require.NoError(w.t, rows.Scan(scanned...))
			for i, v := range scanned {
				values[i] = fmt.Sprintf("%s", *(v.(*any)))
			}
			look(table, columns, values)
		}
		require.NoError(w.t, errors.Join(rows.Err(), rows.Close()))
	}
}

// telling is how much sightings tell.
type telling bool

const (
	places telling = false
	texts  telling = true // with what is there
)

func sighted(text string) bool {
	return strings.Contains(strings.ToLower(text), canary) || strings.Contains(text, canaryPhone)
}

// tables are all that the catalogue has.
func (w *world) tables(pool *sql.DB) (names []string) {
	w.t.Helper()
	// What a virtual table has is in tables of its own, which are looked at.
	query := "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL TABLE%'"
	if w.db.Dialect() == "postgres" {
		query = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
	}
	rows, err := pool.QueryContext(w.t.Context(), query)
	require.NoError(w.t, err)
	for rows.Next() {
		var name string
		require.NoError(w.t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(w.t, errors.Join(rows.Err(), rows.Close()))
	require.Greater(w.t, len(names), 30)
	return names
}

// subscribeFailing has each change of a contact handled by one who fails with what it was told.
func subscribeFailing(app *clientele.Clientele) {
	fail := func(_ context.Context, c events.Change[crm.Contact]) error {
		return jobs.Fail(fmt.Errorf("cannot take %v", c.After))
	}
	events.On(app.Relay, "failing.created", crm.ContactCreated, fail)
}

// brokenFiles cannot remove anything for a while.
type brokenFiles struct {
	*blobs.Dir
	broken atomic.Bool
}

func (f *brokenFiles) Remove(ctx context.Context, key string) error {
	if f.broken.Load() {
		return &core.Error{Kind: core.ErrUnavailable, Message: "the disk is away"}
	}
	return f.Dir.Remove(ctx, key)
}

// What is left after a crash, or while a disk is away, a job removes; it also looks again for what
// was on its way when the person was erased.
func TestAnErasureIsFinishedByAJob(t *testing.T) {
	t.Parallel()
	db := sqlitetest.Memory(t)
	var later atomic.Int64 // minutes
	db.Env.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load()) * time.Minute) }
	w := newWorldIn(t, db)
	dir, err := blobs.OpenDir(w.files)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, dir.Close()) })
	files := &brokenFiles{Dir: dir}
	app := clientele.New(db, clientele.WithBlobs(files))
	ws := app.Workspace(core.Scope{Company: w.company, Actor: core.System()})
	ada, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: canary})
	require.NoError(t, err)
	note, err := ws.Notes.Create(t.Context(), ada.ID, crm.NewNote{Content: canary})
	require.NoError(t, err)
	_, err = ws.Notes.Attach(t.Context(), note.ID, "file.txt", strings.NewReader(canary))
	require.NoError(t, err)

	files.broken.Store(true)
	e, err := ws.Privacy.Erase(t.Context(), ada.ID)
	require.NoError(t, err, "the rows are gone, and the files will be")
	require.Nil(t, e.FinishedAt)
	left := w.sightings(places, sighted)
	require.Len(t, left, 1, left)
	require.Contains(t, left[0], "files.")

	// An answer that was on its way.
	kept := bunstore.Answer{Scope: "x in " + w.company.String(), Key: "late", Request: "r"}
	_, err = db.BeginAnswer(t.Context(), &kept)
	require.NoError(t, err)
	kept.Status, kept.Body = http.StatusOK, []byte(`{"id": "`+ada.ID.String()+`", "name": "`+canary+`"}`)
	require.NoError(t, db.KeepAnswer(t.Context(), kept))

	files.broken.Store(false)
	later.Store(11)
	_, err = app.Step(t.Context())
	require.NoError(t, err)
	require.Empty(t, w.sightings(texts, sighted))
	l, err := ws.Privacy.Erasures(t.Context(), core.Page{})
	require.NoError(t, err)
	require.NotNil(t, l.Items[0].FinishedAt)
}
