package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func TestInvitations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	invite := func(email string) map[string]any {
		made := w.call("POST", "/api/v1/invitations", map[string]any{"email": email, "roleId": w.builtin(identity.InternalStaff)})
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
		return made.json(t)
	}

	t.Run("is accepted by a new user, once", func(t *testing.T) {
		invite("joan@example.org")
		token := w.linkTo("joan@example.org")
		require.NotContains(t, w.call("GET", "/api/v1/invitations", nil).text, token)
		body := map[string]any{"token": token, "firstName": "Joan", "email": "joan@example.org", "password": password}
		made := w.call("POST", "/api/v1/invitations/register", body, "Authorization:")
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
		require.NotEmpty(t, made.json(t)["user"].(map[string]any)["emailVerifiedAt"])
		require.Equal(t, "Internal staff", made.json(t)["member"].(map[string]any)["roleName"])
		require.NotContains(t, made.text, password)
		w.problem(http.StatusConflict, "email_taken", "POST", "/api/v1/invitations/register", body, "Authorization:")
		body["email"] = "other@example.org"
		w.problem(http.StatusNotFound, "invitation_not_found", "POST", "/api/v1/invitations/register", body, "Authorization:")
		w.problem(http.StatusConflict, "member_exists", "POST", "/api/v1/invitations", map[string]any{"email": "joan@example.org", "roleId": w.builtin(identity.Lead)})
	})
	t.Run("is accepted by the user whose address it went to", func(t *testing.T) {
		w.user("grace")
		invite("grace@example.org")
		body := map[string]any{"token": w.linkTo("grace@example.org")}
		w.problem(http.StatusForbidden, "invitation_of_another", "POST", "/api/v1/invitations/accept", body)
		accepted := w.call("POST", "/api/v1/invitations/accept", body, "As: grace")
		require.Equal(t, http.StatusCreated, accepted.StatusCode, accepted.text)
		w.problem(http.StatusNotFound, "invitation_not_found", "POST", "/api/v1/invitations/accept", body, "As: grace")
		require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/contacts", nil, "As: grace").StatusCode)
	})
	t.Run("is taken back", func(t *testing.T) {
		i := invite("late@example.org")
		require.Len(t, w.call("GET", "/api/v1/invitations", nil).json(t)["items"], 1)
		path := "/api/v1/invitations/" + i["id"].(string)
		require.Equal(t, http.StatusNoContent, w.call("DELETE", path, nil).StatusCode)
		w.problem(http.StatusNotFound, "invitation_not_found", "DELETE", path, nil)
	})
	t.Run("is for those who may invite", func(t *testing.T) {
		w.join("reader", w.company, core.PermissionSet(core.InvitationsRead))
		w.problem(http.StatusForbidden, "permission_required", "POST", "/api/v1/invitations", map[string]any{"email": "x@example.org", "roleId": w.builtin(identity.Lead)}, "As: reader")
		w.join("inviter", w.company, core.PermissionSet(core.InvitationsWrite))
		w.problem(http.StatusForbidden, "role_exceeds_own", "POST", "/api/v1/invitations", map[string]any{"email": "x@example.org", "roleId": w.builtin(identity.Administrator)}, "As: inviter")
	})
}
