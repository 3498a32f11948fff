package server_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// nextWeek is midnight of a day to come, in UTC.
func nextWeek() time.Time { return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 7) }

func clockOf(t time.Time) string { return t.Format(time.RFC3339) }

// agendaJSON is half hours from nine to eleven every day, of some members.
func agendaJSON(members ...core.UserID) map[string]any {
	week := map[string]any{}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		week[day] = []any{map[string]any{"from": "09:00", "to": "11:00"}}
	}
	list := []any{}
	for _, id := range members {
		list = append(list, map[string]any{"id": id})
	}
	return map[string]any{"name": "Haircut", "members": list, "rules": map[string]any{"timezone": "UTC", "week": week, "duration": 30}}
}

// clerks are so many new members of the company.
func (w *world) clerks(n int) []core.UserID {
	w.t.Helper()
	ids := make([]core.UserID, n)
	for i := range ids {
		name := "clerk-" + uuid.NewString()
		w.hire(name, w.builtin(identity.InternalStaff))
		ids[i] = w.user(name).ID
	}
	return ids
}

func (w *world) agenda(members int) (path, id string) {
	w.t.Helper()
	made := w.call("POST", "/api/v1/agendas", agendaJSON(w.clerks(members)...))
	require.Equal(w.t, http.StatusCreated, made.StatusCode, made.text)
	id = made.json(w.t)["id"].(string)
	return "/api/v1/agendas/" + id, id
}

func (w *world) slots(path string, more string) []any {
	w.t.Helper()
	day := nextWeek()
	l := w.call("GET", path+"/slots?from="+clockOf(day)+"&to="+clockOf(day.AddDate(0, 0, 1))+more, nil)
	require.Equal(w.t, http.StatusOK, l.StatusCode, l.text)
	return l.json(w.t)["items"].([]any)
}

func TestAgendas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path, id := w.agenda(1)

	t.Run("are read, patched, and set part by part", func(t *testing.T) {
		got := w.call("GET", path, nil)
		require.Equal(t, "Haircut", got.json(t)["name"])
		require.Equal(t, `"1"`, got.Header.Get("ETag"))
		patched := w.call("PATCH", path, `{"description": "With wash", "rules": {"step": 15}}`, `If-Match: "1"`)
		require.Equal(t, http.StatusOK, patched.StatusCode, patched.text)
		require.EqualValues(t, 15, patched.json(t)["rules"].(map[string]any)["step"])
		w.problem(http.StatusPreconditionFailed, "version_mismatch", "PATCH", path, `{"description": "late"}`, `If-Match: "1"`)
		require.Len(t, w.slots(path, ""), 7)
		day := nextWeek().Format(time.DateOnly)
		put := w.call("PUT", path+"/overrides", `[{"from": "`+day+`", "spans": [{"from": "14:00", "to": "15:00"}]}]`)
		require.Equal(t, http.StatusOK, put.StatusCode, put.text)
		require.Len(t, w.slots(path, ""), 3)
		p := w.problem(http.StatusUnprocessableEntity, "invalid", "PUT", path+"/overrides", `[{"from": "2030-01-02", "until": "2030-01-01"}]`)
		require.Equal(t, "/rules/overrides/0/until", p["errors"].([]any)[0].(map[string]any)["pointer"])
		put = w.call("PUT", path+"/hours", map[string]any{"timezone": "UTC", "week": agendaJSON()["rules"].(map[string]any)["week"]})
		require.Equal(t, http.StatusOK, put.StatusCode, put.text)
		require.Len(t, w.slots(path, ""), 7)
		put = w.call("PUT", path+"/members", `[]`)
		require.Equal(t, http.StatusOK, put.StatusCode, put.text)
		require.Empty(t, w.slots(path, ""))
	})
	t.Run("are listed, deactivated and deleted", func(t *testing.T) {
		require.Len(t, w.call("GET", "/api/v1/agendas?active=true", nil).json(t)["items"], 1)
		require.Equal(t, false, w.call("POST", path+"/deactivate", nil).json(t)["active"])
		require.Equal(t, true, w.call("POST", path+"/activate", nil).json(t)["active"])
		w.problem(http.StatusPreconditionFailed, "version_mismatch", "DELETE", path, nil, `If-Match: "1"`)
		require.Equal(t, http.StatusNoContent, w.call("DELETE", path, nil).StatusCode)
		w.problem(http.StatusNotFound, "agenda_not_found", "GET", path, nil)
	})
	t.Run("have slots in the viewer's zone", func(t *testing.T) {
		path, _ := w.agenda(1)
		first := w.slots(path, "&timezone=Asia/Tokyo")[0].(map[string]any)
		require.Equal(t, nextWeek().Add(9*time.Hour).In(time.FixedZone("", 9*3600)).Format(time.RFC3339), first["start"])
		day := clockOf(nextWeek())
		w.problem(http.StatusUnprocessableEntity, "invalid", "GET", path+"/slots?from="+day+"&to="+day+"&timezone=Mars", nil)
	})
	t.Run("are closed on holidays", func(t *testing.T) {
		path, _ := w.agenda(1)
		day := nextWeek().Format(time.DateOnly)
		set := w.call("PUT", "/api/v1/holidays", `[{"day": "`+day+`", "name": "Feast"}]`)
		require.Equal(t, http.StatusOK, set.StatusCode, set.text)
		require.Equal(t, set.json(t), w.call("GET", "/api/v1/holidays", nil).json(t))
		require.Empty(t, w.slots(path, ""))
		require.Equal(t, http.StatusOK, w.call("PUT", "/api/v1/holidays", `[]`).StatusCode)
	})
	_ = id
}

func TestAppointments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	agenda, id := w.agenda(1)
	at := func(clock string) string { return nextWeek().Format(time.DateOnly) + "T" + clock + ":00Z" }
	book := func(clock string) map[string]any {
		made := w.call("POST", "/api/v1/appointments", map[string]any{"agendaId": id, "startDate": at(clock), "title": "Cut"})
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
		return made.json(t)
	}
	made := book("09:00")
	path := "/api/v1/appointments/" + made["id"].(string)

	t.Run("are booked once, and losers hear what is free", func(t *testing.T) {
		p := w.problem(http.StatusConflict, "slot_taken", "POST", "/api/v1/appointments", map[string]any{"agendaId": id, "startDate": at("09:00")})
		require.Equal(t, at("09:30"), p["free"].([]any)[0].(map[string]any)["start"])
		p = w.problem(http.StatusUnprocessableEntity, "not_a_slot", "POST", "/api/v1/appointments", map[string]any{"agendaId": id, "startDate": at("12:00")})
		require.Len(t, p["free"], 5)
	})
	t.Run("are read, patched, moved and cancelled", func(t *testing.T) {
		require.Equal(t, made, w.call("GET", path, nil).json(t))
		patched := w.call("PATCH", path, `{"description": "short"}`, `If-Match: "1"`)
		require.Equal(t, http.StatusOK, patched.StatusCode, patched.text)
		require.Equal(t, "Cut", patched.json(t)["title"])
		w.problem(http.StatusPreconditionFailed, "version_mismatch", "PATCH", path, `{"description": "late"}`, `If-Match: "1"`)
		moved := w.call("PUT", path+"/date", map[string]any{"startDate": at("10:00")})
		require.Equal(t, http.StatusOK, moved.StatusCode, moved.text)
		require.EqualValues(t, 1, moved.json(t)["sequence"])
		cancelled := w.call("POST", path+"/cancel", `{"reason": "ill"}`)
		require.Equal(t, "cancelled", cancelled.json(t)["status"])
		w.problem(http.StatusConflict, "appointment_cancelled", "POST", path+"/complete", nil)
	})
	t.Run("take and lose members", func(t *testing.T) {
		path, other := "/api/v1/appointments/"+book("09:30")["id"].(string), w.clerks(1)[0].String()
		added := w.call("POST", path+"/members", map[string]any{"memberId": other})
		require.Equal(t, http.StatusOK, added.StatusCode, added.text)
		require.Len(t, added.json(t)["members"], 2)
		removed := w.call("DELETE", path+"/members/"+other, nil)
		require.Equal(t, http.StatusOK, removed.StatusCode, removed.text)
		require.Len(t, removed.json(t)["members"], 1)
		require.Equal(t, "completed", w.call("POST", path+"/complete", nil).json(t)["status"])
	})
	t.Run("are held, and then taken", func(t *testing.T) {
		held := w.call("POST", agenda+"/holds", map[string]any{"startDate": at("10:30")})
		require.Equal(t, http.StatusCreated, held.StatusCode, held.text)
		require.Equal(t, "held", held.json(t)["status"])
		path := "/api/v1/appointments/" + held.json(t)["id"].(string)
		taken := w.call("POST", path+"/take", `{"title": "Cut"}`)
		require.Equal(t, http.StatusOK, taken.StatusCode, taken.text)
		require.Equal(t, "scheduled", taken.json(t)["status"])
		require.Equal(t, "no_show", w.call("POST", path+"/no-show", nil).json(t)["status"])
	})
	t.Run("are listed", func(t *testing.T) {
		day := "from=" + at("00:00") + "&to=" + at("23:00")
		require.Len(t, w.call("GET", "/api/v1/appointments?status=cancelled&"+day, nil).json(t)["items"], 1)
		require.Len(t, w.call("GET", agenda+"/appointments?"+day, nil).json(t)["items"], 3)
		require.Empty(t, w.call("GET", agenda+"/out-of-hours?"+day, nil).json(t)["items"])
	})
}

func TestAppointmentsNeverCollideOverHTTP(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		_, id := w.agenda(5) // with four slots each
		var mu sync.Mutex
		answers := map[int]int{}
		var clients sync.WaitGroup
		for i := range 200 {
			clients.Go(func() {
				start := nextWeek().Add(9*time.Hour + time.Duration(i%4)*30*time.Minute)
				a := w.call("POST", "/api/v1/appointments", fmt.Sprintf(`{"agendaId": %q, "startDate": %q}`, id, clockOf(start)))
				mu.Lock()
				defer mu.Unlock()
				answers[a.StatusCode]++
			})
		}
		clients.Wait()
		require.Equal(t, map[int]int{http.StatusCreated: 20, http.StatusConflict: 180}, answers)
	})
}

func TestWhoLeavesTheCompanyIsBookedNoMore(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		path, id := w.agenda(1)
		start := clockOf(nextWeek().Add(9 * time.Hour))
		made := w.call("POST", "/api/v1/appointments", map[string]any{"agendaId": id, "startDate": start})
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
		clerk := made.json(t)["members"].([]any)[0]
		require.Len(t, w.slots(path, ""), 3)
		var member string
		for m, err := range w.ws(w.company).Members.All(t.Context(), identity.MemberFilter{}) {
			require.NoError(t, err)
			if m.UserID.String() == clerk {
				member = "/api/v1/members/" + m.ID.String()
			}
		}
		require.Equal(t, http.StatusOK, w.call("POST", member+"/deactivate", nil).StatusCode)

		require.Empty(t, w.slots(path, ""))
		w.problem(http.StatusUnprocessableEntity, "not_a_slot", "POST", "/api/v1/appointments", map[string]any{"agendaId": id, "startDate": clockOf(nextWeek().Add(10 * time.Hour))})
		out := w.call("GET", path+"/out-of-hours", nil).json(t)["items"].([]any)
		require.Len(t, out, 1)
		require.Equal(t, made.json(t)["id"], out[0].(map[string]any)["id"])
		require.Equal(t, []any{map[string]any{"reason": "member_gone", "memberId": clerk}}, out[0].(map[string]any)["reasons"])

		p := w.problem(http.StatusUnprocessableEntity, "invalid", "POST", "/api/v1/agendas", agendaJSON(core.UserID{UUID: uuid.New()}))
		require.Equal(t, "/members/0/id", p["errors"].([]any)[0].(map[string]any)["pointer"])
		p = w.problem(http.StatusUnprocessableEntity, "invalid", "PUT", path+"/members", []any{map[string]any{"id": clerk}, map[string]any{"id": uuid.NewString()}})
		require.Equal(t, "/members/1/id", p["errors"].([]any)[0].(map[string]any)["pointer"])
		p = w.problem(http.StatusUnprocessableEntity, "invalid", "POST", "/api/v1/appointments/"+made.json(t)["id"].(string)+"/members", map[string]any{"memberId": uuid.NewString()})
		require.Equal(t, "/memberId", p["errors"].([]any)[0].(map[string]any)["pointer"])

		require.Equal(t, http.StatusOK, w.call("POST", member+"/activate", nil).StatusCode)
		require.Len(t, w.slots(path, ""), 3)
		require.Empty(t, w.call("GET", path+"/out-of-hours", nil).json(t)["items"])
	})
}
