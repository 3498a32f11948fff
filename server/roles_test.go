package server_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/server"
)

// The callers of the table: nobody, users without a company of which one administers the
// platform, a member in each of the built-in roles, and an API key in that of an administrator.
const (
	nobody   = "nobody"
	outsider = "outsider"
	platform = "platform"
	lead     = "lead"
	partner  = "partner"
	staff    = "staff"
	admin    = "ada"
	key      = "key"
)

var callers = []string{nobody, outsider, platform, lead, partner, staff, admin, key}

// may says who may call what. An operation that it does not have fails the test.
var may = []struct {
	callers    []string
	operations string
}{
	{callers, `register login refreshToken requestPasswordReset resetPassword requestEmailVerification verifyEmail changeEmail
		registerInvited getPicture
		seePublicAssessment startPublicAssessment answerPublicAssessment
		seePublicQuestionnaire startPublicQuestionnaire answerPublicQuestionnaire`},
	{[]string{outsider, platform, lead, partner, staff, admin}, `logout logoutEverywhere getMe updateMe uploadPicture removePicture changePassword
		requestEmailChange listCompanies createCompany joinCompany acceptInvitation
		listSessions endSession listMyAudit`},
	{[]string{platform}, `listUsers listUserAudit getUser updateUser deleteUser listAllCompanies listAllMembers`},
	{[]string{lead, partner, staff, admin, key}, `getCompany leaveCompany`},
	{[]string{partner, staff, admin, key}, `listContacts createContact searchContacts getContact updateContact changeContacts
		getContactTimeline listContactViews createContactView getContactView updateContactView deleteContactView
		listContactDuplicates scanContactDuplicates markContactDistinct unmarkContactDistinct
		listContactConsents recordContactConsent getContactPermit
		listContactCategories getContactCategory listContactTags
		listContactNotes createContactNote getContactNote updateContactNote deleteContactNote
		putContactNoteAttachment getContactNoteAttachment deleteContactNoteAttachment
		listContactActivities createContactActivity getContactActivity updateContactActivity deleteContactActivity listDueActivities
		listContactSocialLinks createContactSocialLink getContactSocialLink updateContactSocialLink deleteContactSocialLink
		listTrackers getTracker listStages listFields
		searchLeads listLeadViews createLeadView getLeadView updateLeadView deleteLeadView
		listLeads createLead getLead updateLead moveLead setLeadValues listLeadMoves listContactLeads changeLeads
		listLeadNotes createLeadNote getLeadNote updateLeadNote deleteLeadNote
		reportFunnel reportStays reportClosed reportForecast`},
	{[]string{staff, admin, key}, `deleteContact restoreContact mergeContact listContactMerges getContactMerge undoContactMerge deleteLead assignLead
		createTracker updateTracker deleteTracker setStages planStages setFields planFields
		importContacts listContactImports getContactImport revertContactImport exportContacts exportLeads createContactCategory updateContactCategory deleteContactCategory listMembers getMember
		listAgendas createAgenda getAgenda updateAgenda deleteAgenda activateAgenda deactivateAgenda setAgendaHours setAgendaOverrides
		setAgendaMembers listSlots listHolidays setHolidays
		listAppointments listAgendaAppointments listOutOfHours bookAppointment holdSlot getAppointment updateAppointment moveAppointment
		addAppointmentMember removeAppointmentMember takeHold cancelAppointment confirmAppointment rejectAppointment completeAppointment
		missAppointment bookSeries getSeries updateSeries cancelSeries
		listWaitlist joinWaitlist getWaitlistEntry leaveWaitlist listReminders getClientLinks
		getAppointmentFile getSeriesFile listFeeds createFeed getFeed rotateFeed revokeFeed
		listAssessments createAssessment getAssessment updateAssessment deleteAssessment duplicateAssessment
		putAssessmentQuestions addAssessmentQuestion updateAssessmentQuestion deleteAssessmentQuestion moveAssessmentQuestion
		publishAssessment listAssessmentVersions getAssessmentVersion shareAssessment unshareAssessment
		listAssessmentResponses recordAssessmentResponse startAssessmentAttempt getAssessmentStatistics exportAssessmentResponses getAssessmentResponse deleteAssessmentResponse
		listQuestionnaires createQuestionnaire getQuestionnaire updateQuestionnaire deleteQuestionnaire duplicateQuestionnaire
		putQuestionnaireQuestions addQuestionnaireQuestion updateQuestionnaireQuestion deleteQuestionnaireQuestion moveQuestionnaireQuestion
		publishQuestionnaire listQuestionnaireVersions getQuestionnaireVersion shareQuestionnaire unshareQuestionnaire
		listQuestionnaireResponses recordQuestionnaireResponse startQuestionnaireAttempt getQuestionnaireStatistics exportQuestionnaireResponses getQuestionnaireResponse deleteQuestionnaireResponse
		rescoreAssessment markAssessmentResponse listAssessmentResponseOutcomes explainAssessmentResponse
		validateAssessment getScoringSchema getAssessmentSettings`},
	{[]string{admin, key}, `eraseContact discloseContact listContactErasures updateCompany deactivateCompany activateCompany resetInviteCode
		createMember updateMember deactivateMember activateMember
		listInvitations createInvitation deleteInvitation
		listRoles createRole getRole updateRole deleteRole
		listAPIKeys createAPIKey revokeAPIKey listAudit exportAudit putAssessmentSettings
		listEvents followEvents listWebhooks createWebhook getWebhook updateWebhook deleteWebhook rotateWebhookSecret
		listWebhookDeliveries replayWebhookDeliveries getWebhookDelivery replayWebhookDelivery`},
}

// employed are those who work for the company, beside its administrator.
var employed = map[string]identity.Builtin{lead: identity.Lead, partner: identity.Partner, staff: identity.InternalStaff}

// mayCall is who may call the operation. Those of /clients are for whom those of /contacts are.
func mayCall(t *testing.T, op server.Operation) []string {
	id := op.ID
	if strings.HasPrefix(op.Path, "/clients") {
		id = strings.Replace(id, "Client", "Contact", 1)
	}
	for _, m := range may {
		if slices.Contains(strings.Fields(m.operations), id) {
			return m.callers
		}
	}
	require.Fail(t, "the table of who may call what does not have "+op.ID)
	return nil
}

// Every operation is open to those of the table, and to nobody else.
func TestWhoMayCallWhat(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.hireEverybody()
		taken := true
		for _, op := range server.Operations() {
			allowed := mayCall(t, op)
			for _, caller := range callers {
				if taken {
					w.refresh() // the operation may have ended sessions, or the company
				}
				a := w.tryOperation(op, w.company, nil, w.headersOf(caller)...)
				code := problemCode(a)
				if taken = slices.Contains(allowed, caller); !taken {
					require.Contains(t, refusals(op, caller), code, "%s is not for %s: %d %s", op.ID, caller, a.StatusCode, a.text)
					continue
				}
				require.NotContains(t, allRefusals, code, "%s is for %s: %s", op.ID, caller, a.text)
				require.Less(t, a.StatusCode, http.StatusInternalServerError, "%s by %s: %s", op.ID, caller, a.text)
			}
		}
	})
}

// allRefusals are the codes by which somebody is refused for who they are.
var allRefusals = []string{"unauthenticated", "user_required", "platform_admin_required", "permission_required", "company_not_found"}

// refusals are those by which a caller is refused.
func refusals(op server.Operation, caller string) []string {
	switch {
	case caller == nobody:
		return []string{"unauthenticated"}
	case op.Access.Level == server.PlatformAdmin:
		return []string{"platform_admin_required"}
	case op.Access.Level == server.SignedIn:
		return []string{"user_required"}
	case caller == outsider, caller == platform:
		return []string{"company_not_found"}
	}
	return []string{"permission_required"}
}

// hireEverybody makes the callers of the table.
func (w *world) hireEverybody() {
	w.t.Helper()
	w.user(outsider)
	u := w.user(platform)
	_, err := w.app.Accounts.Users(identity.Operator()).Update(w.t.Context(), u.ID, func(u *identity.User) error {
		u.PlatformAdmin = true
		return nil
	})
	require.NoError(w.t, err)
	for caller, role := range employed {
		w.hire(caller, w.builtin(role))
	}
	_, secret, err := w.ws(w.company).APIKeys.Create(w.t.Context(), identity.NewAPIKey{Name: "Sync", RoleID: w.builtin(identity.Administrator)})
	require.NoError(w.t, err)
	w.tokens[key] = string(secret)
}

func (w *world) hire(user string, role core.ID[identity.Role]) {
	w.t.Helper()
	_, err := w.ws(w.company).Members.Create(w.t.Context(), identity.NewMember{UserID: w.user(user).ID, RoleID: role})
	require.NoError(w.t, err)
}

// refresh undoes what operations do to those who call them: log them out, let them leave,
// deactivate the company.
func (w *world) refresh() {
	w.t.Helper()
	users := map[string]identity.User{}
	for _, caller := range []string{outsider, platform, lead, partner, staff, admin} {
		u, _, err := w.app.Accounts.Authenticate(w.t.Context(), identity.Secret(w.tokens[caller]))
		if err != nil {
			u = w.user(caller)
		}
		users[caller] = u
	}
	_, err := w.ws(w.company).Company.Activate(w.t.Context())
	require.NoError(w.t, err)
	for caller, role := range employed {
		if _, err := w.app.Companies.Actor(w.t.Context(), users[caller].ID, w.company); err != nil {
			w.hire(caller, w.builtin(role))
		}
	}
}

// headersOf make a request one of the caller's.
func (w *world) headersOf(caller string) []string {
	if caller == nobody {
		return []string{"Authorization:"}
	}
	return []string{"As: " + caller}
}

// tryOperation calls an operation in a company by the example of its body. Path parameters are
// of ids, by their names in the path, and else random.
func (w *world) tryOperation(op server.Operation, company core.CompanyID, ids map[string]string, headers ...string) answer {
	w.t.Helper()
	path := pathOf(op, company, ids)
	var body any
	switch {
	case bodies[op.ID] != nil:
		body = bodies[op.ID]
	case op.Example != nil:
		body = op.Example
	case strings.HasPrefix(op.Takes, "text/csv"):
		body = "name\nAda\n"
		headers = append(headers, "Content-Type: text/csv")
	case op.Stream && op.Method == http.MethodPut:
		body = "plain text"
		headers = append(headers, "Content-Type: text/plain")
	}
	if op.Access.Level >= server.Member && op.Company == "" {
		headers = append(headers, "X-Company-ID: "+company.String())
	}
	return w.call(op.Method, "/api/v1"+path+queries[op.ID], body, headers...)
}

// bodies stand for the examples that would change who can log in.
var bodies = map[string]any{
	"changePassword": map[string]string{"currentPassword": "not the one", "newPassword": password},
}

// queries are what operations ask for in the query.
var queries = map[string]string{"listDueActivities": "?due=today", "followEvents": "?follow=false",
	"getContactPermit": "?channel=email&purpose=marketing", "getClientPermit": "?channel=email&purpose=marketing",
	"searchContacts": "?q=ada", "searchClients": "?q=ada", "searchLeads": "?q=x"}

// problemCode is the code of a problem; empty for other answers.
func problemCode(a answer) string {
	if a.Header.Get("Content-Type") != "application/problem+json" {
		return ""
	}
	var p struct{ Code string }
	_ = json.Unmarshal([]byte(a.text), &p) // what is no problem has no code
	return p.Code
}
