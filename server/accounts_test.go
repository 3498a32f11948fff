package server_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

var tokenInMail = regexp.MustCompile(`\?token=([\w-]+)`)

// linkTo is the token in the last mail to the address.
func (w *world) linkTo(e core.Email) string {
	w.t.Helper()
	require.NoError(w.t, w.app.Accounts.Wait(w.t.Context()))
	mails := w.mails.To(e)
	require.NotEmpty(w.t, mails, "no mail was sent")
	return tokenInMail.FindStringSubmatch(mails[len(mails)-1].Text)[1]
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const api = "/api/v1/auth/"
	nobody := "Authorization:"

	registered := w.call("POST", api+"register", `{"firstName": "Grace", "lastName": "Hopper", "email": "grace@example.org", "password": "`+password+`"}`, nobody)
	require.Equal(t, http.StatusCreated, registered.StatusCode, registered.text)
	grace := registered.json(t)
	require.Equal(t, "grace@example.org", grace["email"])
	require.NotContains(t, registered.text, "assword")
	w.problem(http.StatusConflict, "email_taken", "POST", api+"register", `{"firstName": "Eve", "email": "GRACE@example.org", "password": "`+password+`"}`, nobody)
	link := w.linkTo("grace@example.org")

	in := w.call("POST", api+"login", `{"email": "Grace@example.org", "password": "`+password+`"}`, nobody)
	require.Equal(t, http.StatusOK, in.StatusCode, in.text)
	login := in.json(t)
	require.Equal(t, grace, login["user"])
	require.NotEmpty(t, login["expiresAt"])
	bearer := func(l map[string]any) string { return "Authorization: Bearer " + l["accessToken"].(string) }
	w.problem(http.StatusUnauthorized, "wrong_credentials", "POST", api+"login", `{"email": "grace@example.org", "password": "wrong"}`, nobody)
	w.problem(http.StatusUnauthorized, "wrong_credentials", "POST", api+"login", `{"email": "who@example.org", "password": "wrong"}`, nobody)

	t.Run("verify their address by POST", func(t *testing.T) {
		verified := w.call("POST", api+"verify-email", map[string]any{"token": link}, nobody)
		require.Equal(t, http.StatusOK, verified.StatusCode, verified.text)
		require.NotEmpty(t, verified.json(t)["emailVerifiedAt"])
		w.problem(http.StatusNotFound, "link_not_valid", "POST", api+"verify-email", map[string]any{"token": link}, nobody)
		require.Equal(t, http.StatusAccepted, w.call("POST", api+"email-verifications", `{"email": "who@example.org"}`, nobody).StatusCode)
	})
	t.Run("read and change themselves", func(t *testing.T) {
		me := w.call("GET", api+"me", nil, bearer(login))
		require.Equal(t, http.StatusOK, me.StatusCode, me.text)
		changed := w.call("PATCH", api+"me", `{"designation": "Admiral"}`, bearer(login), "If-Match: "+me.Header.Get("ETag"))
		require.Equal(t, http.StatusOK, changed.StatusCode, changed.text)
		require.Equal(t, "Admiral", changed.json(t)["designation"])
		require.Equal(t, "Grace", changed.json(t)["firstName"])
		w.problem(http.StatusPreconditionFailed, "version_mismatch", "PATCH", api+"me", `{"designation": "x"}`, bearer(login), "If-Match: "+me.Header.Get("ETag"))
		w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", api+"me", `{"platformAdmin": true}`, bearer(login))
		w.problem(http.StatusUnauthorized, "unauthenticated", "GET", api+"me", nil, nobody)
	})
	t.Run("refresh, and a token used twice ends the session", func(t *testing.T) {
		next := w.call("POST", api+"refresh-token", map[string]any{"refreshToken": login["refreshToken"]}, nobody)
		require.Equal(t, http.StatusOK, next.StatusCode, next.text)
		w.problem(http.StatusUnauthorized, "session_ended", "GET", api+"me", nil, bearer(login))
		w.problem(http.StatusUnauthorized, "session_ended", "POST", api+"refresh-token", map[string]any{"refreshToken": login["refreshToken"]}, nobody)
		w.problem(http.StatusUnauthorized, "session_ended", "GET", api+"me", nil, bearer(next.json(t)))
	})
	t.Run("reset a forgotten password by PUT", func(t *testing.T) {
		for _, e := range []string{"grace@example.org", "who@example.org"} {
			require.Equal(t, http.StatusAccepted, w.call("POST", api+"password-resets", map[string]any{"email": e}, nobody).StatusCode)
		}
		path := api + "password-resets/" + w.linkTo("grace@example.org")
		w.problem(http.StatusMethodNotAllowed, "method_not_allowed", "GET", path, nil, nobody)
		w.problem(http.StatusUnprocessableEntity, "invalid", "PUT", path, `{"password": "password1"}`, nobody)
		require.Equal(t, http.StatusNoContent, w.call("PUT", path, `{"password": "a new sentence"}`, nobody).StatusCode)
		w.problem(http.StatusNotFound, "link_not_valid", "PUT", path, `{"password": "a new sentence"}`, nobody)
	})
	t.Run("change address and password, and log out", func(t *testing.T) {
		in := w.call("POST", api+"login", `{"email": "grace@example.org", "password": "a new sentence"}`, nobody)
		require.Equal(t, http.StatusOK, in.StatusCode, in.text)
		here := bearer(in.json(t))
		asked := w.call("POST", api+"email-changes", `{"email": "hopper@example.org", "password": "a new sentence"}`, here)
		require.Equal(t, http.StatusAccepted, asked.StatusCode, asked.text)
		changed := w.call("PUT", api+"email-changes/"+w.linkTo("hopper@example.org"), nil, nobody)
		require.Equal(t, "hopper@example.org", changed.json(t)["email"], changed.text)
		w.problem(http.StatusUnprocessableEntity, "invalid", "PUT", api+"me/password", `{"currentPassword": "wrong", "newPassword": "yet another one"}`, here)
		require.Equal(t, http.StatusNoContent, w.call("PUT", api+"me/password", `{"currentPassword": "a new sentence", "newPassword": "yet another one"}`, here).StatusCode)
		require.Equal(t, http.StatusNoContent, w.call("POST", api+"logout", nil, here).StatusCode)
		w.problem(http.StatusUnauthorized, "session_ended", "GET", api+"me", nil, here)
	})
}

// root is a user, logged in, who administers the platform.
func (w *world) root() identity.User {
	w.t.Helper()
	_, err := w.app.Accounts.Users(identity.Operator()).Create(w.t.Context(), identity.NewUser{
		Profile: identity.Profile{FirstName: "Root"}, Email: "root@example.org", Password: password,
	}, true)
	require.NoError(w.t, err)
	login, err := w.app.Accounts.Login(w.t.Context(), "root@example.org", password)
	require.NoError(w.t, err)
	w.tokens["root"] = string(login.AccessToken)
	return login.User
}

func TestUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const users = "/api/v1/users"
	root := w.root()
	grace := users + "/" + w.user("grace").ID.String()

	for _, c := range [][2]string{{"GET", users}, {"GET", grace}, {"PATCH", grace}, {"DELETE", grace}} {
		var body any
		if c[0] == "PATCH" {
			body = `{"platformAdmin": true}`
		}
		w.problem(http.StatusForbidden, "platform_admin_required", c[0], c[1], body)
		w.problem(http.StatusUnauthorized, "unauthenticated", c[0], c[1], body, "Authorization:")
	}
	l := w.call("GET", users+"?limit=2&sort=email", nil, "As: root")
	require.Equal(t, http.StatusOK, l.StatusCode, l.text)
	require.Len(t, l.json(t)["items"], 2)
	l = w.call("GET", users+"?sort=email&cursor="+l.json(t)["next"].(string), nil, "As: root")
	require.Len(t, l.json(t)["items"], 1)
	require.Nil(t, l.json(t)["next"])
	require.Len(t, w.call("GET", users+"?platformAdmin=true", nil, "As: root").json(t)["items"], 1)

	off := w.call("PATCH", grace, `{"active": false}`, "As: root", `If-Match: "1"`)
	require.Equal(t, http.StatusOK, off.StatusCode, off.text)
	require.Equal(t, "grace", off.json(t)["firstName"])
	w.problem(http.StatusUnauthorized, "session_ended", "GET", "/api/v1/auth/me", nil, "As: grace")
	w.problem(http.StatusForbidden, "user_inactive", "POST", "/api/v1/auth/login", `{"email": "grace@example.org", "password": "`+password+`"}`, "Authorization:")
	require.Equal(t, http.StatusNoContent, w.call("DELETE", grace, nil, "As: root").StatusCode)
	w.problem(http.StatusNotFound, "user_not_found", "GET", grace, nil, "As: root")
	w.problem(http.StatusConflict, "last_platform_admin", "DELETE", users+"/"+root.ID.String(), nil, "As: root")
	w.problem(http.StatusConflict, "last_platform_admin", "PATCH", users+"/"+root.ID.String(), `{"platformAdmin": false}`, "As: root")
}

func TestLinkPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("grace")
	link := "/auth/verify-email?token=" + w.linkTo("grace@example.org")
	form := "Content-Type: application/x-www-form-urlencoded"

	for range 2 { // as a scanner of mail does
		shown := w.call("GET", link, nil, "Authorization:")
		require.Equal(t, http.StatusOK, shown.StatusCode, shown.text)
		require.Contains(t, shown.text, `<form method="post">`)
		require.Equal(t, "no-referrer", shown.Header.Get("Referrer-Policy"))
		require.Contains(t, shown.Header.Get("Content-Security-Policy"), "default-src 'none'")
	}
	require.Nil(t, w.user("grace").EmailVerifiedAt)
	spent := w.call("POST", link, "", form, "Authorization:")
	require.Equal(t, http.StatusOK, spent.StatusCode, spent.text)
	require.NotNil(t, w.user("grace").EmailVerifiedAt)
	again := w.call("POST", link, "", form, "Authorization:")
	require.Equal(t, http.StatusNotFound, again.StatusCode)
	require.Contains(t, again.text, "no longer good")
	require.NotContains(t, again.text, "<form")

	require.NoError(t, w.app.Accounts.RequestPasswordReset(t.Context(), "grace@example.org"))
	link = "/auth/reset-password?token=" + w.linkTo("grace@example.org")
	refused := w.call("POST", link, "password=password1", form, "Authorization:")
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.text, "guessed first")
	require.Equal(t, http.StatusOK, w.call("POST", link, "password=a+new+sentence", form, "Authorization:").StatusCode)
	_, err := w.app.Accounts.Login(t.Context(), "grace@example.org", "a new sentence")
	require.NoError(t, err)

	require.Equal(t, http.StatusBadRequest, w.call("GET", "/auth/reset-password", nil, "Authorization:").StatusCode)
	require.Equal(t, http.StatusOK, w.call("GET", "/auth/page.css", nil, "Authorization:").StatusCode)
}

func TestInvitationPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := "Content-Type: application/x-www-form-urlencoded"
	invited := func(email string) string {
		made := w.call("POST", "/api/v1/invitations", map[string]any{"email": email, "roleId": w.builtin(identity.InternalStaff)})
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
		return "/auth/accept-invitation?token=" + w.linkTo(core.Email(email))
	}

	link := invited("joan@example.org")
	shown := w.call("GET", link, nil, "Authorization:")
	require.Contains(t, shown.text, "joan@example.org")
	require.Contains(t, shown.text, `name="firstName"`)
	refused := w.call("POST", link, "firstName=%3CJoan%3E&password=password1", form, "Authorization:")
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.text, `value="&lt;Joan&gt;"`)
	require.NotContains(t, refused.text, "password1")
	accepted := w.call("POST", link, "firstName=Joan&email=eve@example.org&password=a+new+sentence", form, "Authorization:")
	require.Equal(t, http.StatusOK, accepted.StatusCode, accepted.text)
	_, err := w.app.Accounts.Login(t.Context(), "joan@example.org", "a new sentence")
	require.NoError(t, err, "the address is the invitation's, whatever the form says")
	require.Equal(t, http.StatusNotFound, w.call("GET", link, nil, "Authorization:").StatusCode)

	w.user("grace")
	w.linkTo("grace@example.org") // the mail by which the address would be verified
	link = invited("grace@example.org")
	shown = w.call("GET", link, nil, "Authorization:")
	require.NotContains(t, shown.text, `name="firstName"`)
	require.Equal(t, http.StatusUnauthorized, w.call("POST", link, "password=a+guess", form, "Authorization:").StatusCode)
	accepted = w.call("POST", link, "password=correct+horse+battery+staple", form, "Authorization:")
	require.Equal(t, http.StatusOK, accepted.StatusCode, accepted.text)
	require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/contacts", nil, "As: grace").StatusCode)
}
