package server_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/server"
)

// withoutCondition are the operations that take no If-Match, and why.
var withoutCondition = map[string]string{
	"resetPassword":         "its token is good once",
	"changeEmail":           "its token is good once",
	"changePassword":        "the password itself is no part of the user, and the current one has to be known",
	"deleteInvitation":      "an invitation has no version: it does not change",
	"markContactDistinct":   "that two contacts are two people has no version",
	"unmarkContactDistinct": "that two contacts are two people has no version",
	"markClientDistinct":    "the same",
	"unmarkClientDistinct":  "the same",
	"setHolidays":           "the days are replaced as a whole and have no version",
	"revokeAPIKey":          "an API key has no version: it does not change",
}

// No change of a version that the caller has not seen is made, whatever the operation.
func TestEveryChangeAsksForTheVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	company := w.newCompany("Theirs", "eve")
	rows := w.rowsOf(company)
	rows["users"] = map[string]string{"id": w.root().ID.String()}
	left := maps.Clone(withoutCondition)
	for _, op := range server.Operations() {
		if !slices.Contains([]string{http.MethodPut, http.MethodPatch, http.MethodDelete}, op.Method) {
			continue
		}
		if _, ok := left[op.ID]; ok {
			delete(left, op.ID)
			continue
		}
		as := "As: eve"
		if op.Access.Level == server.PlatformAdmin {
			as = "As: root"
		}
		a := w.tryOperation(op, company, rows[collection(op)], as, `If-Match: "1000"`)
		require.Equal(t, http.StatusPreconditionFailed, a.StatusCode, "%s: %s", op.ID, a.text)
		require.Equal(t, "version_mismatch", a.json(t)["code"], op.ID)
		require.NotEmpty(t, a.json(t)["current"], op.ID)
		require.NotEmpty(t, a.Header.Get("ETag"), op.ID)
	}
	require.Empty(t, left, "these are no such operations any more")
}
