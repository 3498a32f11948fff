package clientele_test

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/internal/sqlitetest"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
)

// onBothDatabases runs a test in a database of SQLite and in one of Postgres, at a time long
// before the appointments of the test.
func onBothDatabases(t *testing.T, test func(*testing.T, *bunstore.DB)) {
	now := func() time.Time { return time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC) }
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		db := sqlitetest.Memory(t)
		db.Env.Now = now
		test(t, db)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		db, err := postgres.Open(t.Context(), pgtest.Database(t))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		db.Env.Now = now
		test(t, db)
	})
}

// household is a company in which everything that belongs to contacts can be made.
type household struct {
	t       require.TestingT
	db      *bunstore.DB
	company core.CompanyID
	ws      *clientele.Workspace
	tracker crm.Tracker
	form    assessment.Form
	agenda  scheduling.Agenda
	booked  int
	ctx     *testing.T
}

func newHousehold(t *testing.T, db *bunstore.DB) *household {
	h := &household{t: t, ctx: t, db: db, company: core.CompanyID{UUID: uuid.New()}}
	ctx := t.Context()
	require.NoError(t, db.EnsureCompany(ctx, core.Tenant{ID: h.company, Name: "Ours", Country: "BR", ContactPolicy: []string{"email"}}))
	h.ws = clientele.New(db).Workspace(core.Scope{Company: h.company, Actor: core.System()})
	var err error
	h.tracker, err = h.ws.Trackers.Create(ctx, crm.NewTracker{TrackerDetails: crm.TrackerDetails{Name: "Sales"}})
	require.NoError(t, err)
	h.form, err = h.ws.Questionnaires.Create(ctx, assessment.NewForm{Title: "Form"})
	require.NoError(t, err)
	_, err = h.ws.Questionnaires.SetQuestions(ctx, h.form.ID, []assessment.Question{{ID: "a", Text: "A?", Type: assessment.RatingScale}})
	require.NoError(t, err)
	_, err = h.ws.Questionnaires.Publish(ctx, h.form.ID)
	require.NoError(t, err)
	h.agenda, err = h.ws.Agendas.Create(ctx, scheduling.NewAgenda{
		Name: "Cut", Members: []scheduling.AgendaMember{{ID: core.UserID{UUID: uuid.New()}}},
		Rules: slots.Rules{Hours: slots.Hours{Timezone: "UTC", Week: slots.EveryDay("00:00-24:00")}, Duration: 10},
	})
	require.NoError(t, err)
	return h
}

// kinds are what a contact can have, by the table.
var kinds = map[string]func(*household, crm.Contact) error{
	"crm_contact_notes": func(h *household, c crm.Contact) error {
		_, err := h.ws.Notes.Create(h.ctx.Context(), c.ID, crm.NewNote{Content: "x"})
		return err
	},
	"crm_contact_activities": func(h *household, c crm.Contact) error {
		_, err := h.ws.Activities.Create(h.ctx.Context(), c.ID, crm.NewActivity{Type: crm.Call, Title: "x"})
		return err
	},
	"crm_contact_social_links": func(h *household, c crm.Contact) error {
		_, err := h.ws.SocialLinks.Create(h.ctx.Context(), c.ID, crm.NewSocialLink{Platform: crm.OtherPlatform, URL: "https://example.org/x"})
		return err
	},
	"crm_leads": func(h *household, c crm.Contact) error {
		_, err := h.ws.Leads.Create(h.ctx.Context(), crm.NewLead{TrackerID: h.tracker.ID, LeadDetails: crm.LeadDetails{Title: "x", ContactID: c.ID}})
		return err
	},
	"crm_consents": func(h *household, c crm.Contact) error {
		h.booked++
		_, err := h.ws.Consents.Record(h.ctx.Context(), c.ID, crm.NewConsent{
			Channel: crm.ByEmail, Purpose: crm.Marketing, Granted: h.booked%2 == 0, Source: "x", Wording: "x",
			GivenAt: h.db.Env.Time().Add(time.Duration(h.booked-1000) * time.Minute),
		})
		return err
	},
	"asm_responses": func(h *household, c crm.Contact) error {
		_, err := h.ws.QuestionnaireResponses.Record(h.ctx.Context(), h.form.ID, assessment.NewResponse{ContactID: assessment.ContactID(c.ID), Answers: []assessment.Answer{}})
		return err
	},
	"asm_attempts": func(h *household, c crm.Contact) error {
		_, _, err := h.ws.QuestionnaireResponses.Start(h.ctx.Context(), h.form.ID, assessment.ContactID(c.ID))
		return err
	},
	"sched_appointments": func(h *household, c crm.Contact) error {
		h.booked++
		_, err := h.ws.Appointments.Book(h.ctx.Context(), h.appointment(c))
		return err
	},
	"sched_series": func(h *household, c crm.Contact) error {
		h.booked++
		_, err := h.ws.Appointments.BookSeries(h.ctx.Context(), scheduling.NewSeries{
			AgendaID: h.agenda.ID, SeriesPlan: scheduling.SeriesPlan{Rule: "FREQ=DAILY;COUNT=1", StartDate: h.appointment(c).StartDate, Details: h.appointment(c).Details},
		})
		return err
	},
	"sched_waitlist": func(h *household, c crm.Contact) error {
		from := h.db.Env.Time().AddDate(0, 0, 30)
		_, err := h.ws.Waitlist.Join(h.ctx.Context(), h.agenda.ID, scheduling.NewWaitlistEntry{
			ClientID: core.ID[scheduling.Client](c.ID), FromDate: from, UntilDate: from.AddDate(0, 0, 1),
		})
		return err
	},
}

func (h *household) appointment(c crm.Contact) scheduling.NewAppointment {
	client := core.ID[scheduling.Client](c.ID)
	return scheduling.NewAppointment{
		AgendaID: h.agenda.ID, StartDate: h.db.Env.Time().Truncate(24*time.Hour).AddDate(0, 0, 2).Add(time.Duration(h.booked) * 10 * time.Minute),
		Details: scheduling.Details{ClientID: client},
	}
}

// names are the columns that name contacts, and own those of what a contact is itself, with why.
var (
	naming = regexp.MustCompile(`(^|_)(contact|client)_id$`)
	own    = map[string]string{
		"crm_contact_addresses": "is written with the contact",
		"crm_contact_tags":      "is written with the contact",
		"crm_contact_docs":      "is the index of the search, written with the contact",
		"crm_distinct_contacts": "copies to the survivor what is said of the loser",
		"crm_erasures":          "is of contacts that there are no more",
	}
)

// A table that refers to contacts and that no merge moves would leave its rows to a contact that
// is gone.
func TestEveryTableThatNamesContactsMovesWhenTheyAreMerged(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, db *bunstore.DB) {
		h := newHousehold(t, db)
		ada, eve := h.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"}), h.contact(crm.NewContact{Name: "Eve", Email: "eve@example.org"})
		for table, add := range kinds {
			require.NoError(t, add(h, eve), table)
		}
		of := func(table, column string, c crm.Contact) (n int) {
			pool, _ := db.Pools()
			require.NoError(t, pool.QueryRowContext(t.Context(), fmt.Sprintf("SELECT count(*) FROM %s WHERE %s = '%s'", table, column, c.ID)).Scan(&n))
			return n
		}
		check := func(who crm.Contact, has bool) {
			for table, columns := range h.tables() {
				for _, column := range columns {
					if naming.MatchString(column) && own[table] == "" {
						require.Equal(t, has, of(table, column, who) > 0, "%s.%s: add a crm.Relation that moves it, and a row of it to kinds", table, column)
					}
				}
			}
		}
		check(eve, true)
		m, err := h.ws.Contacts.Merge(t.Context(), ada.ID, crm.NewMerge{LoserID: eve.ID})
		require.NoError(t, err)
		check(eve, false)
		check(ada, true)
		_, err = h.ws.Contacts.UndoMerge(t.Context(), m.ID)
		require.NoError(t, err)
		check(eve, true)
		check(ada, false)
	})
}

// A merge that is undone leaves every row of every table as it was. What only grows is left
// out: versions and the times of changes, the numbers in the index of the search, events, the
// audit and the merges themselves.
func TestAMergeThatIsUndoneLeavesEveryRowAsItWas(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, db *bunstore.DB) {
		rapid.Check(t, func(r *rapid.T) {
			h := newHousehold(t, db)
			h.t = r
			ada, eve, third := h.random(r, "ada"), h.random(r, "eve"), h.random(r, "third")
			for _, pair := range [][2]crm.Contact{{ada, eve}, {ada, third}, {eve, third}} {
				if rapid.Bool().Draw(r, "distinct") {
					require.NoError(r, h.ws.Contacts.MarkDistinct(t.Context(), pair[0].ID, pair[1].ID))
				}
			}
			for _, table := range rapid.SliceOfNDistinct(rapid.SampledFrom(sorted(kinds)), 0, 4, rapid.ID[string]).Draw(r, "kinds") {
				for _, c := range []crm.Contact{ada, eve} {
					if rapid.Bool().Draw(r, table) {
						require.NoError(r, kinds[table](h, c), table)
					}
				}
			}
			rule := rapid.SampledFrom([]crm.Survivorship{"", crm.OfLoser, crm.Newest, crm.MostComplete}).Draw(r, "rule")
			before := h.dump()
			m, err := h.ws.Contacts.Merge(t.Context(), ada.ID, crm.NewMerge{LoserID: eve.ID, Rule: rule})
			require.NoError(r, err)
			undone, err := h.ws.Contacts.UndoMerge(t.Context(), m.ID)
			require.NoError(r, err)
			require.Empty(r, undone.Kept)
			after := h.dump()
			for table := range before {
				require.Equal(r, before[table], after[table], table)
			}
		})
	})
}

func sorted[V any](of map[string]V) (keys []string) {
	for key := range of {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (h *household) contact(n crm.NewContact) crm.Contact {
	c, err := h.ws.Contacts.Receive(h.ctx.Context(), n)
	require.NoError(h.t, err)
	return c
}

func (h *household) random(r *rapid.T, who string) crm.Contact {
	n := crm.NewContact{
		Name:     rapid.SampledFrom([]string{"Ada", "Ada Lovelace", "Eve"}).Draw(r, who+" name"),
		Location: rapid.SampledFrom([]string{"", "London", "Rome"}).Draw(r, who+" location"),
		Notes:    rapid.SampledFrom([]string{"", "n", "m"}).Draw(r, who+" notes"),
		OwnerID:  rapid.SampledFrom([]core.UserID{{}, {UUID: uuid.MustParse("00000000-0000-7000-8000-000000000001")}}).Draw(r, who+" owner"),
		Tags:     rapid.SliceOfDistinct(rapid.SampledFrom([]string{"vip", "VIP", "b"}), strings.ToLower).Draw(r, who+" tags"),
	}
	if rapid.Bool().Draw(r, who+" has an e-mail") {
		n.Email = core.Email(who + "@example.org")
	}
	if rapid.Bool().Draw(r, who+" has a phone") {
		n.Phone = crm.Phone(map[string]string{"ada": "(11) 91234-0001", "eve": "+55 11 91234 0002", "third": "+5511912340003"}[who])
	}
	for i := range rapid.IntRange(0, 2).Draw(r, who+" others") {
		n.OtherAddresses = append(n.OtherAddresses, crm.Address{Kind: crm.EmailAddress, Value: fmt.Sprintf("%s%d@example.org", who, i), Label: "home"})
	}
	return h.contact(n)
}

// tables are those of companies' rows, with their columns.
func (h *household) tables() map[string][]string {
	pool, _ := h.db.Pools()
	query := "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY ordinal_position"
	if h.db.Dialect() == "sqlite" {
		query = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY c.cid"
	}
	rows, err := pool.QueryContext(h.ctx.Context(), query)
	require.NoError(h.t, err)
	defer rows.Close()
	all := map[string][]string{}
	for rows.Next() {
		var table, column string
		require.NoError(h.t, rows.Scan(&table, &column))
		all[table] = append(all[table], column)
	}
	require.NoError(h.t, rows.Err())
	for table, columns := range all {
		if !slices.Contains(columns, "company_id") {
			delete(all, table)
		}
	}
	return all
}

// dump is the company's rows of every table.
func (h *household) dump() map[string][]string {
	dump := map[string][]string{}
	for table, columns := range h.tables() {
		if slices.Contains([]string{"core_outbox", "core_audit", "crm_merges"}, table) {
			continue
		}
		columns = slices.DeleteFunc(columns, func(c string) bool { return slices.Contains([]string{"version", "updated_at", "docid"}, c) })
		dump[table] = h.rows("SELECT "+strings.Join(columns, ", ")+" FROM "+table+" WHERE company_id = '"+h.company.String()+"'", len(columns))
	}
	return dump
}

func (h *household) rows(query string, columns int) (all []string) {
	pool, _ := h.db.Pools()
	rows, err := pool.QueryContext(h.ctx.Context(), query)
	require.NoError(h.t, err, query)
	defer rows.Close()
	for rows.Next() {
		values := make([]sql.NullString, columns)
		into := make([]any, columns)
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(h.t, rows.Scan(into...))
		all = append(all, fmt.Sprint(values))
	}
	require.NoError(h.t, rows.Err())
	slices.Sort(all)
	return all
}
