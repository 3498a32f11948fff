package storetest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
)

var leadExportContracts = []contract{
	{"LeadExports/have a column for each field of a tracker, and every value", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{
			Title: "=Engine", EstimatedValue: &core.Money{Minor: 12345, Currency: "BRL"},
			Values: crm.Values{"memo": crm.Text("+cmd\nx"), "sizes": crm.Choose("S", "L"), "budget": crm.Text("-1")},
		}))
		rows, err := csv.NewReader(d.export(t, crm.LeadFilter{Tracker: d.tracker.ID}, crm.ExportCSV)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2)
		cells := map[string]string{}
		for i, name := range rows[0] {
			cells[name] = rows[1][i]
		}
		require.Equal(t, l.ID.String(), cells["id"])
		require.Equal(t, "'=Engine", cells["title"], "no spreadsheet runs it")
		require.Equal(t, "123.45", cells["estimatedValue"])
		require.Equal(t, "'+cmd\nx", cells["values.memo"])
		require.Equal(t, "S,L", cells["values.sizes"])
		require.Equal(t, "-1", cells["values.budget"])
		require.Equal(t, "", cells["values.vip"])

		rows, err = csv.NewReader(d.export(t, crm.LeadFilter{}, crm.ExportCSV)).ReadAll()
		require.NoError(t, err)
		var values crm.Values
		require.NoError(t, json.Unmarshal([]byte(rows[1][len(rows[1])-1]), &values))
		require.Equal(t, l.Values, values, "without a tracker all are in one cell")

		of := filter.Filter{Field: "trackerId", Op: filter.Is, Value: d.tracker.ID}
		view, err := w.ws().LeadViews.Create(t.Context(), crm.NewView{Name: "x", Filter: of})
		require.NoError(t, err)
		for _, f := range []crm.LeadFilter{{Where: of}, {View: view.ID}} {
			rows, err = csv.NewReader(d.export(t, f, crm.ExportCSV)).ReadAll()
			require.NoError(t, err)
			require.Contains(t, rows[0], "values.budget", "the filter names the tracker")
		}

		var line crm.Lead
		require.NoError(t, json.NewDecoder(d.export(t, crm.LeadFilter{}, crm.ExportJSONLines)).Decode(&line))
		require.Equal(t, l, line)
		apart := d.lead(d.about(crm.LeadDetails{Description: "a\x1fb"}))
		lines := json.NewDecoder(d.export(t, crm.LeadFilter{}, crm.ExportJSONLines))
		for _, want := range []crm.Lead{l, apart} {
			var line crm.Lead
			require.NoError(t, lines.Decode(&line))
			require.Equal(t, want, line)
		}
		_, err = d.Leads.Export(t.Context(), crm.LeadFilter{}, crm.ExportVCard)
		require.Equal(t, []string{"/format enum"}, faults(t, err))
	}},
	{"LeadExports/need their permission, and have own rows only for those who see no others", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		partner := own(core.LeadsExport, core.LeadsRead)
		for _, owner := range []core.UserID{{}, partner.ID} {
			n := d.about(crm.LeadDetails{})
			n.AssignedToID = owner
			d.lead(n)
		}
		require.Equal(t, 2, bytes.Count(d.export(t, crm.LeadFilter{}, crm.ExportJSONLines).Bytes(), []byte("\n")))
		require.Equal(t, 1, bytes.Count(d.by(partner).export(t, crm.LeadFilter{}, crm.ExportJSONLines).Bytes(), []byte("\n")))
		for _, missing := range []core.Permission{core.LeadsExport, core.LeadsRead} {
			_, err := d.by(without(missing)).Leads.Export(t.Context(), crm.LeadFilter{}, crm.ExportCSV)
			require.ErrorIs(t, err, core.ErrForbidden)
		}
	}},
}

func (d *deals) export(t *testing.T, f crm.LeadFilter, format crm.ExportFormat) *bytes.Buffer {
	t.Helper()
	e, err := d.Leads.Export(t.Context(), f, format)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, e.Write(t.Context(), &out))
	return &out
}
