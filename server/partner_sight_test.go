package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/server"
)

// seenOfOthers are the operations whose answers are others by what others have, and why they have
// to be. The lists of forAll are left out beside.
var seenOfOthers = map[string]string{
	"listSlots":       "a time that somebody has taken is taken for all",
	"discloseContact": "a person is told of all that is kept of them, whoever has it",
	"discloseClient":  "the same",
}

// asked is what operations are asked for by the parameters of their queries, beside what the
// document lists of each. In braces is what the test has.
var asked = map[string][]string{
	"limit": {"1"}, "q": {"ad", "x"}, "prefix": {"v"}, "days": {"30"}, "version": {"1"}, "purpose": {"marketing"},
	"filter": {`{"not": {"field": "createdAt", "op": "before", "value": "2020-01-01T00:00:00Z"}}`},
	"tag":    {"vip"}, "email": {"nobody@example.org"}, "phone": {"+5511912345678"}, "source": {"web"}, "company": {"Acme"}, "title": {"x"},
	"currency": {"USD"}, "subjectKind": {"contact", "lead"}, "action": {"contact.created"},
	"sort": {"title", "-estimatedValue"}, "status": {"new", "closed_won"}, "listAppointments.status": {"scheduled"},
	"from": {"{from}"}, "to": {"{to}"}, "view": {"{view}"}, "contactId": {"{contact}"}, "client": {"{contact}"}, "subjectId": {"{contact}"},
	"trackerId": {"{tracker}"}, "agenda": {"{agenda}"}, "series": {"{series}"}, "categoryId": {"{category}"}, "roleId": {"{role}"},
	"ownerId": {"{paula}", "{eve}"}, "assignedToId": {"{paula}", "{eve}"}, "createdById": {"{paula}", "{eve}"}, "actorId": {"{paula}", "{eve}"}, "member": {"{paula}", "{eve}"},
}

// unasked are the parameters that choose as another does, or that say how to answer.
var unasked = strings.Fields(`cursor zone timezone names follow lostReason minValue maxValue value event eventId partySize
	createdFrom createdBefore updatedFrom updatedBefore enteredFrom enteredBefore closedFrom closedBefore expectedFrom expectedBefore`)

// alwaysAsked are the parameters without which some operations answer nothing.
var alwaysAsked = strings.Fields("due channel purpose q trackerId from to")

// What others have changes no byte of what a partner reads, by any operation and any of its
// parameters: no row, no sum, no count, no page. An operation or a parameter that nobody has
// thought of fails.
func TestWhatOthersHaveChangesNothingThatAPartnerReads(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		clock := w.steady()
		company := w.newCompany("Theirs", "eve")
		w.partnerOf(company)
		own := w.rowsBy(company, "paula")
		renamed := w.call("PATCH", "/api/v1/contacts/"+own["contacts"]["id"], adam(own), "As: paula", "X-Company-ID: "+company.String())
		require.Equal(t, http.StatusOK, renamed.StatusCode, renamed.text)
		w.alike(company, "paula", own)
		questions := w.questions(company, own)
		require.Greater(t, len(questions), 300)

		read := func() (answers []string) {
			defer clock.Store(clock.Swap(int64(5 * time.Minute)))
			for _, path := range questions {
				a := w.call("GET", path, nil, "As: paula", "X-Company-ID: "+company.String())
				if a.StatusCode != http.StatusOK {
					require.Contains(t, []string{"own_rows", "too_few_responses"}, problemCode(a), "%s: %s", path, a.text)
					a.text = problemCode(a)
				}
				answers = append(answers, a.text)
			}
			return answers
		}
		before := read()
		w.rowsOf(company)
		w.alike(company, "eve", own)
		w.older(company)
		for i, a := range read() {
			assert.Equal(t, before[i], a, questions[i])
		}
	})
}

// steady makes the time stand still, as long after the beginning as is stored.
func (w *world) steady() *atomic.Int64 {
	var after atomic.Int64
	began := time.Now()
	w.db.Env.Now = func() time.Time { return began.Add(time.Duration(after.Load())) }
	return &after
}

// alike makes rows that are as near to a partner's as can be: of the same names, in the partner's own
// tracker, agenda and forms and, of leads and appointments, with the partner's own contact.
func (w *world) alike(company core.CompanyID, by string, own map[string]map[string]string) {
	w.t.Helper()
	create := w.creating(company, by)
	contact, known := create("/contacts", adam(own)), own["contacts"]["id"]
	create("/contacts", adam(own))
	for _, days := range []int{-2, 0, 2} {
		create("/contacts/"+contact+"/activities", map[string]any{"type": "call", "title": "x", "scheduledAt": clockOf(time.Now().AddDate(0, 0, days))})
	}
	create("/contacts/"+contact+"/consents", `{"channel": "email", "purpose": "marketing", "granted": true, "source": "web", "wording": "x"}`)
	for _, stage := range []string{"new", "closed_won", "closed_lost"} {
		create("/leads", map[string]any{
			"title": "x", "trackerId": own["trackers"]["id"], "contactId": known, "source": "web", "expectedCloseDate": "2030-01-31", "status": stage,
			"estimatedValue": map[string]string{"amount": "1250.00", "currency": "USD"},
		})
	}
	day := nextWeek().AddDate(0, 0, len(by)) // another for each
	create("/appointments", map[string]any{"agendaId": own["agendas"]["id"], "clientId": known, "startDate": clockOf(day.Add(9 * time.Hour))})
	for _, of := range []string{"assessments", "questionnaires"} {
		create("/"+of+"/"+own[of]["id"]+"/responses", map[string]any{"contactId": contact, "answers": []any{map[string]any{"questionId": "a", "value": len(by)}}})
	}
}

// adam is a contact that is easily taken for another.
func adam(own map[string]map[string]string) map[string]any {
	return map[string]any{
		"name": "Adam Smith", "location": "London", "company": "Acme", "tags": []string{"vip"}, "source": "web", "type": "employee", "categoryId": own["contact-categories"]["id"],
	}
}

// older makes contacts of the same name and place as the partner's who were there before them: more
// than are compared of one key.
func (w *world) older(company core.CompanyID) {
	w.t.Helper()
	made := 0
	w.db.Env.NewID = func() uuid.UUID {
		made++
		return uuid.MustParse(fmt.Sprintf("01800000-0000-7000-8000-%012x", made))
	}
	for range 60 {
		w.creating(company, "eve")("/contacts", `{"name": "Adam Smith", "location": "London"}`)
	}
	w.db.Env.NewID = nil
}

// questions are what a partner can ask about own rows: each operation, and each with each value of
// each of its parameters, by the document.
func (w *world) questions(company core.CompanyID, own map[string]map[string]string) (paths []string) {
	w.t.Helper()
	params := w.parameters()
	has := strings.NewReplacer("{paula}", w.user("paula").ID.String(), "{eve}", w.user("eve").ID.String(),
		"{from}", clockOf(nextWeek()), "{to}", clockOf(nextWeek().AddDate(0, 0, 9)),
		"{contact}", own["contacts"]["id"], "{tracker}", own["trackers"]["id"], "{agenda}", own["agendas"]["id"], "{series}", own["series"]["id"],
		"{category}", own["contact-categories"]["id"], "{role}", own["company-roles"]["id"])
	for _, op := range server.Operations() {
		shared := forAll[collection(op)] != "" && !strings.Contains(op.Path, "{")
		if op.Access.Level < server.Member || op.Method != http.MethodGet || shared || seenOfOthers[op.ID] != "" {
			continue
		}
		least, each := url.Values{}, []url.Values{{}}
		for name, values := range params[op.ID] {
			require.NotEmpty(w.t, values, "nobody has said what to ask %s for by %s", op.ID, name)
			for _, v := range values {
				v = strings.Replace(v, "{view}", own[strings.Split(op.Path, "/")[1]+"/views"]["id"], 1)
				each = append(each, url.Values{name: {has.Replace(v)}})
			}
			if slices.Contains(alwaysAsked, name) {
				least.Set(name, has.Replace(values[0]))
			}
		}
		for _, query := range each {
			for name := range least {
				if !query.Has(name) {
					query[name] = least[name]
				}
			}
			paths = append(paths, "/api/v1"+pathOf(op, company, own[collection(op)])+"?"+query.Encode())
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// parameters are the values to ask each operation for, by the names of its parameters.
func (w *world) parameters() map[string]map[string][]string {
	w.t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string
			Parameters  []struct {
				Name, In string
				Schema   struct {
					Type any
					Enum []string
				}
			}
		}
	}
	require.NoError(w.t, json.Unmarshal(readDocument(w.server), &doc))
	params := map[string]map[string][]string{}
	for _, item := range doc.Paths {
		for _, op := range item {
			params[op.OperationID] = map[string][]string{}
			for _, p := range op.Parameters {
				if p.In != "query" || slices.Contains(unasked, p.Name) {
					continue
				}
				values := p.Schema.Enum
				switch {
				case p.Schema.Type == "boolean":
					values = []string{"true", "false"}
				case len(values) == 0:
					values = asked[p.Name]
					if of, more := asked[op.OperationID+"."+p.Name]; more {
						values = of
					}
				}
				params[op.OperationID][p.Name] = values
			}
		}
	}
	return params
}

// pathOf is an operation's path about rows.
func pathOf(op server.Operation, company core.CompanyID, ids map[string]string) string {
	return pathParam.ReplaceAllStringFunc(op.Path, func(param string) string {
		switch name := strings.Trim(param, "{}"); {
		case ids[name] != "":
			return ids[name]
		case op.Company == name:
			return company.String()
		}
		return uuid.NewString()
	})
}
