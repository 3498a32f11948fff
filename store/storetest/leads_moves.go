package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var leadMoveContracts = []contract{
	{"Leads/record every move, from where to where, by whom, when and after how long", func(t *testing.T, w *world) {
		d := w.deals(person(leadPermissions...))
		l := d.lead(d.about(crm.LeadDetails{}))
		d.later(90 * time.Second)
		moved := d.moved(l, "proposal")
		require.Equal(t, "proposal", moved.Status)
		require.Equal(t, *d.now, moved.EnteredAt)
		d.later(time.Hour)
		lost, err := d.Move(t.Context(), l.ID, crm.Move{To: "closed_lost", LostReason: "too dear"})
		require.NoError(t, err)
		require.Equal(t, "too dear", lost.LostReason)
		require.Equal(t, d.now, lost.ClosedAt)
		require.Equal(t, crm.Date("2030-01-07"), lost.ClosedOn)
		require.Equal(t, "proposal", lost.Reached, "the furthest along the pipeline")
		d.later(time.Hour)
		again := d.moved(l, "new")
		require.Nil(t, again.ClosedAt)
		require.Empty(t, again.ClosedOn)
		require.Empty(t, again.LostReason, "it is not lost any more")
		require.Equal(t, "proposal", again.Reached)

		history, err := d.History(t.Context(), l.ID, core.Page{})
		require.NoError(t, err)
		var got []string
		for _, m := range history.Items {
			got = append(got, fmt.Sprintf("%s > %s after %d: %s", m.From, m.To, m.StaySeconds, m.LostReason))
			require.False(t, m.CreatedByID.IsZero())
			require.Equal(t, l.ID, m.LeadID)
		}
		require.Equal(t, []string{
			"closed_lost > new after 3600: ", "proposal > closed_lost after 3600: too dear", "new > proposal after 90: ", " > new after 0: ",
		}, got)
		require.Equal(t, []string{"lead.created", "lead.moved", "lead.moved", "lead.moved"}, w.trail(l.ID.UUID))
		stays := d.moved(l, "new")
		require.Equal(t, again, stays, "it is there already")
	}},
	{"Leads/close on the day that it is where the company is", func(t *testing.T, w *world) {
		company := core.CompanyID{UUID: uuid.New()}
		require.NoError(t, w.backend.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Far", Timezone: "Pacific/Auckland", Currency: "NZD", ContactPolicy: []string{}}))
		d := w.dealsOf(company, core.System())
		l := d.lead(d.about(crm.LeadDetails{EstimatedValue: &core.Money{Minor: 1}}))
		require.Equal(t, "NZD", l.EstimatedValue.Currency)
		require.Equal(t, crm.Date("2030-01-08"), d.moved(l, "closed_won").ClosedOn)
	}},
	{"Leads/go only where their stage allows, with what the next one requires", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		stages := crm.DefaultStages()
		stages[0].AllowedMoves = []string{"contacted", "closed_lost"}
		stages[1].Requires = []string{"budget", "estimatedValue"}
		stages[6].Requires = []string{"lostReason"}
		_, err := d.SetStages(t.Context(), d.tracker.ID, crm.StagesChange{Stages: stages})
		require.NoError(t, err)
		l := d.lead(d.about(crm.LeadDetails{}))
		_, err = d.Move(t.Context(), l.ID, crm.Move{To: "proposal"})
		require.ErrorIs(t, err, core.ErrState)
		_, err = d.Move(t.Context(), l.ID, crm.Move{To: "nowhere"})
		require.Equal(t, []string{"/status exists"}, faults(t, err))
		_, err = d.Move(t.Context(), l.ID, crm.Move{To: "contacted"})
		require.Equal(t, []string{"/values/budget required", "/estimatedValue required"}, faults(t, err))
		_, err = d.Move(t.Context(), l.ID, crm.Move{To: "closed_lost"})
		require.Equal(t, []string{"/lostReason required"}, faults(t, err))
		_, err = d.Update(t.Context(), l.ID, func(l *crm.Lead) error { l.EstimatedValue = &core.Money{Minor: 1}; return nil })
		require.NoError(t, err)
		got, err := d.Move(t.Context(), l.ID, crm.Move{To: "contacted", Values: crm.Values{"budget": crm.Text("7")}})
		require.NoError(t, err)
		require.Equal(t, crm.Values{"budget": crm.Text("7")}, got.Values)
		_, err = d.Create(t.Context(), crm.NewLead{TrackerID: d.tracker.ID, Status: "contacted", LeadDetails: l.LeadDetails})
		require.Equal(t, []string{"/values/budget required", "/estimatedValue required"}, faults(t, err), "a new one too")
	}},
	{"Leads/that many move at once make one move after the other, none twice", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{}))
		var mu sync.Mutex
		won := 0
		rush(t, 8, func(i int) {
			_, err := d.Move(t.Context(), l.ID, crm.Move{From: "new", To: []string{"contacted", "qualified"}[i%2]})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, core.ErrConflict) {
				t.Errorf("client %d: %v", i, err)
			}
		})
		require.Equal(t, 1, won)
		got, err := d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.EqualValues(t, 2, got.Version)
		at := got.Status
		for m, err := range d.AllMoves(t.Context(), l.ID) {
			require.NoError(t, err)
			require.Equal(t, at, m.To)
			at = m.From
		}
		require.Empty(t, at)
	}},
	{"Leads/that many change at once lose no change", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		l := d.lead(d.about(crm.LeadDetails{Values: crm.Values{"budget": crm.Text("0")}}))
		rush(t, 8, func(i int) {
			_, err := d.Update(t.Context(), l.ID, func(l *crm.Lead) error {
				var n int
				_, _ = fmt.Sscan(l.Values["budget"].Text, &n)
				l.Values["budget"] = crm.Text(fmt.Sprint(n + 1))
				return nil
			})
			if err != nil {
				t.Errorf("client %d: %v", i, err)
			}
		})
		got, err := d.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, crm.Text("8"), got.Values["budget"])
		require.EqualValues(t, 9, got.Version)
	}},
}
