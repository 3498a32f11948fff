package server_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/server"
)

// namedRows are the fields of bodies that name rows, with the collection that those are in.
var namedRows = map[string]string{
	"contactId": "contacts", "clientId": "contacts", "loserId": "contacts", "categoryId": "contact-categories",
	"trackerId": "trackers", "agendaId": "agendas",
	"roleId": "company-roles", "defaultRoleId": "company-roles",
}

// unlinked are the fields of ids that name no row which they are held against, and why.
var unlinked = map[string]string{
	"ownerId": "users are the platform's, or the embedder's", "assignedToId": "the same", "userId": "the same", "createdById": "the same", "memberId": "a user who takes appointments",
	"questionId": "it is a key within a form", "optionId": "the same", "optionIds": "the same", "googleEventId": "it is another system's",
}

// No operation takes a row of another company for one of its own because a body names it.
func TestAnotherCompanysRowsAreNotFoundByBodies(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		theirs, ours := w.newCompany("Theirs", "eve"), w.newCompany("Ours too", "eve")
		foreign, own := w.rowsOf(theirs), w.rowsOf(ours)
		before := w.allOf(theirs)
		w.nameInBodies(ours, "eve", own, foreign, nil)
		require.Equal(t, before, w.allOf(theirs), "something was changed")
		for _, row := range w.allOf(ours) {
			for of, ids := range foreign {
				require.NotContains(t, row, ids["id"], "a row names another company's of %s", of)
			}
		}
	})
}

// Nor does one take a row of a colleague where the actor sees own rows only.
func TestAPartnerNamesOwnRowsAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		company := w.newCompany("Theirs", "eve")
		w.partnerOf(company)
		foreign, own := w.rowsOf(company), w.rowsBy(company, "paula")
		before := w.nameInBodies(company, "paula", own, foreign, forAll)
		require.Equal(t, before, w.allOf(company), "something was changed")
	})
}

// nameInBodies has somebody name foreign rows by each field of each operation's body that names
// rows, but those of shared collections: none is found. Before is all that was there.
func (w *world) nameInBodies(company core.CompanyID, by string, own, foreign map[string]map[string]string, shared map[string]string) (before []string) {
	w.t.Helper()
	hold := w.creating(company, by)("/agendas/"+own["agendas"]["id"]+"/holds", map[string]any{"startDate": clockOf(nextWeek().Add(630 * time.Minute))})
	before = w.allOf(company)
	fields := w.fieldsOfBodies()
	tried := 0
	for _, op := range server.Operations() {
		if op.Access.Level < server.Member {
			continue
		}
		for _, field := range fields[op.ID] {
			of := namedRows[field]
			if of == "" {
				require.True(w.t, unlinked[field] != "" || !strings.HasSuffix(field, "Id") && !strings.HasSuffix(field, "Ids"),
					"nobody has said what %s names in %s", field, op.ID)
				continue
			}
			if shared[of] != "" {
				continue
			}
			tried++
			rows := own[collection(op)]
			if op.ID == "takeHold" {
				rows = map[string]string{"id": hold}
			}
			a := w.tryOperation(naming(w.t, op, field, foreign[of]["id"], own), company, rows, "As: "+by)
			require.Contains(w.t, []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusForbidden}, a.StatusCode, "%s with %s: %s", op.ID, field, a.text)
			require.Regexp(w.t, `_not_found"|"own_feeds_only"|"pointer":"/`+field, a.text, "%s with %s", op.ID, field)
		}
	}
	require.Greater(w.t, tried, 10)
	return before
}

// fieldsOfBodies are the fields of each operation's body, by the document.
func (w *world) fieldsOfBodies() map[string][]string {
	w.t.Helper()
	type schema struct {
		Ref        string `json:"$ref"`
		Properties map[string]any
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string
			RequestBody struct {
				Content map[string]struct{ Schema schema }
			}
		}
		Components struct{ Schemas map[string]schema }
	}
	require.NoError(w.t, json.Unmarshal(readDocument(w.server), &doc))
	fields := map[string][]string{}
	for _, item := range doc.Paths {
		for _, op := range item {
			body := op.RequestBody.Content["application/json"].Schema
			if body.Ref != "" {
				body = doc.Components.Schemas[body.Ref[strings.LastIndexByte(body.Ref, '/')+1:]]
			}
			fields[op.OperationID] = slices.Sorted(maps.Keys(body.Properties))
		}
	}
	return fields
}

// naming is the operation with a field in its example that names a row; what else the example
// names are rows of one's own.
func naming(t *testing.T, op server.Operation, field, id string, own map[string]map[string]string) server.Operation {
	example, err := json.Marshal(op.Example)
	require.NoError(t, err)
	body := map[string]any{}
	if op.Example != nil {
		require.NoError(t, json.Unmarshal(example, &body), op.ID)
	}
	for name := range body {
		if of := namedRows[name]; of != "" {
			body[name] = own[of]["id"]
		}
	}
	body[field] = id
	if strings.HasSuffix(field, "Ids") {
		body[field] = []string{id}
	}
	op.Example = body
	return op
}
