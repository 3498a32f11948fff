package server_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func TestWhichCompany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/api/v1/contacts"
	theirs := w.newCompany("Theirs", "eve")

	t.Run("is the only one of a user with one", func(t *testing.T) {
		require.Equal(t, http.StatusOK, w.call("GET", path, nil).StatusCode)
	})
	t.Run("is not found by one who is no member", func(t *testing.T) {
		w.problem(http.StatusNotFound, "company_not_found", "GET", path, nil, "X-Company-ID: "+theirs.String())
		w.problem(http.StatusNotFound, "company_not_found", "GET", path, nil, "X-Company-ID: "+uuid.NewString())
	})
	t.Run("has to be said by a user with several, who are told which", func(t *testing.T) {
		w.join("grace", w.company, core.AllPermissions())
		w.join("grace", theirs, core.AllPermissions())
		p := w.problem(http.StatusBadRequest, "company_required", "GET", path, nil, "As: grace")
		require.Len(t, p["companies"], 2)
		require.Equal(t, http.StatusOK, w.call("GET", path, nil, "As: grace", "X-Company-ID: "+theirs.String()).StatusCode)
	})
	t.Run("has to be said by a user with none", func(t *testing.T) {
		w.user("nobody")
		p := w.problem(http.StatusBadRequest, "company_required", "GET", path, nil, "As: nobody")
		require.Empty(t, p["companies"])
	})
	t.Run("comes with an API key", func(t *testing.T) {
		roles, err := w.ws(theirs).Roles.List(t.Context(), core.Page{})
		require.NoError(t, err)
		_, secret, err := w.ws(theirs).APIKeys.Create(t.Context(), identity.NewAPIKey{Name: "Sync", RoleID: roles.Items[0].ID})
		require.NoError(t, err)
		key := "Authorization: Bearer " + string(secret)
		require.Equal(t, http.StatusOK, w.call("GET", path, nil, key).StatusCode)
		require.Equal(t, http.StatusOK, w.call("GET", path, nil, key, "X-Company-ID: "+theirs.String()).StatusCode)
		w.problem(http.StatusNotFound, "company_not_found", "GET", path, nil, key, "X-Company-ID: "+w.company.String())
		w.problem(http.StatusUnauthorized, "api_key_unknown", "GET", path, nil, key+"x")
	})
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.join("reader", w.company, core.PermissionSet(core.ContactsRead))
	require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/contacts", nil, "As: reader").StatusCode)
	w.problem(http.StatusForbidden, "permission_required", "POST", "/api/v1/contacts", `{"name": "Ada"}`, "As: reader")
}

func TestCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/api/v1/contacts"
	cookie := "Cookie: __Host-clientele=" + w.tokens["ada"]

	t.Run("are set by a log-in that wants them, and taken away by the log-out", func(t *testing.T) {
		const body = `{"email": "ada@example.org", "password": "` + password + `"}`
		require.Empty(t, w.call("POST", "/api/v1/auth/login", body, "Authorization:").Cookies())
		set := w.call("POST", "/api/v1/auth/login?cookie=true", body, "Authorization:").Cookies()
		require.Len(t, set, 1)
		require.True(t, set[0].HttpOnly && set[0].Secure && set[0].SameSite == http.SameSiteLaxMode && set[0].Path == "/" && set[0].Domain == "")
		own := "Cookie: " + set[0].Name + "=" + set[0].Value
		require.Equal(t, http.StatusOK, w.call("GET", path, nil, "Authorization:", own).StatusCode)
		out := w.call("POST", "/api/v1/auth/logout", nil, "Authorization:", own, "Sec-Fetch-Site: same-origin")
		require.Equal(t, http.StatusNoContent, out.StatusCode, out.text)
		require.Negative(t, out.Cookies()[0].MaxAge)
		w.problem(http.StatusUnauthorized, "session_ended", "GET", path, nil, "Authorization:", own)
	})
	t.Run("say who is calling", func(t *testing.T) {
		require.Equal(t, http.StatusOK, w.call("GET", path, nil, "Authorization:", cookie).StatusCode)
	})
	t.Run("of a request that the site itself makes count", func(t *testing.T) {
		made := w.call("POST", path, `{"name": "Ada"}`, "Authorization:", cookie, "Sec-Fetch-Site: same-origin")
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
	})
	t.Run("of a request that another site makes do not", func(t *testing.T) {
		w.problem(http.StatusForbidden, "cross_origin", "POST", path, `{"name": "Eve"}`, "Authorization:", cookie, "Sec-Fetch-Site: cross-site")
		w.problem(http.StatusForbidden, "cross_origin", "POST", path, `{"name": "Eve"}`, "Authorization:", cookie, "Origin: https://evil.example")
	})
	t.Run("are not looked at beside a token", func(t *testing.T) {
		made := w.call("POST", path, `{"name": "Grace"}`, cookie, "Sec-Fetch-Site: cross-site")
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
	})
}
