package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var activityChild = child{
	name: "Activities", event: "activity", newestFirst: true,
	create: func(ctx context.Context, ws *clientele.Workspace, contact core.ID[crm.Contact]) (uuid.UUID, error) {
		at := time.Date(2030, 1, 2, 3, 4, 5, 6789, time.UTC)
		a, err := ws.Activities.Create(ctx, contact, crm.NewActivity{Type: crm.Call, Title: "Call", ScheduledAt: &at})
		return a.ID.UUID, err
	},
	get: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID) (any, int64, error) {
		a, err := ws.Activities.Get(ctx, core.ID[crm.Activity]{UUID: id})
		return a, a.Version, err
	},
	update: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID, more string) error {
		_, err := ws.Activities.Update(ctx, core.ID[crm.Activity]{UUID: id}, func(a *crm.Activity) error { a.Title += more; return nil })
		return err
	},
	keep: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID) error {
		_, err := ws.Activities.Update(ctx, core.ID[crm.Activity]{UUID: id}, func(a *crm.Activity) error {
			local := a.ScheduledAt.In(time.FixedZone("", 3600)) // the same instant
			*a = crm.Activity{NewActivity: a.NewActivity, CompletedAt: &local}
			a.ScheduledAt = &local
			return nil
		})
		return err
	},
	delete: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID) error {
		return ws.Activities.Delete(ctx, core.ID[crm.Activity]{UUID: id})
	},
	list: func(ctx context.Context, ws *clientele.Workspace, contact core.ID[crm.Contact], p core.Page) ([]uuid.UUID, string, error) {
		l, err := ws.Activities.List(ctx, contact, crm.ActivityFilter{}, p)
		return idsOf(l, err, func(a crm.Activity) uuid.UUID { return a.ID.UUID })
	},
}

var activityContracts = []contract{
	{"Activities/are read back as they were written", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		at := time.Date(2030, 1, 2, 3, 4, 5, 6789, time.FixedZone("", -3*3600))
		a, err := w.ws().Activities.Create(t.Context(), ada.ID, crm.NewActivity{Type: crm.Meeting, Title: " Lunch ", Description: "at\nnoon", ScheduledAt: &at})
		require.NoError(t, err)
		got, err := w.ws().Activities.Get(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, a, got)
		require.Equal(t, "Lunch", got.Title)
		require.Equal(t, time.Date(2030, 1, 2, 6, 4, 5, 6000, time.UTC), *got.ScheduledAt, "in UTC, to the microsecond")
		require.Nil(t, got.CompletedAt)
	}},
	{"Activities/have values of their kinds and lengths", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		early, late := time.Date(1899, 12, 31, 23, 59, 0, 0, time.UTC), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
		for fault, n := range map[string]crm.NewActivity{
			"/type required":           {Title: "x"},
			"/type enum":               {Title: "x", Type: "fax"},
			"/title required":          {Type: crm.Todo, Title: " "},
			"/title control_character": {Type: crm.Todo, Title: "a\nb"},
			"/title max_length":        {Type: crm.Todo, Title: strings.Repeat("é", 201)},
			"/description has_nul":     {Type: crm.Todo, Title: "x", Description: "\x00"},
			"/description max_length":  {Type: crm.Todo, Title: "x", Description: strings.Repeat("é", 4001)},
			"/scheduledAt range":       {Type: crm.Todo, Title: "x", ScheduledAt: &early},
			"/scheduledAt range ":      {Type: crm.Todo, Title: "x", ScheduledAt: &late},
		} {
			_, err := w.ws().Activities.Create(t.Context(), ada.ID, n)
			require.ErrorIs(t, err, core.ErrInvalid)
			require.Equal(t, []string{strings.TrimSpace(fault)}, faults(t, err))
		}
		for _, kind := range []crm.ActivityType{crm.Reminder, crm.Todo, crm.Meeting, crm.Call, crm.EmailActivity, crm.OtherActivity} {
			_, err := w.ws().Activities.Create(t.Context(), ada.ID, crm.NewActivity{Type: kind, Title: "x"})
			require.NoError(t, err)
		}
	}},
	{"Activities/say when they were completed", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		a, err := w.ws().Activities.Create(t.Context(), ada.ID, crm.NewActivity{Type: crm.Call, Title: "Called", IsCompleted: true})
		require.NoError(t, err)
		require.Equal(t, a.CreatedAt, *a.CompletedAt)
		set := func(done bool, title string) crm.Activity {
			got, err := w.ws().Activities.Update(t.Context(), a.ID, func(a *crm.Activity) error { a.IsCompleted, a.Title = done, title; return nil })
			require.NoError(t, err)
			return got
		}
		require.Equal(t, a.CompletedAt, set(true, "Called her").CompletedAt, "completed once")
		require.Nil(t, set(false, "Called her").CompletedAt)
		again := set(true, "Called her")
		require.True(t, again.CompletedAt.After(*a.CompletedAt) && !again.CompletedAt.After(again.UpdatedAt))
	}},
	{"Activities/are filtered by type and completion", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		w.activity(ada.ID, crm.NewActivity{Type: crm.Call, Title: "open call"})
		w.activity(ada.ID, crm.NewActivity{Type: crm.Call, Title: "made call", IsCompleted: true})
		w.activity(ada.ID, crm.NewActivity{Type: crm.Todo, Title: "open todo"})
		yes, no := true, false
		for want, f := range map[string]crm.ActivityFilter{
			"open todo, made call, open call": {},
			"made call, open call":            {Type: crm.Call},
			"open todo, open call":            {Completed: &no},
			"made call":                       {Type: crm.Call, Completed: &yes},
			"":                                {Type: crm.Meeting},
		} {
			l, err := w.ws().Activities.List(t.Context(), ada.ID, f, core.Page{})
			require.NoError(t, err)
			require.Equal(t, want, titles(l.Items))
		}
		_, err := w.ws().Activities.List(t.Context(), ada.ID, crm.ActivityFilter{Type: "fax"}, core.Page{})
		require.Equal(t, []string{"/type enum"}, faults(t, err))
	}},
	{"Activities/are due by the days of the caller's zone", func(t *testing.T, w *world) {
		me := own(core.ContactsRead, core.ContactsWrite)
		ada, gone := w.contact(crm.NewContact{Name: "Ada", OwnerID: me.ID}), w.contact(crm.NewContact{Name: "Gone"})
		zone := noonZone()
		location, err := core.ParseZone(zone)
		require.NoError(t, err)
		now := time.Now()
		today, tomorrow := core.Day(now, location, 0)
		weekEnds, _ := core.Day(now, location, 8)
		for title, at := range map[string]time.Time{
			"b last year":        now.AddDate(-1, 0, 0),
			"c last moment":      today.Add(-time.Microsecond),
			"d first moment":     today,
			"e now":              now,
			"f last of today":    tomorrow.Add(-time.Microsecond),
			"g tomorrow":         tomorrow,
			"h last of the week": weekEnds.Add(-time.Microsecond),
			"i in eight days":    weekEnds,
		} {
			w.activity(ada.ID, crm.NewActivity{Type: crm.Todo, Title: title, ScheduledAt: &at})
			w.activity(ada.ID, crm.NewActivity{Type: crm.Todo, Title: "done", ScheduledAt: &at, IsCompleted: true})
			w.activity(gone.ID, crm.NewActivity{Type: crm.Todo, Title: "of a deleted contact", ScheduledAt: &at})
		}
		w.activity(ada.ID, crm.NewActivity{Type: crm.Todo, Title: "some day"})
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), gone.ID))

		for want, d := range map[string]crm.DueFilter{
			"b last year, c last moment":                      {Due: crm.Overdue, Zone: zone},
			"d first moment, e now, f last of today":          {Due: crm.Today, Zone: zone},
			"g tomorrow, h last of the week":                  {Due: crm.Upcoming, Zone: zone},
			"g tomorrow":                                      {Due: crm.Upcoming, Zone: zone, Days: 6},
			"g tomorrow, h last of the week, i in eight days": {Due: crm.Upcoming, Zone: zone, Days: 8},
		} {
			for _, ws := range []*clientele.Workspace{w.ws(), w.as(me)} {
				require.Equal(t, want, titles(w.due(ws, d, 1)))
				require.Equal(t, want, titles(w.due(ws, d, 200)))
			}
			require.Empty(t, w.due(w.as(own(core.ContactsRead)), d, 200))
			require.Empty(t, w.due(w.theirs(), d, 200))
		}
		_, err = w.as(without(core.ContactsRead)).Activities.Due(t.Context(), crm.DueFilter{Due: crm.Today}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
}

func (w *world) activity(contact core.ID[crm.Contact], n crm.NewActivity) crm.Activity {
	a, err := w.ws().Activities.Create(w.t.Context(), contact, n)
	require.NoError(w.t, err)
	return a
}

// due reads all activities that are due, in pages of limit.
func (w *world) due(ws *clientele.Workspace, d crm.DueFilter, limit int) (all []crm.Activity) {
	for p := (core.Page{Limit: limit}); ; {
		l, err := ws.Activities.Due(w.t.Context(), d, p)
		require.NoError(w.t, err)
		all = append(all, l.Items...)
		if p.Cursor = l.Next; p.Cursor == "" {
			return all
		}
	}
}

func titles(as []crm.Activity) string {
	list := make([]string, len(as))
	for i, a := range as {
		list[i] = a.Title
	}
	return strings.Join(list, ", ")
}

// noonZone is a zone where it is about noon, so that no midnight comes between.
func noonZone() string {
	east := 12 - time.Now().UTC().Hour()
	if east == 0 {
		return "UTC"
	}
	return fmt.Sprintf("Etc/GMT%+d", -east) // whose sign is the other way round
}
