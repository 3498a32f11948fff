package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestConsentsOfAContact(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ada := w.contact("Ada")
		may := func() map[string]any {
			a := w.call("GET", ada+"/permit?channel=email&purpose=marketing", nil)
			require.Equal(t, http.StatusOK, a.StatusCode, a.text)
			return a.json(t)
		}
		require.Equal(t, map[string]any{"allowed": false, "reason": "never_granted"}, may())
		for _, granted := range []bool{true, false} {
			a := w.call("POST", ada+"/consents", map[string]any{"channel": "email", "purpose": "marketing", "granted": granted, "source": "form", "wording": "News."})
			require.Equal(t, http.StatusCreated, a.StatusCode, a.text)
			require.Equal(t, granted, may()["allowed"])
			require.Equal(t, a.json(t), may()["consent"])
		}
		l := w.call("GET", strings.Replace(ada, "contacts", "clients", 1)+"/consents", nil).json(t)["items"].([]any)
		require.Len(t, l, 2)
		require.Equal(t, false, l[0].(map[string]any)["granted"], "the newest first")
		w.problem(http.StatusUnprocessableEntity, "invalid", "POST", ada+"/consents", map[string]any{"channel": "fax", "purpose": "marketing", "granted": true})
		w.problem(http.StatusUnprocessableEntity, "invalid", "GET", ada+"/permit?channel=email", nil)
	})
}

func TestWhatIsKeptOfAPersonIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		contact := w.plant(w.appThatTells())
		path := "/api/v1/contacts/" + contact + "/export"
		a := w.call("GET", path, nil)
		require.Equal(t, http.StatusOK, a.StatusCode, a.text)
		require.Equal(t, "application/json", a.Header.Get("Content-Type"))
		require.Equal(t, `attachment; filename="person.json"`, a.Header.Get("Content-Disposition"))
		kinds := map[string]int{}
		for _, r := range a.json(t)["records"].([]any) {
			kinds[r.(map[string]any)["kind"].(string)]++
		}
		for kind, n := range map[string]int{
			"contacts": 2 /* one was merged into the other */, "notes": 2, "activities": 1, "socialLinks": 1, "consents": 1, "leads": 1, "leadNotes": 1, "leadMoves": 2,
			"series": 1, "waitlist": 1, "appointments": 5 /* one is offered to them */, "responses": 2, "attempts": 2,
		} {
			require.Equal(t, n, kinds[kind], kind)
		}
		require.Greater(t, kinds["audit"], 15)
		require.Contains(t, w.call("GET", path+"?format=csv", nil).text, contact)
		require.Contains(t, w.call("GET", path+"?format=vcard", nil).text, "UID:urn:uuid:"+contact)

		w.join("eve", w.company, core.PermissionSet(core.ContactsRead, core.ContactsExport))
		w.problem(http.StatusForbidden, "permission_required", "GET", path, nil, "As: eve")
	})
}
