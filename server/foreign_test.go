package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/webhooks"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/server"
	"github.com/clientele-crm/clientele/store"
)

// No operation finds, or changes, a row of another company whose id is in its path.
func TestAnotherCompanysRowsAreNotFound(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		theirs := w.newCompany("Theirs", "eve")
		ids := w.rowsOf(theirs)
		before := w.allOf(theirs)
		for _, op := range server.Operations() {
			if op.Access.Level < server.Member || !strings.Contains(op.Path, "{") {
				continue
			}
			company, rows := w.company, ids[collection(op)]
			if op.Company != "" {
				company = theirs // its id is in the path
			} else {
				for _, param := range pathParam.FindAllStringSubmatch(op.Path, -1) {
					require.NotEmpty(t, rows[param[1]], "the test has no %s for %s", param[1], op.Path)
				}
			}
			a := w.tryOperation(op, company, rows)
			require.Equal(t, http.StatusNotFound, a.StatusCode, "%s: %s", op.ID, a.text)
		}
		require.Equal(t, before, w.allOf(theirs), "something was changed")
	})
}

// allOf are all rows of a company, in the tables that are companies'.
func (w *world) allOf(company core.CompanyID) (rows []string) {
	w.t.Helper()
	w.eachRow(func(table string, columns, values []string) {
		key := "company_id"
		if table == "id_companies" {
			key = "id"
		}
		if i := slices.Index(columns, key); i >= 0 && values[i] == company.String() {
			rows = append(rows, table+" "+strings.Join(values, " | "))
		}
	})
	require.Greater(w.t, len(rows), 100)
	slices.Sort(rows)
	return rows
}

// rowsOf makes a row of everything in a company; by the beginning of a path, the ids of its
// parameters.
func (w *world) rowsOf(company core.CompanyID) map[string]map[string]string {
	w.t.Helper()
	rows := w.rowsBy(company, "eve")
	webhook := w.creating(company, "eve")("/webhooks", `{"url": "http://127.0.0.1:1/"}`)
	rows["webhooks"] = map[string]string{"id": webhook, "deliveryId": w.delivery(company, webhook)}
	return rows
}

// creating makes rows in a company as somebody, who is answered the id of each.
func (w *world) creating(company core.CompanyID, by string) func(path string, body any) string {
	return func(path string, body any) string {
		w.t.Helper()
		made := w.call("POST", "/api/v1"+path, body, "As: "+by, "X-Company-ID: "+company.String())
		require.Contains(w.t, []int{http.StatusCreated, http.StatusOK}, made.StatusCode, made.text)
		id, _ := made.json(w.t)["id"].(string)
		return id
	}
}

// rowsBy makes a row of everything that those have too who see own rows only.
func (w *world) rowsBy(company core.CompanyID, by string) map[string]map[string]string {
	w.t.Helper()
	create, own := w.creating(company, by), []string{"As: " + by, "X-Company-ID: " + company.String()}
	contact := create("/contacts", `{"name": "Ada"}`)
	note := create("/contacts/"+contact+"/notes", `{"content": "x"}`)
	attached := w.call("PUT", "/api/v1/contacts/"+contact+"/notes/"+note+"/attachment", "plain text", append(own, "Content-Type: text/plain")...)
	require.Equal(w.t, http.StatusOK, attached.StatusCode, attached.text)
	contacts := map[string]string{
		"id": contact, "noteId": note,
		"activityId": create("/contacts/"+contact+"/activities", `{"type": "call", "title": "x"}`),
		"linkId":     create("/contacts/"+contact+"/social-links", `{"platform": "other", "url": "https://example.org/x"}`),
		"otherId":    create("/contacts", `{"name": "Eve"}`),
	}
	merged := create("/contacts/"+contact+"/merge", map[string]string{"loserId": create("/contacts", `{"name": "Eve"}`)})
	imported := w.call("POST", "/api/v1/contacts/imports", "name\nZed\n", append(own, "Content-Type: text/csv")...)
	require.Equal(w.t, http.StatusOK, imported.StatusCode, imported.text)
	importID := map[string]string{"id": imported.json(w.t)["id"].(string)}
	view := map[string]string{"id": create("/contacts/views", `{"name": "x", "shared": true}`)}
	role, err := w.ws(company).Roles.Create(w.t.Context(), identity.NewRole{Name: "Of " + by, OwnRows: true})
	require.NoError(w.t, err)
	w.user("mallory" + by)
	member, err := w.ws(company).Members.Create(w.t.Context(), identity.NewMember{Email: core.Email("mallory" + by + "@example.org"), RoleID: role.ID})
	require.NoError(w.t, err)
	agenda := create("/agendas", agendaJSON(member.UserID))
	appointment := create("/appointments", map[string]any{"agendaId": agenda, "startDate": clockOf(nextWeek().Add(9 * time.Hour))})
	series := w.call("POST", "/api/v1/appointments/series", map[string]any{"agendaId": agenda, "startDate": clockOf(nextWeek().Add(10 * time.Hour)), "rule": "FREQ=DAILY;COUNT=2"}, own...)
	require.Equal(w.t, http.StatusOK, series.StatusCode, series.text)
	booked, err := w.ws(company).Agendas.Get(w.t.Context(), core.ID[scheduling.Agenda]{UUID: uuid.MustParse(agenda)})
	require.NoError(w.t, err)
	waits := create("/contacts", `{"name": "Grace"}`)
	entry := create("/agendas/"+agenda+"/waitlist", map[string]any{"clientId": waits, "fromDate": clockOf(nextWeek()), "untilDate": clockOf(nextWeek().AddDate(0, 0, 1))})
	tracker := create("/trackers", `{"name": "x"}`)
	deal := create("/leads", map[string]any{"title": "x", "trackerId": tracker, "contactId": contact})
	deals := map[string]string{"id": deal, "noteId": create("/leads/"+deal+"/notes", `{"content": "x"}`)}
	assessments, assessmentResponses := w.formOf(create, "/assessments", `{"title": "x", "trait": "sales"}`, `{"answers": [{"questionId": "a", "value": 3}]}`)
	questionnaires, questionnaireResponses := w.formOf(create, "/questionnaires", `{"title": "x"}`, `{"answers": []}`)
	return map[string]map[string]string{
		"assessments": assessments, "assessment-responses": {"id": assessmentResponses},
		"questionnaires": questionnaires, "questionnaire-responses": {"id": questionnaireResponses},
		"agendas":      {"id": agenda, "entryId": entry},
		"appointments": {"id": appointment, "memberId": booked.Members[0].ID.String()},
		"series":       {"id": series.json(w.t)["series"].(map[string]any)["id"].(string)},
		"feeds":        {"id": create("/feeds", map[string]any{"memberId": w.user(by).ID})},
		"contacts":     contacts, "clients": contacts,
		"contacts/merges": {"id": merged}, "clients/merges": {"id": merged},
		"contacts/views": view, "clients/views": view, "contacts/imports": importID, "clients/imports": importID,
		"contact-categories": {"id": create("/contact-categories", map[string]any{"name": "of " + by})},
		"company-roles":      {"id": role.ID.String()},
		"members":            {"id": member.ID.String()},
		"invitations":        {"id": create("/invitations", map[string]any{"email": "trent" + by + "@example.org", "roleId": role.ID})},
		"api-keys":           {"id": create("/api-keys", map[string]any{"name": "x", "roleId": role.ID})},
		"trackers":           {"id": tracker},
		"leads":              deals, "leads/views": {"id": create("/leads/views", `{"name": "x", "shared": true}`)},
	}
}

// delivery is one to a webhook, as the dispatcher makes them.
func (w *world) delivery(company core.CompanyID, webhook string) string {
	w.t.Helper()
	id := core.NewID[webhooks.Delivery](w.db.Env)
	tx := store.Bun(w.db).Session(core.Scope{Company: company, Actor: core.System()}).Webhooks().Plain()
	_, err := tx.Store.InsertDeliveries(w.t.Context(), []webhooks.Delivery{{
		ID: id, EndpointID: core.ID[webhooks.Endpoint]{UUID: uuid.MustParse(webhook)}, EventID: uuid.New(), Event: "contact.created",
		Body: []byte("{}"), State: webhooks.Failed, CreatedAt: tx.Env.Time(), UpdatedAt: tx.Env.Time(),
	}})
	require.NoError(w.t, err)
	return id.String()
}

// formOf makes a published form with a question and a response.
func (w *world) formOf(create func(string, any) string, path, form, response string) (ids map[string]string, responseID string) {
	w.t.Helper()
	id := create(path, form)
	create(path+"/"+id+"/questions", `{"id": "a", "question": "?", "type": "rating_scale", "isRequired": false}`)
	create(path+"/"+id+"/publish", nil)
	return map[string]string{"id": id, "questionId": "a", "number": "1"}, create(path+"/"+id+"/responses", response)
}

// collection is the beginning of an operation's path, "contacts" of /contacts/{id} and
// "contacts/views" of /contacts/views/{id}.
func collection(op server.Operation) string {
	fixed, _, _ := strings.Cut(op.Path[1:], "/{")
	return fixed
}
