package server_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestLeads(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		create := func(path string, body any) map[string]any {
			made := w.call("POST", "/api/v1"+path, body)
			require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
			return made.json(t)
		}
		contact := create("/contacts", `{"name": "Ada", "source": "fair"}`)["id"].(string)
		tracker := create("/trackers", `{"name": "Sales", "fields": [
			{"name": "budget", "type": "number"}, {"name": "sizes", "type": "multi_select", "options": ["S", "M", "L"]}]}`)
		require.Len(t, tracker["stages"], 8)
		trackerPath := "/api/v1/trackers/" + tracker["id"].(string)
		lead := create("/leads", map[string]any{
			"title": "An engine", "trackerId": tracker["id"], "contactId": contact, "estimatedValue": map[string]any{"amount": "1250.5"},
			"values": map[string]any{"budget": 12.50, "sizes": []string{"l", "s"}},
		})
		path := "/api/v1/leads/" + lead["id"].(string)
		require.Equal(t, "new", lead["status"])
		require.Equal(t, map[string]any{"amount": "1250.50", "currency": "USD"}, lead["estimatedValue"])
		require.Equal(t, map[string]any{"budget": "12.5", "sizes": []any{"S", "L"}}, lead["values"])
		require.Equal(t, "fair", lead["source"])

		t.Run("are patched, with their values", func(t *testing.T) {
			p := w.call("PATCH", path, `{"description": "brass", "estimatedValue": {"amount": "7"}, "values": {"budget": null}}`, `If-Match: "1"`)
			require.Equal(t, http.StatusOK, p.StatusCode, p.text)
			require.Equal(t, map[string]any{"sizes": []any{"S", "L"}}, p.json(t)["values"])
			require.Equal(t, map[string]any{"amount": "7.00", "currency": "USD"}, p.json(t)["estimatedValue"])
			require.Nil(t, w.call("PATCH", path, `{"estimatedValue": null}`).json(t)["estimatedValue"])
			p = w.call("PUT", path+"/values", `{"budget": "3"}`)
			require.Equal(t, map[string]any{"budget": "3"}, p.json(t)["values"], p.text)
			p = w.call("PUT", path+"/values", `{"budget": "x", "nothing": "1"}`)
			require.ElementsMatch(t, []string{"/budget", "/nothing"}, pointersOf(t, p), "as in the body")
			bad := w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", path, `{"estimatedValue": {"amount": "1.234"}}`)
			require.Equal(t, "/estimatedValue", bad["errors"].([]any)[0].(map[string]any)["pointer"])
			w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", path, `{"status": "closed_won"}`)
		})
		t.Run("move, and their history says how", func(t *testing.T) {
			moved := w.call("PUT", path+"/status", `{"status": "closed_lost", "lostReason": "too dear"}`)
			require.Equal(t, http.StatusOK, moved.StatusCode, moved.text)
			require.Equal(t, "too dear", moved.json(t)["lostReason"])
			require.NotEmpty(t, moved.json(t)["closedOn"])
			w.problem(http.StatusConflict, "lead_changed", "PUT", path+"/status", `{"status": "new", "from": "qualified"}`)
			w.problem(http.StatusUnprocessableEntity, "invalid", "PUT", path+"/status", `{"status": "nowhere"}`)
			require.Len(t, w.call("GET", path+"/history", nil).json(t)["items"], 2)
		})
		t.Run("are given to nobody only where that is said", func(t *testing.T) {
			for _, body := range []string{`{}`, `{"byRule": false}`} {
				a := w.call("PUT", path+"/assignee", body)
				require.Equal(t, []string{"/assignedToId"}, pointersOf(t, a), a.text)
				a = w.call("POST", "/api/v1/leads/bulk", `{"ids": ["`+lead["id"].(string)+`"], "assign": `+body+`}`)
				require.Equal(t, []string{"/assign/assignedToId"}, pointersOf(t, a), a.text)
			}
			given := w.call("PUT", path+"/assignee", `{"assignedToId": null}`)
			require.Equal(t, http.StatusOK, given.StatusCode, given.text)
			given = w.call("POST", "/api/v1/leads/bulk", `{"ids": ["`+lead["id"].(string)+`"], "assign": {"assignedToId": null}}`)
			require.Equal(t, true, given.json(t)["items"].([]any)[0].(map[string]any)["done"], given.text)
		})
		t.Run("are listed by any condition", func(t *testing.T) {
			for query, n := range map[string]int{
				"": 1, "?status=new,closed_lost": 1, "?status=new": 0, "?kind=lost": 1, "?source=fair": 1, "?unassigned=true": 1,
				"?value=budget:gte:2.5&value=budget:lt:10&sort=-values.budget": 1, "?value=budget:none": 0, "?currency=USD&minValue=1": 0,
			} {
				if query != "" {
					query += "&trackerId=" + tracker["id"].(string)
				}
				l := w.call("GET", "/api/v1/leads"+query, nil)
				require.Equal(t, http.StatusOK, l.StatusCode, l.text)
				require.Len(t, l.json(t)["items"], n, query)
			}
			w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/leads?value=budget:gte:1", nil)
			for _, list := range []string{"leads?", "leads/search?q=x&", "leads/exports?"} {
				odd := w.call("GET", "/api/v1/"+list+"value=budget:like:1&trackerId="+tracker["id"].(string), nil)
				require.Equal(t, []string{"/value/0/op"}, pointersOf(t, odd), "as the parameter is called")
			}
			w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/leads?minValue=1", nil)
			require.EqualValues(t, 1, w.call("GET", "/api/v1/leads?count=exact", nil).json(t)["total"])
			require.Len(t, w.call("GET", "/api/v1/contacts/"+contact+"/leads", nil).json(t)["items"], 1)
		})
		t.Run("are shown before their pipeline or fields change", func(t *testing.T) {
			fields := `{"fields": [{"name": "budget", "type": "date"}]}`
			plan := w.call("POST", trackerPath+"/fields/plan", fields)
			require.Equal(t, http.StatusOK, plan.StatusCode, plan.text)
			require.EqualValues(t, 1, plan.json(t)["affected"])
			w.problem(http.StatusConflict, "leads_affected", "PUT", trackerPath+"/fields", fields)
			set := w.call("PUT", trackerPath+"/fields", `{"confirmed": true, `+fields[1:])
			require.Equal(t, http.StatusOK, set.StatusCode, set.text)
			require.Equal(t, []any{map[string]any{"field": "budget", "label": "budget", "value": "3"}}, w.call("GET", path, nil).json(t)["oldValues"])
			stages := `{"stages": [{"key": "new"}, {"key": "done", "kind": "won"}], "moveTo": {"closed_lost": "new"}`
			plan = w.call("POST", trackerPath+"/stages/plan", stages+"}")
			require.EqualValues(t, 1, plan.json(t)["affected"], plan.text)
			set = w.call("PUT", trackerPath+"/stages", stages+`, "confirmed": true}`)
			require.Equal(t, http.StatusOK, set.StatusCode, set.text)
			require.Equal(t, "new", w.call("GET", path, nil).json(t)["status"])
			w.problem(http.StatusConflict, "tracker_in_use", "DELETE", trackerPath, nil)
		})
		t.Run("are changed many at a time, each by itself", func(t *testing.T) {
			absent := uuid.NewString()
			bulk := w.call("POST", "/api/v1/leads/bulk", map[string]any{"ids": []any{absent, lead["id"]}, "set": map[string]any{"title": "Two engines"}})
			require.Equal(t, http.StatusOK, bulk.StatusCode, bulk.text)
			rows := bulk.json(t)["items"].([]any)
			require.Equal(t, "lead_not_found", rows[0].(map[string]any)["problem"].(map[string]any)["code"])
			require.Equal(t, true, rows[1].(map[string]any)["done"])
			require.Equal(t, "Two engines", w.call("GET", path, nil).json(t)["title"])
			w.problem(http.StatusUnprocessableEntity, "invalid", "POST", "/api/v1/leads/bulk", map[string]any{"ids": []any{lead["id"]}})
			for _, set := range []map[string]any{
				{"title": ""}, {"values": map[string]any{"budget": "much"}}, {"values": map[string]any{"odd": 1}},
				{"estimatedValue": map[string]any{"amount": "odd"}}, {"estimatedValue": map[string]any{"amount": "1", "currency": "odd"}}, {"expectedCloseDate": "tomorrow"},
			} {
				w.samePointers(set, "leads", lead["id"].(string))
			}
			odd := w.call("POST", "/api/v1/leads/bulk", map[string]any{"ids": []any{lead["id"]}, "set": map[string]any{"title": 7}})
			require.Equal(t, []string{"/set/title"}, pointersOf(t, odd), odd.text)
		})
		t.Run("are reported on", func(t *testing.T) {
			funnel := w.call("GET", "/api/v1/reports/funnel?trackerId="+tracker["id"].(string), nil)
			require.Equal(t, http.StatusOK, funnel.StatusCode, funnel.text)
			require.EqualValues(t, 1, funnel.json(t)["stages"].([]any)[0].(map[string]any)["leads"], funnel.text)
			for _, report := range []string{"stays?trackerId=" + tracker["id"].(string), "closed?by=owner", "forecast"} {
				a := w.call("GET", "/api/v1/reports/"+report, nil)
				require.Equal(t, http.StatusOK, a.StatusCode, a.text)
			}
			w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/reports/funnel", nil)
		})
		t.Run("have notes", func(t *testing.T) {
			note := create("/leads/"+lead["id"].(string)+"/notes", `{"content": "x"}`)
			require.Equal(t, note, w.call("GET", path+"/notes/"+note["id"].(string), nil).json(t))
			w.problem(http.StatusNotFound, "lead_note_not_found", "GET", "/api/v1/leads/"+uuid.NewString()+"/notes/"+note["id"].(string), nil)
			require.Equal(t, http.StatusNoContent, w.call("DELETE", path+"/notes/"+note["id"].(string), nil, `If-Match: "1"`).StatusCode)
		})
	})
}
