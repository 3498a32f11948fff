package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
)

var timelineContracts = []contract{
	{"Timeline/has what every package knows of a contact, the newest first", func(t *testing.T, w *world) {
		deals, diary := w.deals(core.System()), w.diary()
		ada := deals.ada.ID
		n, err := w.ws().Notes.Create(t.Context(), ada, crm.NewNote{Content: "Met in London\nand in Paris"})
		require.NoError(t, err)
		a, err := w.ws().Activities.Create(t.Context(), ada, crm.NewActivity{Type: crm.Call, Title: "Call"})
		require.NoError(t, err)
		form := personality(t, w.ws())
		r, err := w.ws().AssessmentResponses.Record(t.Context(), form.ID, assessment.NewResponse{ContactID: assessment.ContactID(ada), Answers: rated(5, 2)})
		require.NoError(t, err)
		lead := deals.lead(deals.about(crm.LeadDetails{Title: "Boat"}))
		deals.later(time.Hour)
		deals.moved(lead, "contacted")
		agenda := diary.agenda(1, nil)
		booked := at(agenda, "09:00")
		booked.ClientID = core.ID[scheduling.Client](ada)
		appointment := diary.booked(booked)
		w.contact(crm.NewContact{Name: "Bob"}) // of whom nothing is told

		all := w.timeline(&w.ws().Timeline, ada, 50)
		require.Equal(t, []string{
			"appointment Haircut " + string(appointment.Status), "lead_move Boat contacted", "lead_move Boat new",
			"assessment_response " + form.Title + " final", "activity Call open", "note Met in London ",
		}, lines(all))
		require.Equal(t, appointment.ID.UUID, all[0].ID)
		require.Equal(t, appointment.StartDate, all[0].At)
		require.Equal(t, &core.Ref{Kind: "lead", ID: lead.ID.UUID}, all[1].Of)
		require.Equal(t, r.ID.UUID, all[3].ID)
		require.Equal(t, a.ID.UUID, all[4].ID)
		require.Equal(t, n.ID.UUID, all[5].ID)
		for limit := 1; limit <= len(all); limit++ {
			require.Equal(t, all, w.timeline(&w.ws().Timeline, ada, limit), "%d a page", limit)
		}
	}},
	{"Timeline/has consents, and merges even if they were undone; moves go with their lead", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		ada, bob := d.ada, w.contact(crm.NewContact{Name: "Bob"})
		l := d.lead(d.about(crm.LeadDetails{Title: "Boat", ContactID: bob.ID}))
		_, err := w.ws().Consents.Record(t.Context(), bob.ID, crm.NewConsent{Channel: crm.ByEmail, Purpose: crm.Marketing, Granted: true})
		require.NoError(t, err)
		m, err := w.ws().Contacts.Merge(t.Context(), ada.ID, crm.NewMerge{LoserID: bob.ID})
		require.NoError(t, err)
		told := func(ws *clientele.Workspace, of crm.Contact) []string {
			told := lines(w.timeline(&ws.Timeline, of.ID, 2))
			slices.Sort(told)
			return told
		}
		merged := []string{"consent email marketing granted", "lead_move Boat new", "merge Bob merged"}
		require.Equal(t, merged, told(w.ws(), ada))
		require.Equal(t, merged, told(w.ws(), bob), "the id of the one that is gone answers the other")
		require.Equal(t, merged[:2], told(w.as(without(core.ContactsMerge)), ada))

		_, err = w.ws().Contacts.UndoMerge(t.Context(), m.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"merge Bob undone"}, told(w.ws(), ada))
		require.Equal(t, []string{"consent email marketing granted", "lead_move Boat new", "merge Ada undone"}, told(w.ws(), bob))
		_, err = d.Update(t.Context(), l.ID, func(l *crm.Lead) error { l.ContactID = ada.ID; return nil })
		require.NoError(t, err)
		require.Equal(t, []string{"lead_move Boat new", "merge Bob undone"}, told(w.ws(), ada))
	}},
	{"Timeline/tells nobody what they may not read", func(t *testing.T, w *world) {
		deals, diary := w.deals(core.System()), w.diary()
		ada := deals.ada.ID
		_, err := w.ws().Notes.Create(t.Context(), ada, crm.NewNote{Content: "Met"})
		require.NoError(t, err)
		deals.lead(deals.about(crm.LeadDetails{}))
		booked := at(diary.agenda(1, nil), "09:00")
		booked.ClientID = core.ID[scheduling.Client](ada)
		diary.booked(booked)

		require.Len(t, w.timeline(&w.ws().Timeline, ada, 50), 3)
		require.Len(t, w.timeline(&w.as(without(core.AppointmentsRead)).Timeline, ada, 50), 2)
		require.Len(t, w.timeline(&w.as(without(core.LeadsRead)).Timeline, ada, 50), 2)
		require.Len(t, w.timeline(&w.as(person(core.ContactsRead)).Timeline, ada, 50), 1)
		_, err = w.as(without(core.ContactsRead)).Timeline.List(t.Context(), ada, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.theirs().Timeline.List(t.Context(), ada, core.Page{})
		require.ErrorIs(t, err, core.ErrNotFound)

		me := own(contactPermissions...)
		me.Permissions = core.AllPermissions()
		_, err = w.as(me).Timeline.List(t.Context(), ada, core.Page{})
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.ws().Contacts.Update(t.Context(), ada, func(c *crm.Contact) error { c.OwnerID = me.ID; return nil })
		require.NoError(t, err)
		require.Equal(t, []string{"note Met "}, lines(w.timeline(&w.as(me).Timeline, ada, 50)), "the contact is theirs, the lead and the appointment are not")
	}},
	{"Timeline/is read page by page while things happen, none twice and none left out", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"}).ID
		add := func(i int) {
			_, err := w.ws().Notes.Create(t.Context(), ada, crm.NewNote{Content: fmt.Sprint("note ", i)})
			require.NoError(t, err)
			_, err = w.ws().Activities.Create(t.Context(), ada, crm.NewActivity{Type: crm.Call, Title: fmt.Sprint("call ", i)})
			require.NoError(t, err)
		}
		for i := range 5 {
			add(i)
		}
		want := w.timeline(&w.ws().Timeline, ada, 50)
		require.Len(t, want, 10)
		var got []crm.TimelineEntry
		for p := (core.Page{Limit: 3}); ; {
			l, err := w.ws().Timeline.List(t.Context(), ada, p)
			require.NoError(t, err)
			got = append(got, l.Items...)
			if p.Cursor = l.Next; p.Cursor == "" {
				break
			}
			add(9)
		}
		require.Equal(t, want, got)
		for fault, p := range map[string]core.Page{
			"/cursor cursor":  {Cursor: "x"},
			"/cursor cursor ": {Cursor: core.Cursor{Order: "timeline", Value: "yesterday", ID: uuid.New()}.Encode()},
			"/limit range":    {Limit: 201},
		} {
			_, err := w.ws().Timeline.List(t.Context(), ada, p)
			require.ErrorIs(t, err, core.ErrInvalid, fault)
		}
	}},
}

// timeline reads a timeline to its end.
func (w *world) timeline(of *crm.Timeline, contact core.ID[crm.Contact], limit int) (all []crm.TimelineEntry) {
	p := core.Page{Limit: limit}
	for {
		l, err := of.List(w.t.Context(), contact, p)
		require.NoError(w.t, err)
		require.LessOrEqual(w.t, len(l.Items), limit)
		all = append(all, l.Items...)
		if p.Cursor = l.Next; p.Cursor == "" {
			return all
		}
		require.Less(w.t, len(all), 1000, "the timeline does not end")
	}
}

func lines(entries []crm.TimelineEntry) []string {
	texts := make([]string, len(entries))
	for i, e := range entries {
		texts[i] = e.Kind + " " + e.Title + " " + e.State
	}
	return texts
}
