package server_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
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
	"endSession":            "a session has no version: it does not change",
	"revokeAPIKey":          "an API key has no version: it does not change",
}

// No change of a version that the caller has not seen is made, whatever the operation.
func TestEveryChangeAsksForTheVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		company, rows := w.changeable("Theirs")
		before := w.allOf(company)
		left := maps.Clone(withoutCondition)
		for _, op := range changes() {
			if _, ok := left[op.ID]; ok {
				delete(left, op.ID)
				continue
			}
			a := w.tryOperation(op, company, rows[collection(op)], "As: "+changer(op), `If-Match: "1000"`)
			require.Equal(t, http.StatusPreconditionFailed, a.StatusCode, "%s: %s", op.ID, a.text)
			require.Equal(t, "version_mismatch", a.json(t)["code"], op.ID)
			require.NotEmpty(t, a.json(t)["current"], op.ID)
			require.NotEmpty(t, a.Header.Get("ETag"), op.ID)
		}
		require.Empty(t, left, "these are no such operations any more")
		require.Equal(t, before, w.allOf(company), "something was changed")
	})
}

// Who has seen the current version makes the change, and so does who does not care.
func TestEveryChangeIsMadeWithTheCurrentVersionAndWithNone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, condition := range []bool{true, false} {
			company, rows := w.changeable(fmt.Sprint("With a condition: ", condition))
			for _, op := range changes() {
				if _, ok := withoutCondition[op.ID]; ok {
					continue
				}
				headers := []string{"As: " + changer(op)}
				if condition {
					stale := w.tryOperation(op, company, rows[collection(op)], append(headers, `If-Match: "1000"`)...)
					headers = append(headers, "If-Match: "+stale.Header.Get("ETag"))
				}
				a := w.tryOperation(op, company, rows[collection(op)], headers...)
				if code, ok := otherwiseRefused[op.ID]; ok {
					assert.Equal(t, code, problemCode(a), "%s: %s", op.ID, a.text)
					continue
				}
				assert.Less(t, a.StatusCode, 300, "%s: %s", op.ID, a.text)
			}
		}
	})
}

// otherwiseRefused are the changes that are refused all the same, by the codes that say why: the
// example of the document does not fit these rows, or a change before has been at them.
var otherwiseRefused = map[string]string{
	"uploadPicture": "invalid", "updateMember": "invalid", "markAssessmentResponse": "invalid", "updateSeries": "series_conflicts",
	"updateAssessmentQuestion": "question_not_found", "deleteAssessmentQuestion": "question_not_found",
	"updateQuestionnaireQuestion": "question_not_found", "deleteQuestionnaireQuestion": "question_not_found",
	"setAgendaMembers": "invalid", "removeAppointmentMember": "last_member",
	"deleteTracker": "tracker_in_use", "deleteRole": "role_in_use", "deleteAgenda": "agenda_in_use",
	"deleteAssessment": "form_in_use", "deleteQuestionnaire": "form_in_use",
	"deleteClientNote": "note_not_found", "deleteClientActivity": "activity_not_found", "deleteClientSocialLink": "social_link_not_found",
	"deleteClientView": "view_not_found",
}

// changes are the operations that change or delete what is there: the deletions last, of what
// is deepest first.
func changes() []server.Operation {
	ops := slices.DeleteFunc(server.Operations(), func(op server.Operation) bool {
		return !slices.Contains([]string{http.MethodPut, http.MethodPatch, http.MethodDelete}, op.Method)
	})
	depth := func(op server.Operation) int {
		if op.Method != http.MethodDelete {
			return math.MaxInt
		}
		return strings.Count(op.Path, "/")
	}
	slices.SortStableFunc(ops, func(a, b server.Operation) int { return cmp.Compare(depth(b), depth(a)) })
	return ops
}

// changer is who may do it.
func changer(op server.Operation) string {
	if op.Access.Level == server.PlatformAdmin {
		return "root"
	}
	return "eve"
}

// changeable is a company with a row of everything, and a user who is not needed.
func (w *world) changeable(name string) (core.CompanyID, map[string]map[string]string) {
	w.t.Helper()
	company := w.newCompany(name, "eve")
	rows := w.rowsOf(company)
	if w.tokens["root"] == "" {
		w.root()
	}
	trudy, err := w.app.Accounts.Users(identity.Operator()).Create(w.t.Context(), identity.NewUser{
		Profile: identity.Profile{FirstName: "Trudy"}, Email: core.Email(uuid.NewString() + "@example.org"), Password: password,
	}, false)
	require.NoError(w.t, err)
	rows["users"] = map[string]string{"id": trudy.ID.String()}
	return company, rows
}
