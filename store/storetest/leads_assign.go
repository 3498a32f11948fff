package storetest

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
)

var leadAssignContracts = []contract{
	{"Leads/are given by turns, 16 to each of 4 when 64 are made at once", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		members := d.turns(1, 1, 1, 1)
		rush(t, 64, func(i int) {
			if _, err := d.Create(t.Context(), d.about(crm.LeadDetails{})); err != nil {
				t.Errorf("client %d: %v", i, err)
			}
		})
		require.Equal(t, []int{16, 16, 16, 16}, d.shares(members))
	}},
	{"Leads/are given by weight, and never far from it", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		members := d.turns(3, 1)
		var order string
		for range 8 {
			l := d.lead(d.about(crm.LeadDetails{}))
			order += map[core.UserID]string{members[0]: "a", members[1]: "b"}[l.AssignedToID]
		}
		require.Equal(t, "aabaaaba", order)
		_, err := d.Create(t.Context(), d.about(crm.LeadDetails{Values: crm.Values{"budget": crm.Text("x")}}))
		require.ErrorIs(t, err, core.ErrInvalid)
		require.Equal(t, members[0], d.lead(d.about(crm.LeadDetails{})).AssignedToID, "what was refused took no turn")
		given := d.about(crm.LeadDetails{})
		given.AssignedToID = newUser()
		require.Equal(t, given.AssignedToID, d.lead(given).AssignedToID, "whoever is named has it")
	}},
	{"Leads/pass over members who are deactivated, who come back to no heap", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		ann, annAs := o.hire("Ann", o.roles[identity.InternalStaff].ID)
		ben, _ := o.hire("Ben", o.roles[identity.InternalStaff].ID)
		ws := o.ws()
		tracker, err := ws.Trackers.Create(t.Context(), crm.NewTracker{TrackerDetails: crm.TrackerDetails{Name: "Sales", Assignment: crm.Assignment{
			Rule: crm.RoundRobin, Members: []crm.Assignee{{UserID: ann.ID}, {UserID: ben.ID}},
		}}})
		require.NoError(t, err)
		contact, err := ws.Contacts.Receive(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		create := func() core.UserID {
			l, err := ws.Leads.Create(t.Context(), crm.NewLead{TrackerID: tracker.ID, LeadDetails: crm.LeadDetails{Title: "x", ContactID: contact.ID}})
			require.NoError(t, err)
			return l.AssignedToID
		}
		_, err = ws.Members.Deactivate(t.Context(), annAs.ID)
		require.NoError(t, err)
		for range 6 {
			require.Equal(t, ben.ID, create())
		}
		_, err = ws.Members.Activate(t.Context(), annAs.ID)
		require.NoError(t, err)
		counts := map[core.UserID]int{}
		for range 6 {
			counts[create()]++
		}
		require.Equal(t, map[core.UserID]int{ann.ID: 3, ben.ID: 3}, counts)

		n := crm.NewLead{TrackerID: tracker.ID, AssignedToID: newUser(), LeadDetails: crm.LeadDetails{Title: "x", ContactID: contact.ID}}
		_, err = ws.Leads.Create(t.Context(), n)
		require.Equal(t, []string{"/assignedToId exists"}, faults(t, err), "a user of nowhere")
		_, err = ws.Trackers.Update(t.Context(), tracker.ID, func(tr *crm.Tracker) error {
			tr.Assignment.Members = append(tr.Assignment.Members, crm.Assignee{UserID: newUser()})
			return nil
		})
		require.Equal(t, []string{"/assignment/members/2/userId exists"}, faults(t, err))
	}},
	{"Leads/are given by hand to anybody or nobody, or by the rule again", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{}))
		require.True(t, l.AssignedToID.IsZero(), "the tracker has no rule")
		to := newUser()
		got, err := d.Assign(t.Context(), l.ID, to)
		require.NoError(t, err)
		require.Equal(t, to, got.AssignedToID)
		got, err = d.Assign(t.Context(), l.ID, core.UserID{})
		require.NoError(t, err)
		require.True(t, got.AssignedToID.IsZero())
		members := d.turns(1)
		got, err = d.AssignByRule(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, members[0], got.AssignedToID)
		require.Equal(t, []string{"lead.created", "lead.assigned", "lead.assigned", "lead.assigned"}, w.trail(l.ID.UUID))
	}},
	{"Leads/are changed many at a time, each by itself, in the order asked for", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		one, two := d.lead(d.about(crm.LeadDetails{Title: "one"})), d.lead(d.about(crm.LeadDetails{Title: "two"}))
		theirs := w.dealsOf(w.foreign, core.System())
		foreign := theirs.lead(theirs.about(crm.LeadDetails{}))
		absent := core.ID[crm.Lead]{UUID: uuid.New()}
		ids := []core.ID[crm.Lead]{two.ID, absent, foreign.ID, one.ID}
		rows, err := d.Bulk(t.Context(), ids, crm.BulkLeads{Move: &crm.Move{To: "contacted"}})
		require.NoError(t, err)
		require.Len(t, rows, 4)
		for i, row := range rows {
			require.Equal(t, ids[i], row.ID)
			if i == 1 || i == 2 {
				require.ErrorIs(t, row.Err, core.ErrNotFound)
				continue
			}
			require.NoError(t, row.Err)
			require.EqualValues(t, 2, row.Version)
		}
		// In a transaction, what fails is undone alone.
		err = w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
			rows, err := ws.Leads.Bulk(t.Context(), []core.ID[crm.Lead]{one.ID, two.ID}, crm.BulkLeads{Set: func(l *crm.Lead) error {
				l.Values["budget"] = crm.Text("1")
				if l.Title == "two" {
					l.Values["budget"] = crm.Text("x")
				}
				return nil
			}})
			require.NoError(t, err)
			require.NoError(t, rows[0].Err)
			require.Equal(t, []string{"/values/budget number"}, faults(t, rows[1].Err))
			return nil
		})
		require.NoError(t, err)
		got, err := d.Get(t.Context(), one.ID)
		require.NoError(t, err)
		require.Equal(t, crm.Text("1"), got.Values["budget"])
		to := newUser()
		rows, err = d.Bulk(t.Context(), []core.ID[crm.Lead]{one.ID}, crm.BulkLeads{Assign: &crm.BulkAssign{To: to}})
		require.NoError(t, err)
		require.NoError(t, rows[0].Err)
		rows, err = d.by(own(leadPermissions...)).Bulk(t.Context(), []core.ID[crm.Lead]{one.ID}, crm.BulkLeads{Delete: true})
		require.NoError(t, err)
		require.ErrorIs(t, rows[0].Err, core.ErrNotFound, "one who does not see it")
		rows, err = d.Bulk(t.Context(), []core.ID[crm.Lead]{one.ID, two.ID}, crm.BulkLeads{Delete: true})
		require.NoError(t, err)
		require.NoError(t, rows[1].Err)
		require.Empty(t, d.titles(crm.LeadFilter{}))
	}},
	{"Leads/are changed up to 500 at a time, by those who may", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		ids := make([]core.ID[crm.Lead], crm.MaxBulk+1)
		for i := range ids {
			ids[i] = core.ID[crm.Lead]{UUID: uuid.New()}
		}
		_, err := d.Bulk(t.Context(), ids, crm.BulkLeads{Delete: true})
		require.Equal(t, []string{"/ids items"}, faults(t, err))
		_, err = d.Bulk(t.Context(), append(ids[:1:1], ids[0]), crm.BulkLeads{Delete: true, Assign: &crm.BulkAssign{}})
		require.Equal(t, []string{"/ids unique", " one"}, faults(t, err))
		for needs, c := range map[core.Permission]crm.BulkLeads{
			core.LeadsWrite: {Move: &crm.Move{To: "new"}}, core.LeadsAssign: {Assign: &crm.BulkAssign{}}, core.LeadsDelete: {Delete: true},
		} {
			_, err := d.by(without(needs)).Bulk(t.Context(), ids[:1], c)
			require.ErrorIs(t, err, core.ErrForbidden)
		}
	}},
}

// turns gives the tracker a round robin of new users with the weights.
func (d *deals) turns(weights ...int) (members []core.UserID) {
	var list []crm.Assignee
	for _, weight := range weights {
		members = append(members, newUser())
		list = append(list, crm.Assignee{UserID: members[len(members)-1], Weight: weight})
	}
	_, err := d.Trackers.Update(d.w.t.Context(), d.tracker.ID, func(tr *crm.Tracker) error {
		tr.Assignment = crm.Assignment{Rule: crm.RoundRobin, Members: list}
		return nil
	})
	require.NoError(d.w.t, err)
	return members
}

// shares are how many leads each has.
func (d *deals) shares(members []core.UserID) (counts []int) {
	for _, m := range members {
		n, err := d.Count(d.w.t.Context(), crm.LeadFilter{AssignedTo: m}, 0)
		require.NoError(d.w.t, err)
		counts = append(counts, n)
	}
	return counts
}
