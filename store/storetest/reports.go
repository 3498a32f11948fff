package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var reportContracts = []contract{
	{"Reports/say how far the leads of a tracker have come, by currency", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		worth := func(minor int64, currency string) crm.NewLead {
			return d.about(crm.LeadDetails{EstimatedValue: &core.Money{Minor: minor, Currency: currency}})
		}
		d.lead(worth(150, "USD"))
		d.lead(worth(999_999_999_999_999, "BRL"))
		d.lead(worth(999_999_999_999_999, "BRL"))
		d.lead(d.about(crm.LeadDetails{}))
		d.moved(d.lead(worth(7, "JPY")), "qualified")
		d.moved(d.moved(d.lead(worth(100, "USD")), "negotiation"), "closed_lost")
		d.moved(d.lead(worth(100, "USD")), "closed_won")
		d.moved(d.lead(worth(100, "USD")), "on_hold")
		f, err := d.Funnel(t.Context(), crm.ReportFilter{Tracker: d.tracker.ID})
		require.NoError(t, err)
		type line struct {
			key            string
			leads, reached int64
		}
		var got []line
		for _, s := range f.Stages {
			got = append(got, line{s.Key, s.Leads, s.Reached})
		}
		require.Equal(t, []line{
			{"new", 4, 8}, {"contacted", 0, 3}, {"qualified", 1, 3}, {"proposal", 0, 2}, {"negotiation", 0, 2}, {"closed_won", 1, 1}, {"closed_lost", 1, 0}, {"on_hold", 1, 0},
		}, got)
		require.Equal(t, []crm.Sum{{Amount: "19999999999999.98", Currency: "BRL"}, {Amount: "1.50", Currency: "USD"}}, f.Stages[0].Values)
		require.Equal(t, []crm.Sum{{Amount: "7", Currency: "JPY"}}, f.Stages[2].Values)
		require.Empty(t, f.Stages[1].Values)
		require.Equal(t, new(0.375), f.Stages[0].Conversion)
		require.Equal(t, new(0.6667), f.Stages[2].Conversion)
		require.Equal(t, new(0.5), f.Stages[4].Conversion)
		require.Nil(t, f.Stages[5].Conversion, "there is nothing behind it")
	}},
	{"Reports/say how long leads are in a stage, those that left and those that are there", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		a, b := d.lead(d.about(crm.LeadDetails{})), d.lead(d.about(crm.LeadDetails{Source: "web"}))
		d.later(time.Minute)
		d.moved(a, "proposal")
		d.later(time.Minute)
		d.moved(b, "proposal")
		d.later(time.Minute)
		stays, err := d.Stays(t.Context(), crm.ReportFilter{Tracker: d.tracker.ID})
		require.NoError(t, err)
		require.Equal(t, crm.Stay{Key: "new", Label: "New", Left: 2, AverageSeconds: 90}, stays[0])
		require.Equal(t, crm.Stay{Key: "proposal", Label: "Proposal", There: 2, ThereSoFarSeconds: 90}, stays[3])
		stays, err = d.Stays(t.Context(), crm.ReportFilter{Tracker: d.tracker.ID, Source: "web"})
		require.NoError(t, err)
		require.Equal(t, crm.Stay{Key: "new", Label: "New", Left: 1, AverageSeconds: 120}, stays[0])
		stays, err = d.Stays(t.Context(), crm.ReportFilter{Tracker: d.tracker.ID, CreatedFrom: d.now.Add(-time.Minute)})
		require.NoError(t, err)
		require.EqualValues(t, 1, stays[0].Left, "when it was left")
		require.EqualValues(t, 2, stays[3].There)
	}},
	{"Reports/count what was won and lost by period, owner and source", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		owner := newUser()
		closed := func(to, source string, assigned core.UserID, minor int64) {
			n := d.about(crm.LeadDetails{Source: source, EstimatedValue: &core.Money{Minor: minor, Currency: "USD"}})
			n.AssignedToID = assigned
			d.moved(d.lead(n), to)
		}
		closed("closed_won", "web", owner, 100)
		closed("closed_lost", "web", core.UserID{}, 50)
		closed("on_hold", "web", owner, 1)
		d.later(31 * 24 * time.Hour)
		closed("closed_won", "fair", owner, 200)
		won, lost := func(a string) []crm.Sum { return []crm.Sum{{Amount: a, Currency: "USD"}} }, []crm.Sum{}
		rows, err := d.Closed(t.Context(), crm.ReportFilter{}, crm.ByMonth)
		require.NoError(t, err)
		require.Equal(t, []crm.Closed{
			{Period: "2030-01", Won: 1, WonValues: won("1.00"), Lost: 1, LostValues: won("0.50"), WonPart: 0.5},
			{Period: "2030-02", Won: 1, WonValues: won("2.00"), LostValues: lost, WonPart: 1},
		}, rows)
		rows, err = d.Closed(t.Context(), crm.ReportFilter{Tracker: d.tracker.ID, ClosedFrom: "2030-02-01", ClosedBefore: "2030-03-01"}, crm.ByDay)
		require.NoError(t, err)
		require.Equal(t, []crm.Closed{{Period: "2030-02-07", Won: 1, WonValues: won("2.00"), LostValues: lost, WonPart: 1}}, rows)
		rows, err = d.Closed(t.Context(), crm.ReportFilter{}, crm.ByOwner)
		require.NoError(t, err)
		require.Len(t, rows, 2)
		require.Equal(t, crm.Closed{Lost: 1, WonValues: lost, LostValues: won("0.50")}, rows[0])
		require.Equal(t, crm.Closed{AssignedToID: owner, Won: 2, WonValues: won("3.00"), LostValues: lost, WonPart: 1}, rows[1])
		rows, err = d.Closed(t.Context(), crm.ReportFilter{}, crm.BySource)
		require.NoError(t, err)
		require.Equal(t, []string{"fair", "web"}, []string{rows[0].Source, rows[1].Source})
		_, err = d.Closed(t.Context(), crm.ReportFilter{}, "odd")
		require.Equal(t, []string{"/by enum"}, faults(t, err))
	}},
	{"Reports/forecast by month and currency, weighted exactly", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		expect := func(date crm.Date, status string, minor int64, currency string) {
			n := d.about(crm.LeadDetails{ExpectedCloseDate: date, EstimatedValue: &core.Money{Minor: minor, Currency: currency}})
			n.Status = status
			d.lead(n)
		}
		expect("2030-02-01", "new", 10, "USD")        // 5 percent: 0.5
		expect("2030-02-28", "qualified", 999, "USD") // 25 percent: 249.75
		expect("2030-02-28", "qualified", 100, "EUR") // 25
		expect("2030-03-01", "negotiation", 2, "USD") // 75 percent: 1.5, which is rounded up
		expect("", "proposal", 999_999_999_999_999, "USD")
		expect("2030-02-01", "closed_won", 1000, "USD")
		expect("2030-02-01", "on_hold", 1000, "USD")
		sum := func(amount, currency string) crm.Sum { return crm.Sum{Amount: amount, Currency: currency} }
		want := []crm.Expected{
			{Month: "", Currency: "USD", Leads: 1, Value: sum("9999999999999.99", "USD"), Weighted: sum("5000000000000.00", "USD")},
			{Month: "2030-02", Currency: "EUR", Leads: 1, Value: sum("1.00", "EUR"), Weighted: sum("0.25", "EUR")},
			{Month: "2030-02", Currency: "USD", Leads: 2, Value: sum("10.09", "USD"), Weighted: sum("2.50", "USD")},
			{Month: "2030-03", Currency: "USD", Leads: 1, Value: sum("0.02", "USD"), Weighted: sum("0.02", "USD")},
		}
		rows, err := d.Forecast(t.Context(), crm.ReportFilter{})
		require.NoError(t, err)
		require.Equal(t, want, rows)
		rows, err = d.Forecast(t.Context(), crm.ReportFilter{Tracker: d.tracker.ID, ExpectedFrom: "2030-03-01"})
		require.NoError(t, err)
		require.Equal(t, want[3:], rows)
	}},
	{"Reports/count only what the actor sees, of their own company, with the permission", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		d.lead(d.about(crm.LeadDetails{EstimatedValue: &core.Money{Minor: 1}}))
		me := own(core.ReportsRead)
		n := d.about(crm.LeadDetails{EstimatedValue: &core.Money{Minor: 2}})
		n.AssignedToID = me.ID
		d.moved(d.lead(n), "proposal")
		mine := d.by(me)
		f := crm.ReportFilter{Tracker: d.tracker.ID}
		funnel, err := mine.Funnel(t.Context(), f)
		require.NoError(t, err)
		require.EqualValues(t, 1, funnel.Stages[0].Reached)
		require.Empty(t, funnel.Stages[0].Values)
		stays, err := mine.Stays(t.Context(), f)
		require.NoError(t, err)
		require.EqualValues(t, 1, stays[0].Left)
		require.Zero(t, stays[0].There)
		rows, err := mine.Forecast(t.Context(), crm.ReportFilter{})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.EqualValues(t, 1, rows[0].Leads)
		closed, err := mine.Closed(t.Context(), crm.ReportFilter{}, crm.ByMonth)
		require.NoError(t, err)
		require.Empty(t, closed)

		theirs := w.dealsOf(w.foreign, core.System())
		_, err = theirs.Funnel(t.Context(), f)
		require.Equal(t, []string{"/trackerId exists"}, faults(t, err))
		_, err = theirs.Forecast(t.Context(), f)
		require.Equal(t, []string{"/trackerId exists"}, faults(t, err))
		refused := d.by(without(core.ReportsRead))
		_, err = refused.Funnel(t.Context(), f)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = refused.Stays(t.Context(), f)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = refused.Closed(t.Context(), f, "")
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = refused.Forecast(t.Context(), f)
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
}
