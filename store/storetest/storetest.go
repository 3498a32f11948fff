// Package storetest is the conformance suite of Clientele's backends: what package store
// and the packages' own Store interfaces promise, one contract per subtest, through the
// services that an application uses. A backend, ours or a third party's, has to pass it.
//
//	func TestConformance(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Backend { … })
//	}
package storetest

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store"
)

// Open gives a migrated backend to a test: one of its own, or one shared with others. The
// suite makes companies of its own for each contract, and runs the contracts in parallel.
type Open func(t *testing.T) store.Backend

// Run checks a backend against every contract.
func Run(t *testing.T, open Open) {
	for _, c := range slices.Concat(
		jobContracts,
		contactContracts,
		contactBulkContracts,
		contactRuleContracts,
		contactListContracts,
		filterContracts, leadFilterContracts,
		searchContracts,
		viewContracts,
		timelineContracts,
		categoryContracts,
		duplicateContracts,
		mergeContracts,
		mergeRaceContracts,
		noteContracts,
		activityContracts,
		socialLinkContracts,
		trackerContracts,
		trackerChangeContracts, trackerKeptContracts, ruleContracts,
		leadContracts,
		leadMoveContracts,
		leadAssignContracts,
		leadListContracts,
		reportContracts,
		childContracts(),
		importContracts,
		importRunContracts, importDuplicateContracts, importCrashContracts,
		importOptionContracts,
		importRecordContracts,
		exportContracts, exportMoveContracts,
		leadExportContracts,
		privacyContracts,
		consentContracts,
		formContracts,
		responseContracts,
		responseListContracts,
		publicFormContracts,
		questionnaireContracts,
		sessionContracts,
		passwordContracts,
		userContracts,
		accountAuditContracts,
		companyContracts,
		memberContracts,
		roleContracts,
		invitationContracts,
		apiKeyContracts,
		auditContracts,
		agendaContracts,
		appointmentContracts,
		appointmentChangeContracts,
		appointmentAccessContracts,
		presenceContracts,
		seriesContracts,
		seriesChangeContracts,
		feedContracts,
		calendarContracts,
		raceContracts,
		reminderContracts,
		slotProperties,
		waitlistContracts,
		waitlistEndContracts,
		confirmationContracts,
	) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, newWorld(t, open))
		})
	}
}

// contract is one promise. Its name reads as a sentence about the subject before the slash.
type contract struct {
	name string
	test func(*testing.T, *world)
}

// world is a backend with two companies in it, ours and another.
type world struct {
	t       *testing.T
	app     *clientele.Clientele
	backend store.Backend

	company, foreign core.CompanyID
}

func newWorld(t *testing.T, open Open) *world {
	w := &world{t: t, backend: open(t)}
	w.app = clientele.NewOn(w.backend, clientele.WithIdentity(identity.Config{PasswordCost: cheap}))
	w.company, w.foreign = w.newCompany("Ours"), w.newCompany("Theirs")
	return w
}

// newCompany is a company that asks nothing of its contacts, in the numbering plan of Brazil.
func (w *world) newCompany(name string) core.CompanyID {
	id := core.CompanyID{UUID: uuid.New()}
	err := w.backend.EnsureCompany(w.t.Context(), core.Tenant{ID: id, Name: name, Country: "BR", ContactPolicy: []string{}})
	require.NoError(w.t, err)
	return id
}

// ws is our company's workspace for one who may do everything.
func (w *world) ws() *clientele.Workspace { return w.as(core.System()) }

// as is our company's workspace for the actor.
func (w *world) as(a core.Actor) *clientele.Workspace {
	return w.app.Workspace(core.Scope{Company: w.company, Actor: a})
}

// theirs is the other company's workspace, for one who may do everything there.
func (w *world) theirs() *clientele.Workspace {
	return w.app.Workspace(core.Scope{Company: w.foreign, Actor: core.System()})
}

// person is somebody with the permissions, who sees all rows.
func person(ps ...core.Permission) core.Actor {
	return core.Actor{ID: core.UserID{UUID: uuid.New()}, Permissions: core.PermissionSet(ps...)}
}

// own is somebody with the permissions, who sees their own rows only.
func own(ps ...core.Permission) core.Actor {
	a := person(ps...)
	a.OwnRows = true
	return a
}

// without is somebody with all permissions but one.
func without(p core.Permission) core.Actor {
	others := slices.DeleteFunc(slices.Collect(core.AllPermissions().All()), func(q core.Permission) bool { return q == p })
	return person(others...)
}

// faults are the fields of an error with the rules that they break: "/email unique".
func faults(t *testing.T, err error) []string {
	var e *core.Error
	require.ErrorAs(t, err, &e)
	list := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		list[i] = f.Field + " " + f.Rule
	}
	return list
}

// holder is who has the value of an [core.ErrExists], or the zero id.
func holder(t *testing.T, err error) uuid.UUID {
	require.ErrorIs(t, err, core.ErrExists)
	var e *core.Error
	require.ErrorAs(t, err, &e)
	return e.Holder.ID
}
