package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var consentContracts = []contract{
	{"Consents/are kept for good, and the newest counts", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		may := func() crm.Permit {
			p, err := w.ws().Consents.May(t.Context(), ada.ID, crm.ByEmail, crm.Marketing)
			require.NoError(t, err)
			return p
		}
		require.Equal(t, crm.Permit{Reason: "never_granted"}, may())
		granted := w.consent(ada, crm.NewConsent{Channel: crm.ByEmail, Purpose: crm.Marketing, Granted: true, Source: "form", Wording: "Send me news.\r\nOften."})
		require.Equal(t, "Send me news.\nOften.", granted.Wording)
		require.Equal(t, crm.Permit{Allowed: true, Reason: "granted", Consent: &granted}, may())
		withdrawn := w.consent(ada, crm.NewConsent{Channel: crm.ByEmail, Purpose: crm.Marketing})
		require.Equal(t, crm.Permit{Reason: "withdrawn", Consent: &withdrawn}, may())
		// What was said long ago, and is noted only now, changes nothing.
		old := w.consent(ada, crm.NewConsent{Channel: crm.ByEmail, Purpose: crm.Marketing, Granted: true, GivenAt: granted.GivenAt.AddDate(-1, 0, 0)})
		require.Equal(t, "withdrawn", may().Reason)
		l, err := w.ws().Consents.List(t.Context(), ada.ID, core.Page{})
		require.NoError(t, err)
		require.Equal(t, []crm.Consent{withdrawn, granted, old}, l.Items)
		require.Equal(t, []string{"consent.recorded"}, w.trail(granted.ID.UUID))
	}},
	{"Consents/of other channels and purposes do not count, and a withdrawal of all counts most", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		w.consent(ada, crm.NewConsent{Channel: crm.BySMS, Purpose: crm.Marketing, Granted: true})
		w.consent(ada, crm.NewConsent{Channel: crm.ByEmail, Purpose: "survey", Granted: true})
		reason := func(ch crm.Channel, p crm.Purpose) string {
			permit, err := w.ws().Consents.May(t.Context(), ada.ID, ch, p)
			require.NoError(t, err)
			return permit.Reason
		}
		require.Equal(t, "never_granted", reason(crm.ByEmail, crm.Marketing))
		require.Equal(t, "granted", reason(crm.ByEmail, "survey"))
		w.consent(ada, crm.NewConsent{Channel: crm.ByEmail, Purpose: crm.AllPurpose})
		require.Equal(t, "withdrawn", reason(crm.ByEmail, "survey"))
		w.consent(ada, crm.NewConsent{Channel: crm.ByEmail, Purpose: "survey", Granted: true})
		require.Equal(t, "withdrawn", reason(crm.ByEmail, "survey"), "it is withdrawn for all as long as nothing is granted for all")
		require.Equal(t, "granted", reason(crm.BySMS, crm.Marketing))
		w.consent(ada, crm.NewConsent{Channel: crm.ByEmail, Purpose: crm.AllPurpose, Granted: true})
		require.Equal(t, "granted", reason(crm.ByEmail, crm.Marketing))

		_, err := w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Active = false; return nil })
		require.NoError(t, err)
		require.Equal(t, "inactive", reason(crm.ByEmail, crm.Marketing))
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), ada.ID))
		require.Equal(t, "deleted", reason(crm.ByEmail, crm.Marketing))
		_, err = w.ws().Consents.Record(t.Context(), ada.ID, crm.NewConsent{Channel: crm.ByEmail, Purpose: "x"})
		require.ErrorIs(t, err, core.ErrState)
	}},
	{"Consents/are decided as a reader of the whole history would", func(t *testing.T, w *world) {
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		rapid.Check(t, func(rt *rapid.T) {
			ada := w.contact(crm.NewContact{Name: "Ada"})
			newest := map[crm.Purpose]crm.NewConsent{}
			for range rapid.IntRange(0, 6).Draw(rt, "consents") {
				n := crm.NewConsent{
					Channel: crm.ByPhone, Purpose: rapid.SampledFrom([]crm.Purpose{crm.Marketing, crm.AllPurpose, "other"}).Draw(rt, "purpose"),
					Granted: rapid.Bool().Draw(rt, "granted"), GivenAt: start.AddDate(0, 0, rapid.IntRange(0, 3).Draw(rt, "day")),
				}
				w.consent(ada, n)
				was, known := newest[n.Purpose]
				if !known || n.GivenAt.After(was.GivenAt) || n.GivenAt.Equal(was.GivenAt) && !n.Granted {
					newest[n.Purpose] = n
				}
			}
			want, granted := true, false
			for _, p := range []crm.Purpose{crm.Marketing, crm.AllPurpose} {
				n, known := newest[p]
				want, granted = want && (!known || n.Granted), granted || known && n.Granted
			}
			got, err := w.ws().Consents.May(t.Context(), ada.ID, crm.ByPhone, crm.Marketing)
			require.NoError(rt, err)
			require.Equal(rt, want && granted, got.Allowed)
		})
	}},
	{"Consents/are judged, and need a permission and a contact that the actor sees", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		later := ada.CreatedAt.AddDate(0, 0, 2)
		_, err := w.ws().Consents.Record(t.Context(), ada.ID, crm.NewConsent{Channel: "fax", Purpose: "Some thing", GivenAt: later})
		require.Equal(t, []string{"/channel enum", "/purpose purpose", "/givenAt past"}, faults(t, err))
		_, err = w.ws().Consents.May(t.Context(), ada.ID, "fax", "")
		require.Equal(t, []string{"/channel enum", "/purpose purpose"}, faults(t, err))
		n := crm.NewConsent{Channel: crm.ByEmail, Purpose: crm.Marketing}
		_, err = w.as(without(core.ContactsWrite)).Consents.Record(t.Context(), ada.ID, n)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.as(without(core.ContactsRead)).Consents.List(t.Context(), ada.ID, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.as(without(core.ContactsRead)).Consents.May(t.Context(), ada.ID, crm.ByEmail, crm.Marketing)
		require.ErrorIs(t, err, core.ErrForbidden)
		partner := w.as(own(core.ContactsWrite, core.ContactsRead)).Consents
		_, err = partner.Record(t.Context(), ada.ID, n)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = partner.List(t.Context(), ada.ID, core.Page{})
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = partner.May(t.Context(), ada.ID, crm.ByEmail, crm.Marketing)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
}

func (w *world) consent(c crm.Contact, n crm.NewConsent) crm.Consent {
	w.t.Helper()
	made, err := w.ws().Consents.Record(w.t.Context(), c.ID, n)
	require.NoError(w.t, err)
	return made
}
