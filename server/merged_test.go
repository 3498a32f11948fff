package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/server"
)

// whatMergedContactsTake are the changes that can be asked of a contact that was merged into
// another, and why; all others are refused.
var whatMergedContactsTake = map[string]string{
	"eraseContact": "whoever was merged into another is that person",
	"eraseClient":  "the same",
}

// The id of a contact that was merged into another answers that one, in all that can be read of a
// contact; what would change it says that it was merged.
func TestTheIDOfAMergedContactAnswersEverywhere(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.steady()
		company := w.newCompany("Theirs", "eve")
		headers := []string{"As: eve", "X-Company-ID: " + company.String()}
		all := w.rowsOf(company)
		rows := all["contacts"]
		w.creating(company, "eve")("/contacts/"+rows["id"]+"/consents", `{"channel": "email", "purpose": "marketing", "granted": true}`)
		merged, _ := w.call("GET", "/api/v1/contacts/merges/"+all["contacts/merges"]["id"], nil, headers...).json(t)["loserId"].(string)
		before := w.allOf(company)
		for _, op := range server.Operations() {
			ofOne := strings.HasPrefix(op.Path, "/contacts/{id}") || strings.HasPrefix(op.Path, "/clients/{id}")
			if !ofOne || whatMergedContactsTake[op.ID] != "" {
				continue
			}
			lost := map[string]string{"id": merged, "noteId": rows["noteId"], "activityId": rows["activityId"], "linkId": rows["linkId"], "otherId": rows["otherId"]}
			if strings.HasSuffix(op.Path, "/merge") {
				op = naming(t, op, "loserId", rows["otherId"], all)
			}
			a := w.tryOperation(op, company, lost, headers...)
			switch {
			case op.Method == http.MethodGet:
				require.Equal(t, http.StatusOK, a.StatusCode, "%s: %s", op.ID, a.text)
				require.Equal(t, w.tryOperation(op, company, rows, headers...).text, a.text, op.ID)
			case strings.Count(op.Path, "{") > 1 && !strings.Contains(op.Path, "{otherId}"):
				require.Equal(t, http.StatusNotFound, a.StatusCode, "what hangs on a contact is changed under its own id: %s %s", op.ID, a.text)
			default:
				require.Equal(t, "contact_merged", problemCode(a), "%s: %d %s", op.ID, a.StatusCode, a.text)
				require.Contains(t, a.text, rows["id"], "%s says into whom", op.ID)
			}
		}
		p := w.call("POST", "/api/v1/contacts/"+rows["otherId"]+"/merge", map[string]string{"loserId": merged}, headers...)
		require.Equal(t, "contact_merged", problemCode(p), p.text)
		require.Equal(t, before, w.allOf(company), "something was changed")
	})
}
