package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

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
		require.Equal(t, "You are a member of no company yet: make one, or join one.", p["detail"])
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

// A browser's session, from the log-in to the log-out, has its tokens in cookies alone.
func TestCookieSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const auth = "/api/v1/auth/"
	credentials := map[string]any{"email": "ada@example.org", "password": password}
	ours := []string{"Authorization:", "Sec-Fetch-Site: same-origin"}

	in := w.call("POST", auth+"login?cookie=true", credentials, ours...)
	require.Equal(t, http.StatusOK, in.StatusCode, in.text)
	require.Empty(t, in.json(t)["accessToken"])
	require.Empty(t, in.json(t)["refreshToken"])
	require.Len(t, in.Cookies(), 2)
	for _, c := range in.Cookies() {
		require.True(t, c.HttpOnly && c.Secure, c.Name)
		require.Equal(t, http.SameSiteLaxMode, c.SameSite)
		require.Equal(t, "/", c.Path)
		require.Empty(t, c.Domain)
		require.True(t, c.Expires.After(time.Now()))
		require.NotContains(t, in.text, c.Value)
	}
	kept := jar(in)
	require.Equal(t, http.StatusOK, w.call("GET", auth+"me", nil, append(ours, kept)...).StatusCode)

	renewed := w.call("POST", auth+"refresh-token?cookie=true", `{}`, append(ours, kept)...)
	require.Equal(t, http.StatusOK, renewed.StatusCode, renewed.text)
	w.problem(http.StatusUnauthorized, "session_ended", "GET", auth+"me", nil, append(ours, kept)...)
	kept = jar(renewed)
	w.problem(http.StatusUnauthorized, "session_ended", "POST", auth+"refresh-token", `{}`, append(ours, kept)...) // without cookie=true

	theirs := []string{"Authorization:", kept, "Sec-Fetch-Site: cross-site"}
	w.problem(http.StatusForbidden, "cross_origin", "POST", auth+"refresh-token?cookie=true", `{}`, theirs...)
	w.problem(http.StatusForbidden, "cross_origin", "POST", auth+"login?cookie=true", credentials, theirs...)
	w.problem(http.StatusForbidden, "cross_origin", "POST", auth+"login?cookie=1", credentials, theirs...)
	w.problem(http.StatusForbidden, "cross_origin", "POST", auth+"logout", nil, theirs...)
	plain := w.call("POST", auth+"login", credentials, "Authorization:", "Sec-Fetch-Site: cross-site")
	require.Equal(t, http.StatusOK, plain.StatusCode, "who gets tokens, and no cookies, has none set by another site")
	require.Empty(t, plain.Cookies())

	out := w.call("POST", auth+"logout", nil, append(ours, kept)...)
	require.Equal(t, http.StatusNoContent, out.StatusCode, out.text)
	require.Len(t, out.Cookies(), 2)
	for _, c := range out.Cookies() {
		require.Empty(t, c.Value)
		require.True(t, c.Expires.Before(time.Now()))
	}
	w.problem(http.StatusUnauthorized, "session_ended", "GET", auth+"me", nil, append(ours, kept)...)
	w.problem(http.StatusUnauthorized, "session_ended", "POST", auth+"refresh-token?cookie=true", `{}`, append(ours, kept)...)
}

// jar is the header by which a browser sends an answer's cookies back.
func jar(a answer) string {
	var pairs []string
	for _, c := range a.Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return "Cookie: " + strings.Join(pairs, "; ")
}
