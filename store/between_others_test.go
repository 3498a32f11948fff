package store_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

var ofForms = []between{
	{"who answers by their link has answered, though they are merged", func(t *testing.T, m *meantime) {
		f := m.personality()
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah"})
		_, token, err := m.ws.AssessmentResponses.Start(t.Context(), f.ID, assessment.ContactID(other.ID))
		require.NoError(t, err)
		m.within(m.merges(ada, other), `FROM "asm_forms"`, f.ID.String())
		_, err = m.app.PublicForms.Submit(t.Context(), assessment.Assessment, token, assessment.Input{Answers: rated(5, 2)})
		require.NoError(t, err)
		got, err := m.ws.Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, "Energy", got.PersonalityType)
	}},
	{"a response is as final as its outcome", func(t *testing.T, m *meantime) {
		f := m.personality(assessment.Question{ID: "why", Text: "Why?", Type: assessment.Subjective, Points: assessment.Int(2)})
		answers := append(rated(5, 2), assessment.Answer{QuestionID: "why", Text: "So"})
		r, err := m.ws.AssessmentResponses.Record(t.Context(), f.ID, assessment.NewResponse{Answers: answers})
		require.NoError(t, err)
		require.Equal(t, assessment.PendingReview, r.Status)
		m.after(func() {
			_, err := m.ws.AssessmentResponses.Mark(t.Context(), r.ID, []assessment.Mark{{QuestionID: "why", Points: assessment.Int(1)}})
			require.NoError(t, err)
		}, `FROM "asm_responses"`, f.ID.String())
		l, err := m.ws.AssessmentResponses.List(t.Context(), assessment.ResponseFilter{Form: f.ID}, core.Page{})
		require.NoError(t, err)
		require.Equal(t, assessment.Final, l.Items[0].Status)
		require.Zero(t, l.Items[0].Outcome.Pending)
	}},
}

// personality is a form of two ratings, which fills a contact's profile, and of more questions.
func (m *meantime) personality(more ...assessment.Question) assessment.Form {
	ctx := m.t.Context()
	scoring, err := assessment.ParseScoring([]byte(`{
		"items": [
			{"question": "party", "kind": "likert", "weights": {"energy": 1}},
			{"question": "plan", "kind": "likert", "weights": {"order": 1}}],
		"dimensions": [{"key": "energy", "label": "Energy"}, {"key": "order", "label": "Order"}],
		"type": {"highest": {"among": ["energy", "order"], "tie": "Both"}},
		"profile": {"personalityType": true}}`))
	require.NoError(m.t, err)
	f, err := m.ws.Assessments.Create(ctx, assessment.NewForm{Title: "Personality", Trait: assessment.Leadership})
	require.NoError(m.t, err)
	_, err = m.ws.Assessments.Update(ctx, f.ID, func(f *assessment.Form) error {
		f.Questions = append([]assessment.Question{
			{ID: "party", Text: "A party gives me energy", Type: assessment.RatingScale},
			{ID: "plan", Text: "I plan my week", Type: assessment.RatingScale},
		}, more...)
		f.Scoring = &scoring
		return nil
	})
	require.NoError(m.t, err)
	_, err = m.ws.Assessments.Publish(ctx, f.ID)
	require.NoError(m.t, err)
	return f
}

func rated(party, plan int64) []assessment.Answer {
	return []assessment.Answer{{QuestionID: "party", Value: &party}, {QuestionID: "plan", Value: &plan}}
}

var ofCalendars = []between{
	{"who takes what they were offered keeps it, though somebody takes them out of the line", func(t *testing.T, m *meantime) {
		a := m.agenda()
		now := time.Now().UTC()
		e, err := m.ws.Waitlist.Join(t.Context(), a.ID, scheduling.NewWaitlistEntry{
			ClientID: core.ID[scheduling.Client](m.contact(crm.NewContact{Name: "Ada"}).ID), FromDate: now.Add(time.Hour), UntilDate: now.AddDate(0, 0, 2),
		})
		require.NoError(t, err)
		offered, err := m.ws.Waitlist.Offer(t.Context(), a.ID, now, now.AddDate(0, 0, 3))
		require.NoError(t, err)
		require.Len(t, offered, 1)
		held := offered[0].AppointmentID
		m.within(func() {
			_, err := m.ws.Appointments.Take(t.Context(), held, scheduling.Details{ClientID: e.ClientID})
			require.NoError(t, err)
		}, `FROM "sched_appointments"`, held.String())
		e, err = m.ws.Waitlist.Leave(t.Context(), e.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.OfferTaken, e.State)
		taken, err := m.ws.Appointments.Get(t.Context(), held)
		require.NoError(t, err)
		require.Equal(t, scheduling.Scheduled, taken.Status)
	}},
	{"who waits is offered a time, though they are merged", func(t *testing.T, m *meantime) {
		a := m.agenda()
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah"})
		now := time.Now().UTC()
		_, err := m.ws.Waitlist.Join(t.Context(), a.ID, scheduling.NewWaitlistEntry{
			ClientID: core.ID[scheduling.Client](other.ID), FromDate: now.Add(time.Hour), UntilDate: now.AddDate(0, 0, 2),
		})
		require.NoError(t, err)
		m.within(m.merges(ada, other), `FROM "crm_contacts"`, "c.id = '"+other.ID.String(), "FOR NO KEY UPDATE")
		offered, err := m.ws.Waitlist.Offer(t.Context(), a.ID, now, now.AddDate(0, 0, 3))
		require.NoError(t, err)
		require.Len(t, offered, 1)
		require.Equal(t, ada.ID.UUID, offered[0].ClientID.UUID)
	}},
	{"who books is the contact that has the address, though it is merged", func(t *testing.T, m *meantime) {
		a := m.agenda()
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah", Email: "adah@example.org"})
		m.within(m.merges(ada, other), `FROM "crm_contacts"`, "c.id = '"+other.ID.String(), "FOR NO KEY UPDATE")
		now := time.Now().UTC()
		e, err := m.ws.Waitlist.JoinFor(t.Context(), a.ID, scheduling.Person{Name: "Adah", Email: "adah@example.org"},
			scheduling.NewWaitlistEntry{FromDate: now.Add(time.Hour), UntilDate: now.AddDate(0, 0, 2)})
		require.NoError(t, err)
		require.Equal(t, ada.ID.UUID, e.ClientID.UUID)
	}},
}

func (m *meantime) agenda() scheduling.Agenda {
	a, err := m.ws.Agendas.Create(m.t.Context(), scheduling.NewAgenda{
		Name: "Talk", Members: []scheduling.AgendaMember{{ID: core.UserID{UUID: uuid.New()}}},
		Rules: slots.Rules{Hours: slots.Hours{Timezone: "UTC", Week: slots.EveryDay("00:00-24:00")}, Duration: 30, Capacity: 1},
	})
	require.NoError(m.t, err)
	return a
}

const (
	oldPassword identity.Secret = "correct horse battery staple"
	newPassword identity.Secret = "another horse battery staple"
)

var linkToken = regexp.MustCompile(`\?token=([\w-]+)`)

var ofAccounts = []between{
	{"a password that is changed is good for no link to another address", func(t *testing.T, m *meantime) {
		u, s := m.user("ada")
		theirs := address("eve")
		m.before(func() { require.NoError(t, m.app.Accounts.ChangePassword(t.Context(), s, oldPassword, newPassword)) },
			"id_users", string(theirs))
		require.ErrorIs(t, m.app.Accounts.RequestEmailChange(t.Context(), u.ID, theirs, oldPassword), core.ErrInvalid)
		require.NoError(t, m.app.Accounts.Wait(t.Context()))
		require.Empty(t, m.mails.To(theirs))
	}},
	{"a link to set a password that goes to an address which is changed is not good", func(t *testing.T, m *meantime) {
		u, _ := m.user("ada")
		next := address("ada.lovelace")
		require.NoError(t, m.app.Accounts.RequestEmailChange(t.Context(), u.ID, next, oldPassword))
		change := m.link(next)
		m.after(func() {
			_, err := m.app.Accounts.ChangeEmail(t.Context(), change)
			require.NoError(t, err)
		}, "id_users", "SELECT", string(u.Email))
		require.NoError(t, m.app.Accounts.RequestPasswordReset(t.Context(), u.Email))
		require.ErrorIs(t, m.app.Accounts.ResetPassword(t.Context(), m.link(u.Email), newPassword), core.ErrNotFound)
	}},
	{"an invitation that is accepted while somebody invites anew says so", func(t *testing.T, m *meantime) {
		admin, _ := m.user("admin")
		ada, _ := m.user("ada")
		c, err := m.app.Companies.Create(t.Context(), admin.ID, identity.NewCompany{Name: "Company " + uuid.NewString()})
		require.NoError(t, err)
		ws := m.app.Workspace(core.Scope{Company: c.ID, Actor: core.System()})
		roles, err := ws.Roles.List(t.Context(), core.Page{})
		require.NoError(t, err)
		invitation := identity.NewInvitation{Email: ada.Email, RoleID: roles.Items[0].ID}
		_, err = ws.Invitations.Create(t.Context(), invitation)
		require.NoError(t, err)
		token := m.link(ada.Email)
		m.within(func() {
			_, err := m.app.Companies.Accept(t.Context(), ada.ID, token)
			require.NoError(t, err)
		}, `DELETE FROM "id_invitations"`, c.ID.String())
		_, err = ws.Invitations.Create(t.Context(), invitation)
		require.ErrorIs(t, err, core.ErrExists, "she is a member")
	}},
}

// address is one that nobody else in the database has.
func address(name string) core.Email {
	return core.Email(name + "." + uuid.NewString() + "@example.org")
}

// user is a new one, with a session.
func (m *meantime) user(name string) (identity.User, identity.Session) {
	ctx := m.t.Context()
	u, err := m.app.Accounts.Register(ctx, identity.NewUser{Profile: identity.Profile{FirstName: name, LastName: "x"}, Email: address(name), Password: oldPassword})
	require.NoError(m.t, err)
	require.NoError(m.t, m.app.Accounts.Wait(ctx))
	login, err := m.app.Accounts.Login(ctx, u.Email, oldPassword)
	require.NoError(m.t, err)
	_, s, err := m.app.Accounts.Authenticate(ctx, login.AccessToken)
	require.NoError(m.t, err)
	return u, s
}

// link is the token in the last mail to the address.
func (m *meantime) link(e core.Email) identity.Secret {
	require.NoError(m.t, m.app.Accounts.Wait(m.t.Context()))
	mails := m.mails.To(e)
	require.NotEmpty(m.t, mails)
	found := linkToken.FindStringSubmatch(mails[len(mails)-1].Text)
	require.NotNil(m.t, found)
	return identity.Secret(found[1])
}
