package crmstore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
)

// leadCrowd is a company of many leads, of 1,000 contacts, 20 assignees and two trackers, the first of which
// has nine of ten. Some of each stage, source and value are more common than others.
type leadCrowd struct {
	scope    core.Scope
	ws       *clientele.Workspace
	rows     int
	trackers []crm.Tracker
	contacts []core.ID[crm.Contact]
	users    []core.UserID
}

// newLeadCrowd is the company in the database, which is put there unless it is there already.
func newLeadCrowd(tb testing.TB, db *bunstore.DB, rows int) *leadCrowd {
	ctx := tb.Context()
	scope := core.Scope{Company: core.CompanyID{UUID: named("company of leads")}, Actor: core.System()}
	d := &leadCrowd{scope: scope, ws: clientele.New(db).Workspace(scope), rows: rows}
	for i := range 20 {
		d.users = append(d.users, core.UserID{UUID: named(fmt.Sprint("seller ", i))})
	}
	for i := range 1000 {
		d.contacts = append(d.contacts, core.ID[crm.Contact]{UUID: named(fmt.Sprint("buyer ", i))})
	}
	require.NoError(tb, db.EnsureCompany(ctx, core.Tenant{ID: scope.Company, Name: "Leads", Country: "BR", ContactPolicy: []string{}}))
	there, err := d.ws.Trackers.List(ctx, crm.TrackerFilter{}, core.Page{})
	require.NoError(tb, err)
	if d.trackers = there.Items; len(d.trackers) > 0 {
		n, err := d.ws.Leads.Count(ctx, crm.LeadFilter{}, 0)
		require.NoError(tb, err)
		require.Equal(tb, rows, n, "what is kept is not whole: remove it")
		return d
	}
	for _, name := range []string{"Sales", "Trials"} {
		tracker, err := d.ws.Trackers.Create(ctx, crm.NewTracker{
			TrackerDetails: crm.TrackerDetails{Name: name}, Fields: []crm.NewField{{Name: "city", Type: crm.TextField}},
		})
		require.NoError(tb, err)
		d.trackers = append(d.trackers, tracker)
	}
	d.gather(tb, db.Session(scope))
	return d
}

func (d *leadCrowd) gather(tb testing.TB, s *bunstore.Session) {
	ctx, begun := tb.Context(), s.Env().Time().Add(-time.Duration(d.rows)*time.Minute)
	people := make([]crm.Contact, len(d.contacts))
	for i, id := range d.contacts {
		people[i] = crm.Contact{ID: id, NewContact: crm.NewContact{Name: word(i)}, Active: true, Stamp: crm.Stamp{Version: 1, CreatedAt: begun, UpdatedAt: begun}}
	}
	require.NoError(tb, crmstore.Work(s).Atomic(ctx, func(tx crm.Tx) error { return tx.Store.InsertContacts(ctx, people...) }))
	const batch = 5000
	for from := 0; from < d.rows; from += batch {
		var leads []leadRow
		var values []leadValue
		for i := from; i < min(from+batch, d.rows); i++ {
			row := d.lead(s, i, begun.Add(time.Duration(i)*time.Minute))
			leads = append(leads, row)
			if i%2 == 0 {
				city := word(2000 + pick(i*3+1, 200))
				values = append(values, leadValue{
					CompanyID: row.CompanyID, FieldID: d.tracker(i).Fields[0].ID, LeadID: row.ID, Value: city, SortKey: core.Fold(city), CreatedAt: row.CreatedAt, UpdatedAt: row.CreatedAt,
				})
			}
		}
		require.NoError(tb, s.Atomic(ctx, func(s *bunstore.Session) error {
			if err := bunstore.InsertAll(ctx, s, leads); err != nil {
				return err
			}
			return bunstore.InsertAll(ctx, s, values)
		}))
	}
	require.NoError(tb, s.Analyze(ctx, "crm_leads", "crm_lead_values", "crm_contacts"))
}

func (d *leadCrowd) tracker(i int) crm.Tracker { return d.trackers[min(i%10/9, 1)] }

func (d *leadCrowd) lead(s *bunstore.Session, i int, at time.Time) leadRow {
	stages := crm.DefaultStages()
	stage := stages[pick(i*5+1, len(stages))]
	title := word(pick(i, 400)) + " " + word(400+pick(i*7+1, 1000)) + fmt.Sprint(" ", i)
	row := leadRow{
		CompanyID: s.Scope().Company, ID: core.NewID[crm.Lead](s.Env()), TrackerID: d.tracker(i).ID, ContactID: d.contacts[pick(i*11+2, 1000)],
		Title: title, TitleKey: core.Fold(title), Status: stage.Key, Reached: stages[pick(i*5+1, 5)].Key,
		ValueMinor: int64(pick(i*13+3, 1_000_000)), ValueCurrency: []string{"USD", "EUR", "BRL"}[i%3],
		ExpectedCloseDate: at.AddDate(0, 0, pick(i*17+4, 400)).Format(time.DateOnly), Source: []string{"web", "fair", ""}[i%3],
		AssignedToID: d.users[pick(i*19+5, 20)], EnteredAt: at, EnteredSeconds: at.Unix(), Version: 1, CreatedAt: at, UpdatedAt: at,
	}
	if stage.Kind == crm.WonStage || stage.Kind == crm.LostStage {
		row.ClosedAt, row.ClosedOn = &at, at.Format(time.DateOnly)
	}
	row.Words = s.Words((&crm.Lead{LeadDetails: crm.LeadDetails{Title: title}}).Words())
	return row
}

// leadRow is a row of a lead.
type leadRow struct {
	bun.BaseModel `bun:"table:crm_leads"`

	CompanyID         core.CompanyID
	ID                core.ID[crm.Lead]
	TrackerID         core.ID[crm.Tracker]
	ContactID         core.ID[crm.Contact]
	Title             string
	TitleKey          string
	Description       string
	Status            string
	Reached           string
	ValueMinor        int64
	ValueCurrency     string
	ExpectedCloseDate string
	Source            string
	LostReason        string
	AssignedToID      core.UserID
	EnteredAt         time.Time
	EnteredSeconds    int64
	ClosedAt          *time.Time
	ClosedOn          string
	Version           int64
	CreatedAt         time.Time
	UpdatedAt         time.Time
	Words             string
}

// leadValue is a row of what a lead has in a field.
type leadValue struct {
	bun.BaseModel `bun:"table:crm_lead_values"`

	CompanyID core.CompanyID
	FieldID   core.ID[crm.Field]
	LeadID    core.ID[crm.Lead]
	Old       bool
	Position  int
	Value     string
	SortKey   string
	CreatedAt time.Time
	UpdatedAt time.Time
}
