package storetest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// leadPermissions are all that concern leads.
var leadPermissions = []core.Permission{
	core.ContactsRead, core.ContactsWrite, core.LeadsRead, core.LeadsWrite, core.LeadsDelete, core.LeadsAssign, core.TrackersWrite, core.ReportsRead,
}

var leadContracts = []contract{
	{"Leads/are read back as they were written", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		ada := w.contact(crm.NewContact{Name: "Ada", Source: "fair"})
		owner := newUser()
		l := d.lead(crm.NewLead{
			TrackerID: d.tracker.ID, Status: "qualified", AssignedToID: owner,
			LeadDetails: crm.LeadDetails{
				Title: "  An engine ", Description: "with\nwheels", ContactID: ada.ID,
				EstimatedValue: &core.Money{Minor: 999_999_999_999_999, Currency: "BRL"}, ExpectedCloseDate: "2030-02-28",
				Values: crm.Values{
					"budget": crm.Text("+0012.50"), "colour": crm.Text("RED"), "sizes": crm.Choose("l", "s"), "since": crm.Text("2029-12-31"),
					"vip": crm.Text("true"), "mail": crm.Text("Ada@Example.ORG"), "tel": crm.Text("(11) 91234-5678"), "memo": crm.Text("a\nb"), "name": crm.Text(" É "),
				},
			},
		})
		got, err := d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, l, got)
		require.Equal(t, crm.LeadDetails{
			Title: "An engine", Description: "with\nwheels", ContactID: ada.ID, Source: "fair",
			EstimatedValue: &core.Money{Minor: 999_999_999_999_999, Currency: "BRL"}, ExpectedCloseDate: "2030-02-28",
			Values: crm.Values{
				"budget": crm.Text("12.5"), "colour": crm.Text("Red"), "sizes": crm.Choose("S", "L"), "since": crm.Text("2029-12-31"),
				"vip": crm.Text("true"), "mail": crm.Text("Ada@example.org"), "tel": crm.Text("+5511912345678"), "memo": crm.Text("a\nb"), "name": crm.Text("É"),
			},
		}, got.LeadDetails)
		require.Equal(t, "qualified", got.Status)
		require.Equal(t, "qualified", got.Reached)
		require.Equal(t, owner, got.AssignedToID)
		require.Equal(t, *d.now, got.EnteredAt)
		require.Nil(t, got.ClosedAt)
		require.Empty(t, got.OldValues)
		require.EqualValues(t, 1, got.Version)
		require.Equal(t, []string{"lead.created"}, w.trail(l.ID.UUID))
	}},
	{"Leads/begin in the first open stage, in the company's currency", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{EstimatedValue: &core.Money{Minor: 100}}))
		require.Equal(t, "new", l.Status)
		require.Equal(t, &core.Money{Minor: 100, Currency: "USD"}, l.EstimatedValue)
		got, err := d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, l, got)
		bare := d.lead(d.about(crm.LeadDetails{}))
		require.Nil(t, bare.EstimatedValue)
		require.NotNil(t, bare.Values)
	}},
	{"Leads/are told all that is wrong with them at once", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		gone := w.contact(crm.NewContact{Name: "Gone"})
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), gone.ID))
		_, err := d.Create(t.Context(), crm.NewLead{TrackerID: d.tracker.ID, Status: "nowhere", LeadDetails: crm.LeadDetails{
			Title: " ", Description: strings.Repeat("x", 4001), ContactID: gone.ID, EstimatedValue: &core.Money{Minor: -1, Currency: "XXQ"},
			ExpectedCloseDate: "2030-02-30", Values: crm.Values{
				"budget": crm.Text("1e3"), "colour": crm.Text("green"), "sizes": crm.Choose("xxl"), "since": crm.Text("tomorrow"), "vip": crm.Text("yes"),
				"mail": crm.Text("nobody"), "tel": crm.Text("12"), "name": crm.Choose("a"), "a/b": crm.Text("x"),
			},
		}})
		require.ErrorIs(t, err, core.ErrInvalid)
		require.ElementsMatch(t, []string{
			"/title required", "/description max_length", "/contactId deleted", "/estimatedValue/amount range", "/estimatedValue/currency currency",
			"/expectedCloseDate date", "/status exists", "/values/budget number", "/values/colour option", "/values/sizes option", "/values/since date",
			"/values/vip boolean", "/values/mail email", "/values/tel phone", "/values/name type", "/values/a~1b exists",
		}, faults(t, err))
		for fault, n := range map[string]crm.NewLead{
			"/trackerId exists":   {TrackerID: core.ID[crm.Tracker]{UUID: uuid.New()}},
			"/contactId required": {TrackerID: d.tracker.ID, LeadDetails: crm.LeadDetails{Title: "x"}},
			"/contactId exists":   {TrackerID: d.tracker.ID, LeadDetails: crm.LeadDetails{Title: "x", ContactID: core.ID[crm.Contact]{UUID: uuid.New()}}},
		} {
			_, err := d.Create(t.Context(), n)
			require.Equal(t, []string{fault}, faults(t, err))
		}
	}},
	{"Leads/of another company are not found, and nothing changes them", func(t *testing.T, w *world) {
		theirs := w.dealsOf(w.foreign, core.System())
		l := theirs.lead(theirs.about(crm.LeadDetails{Values: crm.Values{"budget": crm.Text("1")}}))
		d := w.deals(core.System())
		_, err := d.Get(t.Context(), l.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = d.Update(t.Context(), l.ID, func(l *crm.Lead) error { l.Title = "Ours"; return nil })
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = d.Move(t.Context(), l.ID, crm.Move{To: "contacted"})
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = d.Assign(t.Context(), l.ID, newUser())
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = d.History(t.Context(), l.ID, core.Page{})
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, d.Delete(t.Context(), l.ID), core.ErrNotFound)
		require.Empty(t, d.titles(crm.LeadFilter{}))
		require.Empty(t, d.titles(crm.LeadFilter{Tracker: theirs.tracker.ID}))
		_, err = d.Create(t.Context(), crm.NewLead{TrackerID: theirs.tracker.ID, LeadDetails: crm.LeadDetails{Title: "x", ContactID: d.ada.ID}})
		require.Equal(t, []string{"/trackerId exists"}, faults(t, err))
		_, err = d.Create(t.Context(), d.about(crm.LeadDetails{ContactID: theirs.ada.ID}))
		require.Equal(t, []string{"/contactId exists"}, faults(t, err))
		got, err := theirs.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, l, got)
	}},
	{"Leads/need the permission of each verb", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{}))
		for _, verb := range []struct {
			needs core.Permission
			do    func(*deals) error
		}{
			{core.LeadsRead, func(d *deals) error { _, err := d.Get(t.Context(), l.ID); return err }},
			{core.LeadsRead, func(d *deals) error { _, err := d.List(t.Context(), crm.LeadFilter{}, core.Page{}); return err }},
			{core.LeadsRead, func(d *deals) error { _, err := d.Count(t.Context(), crm.LeadFilter{}, 0); return err }},
			{core.LeadsRead, func(d *deals) error { _, err := d.History(t.Context(), l.ID, core.Page{}); return err }},
			{core.LeadsWrite, func(d *deals) error { _, err := d.Move(t.Context(), l.ID, crm.Move{To: l.Status}); return err }},
			{core.LeadsWrite, func(d *deals) error {
				_, err := d.Update(t.Context(), l.ID, func(*crm.Lead) error { return nil })
				return err
			}},
			{core.LeadsAssign, func(d *deals) error { _, err := d.Assign(t.Context(), l.ID, core.UserID{}); return err }},
			{core.LeadsAssign, func(d *deals) error { _, err := d.AssignByRule(t.Context(), l.ID); return err }},
			{core.LeadsDelete, func(d *deals) error {
				return d.Delete(t.Context(), l.ID, func(crm.Lead) error { return errKept })
			}},
		} {
			require.ErrorIs(t, verb.do(d.by(without(verb.needs))), core.ErrForbidden, verb.needs)
			if err := verb.do(d.by(person(verb.needs))); !errors.Is(err, errKept) {
				require.NoError(t, err, verb.needs)
			}
		}
		_, err := d.by(without(core.LeadsWrite)).Create(t.Context(), d.about(crm.LeadDetails{}))
		require.ErrorIs(t, err, core.ErrForbidden)
		n := d.about(crm.LeadDetails{})
		n.AssignedToID = newUser()
		_, err = d.by(without(core.LeadsAssign)).Create(t.Context(), n)
		require.ErrorIs(t, err, core.ErrForbidden, "somebody else")
		me := without(core.LeadsAssign)
		n.AssignedToID = me.ID
		_, err = d.by(me).Create(t.Context(), n)
		require.NoError(t, err, "oneself")
	}},
	{"Leads/of an actor who sees own rows are those they made or work on", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		me := own(leadPermissions...)
		mine := d.by(me)
		hidden := d.lead(d.about(crm.LeadDetails{Title: "hidden", Values: crm.Values{"budget": crm.Text("1")}}))
		n := d.about(crm.LeadDetails{Title: "given", Values: crm.Values{"budget": crm.Text("2")}})
		n.AssignedToID = me.ID
		given := d.lead(n)
		contact, err := w.as(me).Contacts.Create(t.Context(), crm.NewContact{Name: "Mine"})
		require.NoError(t, err)
		made, err := mine.Create(t.Context(), d.about(crm.LeadDetails{Title: "made", ContactID: contact.ID, Values: crm.Values{"budget": crm.Text("3")}}))
		require.NoError(t, err)
		_, err = mine.Create(t.Context(), d.about(crm.LeadDetails{Title: "x"}))
		require.Equal(t, []string{"/contactId exists"}, faults(t, err), "a contact that they do not see")

		require.Equal(t, []string{"made", "given"}, mine.titles(crm.LeadFilter{}))
		require.Equal(t, []string{"given", "made"}, mine.titles(crm.LeadFilter{Tracker: d.tracker.ID, Sort: "values.budget"}))
		count, err := mine.Count(t.Context(), crm.LeadFilter{}, 0)
		require.NoError(t, err)
		require.Equal(t, 2, count)
		_, err = mine.Get(t.Context(), hidden.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = mine.Move(t.Context(), hidden.ID, crm.Move{To: "contacted"})
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = mine.Update(t.Context(), hidden.ID, func(l *crm.Lead) error { l.Title = "x"; return nil })
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = mine.Assign(t.Context(), hidden.ID, me.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = mine.History(t.Context(), hidden.ID, core.Page{})
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, mine.Delete(t.Context(), hidden.ID), core.ErrNotFound)
		_, err = mine.Move(t.Context(), given.ID, crm.Move{To: "contacted"})
		require.NoError(t, err, "its contact is none of theirs, and they work on it all the same")
		require.NoError(t, mine.Delete(t.Context(), made.ID))
	}},
	{"Leads/keep what an edit does not say, and nothing of what is not edit's", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{Title: "One", EstimatedValue: &core.Money{Minor: 5, Currency: "EUR"}, Values: crm.Values{"budget": crm.Text("1"), "name": crm.Text("n")}}))
		same, err := d.Update(t.Context(), l.ID, func(l *crm.Lead) error {
			l.ID, l.Status, l.AssignedToID, l.Stamp, l.TrackerID, l.Reached = core.ID[crm.Lead]{}, "closed_won", newUser(), crm.Stamp{}, core.ID[crm.Tracker]{}, "x"
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, l, same)
		edited, err := d.Update(t.Context(), l.ID, func(l *crm.Lead) error {
			l.EstimatedValue.Minor = 6 // in the copy that is edit's
			l.Values["budget"] = crm.Text("2")
			delete(l.Values, "name")
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, crm.Values{"budget": crm.Text("2")}, edited.Values)
		require.EqualValues(t, 2, edited.Version)
		got, err := d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, edited, got)
		require.Equal(t, []string{"lead.created", "lead.updated"}, w.trail(l.ID.UUID))
		cleared, err := d.Update(t.Context(), l.ID, func(l *crm.Lead) error { l.EstimatedValue = nil; return nil })
		require.NoError(t, err)
		require.Nil(t, cleared.EstimatedValue)
		require.Equal(t, "One", cleared.Title)
	}},
	{"Leads/are deleted with all that hangs on them, and of the version that was meant", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{Values: crm.Values{"budget": crm.Text("1")}}))
		note, err := w.ws().LeadNotes.Create(t.Context(), l.ID, crm.NewLeadNote{Content: "x"})
		require.NoError(t, err)
		require.ErrorIs(t, d.Delete(t.Context(), l.ID, func(crm.Lead) error { return errKept }), errKept)
		require.NoError(t, d.Delete(t.Context(), l.ID))
		_, err = d.Get(t.Context(), l.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.ws().LeadNotes.Get(t.Context(), note.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.Equal(t, []string{"lead.created", "lead.deleted"}, w.trail(l.ID.UUID))
	}},
}

var errKept = errors.New("kept")
