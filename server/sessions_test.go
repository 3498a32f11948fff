package server_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestSessionsAreListedAndEnded(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		const path = "/api/v1/auth/sessions"
		w.user("grace")
		first := w.tokens["grace"]
		in := w.call("POST", "/api/v1/auth/login", map[string]string{"email": "grace@example.org", "password": password}, "Authorization:", "User-Agent: a telephone")
		require.Equal(t, http.StatusOK, in.StatusCode, in.text)
		here := "Authorization: Bearer " + in.json(t)["accessToken"].(string)

		items := w.call("GET", path, nil, here).json(t)["items"].([]any)
		require.Len(t, items, 2)
		newest, oldest := items[0].(map[string]any), items[1].(map[string]any)
		require.Equal(t, "a telephone", newest["agent"])
		require.Equal(t, "127.0.0.1", newest["network"])
		require.Equal(t, []any{true, false}, []any{newest["current"], oldest["current"]})
		require.NotContains(t, w.call("GET", path, nil, here).text, "ash", "of tokens it has not even the hashes")

		other := path + "/" + oldest["id"].(string)
		w.problem(http.StatusNotFound, "session_not_found", "DELETE", other, nil, "As: ada")
		w.problem(http.StatusNotFound, "session_not_found", "DELETE", path+"/"+uuid.NewString(), nil, here)
		require.Equal(t, http.StatusNoContent, w.call("DELETE", other, nil, here).StatusCode)
		w.problem(http.StatusUnauthorized, "session_ended", "GET", "/api/v1/auth/me", nil, "Authorization: Bearer "+first)
		require.Len(t, w.call("GET", path, nil, here).json(t)["items"], 1)
	})
}

func TestAnAccountTellsWhatHasHappenedToIt(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		grace := w.user("grace")
		const mine = "/api/v1/auth/me/audit"
		in := w.call("POST", "/api/v1/auth/login", map[string]string{"email": "grace@example.org", "password": password}, "Authorization:", "User-Agent: a telephone")
		require.Equal(t, http.StatusOK, in.StatusCode, in.text)
		read := w.call("GET", mine+"?limit=1", nil, "As: grace").json(t)
		newest := read["items"].([]any)[0].(map[string]any)
		require.Equal(t, []any{"user.logged_in", "127.0.0.1", "a telephone", grace.ID.String()}, []any{newest["action"], newest["network"], newest["agent"], newest["actorId"]})
		rest := w.call("GET", mine+"?cursor="+read["next"].(string), nil, "As: grace").json(t)["items"].([]any)
		require.Equal(t, "user.registered", rest[len(rest)-1].(map[string]any)["action"])

		ofGrace := "/api/v1/users/" + grace.ID.String() + "/audit"
		w.problem(http.StatusForbidden, "platform_admin_required", "GET", ofGrace, nil, "As: grace")

		root := w.root().ID.String()
		require.Equal(t, http.StatusOK, w.call("PATCH", "/api/v1/users/"+grace.ID.String(), `{"platformAdmin": true}`, "As: root").StatusCode)
		require.Equal(t, http.StatusNoContent, w.call("DELETE", "/api/v1/users/"+grace.ID.String(), nil, "As: root").StatusCode)
		told := w.call("GET", ofGrace, nil, "As: root")
		last := told.json(t)["items"].([]any)
		require.Equal(t, []any{"user.deleted", root}, []any{last[0].(map[string]any)["action"], last[0].(map[string]any)["actorId"]})
		require.Equal(t, []any{"user.updated", root}, []any{last[1].(map[string]any)["action"], last[1].(map[string]any)["actorId"]})
		require.NotContains(t, told.text, "grace@example.org")
	})
}

func TestPasswordsCannotBeGuessedForLong(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.user("grace")
		login := func(password string) answer {
			return w.call("POST", "/api/v1/auth/login", map[string]string{"email": "grace@example.org", "password": password}, "Authorization:")
		}
		for range 20 {
			require.Equal(t, http.StatusUnauthorized, login("a guess").StatusCode)
		}
		refused := login("a guess")
		require.Equal(t, http.StatusTooManyRequests, refused.StatusCode, refused.text)
		require.Equal(t, "too_many_requests", problemCode(refused))
		wait, err := strconv.Atoi(refused.Header.Get("Retry-After"))
		require.NoError(t, err)
		require.InDelta(t, 360, wait, 5, "seconds, at ten an hour")
		require.Equal(t, http.StatusTooManyRequests, login(password).StatusCode)
	})
}
