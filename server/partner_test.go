package server_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/server"
)

// forAll are the collections whose rows are nobody's own, and why. All others have to be found by
// those alone whose rows they are, where somebody sees own rows only.
var forAll = map[string]string{
	"companies":          "the company is everybody's who works in it",
	"members":            "colleagues are known by their names",
	"company-roles":      "a role is given to many",
	"contact-categories": "contacts of everybody are sorted into them",
	"trackers":           "leads of everybody go through their stages",
	"assessments":        "a form is asked by everybody; its responses are their own",
	"questionnaires":     "a form is asked by everybody; its responses are their own",
	"holidays":           "a day is a holiday for all",
}

// withoutOthersRows are the operations beside GET that name no row and reach no rows of others:
// they make something new, or check an input.
var withoutOthersRows = strings.Fields(`createContact createContactView importContacts createContactCategory createTracker createLead createLeadView
	createMember leaveCompany createInvitation createRole createAPIKey createAgenda setHolidays bookAppointment bookSeries createFeed
	createWebhook createAssessment createQuestionnaire validateAssessment putAssessmentSettings`)

// namingOthers are the bodies of operations that name rows in them, each with the id of another's
// that stands for "?": the row is not found, whatever the status of the answer.
var namingOthers = map[string]struct{ of, body string }{
	"changeLeads":    {"leads", `{"ids": ["?"], "delete": true}`},
	"changeContacts": {"contacts", `{"ids": ["?"], "delete": true}`},
	"changeClients":  {"contacts", `{"ids": ["?"], "tags": {"add": ["vip"]}}`},
}

// Whoever sees own rows only finds, lists, exports and changes no row of anybody else, by any
// operation; one that nobody has thought of fails.
func TestAPartnerMeetsOwnRowsAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		company := w.newCompany("Theirs", "eve")
		w.partnerOf(company)
		rows, own := w.rowsOf(company), w.rowsBy(company, "paula")
		before := w.allOf(company)
		for _, op := range server.Operations() {
			if op.Access.Level < server.Member {
				continue
			}
			shared := forAll[collection(op)] != ""
			switch {
			case op.Method == http.MethodGet:
				w.tellsOfNobody(op, company, rows, shared)
			case shared:
			case strings.Contains(op.Path, "{"):
				require.NotEmpty(t, rows[collection(op)], "the test has no row for %s", op.Path)
				a := w.tryOperation(op, company, rows[collection(op)], "As: paula")
				require.Contains(t, []int{http.StatusNotFound, http.StatusForbidden}, a.StatusCode, "%s %s: %s", op.ID, op.Path, a.text)
				w.mixes(op, company, own[collection(op)], rows[collection(op)])
			case namingOthers[op.ID].of != "":
				w.namesOthers(op, company, rows)
			default:
				id := strings.Replace(op.ID, "Client", "Contact", 1)
				require.Contains(t, withoutOthersRows, id, "nobody has said what %s does with the rows of others: %s %s", op.ID, op.Method, op.Path)
			}
		}
		require.Equal(t, before, w.allOf(company), "something was changed")
	})
}

// mixes checks that an operation finds nothing of another's below a row of one's own.
func (w *world) mixes(op server.Operation, company core.CompanyID, own, others map[string]string) {
	w.t.Helper()
	for _, param := range pathParam.FindAllStringSubmatch(op.Path, -1)[1:] {
		if own == nil {
			continue // such an actor has none
		}
		ids := maps.Clone(own)
		ids[param[1]] = others[param[1]]
		a := w.tryOperation(op, company, ids, "As: paula")
		require.Equal(w.t, http.StatusNotFound, a.StatusCode, "%s with another's %s: %s", op.ID, param[1], a.text)
	}
}

// namesOthers checks that an operation finds no row of another that its body names.
func (w *world) namesOthers(op server.Operation, company core.CompanyID, rows map[string]map[string]string) {
	w.t.Helper()
	named := namingOthers[op.ID]
	body := strings.ReplaceAll(named.body, "?", rows[named.of]["id"])
	a := w.call(op.Method, "/api/v1"+op.Path, body, "As: paula", "X-Company-ID: "+company.String())
	require.Less(w.t, a.StatusCode, http.StatusInternalServerError, a.text)
	require.Contains(w.t, a.text, "_not_found", "%s: %s", op.ID, a.text)
}

// partnerOf makes paula a member who may do everything with her own rows.
func (w *world) partnerOf(company core.CompanyID) {
	w.t.Helper()
	role, err := w.ws(company).Roles.Create(w.t.Context(), identity.NewRole{Name: "Partners", Permissions: core.AllPermissions(), OwnRows: true})
	require.NoError(w.t, err)
	_, err = w.ws(company).Members.Create(w.t.Context(), identity.NewMember{UserID: w.user("paula").ID, RoleID: role.ID})
	require.NoError(w.t, err)
}

// tellsOfNobody checks what paula reads: no id of a row that is somebody's own. A row that is named
// is not found.
func (w *world) tellsOfNobody(op server.Operation, company core.CompanyID, rows map[string]map[string]string, shared bool) {
	w.t.Helper()
	ids := rows[collection(op)]
	a := w.tryOperation(op, company, ids, "As: paula")
	if len(ids) > 0 && strings.Contains(op.Path, "{") && !shared {
		require.Contains(w.t, []int{http.StatusNotFound, http.StatusForbidden}, a.StatusCode, "%s %s: %s", op.ID, op.Path, a.text)
		return
	}
	const likeUUID = 36
	for of, named := range rows {
		for name, id := range named {
			if name != "memberId" /* a colleague's */ && forAll[of] == "" && len(id) == likeUUID && !strings.Contains(op.Path, "{") {
				require.NotContains(w.t, a.text, id, "%s tells of a row of %s", op.ID, of)
			}
		}
	}
}
