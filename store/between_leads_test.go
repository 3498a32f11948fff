package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var ofLeads = []between{
	{"a report has all leads, though their stages are changed", func(t *testing.T, m *meantime) {
		for name, report := range map[string]func(crm.Tracker) int64{
			"funnel": func(tr crm.Tracker) (n int64) {
				f, err := m.ws.Leads.Funnel(t.Context(), crm.ReportFilter{Tracker: tr.ID})
				require.NoError(t, err)
				for _, stage := range f.Stages {
					n += stage.Leads
				}
				return n
			},
			"stays": func(tr crm.Tracker) (n int64) {
				stays, err := m.ws.Leads.Stays(t.Context(), crm.ReportFilter{Tracker: tr.ID})
				require.NoError(t, err)
				for _, stay := range stays {
					n += stay.There
				}
				return n
			},
		} {
			tr := m.tracker("Sales")
			m.lead(tr, m.contact(crm.NewContact{Name: "Ada"}))
			m.before(m.restages(tr, "new", "fresh"), "sum(", tr.ID.String())
			require.Equal(t, int64(1), report(tr), name)
		}
	}},
	{"what was won is counted, though its stage goes", func(t *testing.T, m *meantime) {
		tr := m.tracker("Sales")
		_, err := m.ws.Leads.Move(t.Context(), m.lead(tr, m.contact(crm.NewContact{Name: "Ada"})).ID, crm.Move{To: "closed_won"})
		require.NoError(t, err)
		m.after(m.restages(tr, "closed_won", "won"), "sum(", m.scope.Company.String())
		rows, err := m.ws.Leads.Closed(t.Context(), crm.ReportFilter{}, crm.ByMonth)
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.Equal(t, int64(1), rows[0].Won)
	}},
	{"a lead is changed though a field is retired, of which nobody has said anything", func(t *testing.T, m *meantime) {
		tr, err := m.ws.Trackers.Create(t.Context(), crm.NewTracker{
			TrackerDetails: crm.TrackerDetails{Name: "Sales"}, Fields: []crm.NewField{{Name: "memo", Type: crm.TextField}},
		})
		require.NoError(t, err)
		l, err := m.ws.Leads.Create(t.Context(), crm.NewLead{TrackerID: tr.ID, LeadDetails: crm.LeadDetails{
			Title: "Deal", ContactID: m.contact(crm.NewContact{Name: "Ada"}).ID, Values: crm.Values{"memo": crm.Text("x")},
		}})
		require.NoError(t, err)
		m.within(func() {
			_, err := m.ws.Trackers.SetFields(t.Context(), tr.ID, crm.FieldsChange{Fields: []crm.NewField{}, Confirmed: true})
			require.NoError(t, err)
		}, `FROM "crm_trackers"`, tr.ID.String(), "FOR SHARE")
		l, err = m.ws.Leads.Update(t.Context(), l.ID, func(l *crm.Lead) error { l.Title = "Great deal"; return nil })
		require.NoError(t, err)
		require.Len(t, l.OldValues, 1)
	}},
	{"leads are not moved that nobody has confirmed", func(t *testing.T, m *meantime) {
		tr := m.tracker("Sales")
		m.within(func() { m.lead(tr, m.contact(crm.NewContact{Name: "Ada"})) }, `UPDATE "crm_trackers"`, tr.ID.String())
		_, err := m.ws.Trackers.SetStages(t.Context(), tr.ID, crm.StagesChange{Stages: without(tr.Stages, "new"), MoveTo: map[string]string{"new": "contacted"}})
		require.ErrorIs(t, err, core.ErrState)
	}},
	{"a plan of stages counts the leads that it names", func(t *testing.T, m *meantime) {
		tr := m.tracker("Sales")
		l := m.lead(tr, m.contact(crm.NewContact{Name: "Ada"}))
		m.after(func() {
			_, err := m.ws.Leads.Move(t.Context(), l.ID, crm.Move{To: "contacted"})
			require.NoError(t, err)
		}, "count(*) AS leads", tr.ID.String())
		e, err := m.ws.Trackers.PlanStages(t.Context(), tr.ID, crm.StagesChange{Stages: without(tr.Stages, "new"), MoveTo: map[string]string{"new": "contacted"}})
		require.NoError(t, err)
		require.Len(t, e.Leads, e.Affected)
	}},
}

func (m *meantime) tracker(name string) crm.Tracker {
	tr, err := m.ws.Trackers.Create(m.t.Context(), crm.NewTracker{TrackerDetails: crm.TrackerDetails{Name: name}})
	require.NoError(m.t, err)
	return tr
}

func (m *meantime) lead(tr crm.Tracker, c crm.Contact) crm.Lead {
	l, err := m.ws.Leads.Create(m.t.Context(), crm.NewLead{TrackerID: tr.ID, LeadDetails: crm.LeadDetails{Title: "Deal", ContactID: c.ID}})
	require.NoError(m.t, err)
	return l
}

// restages has another stage in the place of one.
func (m *meantime) restages(tr crm.Tracker, from, to string) func() {
	return func() {
		stages := append([]crm.Stage{}, tr.Stages...)
		for i := range stages {
			if stages[i].Key == from {
				stages[i].Key = to
			}
		}
		_, err := m.ws.Trackers.SetStages(m.t.Context(), tr.ID, crm.StagesChange{Stages: stages, MoveTo: map[string]string{from: to}, Confirmed: true})
		require.NoError(m.t, err)
	}
}

// without are the stages but one.
func without(stages []crm.Stage, key string) (others []crm.Stage) {
	for _, s := range stages {
		if s.Key != key {
			others = append(others, s)
		}
	}
	return others
}
