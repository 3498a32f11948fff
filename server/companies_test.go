package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
)

func TestCompanies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("grace")

	made := w.call("POST", "/api/v1/companies", `{"name": "Compilers & Co", "country": "US"}`, "As: grace")
	require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
	company := made.json(t)
	path := "/api/v1/companies/" + company["id"].(string)
	require.Equal(t, "compilers-co", company["slug"])
	require.NotEmpty(t, company["inviteCode"])

	t.Run("is read back by its members only", func(t *testing.T) {
		require.Equal(t, company, w.call("GET", path, nil, "As: grace").json(t))
		w.problem(http.StatusNotFound, "company_not_found", "GET", path, nil)
		w.problem(http.StatusNotFound, "company_not_found", "GET", "/api/v1/companies/ours", nil)
	})
	t.Run("is listed to its members only", func(t *testing.T) {
		items := w.call("GET", "/api/v1/companies", nil, "As: grace").json(t)["items"].([]any)
		require.Len(t, items, 1)
		require.NotContains(t, items[0], "inviteCode")
		require.Len(t, w.call("GET", "/api/v1/companies", nil).json(t)["items"], 1)
		w.problem(http.StatusForbidden, "platform_admin_required", "GET", "/api/v1/admin/companies", nil)
	})
	t.Run("is patched: absent stays, null clears", func(t *testing.T) {
		patched := w.call("PATCH", path, `{"contactPolicy": [], "country": null}`, "As: grace", `If-Match: "1"`)
		require.Equal(t, http.StatusOK, patched.StatusCode, patched.text)
		require.Empty(t, patched.json(t)["contactPolicy"])
		require.Empty(t, patched.json(t)["country"])
		require.Equal(t, "Compilers & Co", patched.json(t)["name"])
		w.problem(http.StatusPreconditionFailed, "version_mismatch", "PATCH", path, `{"name": "Late"}`, "As: grace", `If-Match: "1"`)
		w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", path, `{"slug": "mine"}`, "As: grace")
		w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", path, `{"timezone": "Mars/Olympus"}`, "As: grace")
	})
	t.Run("is joined by its invite code, until that is reset", func(t *testing.T) {
		w.user("joan")
		code := map[string]any{"inviteCode": company["inviteCode"]}
		reset := w.call("POST", path+"/invite-code", nil, "As: grace")
		require.Equal(t, http.StatusOK, reset.StatusCode, reset.text)
		w.problem(http.StatusNotFound, "invite_code_not_found", "POST", "/api/v1/companies/join", code, "As: joan")
		code["inviteCode"] = reset.json(t)["inviteCode"]
		joined := w.call("POST", "/api/v1/companies/join", code, "As: joan")
		require.Equal(t, http.StatusCreated, joined.StatusCode, joined.text)
		require.Equal(t, "Lead", joined.json(t)["roleName"])
		w.problem(http.StatusConflict, "member_exists", "POST", "/api/v1/companies/join", code, "As: joan")
		shown := w.call("GET", path, nil, "As: joan").json(t)
		require.NotContains(t, shown, "inviteCode")
		w.problem(http.StatusForbidden, "permission_required", "PATCH", path, `{"name": "Joan's"}`, "As: joan")
		w.problem(http.StatusForbidden, "permission_required", "POST", path+"/invite-code", nil, "As: joan")
	})
	t.Run("is read-only while it is inactive", func(t *testing.T) {
		require.Equal(t, false, w.call("POST", path+"/deactivate", nil, "As: grace").json(t)["active"])
		w.problem(http.StatusForbidden, "permission_required", "POST", "/api/v1/contacts", `{"name": "Ada"}`, "As: grace")
		require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/contacts", nil, "As: grace").StatusCode)
		w.problem(http.StatusForbidden, "permission_required", "POST", path+"/activate", nil, "As: joan")
		require.Equal(t, true, w.call("POST", path+"/activate", nil, "As: grace").json(t)["active"])
		require.Equal(t, http.StatusCreated, w.call("POST", "/api/v1/contacts", `{"name": "Ada"}`, "As: grace").StatusCode)
	})
	t.Run("of an API key is no user's", func(t *testing.T) {
		_, secret, err := w.ws(w.company).APIKeys.Create(t.Context(), identity.NewAPIKey{Name: "Sync", RoleID: w.builtin(identity.Administrator)})
		require.NoError(t, err)
		w.problem(http.StatusForbidden, "user_required", "POST", "/api/v1/companies", `{"name": "A robot's"}`, "Authorization: Bearer "+string(secret))
	})
}

// builtin is the id of one of our company's roles.
func (w *world) builtin(b identity.Builtin) core.ID[identity.Role] {
	w.t.Helper()
	roles, err := w.ws(w.company).Roles.List(w.t.Context(), core.Page{})
	require.NoError(w.t, err)
	for _, r := range roles.Items {
		if r.Builtin == b {
			return r.ID
		}
	}
	require.Fail(w.t, "no such role", b)
	return core.ID[identity.Role]{}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	grace := w.user("grace")
	made := w.call("POST", "/api/v1/members", map[string]any{"email": "Grace@example.org", "roleId": w.builtin(identity.Partner)})
	require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
	member := made.json(t)
	path := "/api/v1/members/" + member["id"].(string)
	require.Equal(t, grace.ID.String(), member["userId"])

	t.Run("is read back and listed", func(t *testing.T) {
		require.Equal(t, member, w.call("GET", path, nil).json(t))
		require.Len(t, w.call("GET", "/api/v1/members", nil).json(t)["items"], 2)
		require.Len(t, w.call("GET", "/api/v1/members?roleId="+w.builtin(identity.Partner).String(), nil).json(t)["items"], 1)
		require.Empty(t, w.call("GET", "/api/v1/members?active=false", nil).json(t)["items"])
		w.problem(http.StatusForbidden, "permission_required", "GET", "/api/v1/members", nil, "As: grace")
	})
	t.Run("has one place in a company", func(t *testing.T) {
		w.problem(http.StatusConflict, "member_exists", "POST", "/api/v1/members", map[string]any{"userId": grace.ID, "roleId": w.builtin(identity.Lead)})
		w.problem(http.StatusNotFound, "user_not_found", "POST", "/api/v1/members", map[string]any{"email": "nobody@example.org", "roleId": w.builtin(identity.Lead)})
	})
	t.Run("changes role only", func(t *testing.T) {
		patched := w.call("PATCH", path, map[string]any{"roleId": w.builtin(identity.InternalStaff)}, `If-Match: "1"`)
		require.Equal(t, http.StatusOK, patched.StatusCode, patched.text)
		require.Equal(t, "Internal staff", patched.json(t)["roleName"])
		w.problem(http.StatusPreconditionFailed, "version_mismatch", "PATCH", path, map[string]any{"roleId": w.builtin(identity.Lead)}, `If-Match: "1"`)
		w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", path, `{"active": false}`)
		w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", path, `{"roleId": null}`)
	})
	t.Run("is kept out and let in", func(t *testing.T) {
		require.Equal(t, false, w.call("POST", path+"/deactivate", nil).json(t)["active"])
		w.problem(http.StatusNotFound, "company_not_found", "GET", "/api/v1/contacts", nil, "As: grace", "X-Company-ID: "+w.company.String())
		require.Equal(t, true, w.call("POST", path+"/activate", nil).json(t)["active"])
		require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/contacts", nil, "As: grace").StatusCode)
	})
	t.Run("leaves, unless they are the last administrator", func(t *testing.T) {
		w.problem(http.StatusConflict, "last_administrator", "POST", "/api/v1/members/leave", nil)
		require.Equal(t, http.StatusNoContent, w.call("POST", "/api/v1/members/leave", nil, "As: grace").StatusCode)
		w.problem(http.StatusNotFound, "member_not_found", "GET", path, nil)
	})
}

func TestAdministrationOfCompanies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.newCompany("Theirs", "eve")
	root := w.user("root")
	_, err := w.app.Accounts.Users(identity.Operator()).Update(t.Context(), root.ID, func(u *identity.User) error { u.PlatformAdmin = true; return nil })
	require.NoError(t, err)
	for _, path := range []string{"/api/v1/admin/companies", "/api/v1/admin/members"} {
		w.problem(http.StatusForbidden, "platform_admin_required", "GET", path, nil)
		all := w.call("GET", path, nil, "As: root")
		require.Equal(t, http.StatusOK, all.StatusCode, all.text)
		require.Len(t, all.json(t)["items"], 2)
		require.NotContains(t, all.text, "inviteCode")
	}
	require.Len(t, w.call("GET", "/api/v1/admin/members?companyId="+w.company.String(), nil, "As: root").json(t)["items"], 1)
}

func TestCompanyRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.call("POST", "/api/v1/company-roles", `{"name": "Reception", "permissions": ["contacts:write", "contacts:read"]}`)
	require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
	role := made.json(t)
	path := "/api/v1/company-roles/" + role["id"].(string)
	require.Equal(t, []any{"contacts:read", "contacts:write"}, role["permissions"])
	require.Equal(t, role, w.call("GET", path, nil).json(t))
	require.Len(t, w.call("GET", "/api/v1/company-roles", nil).json(t)["items"], 5)

	patched := w.call("PATCH", path, `{"permissions": [], "ownRows": true}`, `If-Match: "1"`)
	require.Equal(t, http.StatusOK, patched.StatusCode, patched.text)
	require.Empty(t, patched.json(t)["permissions"])
	w.problem(http.StatusUnprocessableEntity, "invalid", "PATCH", path, `{"permissions": ["contacts:juggle"]}`)
	w.problem(http.StatusConflict, "role_exists", "PATCH", path, `{"name": "LEAD"}`)
	w.problem(http.StatusConflict, "role_builtin", "PATCH", "/api/v1/company-roles/"+w.builtin(identity.Lead).String(), `{"name": "Mine"}`)
	w.problem(http.StatusConflict, "role_builtin", "DELETE", "/api/v1/company-roles/"+w.builtin(identity.Lead).String(), nil)
	w.problem(http.StatusPreconditionFailed, "version_mismatch", "DELETE", path, nil, `If-Match: "1"`)
	require.Equal(t, http.StatusNoContent, w.call("DELETE", path, nil, `If-Match: "2"`).StatusCode)
	w.problem(http.StatusNotFound, "role_not_found", "GET", path, nil)
}

func TestAPIKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.call("POST", "/api/v1/api-keys", map[string]any{"name": "Sync", "roleId": w.builtin(identity.InternalStaff)})
	require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
	key := made.json(t)
	bearer := "Authorization: Bearer " + key["secret"].(string)
	require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/contacts", nil, bearer).StatusCode)
	w.problem(http.StatusForbidden, "permission_required", "GET", "/api/v1/api-keys", nil, bearer)

	listed := w.call("GET", "/api/v1/api-keys", nil)
	require.NotContains(t, listed.text, key["secret"])
	item := listed.json(t)["items"].([]any)[0].(map[string]any)
	require.Equal(t, key["prefix"], item["prefix"])
	require.NotEmpty(t, item["lastUsedAt"])

	require.Equal(t, http.StatusNoContent, w.call("DELETE", "/api/v1/api-keys/"+key["id"].(string), nil).StatusCode)
	w.problem(http.StatusUnauthorized, "api_key_unknown", "GET", "/api/v1/contacts", nil, bearer)
	w.problem(http.StatusNotFound, "api_key_not_found", "DELETE", "/api/v1/api-keys/"+key["id"].(string), nil)
}

func TestAudit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.call("POST", "/api/v1/contacts", `{"name": "Ada"}`).json(t)
	w.call("PATCH", "/api/v1/contacts/"+ada["id"].(string), `{"name": "Ada Lovelace"}`)
	list := w.call("GET", "/api/v1/audit?limit=1&subjectId="+ada["id"].(string), nil)
	require.Equal(t, http.StatusOK, list.StatusCode, list.text)
	entry := list.json(t)["items"].([]any)[0].(map[string]any)
	require.Equal(t, "contact.updated", entry["action"])
	require.Equal(t, map[string]any{"old": "Ada", "new": "Ada Lovelace"}, entry["changes"].(map[string]any)["name"])
	next := list.json(t)["next"].(string)
	list = w.call("GET", "/api/v1/audit?limit=1&subjectId="+ada["id"].(string)+"&cursor="+next, nil)
	require.Equal(t, "contact.created", list.json(t)["items"].([]any)[0].(map[string]any)["action"])
	require.Nil(t, list.json(t)["next"])
	require.Empty(t, w.call("GET", "/api/v1/audit?actorId="+uuid.NewString(), nil).json(t)["items"])
	w.join("reader", w.company, core.PermissionSet(core.ContactsRead))
	w.problem(http.StatusForbidden, "permission_required", "GET", "/api/v1/audit", nil, "As: reader")
}

func TestAuditExport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const more = core.MaxPageLimit + 5 // than a page
	for range more {
		_, err := w.ws(w.company).Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
	}
	got := w.call("GET", "/api/v1/audit/export?action=contact.created&sort=createdAt", nil)
	require.Equal(t, http.StatusOK, got.StatusCode, got.text)
	require.Equal(t, "application/x-ndjson", got.Header.Get("Content-Type"))
	lines := strings.Split(strings.TrimSuffix(got.text, "\n"), "\n")
	require.Len(t, lines, more)
	for _, line := range lines {
		var e core.AuditEntry
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		require.Equal(t, "contact.created", e.Action)
	}
	none := w.call("GET", "/api/v1/audit/export?action=contact.merged", nil)
	require.Equal(t, http.StatusOK, none.StatusCode)
	require.Empty(t, none.text)
	w.join("reader", w.company, core.PermissionSet(core.ContactsRead))
	w.problem(http.StatusForbidden, "permission_required", "GET", "/api/v1/audit/export", nil, "As: reader")
}
