package clientele_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/internal/sqlitetest"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/ical"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// postbox keeps the mails that are sent.
type postbox struct {
	mu     sync.Mutex
	mails  []identity.Message
	broken error // what sending fails with
}

func (p *postbox) Send(_ context.Context, m identity.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken == nil {
		p.mails = append(p.mails, m)
	}
	return p.broken
}

// shop is a company with an agenda of two hours a day, at a time that the test says.
type shop struct {
	t   *testing.T
	app *clientele.Clientele
	ws  *clientele.Workspace

	now    time.Time
	post   postbox
	agenda scheduling.Agenda
	client core.ID[scheduling.Client]
}

func newShop(t *testing.T) *shop {
	s := &shop{t: t, now: time.Date(2030, 1, 7, 12, 0, 0, 0, time.UTC)}
	db := sqlitetest.Memory(t)
	db.Env.Now = func() time.Time { return s.now }
	company := core.CompanyID{UUID: uuid.New()}
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Shop", ContactPolicy: []string{}}))
	s.app = clientele.New(db, clientele.WithIdentity(identity.Config{Mailer: &s.post, PublicURL: "https://shop.example.org"}), clientele.WithLinkKey([]byte("key")), clientele.WithCalendarFiles(ical.Notice))
	s.ws = s.app.Workspace(core.Scope{Company: company, Actor: core.System()})
	var err error
	s.agenda, err = s.ws.Agendas.Create(t.Context(), scheduling.NewAgenda{
		Name: "Haircut", Location: "Main Street 1", Reminders: []scheduling.Reminder{{Before: 60, Channel: "email"}},
		Rules:   slots.Rules{Hours: slots.Hours{Timezone: "Europe/Lisbon", Week: slots.EveryDay("09:00-11:00")}, Duration: 120},
		Members: []scheduling.AgendaMember{{ID: core.UserID{UUID: uuid.New()}}},
	})
	require.NoError(t, err)
	ada, err := s.ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada", Email: "ada@example.org"})
	require.NoError(t, err)
	s.client = core.ID[scheduling.Client]{UUID: ada.ID.UUID}
	s.work()
	return s
}

func (s *shop) work() {
	for {
		n, err := s.app.Step(s.t.Context())
		require.NoError(s.t, err)
		if n == 0 {
			return
		}
	}
}

func (s *shop) book(client core.ID[scheduling.Client]) scheduling.Appointment {
	a, err := s.ws.Appointments.Book(s.t.Context(), scheduling.NewAppointment{
		AgendaID: s.agenda.ID, StartDate: time.Date(2030, 1, 8, 9, 0, 0, 0, time.UTC), Details: scheduling.Details{ClientID: client, Timezone: "Asia/Tokyo"},
	})
	require.NoError(s.t, err)
	return a
}

func TestAReminderIsMailedOnceWhenItIsDue(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	a := s.book(s.client)
	s.now = a.StartDate.Add(-61 * time.Minute)
	s.work()
	require.Empty(t, s.post.mails)
	s.now = a.StartDate.Add(-60 * time.Minute)
	s.work()
	s.work()
	require.Len(t, s.post.mails, 1)
	mail := s.post.mails[0]
	require.Equal(t, core.Email("ada@example.org"), mail.To)
	require.Equal(t, "Your appointment: Haircut", mail.Subject)
	require.Contains(t, mail.Text, "Tuesday, 8 January 2030, 18:00 (Asia/Tokyo)")
	require.Contains(t, mail.Text, "Main Street 1")
	for _, p := range []scheduling.Purpose{scheduling.ToMove, scheduling.ToCancel} {
		link := s.app.Links.URL(p, s.ws.Scope().Company, a.ID.UUID)
		require.True(t, strings.HasPrefix(link, "https://shop.example.org/appointment/"))
		require.Contains(t, mail.Text, link)
		require.Contains(t, mail.HTML, link)
	}
	list, err := s.ws.Appointments.Reminders(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, list[0].ID.String(), mail.ID)
}

// booksOnline is an appointment that the client has booked at the public page.
func (s *shop) booksOnline() scheduling.Appointment {
	a, err := s.ws.Appointments.Book(s.t.Context(), scheduling.NewAppointment{
		AgendaID: s.agenda.ID, StartDate: time.Date(2030, 1, 8, 9, 0, 0, 0, time.UTC),
		Details: scheduling.Details{ClientID: s.client, Timezone: "Asia/Tokyo", Source: scheduling.FromPublic, Description: "Buy https://example.com"},
	})
	require.NoError(s.t, err)
	return a
}

func TestWhoBooksOnlineIsToldByMailWithACalendarFile(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	a := s.booksOnline()
	s.work()
	require.Len(t, s.post.mails, 1)
	_, err := s.ws.Appointments.Move(t.Context(), a.ID, a.StartDate.AddDate(0, 0, 1))
	require.NoError(t, err)
	s.work()
	_, err = s.ws.Appointments.Cancel(t.Context(), a.ID, "")
	require.NoError(t, err)
	s.work()
	require.Len(t, s.post.mails, 3)
	for i, want := range []struct {
		subject, when, method string
		sequence              int
	}{
		{"Booked: Haircut", "Tuesday, 8 January 2030, 18:00 (Asia/Tokyo)", "REQUEST", 0},
		{"Moved: Haircut", "Wednesday, 9 January 2030, 18:00 (Asia/Tokyo)", "REQUEST", 1},
		{"Cancelled: Haircut", "Wednesday, 9 January 2030, 18:00 (Asia/Tokyo)", "CANCEL", 2},
	} {
		mail := s.post.mails[i]
		require.Equal(t, core.Email("ada@example.org"), mail.To)
		require.Equal(t, want.subject, mail.Subject)
		require.Contains(t, mail.Text, want.when)
		require.Contains(t, mail.HTML, want.when)
		require.Equal(t, want.method == "REQUEST", strings.Contains(mail.Text, s.app.Links.URL(scheduling.ToMove, s.ws.Scope().Company, a.ID.UUID)))
		require.Len(t, mail.Files, 1)
		require.Contains(t, mail.Files[0].Type, "method="+want.method)
		file := strings.ReplaceAll(string(mail.Files[0].Content), "\r\n ", "")
		for _, line := range []string{"METHOD:" + want.method, "UID:" + a.UID, fmt.Sprintf("SEQUENCE:%d", want.sequence), "ATTENDEE:mailto:ada@example.org"} {
			require.Contains(t, file, line+"\r\n")
		}
		require.Contains(t, file, "TZID=Asia/Tokyo:20300")
		require.NotContains(t, mail.Text+mail.HTML+file, "example.com", "strangers do not write mails through this server")
	}
}

func TestNobodyIsToldTwiceOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.post.broken = errors.New("the mail server is down")
	s.booksOnline()
	s.work()
	require.Empty(t, s.post.mails)
	s.post.broken = nil
	s.now = s.now.Add(time.Minute)
	s.work()
	s.work()
	require.Len(t, s.post.mails, 1)
}

func TestAnOfferIsMailedToWhoIsNext(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	a := s.book(core.ID[scheduling.Client]{})
	day := time.Date(2030, 1, 8, 0, 0, 0, 0, time.UTC)
	_, err := s.ws.Waitlist.Join(t.Context(), s.agenda.ID, scheduling.NewWaitlistEntry{ClientID: s.client, FromDate: day, UntilDate: day.AddDate(0, 0, 1)})
	require.NoError(t, err)
	s.work()
	require.Empty(t, s.post.mails)
	_, err = s.ws.Appointments.Cancel(t.Context(), a.ID, "")
	require.NoError(t, err)
	s.work()
	require.Len(t, s.post.mails, 1)
	require.Contains(t, s.post.mails[0].Text, "/appointment/take?token=")
	require.Contains(t, s.post.mails[0].Text, "Monday, 7 January 2030, 14:00 (Europe/Lisbon)", "until when it is kept")
}
